//! What waits to be done, and whether anybody does it.

use super::report::{Finding, span};
use crate::db::{Db, deliveries, health, jobs, lanes, mails, received};
use crate::error::Result;
use crate::model::Time;

/// What has been due for so long is done by nobody.
const STUCK: i64 = 10 * Time::MINUTE;
/// The inbox is slow.
const LAG: i64 = 2 * Time::MINUTE;
/// A job that failed so often does not mend itself.
const ATTEMPTS: i64 = 5;

/// Looks at every queue. `running`: whether a server should be working on them.
pub async fn look(db: &Db, running: bool, now: Time) -> Result<Vec<Finding>> {
    Ok(vec![inbox(db, running, now).await?, outgoing(db, running, now).await?, others(db, running, now).await?])
}

async fn inbox(db: &Db, running: bool, now: Time) -> Result<Finding> {
    const CHECK: &str = "inbox";
    let mut conn = db.conn();
    let (waiting, failed) = (received::count(&mut conn, "new").await?, received::count(&mut conn, "failed").await?);
    let oldest = health::oldest_received(&mut conn).await?.map_or(0, |at| now.0 - at.0);
    let due = received::waiting(&mut conn).await?.into_iter().map(|(_, at)| at).min();
    let says = format!("{waiting} activities wait, the oldest since {}; {failed} of the last month could not be read", span(oldest));
    let late = due.map_or(0, |at| now.0 - at.0);
    Ok(if waiting == 0 {
        Finding::ok(CHECK, format!("Nothing waits; {failed} activities of the last month could not be read."))
    } else if running && late > STUCK {
        Finding::failure(
            CHECK,
            format!("{says}, and nobody works on them."),
            "Look at the log of the server for errors, and restart it; nothing that was accepted is lost.",
        )
    } else if running && late > LAG {
        Finding::warning(
            CHECK,
            format!("{says}: more comes in than is dealt with."),
            "If it stays so, look at the load of the machine and its disk; `meent_received_waiting` under metrics.listen shows how it goes.",
        )
    } else {
        Finding::ok(CHECK, format!("{says}."))
    })
}

async fn outgoing(db: &Db, running: bool, now: Time) -> Result<Finding> {
    const CHECK: &str = "deliveries";
    let mut conn = db.conn();
    let (waiting, counted) = (deliveries::count(&mut conn).await?, health::lanes(&mut conn).await?);
    let health::Lanes { known, failing, given_up } = counted;
    let late = lanes::next_due(&mut conn).await?.map_or(0, |at| now.0 - at.0);
    let mut says = format!("{waiting} on their way; {failing} of {known} servers do not take what was last sent");
    if given_up > 0 {
        says = format!("{says}, {given_up} were given up");
    }
    let whose = "The names and the last errors are at /admin/federation.";
    Ok(if running && late > STUCK {
        Finding::failure(
            CHECK,
            format!("{says}. What has been due for {} is sent by nobody.", span(late)),
            "Look at the log of the server for errors, and restart it.",
        )
    } else if failing > 2 && failing == known {
        Finding::failure(
            CHECK,
            format!("{says}: none does, so what is wrong is likely here."),
            format!("Look at DNS, the firewall and federation.proxy of this machine, then restart: every lane tries once at once. {whose}"),
        )
    } else if failing * 2 > known && failing > 2 {
        Finding::warning(CHECK, format!("{says}: that is more than half."), whose)
    } else {
        Finding::ok(CHECK, format!("{says}."))
    })
}

async fn others(db: &Db, running: bool, now: Time) -> Result<Finding> {
    const CHECK: &str = "jobs";
    let mut conn = db.conn();
    let due = [jobs::next_due(&mut conn).await?, mails::next_due(&mut conn).await?].into_iter().flatten().min();
    let late = due.map_or(0, |at| now.0 - at.0);
    let failing = health::failing_jobs(&mut conn, ATTEMPTS).await?;
    let unsent = mails::count(&mut conn, "failed").await? + mails::count(&mut conn, "unsure").await?;
    if running && late > STUCK {
        let says = format!("Work that has been due for {} is done by nobody.", span(late));
        return Ok(Finding::failure(CHECK, says, "Look at the log of the server for errors, and restart it."));
    }
    if let Some(worst) = failing.first() {
        let says = format!(
            "{} jobs fail again and again; {} {} was tried {} times and ends with: {}",
            failing.len(),
            worst.kind,
            worst.subject,
            worst.attempts,
            worst.last_error
        );
        return Ok(Finding::warning(
            CHECK,
            says,
            "When it names another server, that server is away and nothing is to be done here; else look at the log.",
        ));
    }
    if let Some(mail) = mails::waiting(&mut conn, 1).await?.first() {
        let says = format!("Mails wait for another attempt; the last was told: {}", mail.last_error.as_deref().unwrap_or_default());
        return Ok(Finding::warning(CHECK, says, "Look at /admin/mail, and at the finding about mail here."));
    }
    if unsent > 0 {
        let says = format!("{unsent} mails were not sent, or perhaps not.");
        return Ok(Finding::warning(CHECK, says, "Look at /admin/mail: they can be sent again or dropped there."));
    }
    Ok(Finding::ok(CHECK, "All that is due is done."))
}
