//! Which servers we exchange messages with: what file or environment say, what administrators decided, and the mode.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::Core;
use crate::config::FederationMode;
use crate::db::hosts;
use crate::error::Result;
use crate::model::Time;

/// What administrators decided is read again after so long: another process on the same database may have changed it, and we
/// may not have heard of it.
const STALE: i64 = 5 * Time::SECOND;

/// The rules that administrators made, kept for a few seconds: they are asked for with every message.
#[derive(Debug, Default)]
pub struct HostRules(Mutex<Option<Kept>>);

#[derive(Debug)]
struct Kept {
    at: Time,
    /// Whether a host is blocked, or allowed.
    blocked: HashMap<String, bool>,
    mode: FederationMode,
}

impl HostRules {
    /// Forgets what is kept: something was changed.
    pub fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What was decided about a host: blocked, allowed or nothing; and the mode.
    async fn decided(&self, core: &Core, host: &str) -> Result<(Option<bool>, FederationMode)> {
        let at = core.now();
        if let Some(kept) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref()
            && (kept.at..kept.at.plus(STALE)).contains(&at)
        {
            return Ok((kept.blocked.get(host).copied(), kept.mode));
        }
        let rules = hosts::rules(&mut core.db.conn()).await?;
        let blocked: HashMap<String, bool> = rules.into_iter().map(|rule| (rule.host.clone(), rule.blocks())).collect();
        let mode = core.federation_mode().await?;
        let decided = blocked.get(host).copied();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Kept { at, blocked, mode });
        Ok((decided, mode))
    }
}

impl Core {
    /// Whether this server is refused in every mode, by an administrator or by the configuration.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn blocks(&self, host: &str) -> Result<bool> {
        let listed = self.config.federation.block.iter().any(|one| one == host);
        Ok(listed || self.hosts.decided(self, host).await?.0 == Some(true))
    }

    /// Whether this server is on the allow list, also while the mode does not ask for one.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn lists(&self, host: &str) -> Result<bool> {
        let listed = self.config.federation.allow.iter().any(|one| one == host);
        Ok(!self.blocks(host).await? && (listed || self.hosts.decided(self, host).await?.0 == Some(false)))
    }

    /// Whether we exchange messages with this server (by authority). Asked for every host involved (T-15).
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn may_federate_with(&self, host: &str) -> Result<bool> {
        let listed = |list: &[String]| list.iter().any(|one| one == host);
        if listed(&self.config.federation.block) {
            return Ok(false);
        }
        let (decided, mode) = self.hosts.decided(self, host).await?;
        Ok(match mode {
            _ if decided == Some(true) => false,
            FederationMode::Open => true,
            FederationMode::Allowlist => decided == Some(false) || listed(&self.config.federation.allow),
            FederationMode::Closed => false,
        })
    }
}
