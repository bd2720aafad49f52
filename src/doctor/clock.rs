//! The clock of this machine, beside those of others. Signatures carry a date, so a wrong clock cuts us off.

use super::database::Patient;
use super::report::{Finding, span};
use crate::config::{Config, FederationMode};
use crate::db::health;
use crate::error::Result;
use crate::federation::client::Client;
use crate::federation::schemes::Schemes;
use crate::model::{Clock, Time};
use crate::ops::federation_mode;

const CHECK: &str = "clock";
/// An answer takes a while, and its date has whole seconds.
const FINE: i64 = 20 * Time::SECOND;
/// Careful servers refuse signatures that are older.
const BAD: i64 = 5 * Time::MINUTE;
/// How many others are asked.
const OTHERS: i64 = 3;

/// Compares with servers that answered lately; where there are none, with the public address (`date`, read at `at`).
pub async fn look(config: &Config, patient: Option<&Patient>, date: Option<Time>, at: Time, clock: &Clock) -> Result<Option<Finding>> {
    let mut differences = Vec::new();
    if let Some(patient) = patient
        && federation_mode(config, &mut patient.db.conn()).await? != FederationMode::Closed
    {
        let client = Client::new(config, clock.clone(), Schemes::new(None))?;
        for host in health::answering(&mut patient.db.conn(), OTHERS).await? {
            if let Ok(time) = client.time_at(&host).await {
                differences.push((clock.now().0 - time.0, host));
            }
        }
    }
    if let (true, Some(date)) = (differences.is_empty(), date) {
        differences.push((at.0 - date.0, "the public address".into()));
    }
    // The one in the middle: a single server with a wrong clock does not count.
    differences.sort();
    Ok(differences.get(differences.len() / 2).map(|(difference, host)| judge(*difference, host)))
}

fn judge(difference: i64, host: &str) -> Finding {
    let way = if difference < 0 { "behind" } else { "ahead of" };
    let says = format!("This machine is {} {way} {host}.", span(difference));
    let remedy = "Let it set its clock by the network: timedatectl set-ntp true (systemd-timesyncd, chrony).";
    match difference.abs() {
        BAD.. => Finding::failure(CHECK, format!("{says} Other servers refuse what is signed with such a date."), remedy),
        FINE.. => Finding::warning(CHECK, says, remedy),
        _ => Finding::ok(CHECK, format!("The clock agrees with that of {host}.")),
    }
}
