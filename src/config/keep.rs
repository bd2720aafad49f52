//! `[keep]`: how many days things are kept that nobody needs for ever, and its check.

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[keep]`, each in days.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keep {
    pub said_days: i64,
    pub votes_days: i64,
    pub received_days: i64,
    pub failed_days: i64,
    pub mail_days: i64,
    pub notification_days: i64,
    pub removed_days: i64,
    pub withdrawn_days: i64,
    pub guest_days: i64,
    pub invitation_days: i64,
    pub proposal_days: i64,
    pub server_days: i64,
}

impl Default for Keep {
    fn default() -> Self {
        Self {
            said_days: 90,
            votes_days: 7,
            received_days: 60,
            failed_days: 30,
            mail_days: 30,
            notification_days: 365,
            removed_days: 1_095,
            withdrawn_days: 90,
            guest_days: 90,
            invitation_days: 90,
            proposal_days: 365,
            server_days: 365,
        }
    }
}

/// Longest time that can be set: a century.
const LONGEST: i64 = 36_500;

impl Keep {
    /// # Errors
    /// A sentence that names the key.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        // Each with the least that keeps what it is for: others repeat what they said for days, and words cross each other.
        for (key, days, least) in [
            ("said_days", self.said_days, 30),
            ("votes_days", self.votes_days, 1),
            ("received_days", self.received_days, 7),
            ("failed_days", self.failed_days, 1),
            ("mail_days", self.mail_days, 4),
            ("notification_days", self.notification_days, 8),
            ("removed_days", self.removed_days, 90),
            ("withdrawn_days", self.withdrawn_days, 30),
            ("guest_days", self.guest_days, 1),
            ("invitation_days", self.invitation_days, 1),
            ("proposal_days", self.proposal_days, 1),
            ("server_days", self.server_days, 60),
        ] {
            if !(least..=LONGEST).contains(&days) {
                return Err(ConfigError(format!("keep.{key} must be from {least} to {LONGEST}; it is {days}")));
            }
        }
        Ok(())
    }
}
