//! `meent doctor`: looks at an instance as its operator would, from outside the process: configuration, database, disk, the
//! server, the public address, the proxy, clock, mail, queues, backups. Each finding says what to do. It changes nothing but
//! the tokens with which it asks the running server what that sees, and works when the server is stopped. Beside it: the
//! rehearsal of an upgrade.

mod address;
mod backups;
mod clock;
mod database;
mod disk;
mod inside;
mod mail;
mod outside;
mod queues;
mod rehearsal;
mod report;
mod settings;

use std::path::Path;
use std::process::ExitCode;

pub use inside::ready;
pub use rehearsal::rehearse;
pub use report::{Finding, Level, Report};

use crate::config::{Config, ConfigError};
use crate::error::Result;
use crate::model::Clock;
use crate::ops::checkup;

/// Looks at everything and prints what it found; the exit status is 0, 1 (warnings) or 2 (failures).
pub async fn run(config: &Config, file: Option<&Path>, clock: &Clock, json: bool) -> ExitCode {
    let findings = examine(config, file, clock).await;
    print(&Report::new(clock.now().rfc3339(), &config.public_url, findings), json)
}

/// Prints that there is nothing to look at, because the configuration can't be used.
#[must_use]
pub fn unreadable(error: &ConfigError, clock: &Clock, json: bool) -> ExitCode {
    let finding = Finding::failure(
        "configuration",
        error.to_string(),
        "Correct that setting; the server won't start with it. config.example.toml explains every key.",
    );
    print(&Report::new(clock.now().rfc3339(), "", vec![finding]), json)
}

fn print(report: &Report, json: bool) -> ExitCode {
    if json {
        println!("{}", report.json());
    } else {
        print!("{}", report.text());
    }
    ExitCode::from(report.status.status())
}

/// Every finding, in the order in which one follows from another.
pub async fn examine(config: &Config, file: Option<&Path>, clock: &Clock) -> Vec<Finding> {
    let mut findings = settings::look(config, file);
    let (patient, found) = database::look(config, clock.now()).await;
    let patient = patient.as_ref();
    findings.extend(found);
    findings.extend(disk::look(config, patient.map_or(0, |patient| patient.size)));
    let (running, found) = inside::look(config, patient, clock).await;
    findings.push(found);
    let (reached, found) = address::look(config, running, clock.now()).await;
    findings.extend(found);
    let at = clock.now();
    if let (Some(reached), Some(patient)) = (&reached, patient) {
        or_say(&mut findings, "address", outside::look(config, reached, patient, clock).await);
    }
    let date = reached.and_then(|reached| reached.date);
    or_say(&mut findings, "clock", clock::look(config, patient, date, at, clock).await);
    findings.push(mail::look(config).await);
    if let Some(patient) = patient {
        or_say(&mut findings, "queues", queues::look(&patient.db, running, clock.now()).await);
        or_say(&mut findings, "backup", backups::look(&patient.db, config, clock.now()).await.map(Some));
        if let Some(token) = &patient.token {
            // Nobody may have been asked with it. When this fails, it ends by itself in minutes.
            let _ = checkup::withdraw(&patient.db, token).await;
        }
        patient.db.close().await;
    }
    findings
}

/// Adds what was found, or that it could not be looked at.
fn or_say(findings: &mut Vec<Finding>, check: &'static str, found: Result<impl IntoIterator<Item = Finding>>) {
    match found {
        Ok(found) => findings.extend(found),
        Err(error) => findings.push(Finding::failure(
            check,
            format!("It can't be looked at: {}", database::told(&error)),
            "Look at the finding about the database.",
        )),
    }
}
