//! What was found: each finding with a sentence and what to do, as lines for a person or as JSON for a program.

use std::fmt::Write;

use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Ok,
    /// It works, but not for long, not for everybody, or not as it should.
    Warning,
    /// Something does not work.
    Failure,
}

impl Level {
    /// The exit status: 0, 1 or 2, as monitoring programs read it.
    #[must_use]
    pub fn status(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Failure => 2,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "WARNING",
            Self::Failure => "FAILURE",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What was looked at: a word that stays the same, for programs.
    pub check: &'static str,
    pub level: Level,
    /// A sentence.
    pub says: String,
    /// What to do about it; nothing where all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Finding {
    #[must_use]
    pub fn ok(check: &'static str, says: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, says: says.into(), remedy: None }
    }

    #[must_use]
    pub fn warning(check: &'static str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, level: Level::Warning, says: says.into(), remedy: Some(remedy.into()) }
    }

    #[must_use]
    pub fn failure(check: &'static str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, level: Level::Failure, says: says.into(), remedy: Some(remedy.into()) }
    }
}

/// Everything that was found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The version of the program that looked.
    pub version: &'static str,
    /// When it looked, RFC 3339.
    pub at: String,
    /// Of the instance that it looked at; empty when its configuration can't be read.
    pub public_url: String,
    /// The worst of the findings.
    pub status: Level,
    pub findings: Vec<Finding>,
}

impl Report {
    #[must_use]
    pub fn new(at: String, public_url: &str, findings: Vec<Finding>) -> Self {
        let status = findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok);
        Self { version: env!("CARGO_PKG_VERSION"), at, public_url: public_url.to_owned(), status, findings }
    }

    /// For a person.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let widest = self.findings.iter().map(|finding| finding.check.len()).max().unwrap_or(0);
        for Finding { check, level, says, remedy } in &self.findings {
            // Writing to a string can't fail.
            let _ = writeln!(text, "{:<8} {check:<widest$}  {says}", level.word());
            if let Some(remedy) = remedy {
                let _ = writeln!(text, "{:<8} {:<widest$}  -> {remedy}", "", "");
            }
        }
        let count = |level| self.findings.iter().filter(|finding| finding.level == level).count();
        let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        let (warnings, failures) = (plural(count(Level::Warning), "warning"), plural(count(Level::Failure), "failure"));
        let _ = match self.status {
            Level::Ok => writeln!(text, "\nAll is well."),
            _ => writeln!(text, "\n{failures}, {warnings}."),
        };
        text
    }

    /// For a program.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self)
            .unwrap_or_else(|error| format!("{{\"status\":\"failure\",\"findings\":[],\"error\":\"{error}\"}}"))
    }
}

/// A number of bytes as people read it.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit behind the point")]
    let of = |unit: u64| bytes as f64 / unit as f64;
    match bytes {
        0..1_000_000 => format!("{:.0} kB", of(1_000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", of(1_000_000)),
        _ => format!("{:.1} GB", of(1_000_000_000)),
    }
}

/// A number of milliseconds as people read it.
#[must_use]
pub fn span(millis: i64) -> String {
    let seconds = millis.unsigned_abs() / 1_000;
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_is_the_status_and_each_says_what_to_do() {
        let findings = vec![Finding::ok("disk", "Enough."), Finding::warning("mail", "No mail server.", "Set mail.server.")];
        let report = Report::new("2026-11-30T10:00:00.000Z".into(), "https://vragen.example", findings);
        assert_eq!(report.status.status(), 1);
        assert_eq!(
            report.text(),
            "ok       disk  Enough.\nWARNING  mail  No mail server.\n               -> Set mail.server.\n\n0 failures, 1 warning.\n"
        );
        assert!(report.json().contains("\"status\": \"warning\""));
        assert!(!report.json().contains("null"));
    }

    #[test]
    fn amounts_are_written_for_people() {
        assert_eq!((bytes(12_345), bytes(1_500_000), bytes(2_300_000_000)), ("12 kB".into(), "1.5 MB".into(), "2.3 GB".into()));
        assert_eq!(
            (span(1_000), span(-90_000), span(86_400_000), span(259_200_000)),
            ("1 second".into(), "90 seconds".into(), "24 hours".into(), "3 days".into())
        );
    }
}
