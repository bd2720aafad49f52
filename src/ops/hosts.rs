//! Which servers we exchange messages with: what file or environment say, what administrators decided, and the mode.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Core, federation_mode};
use crate::config::FederationMode;
use crate::db::{Conn, hosts};
use crate::error::Result;
use crate::model::Time;

/// What administrators decided is read again after so long: another process on the same database may have changed it, and we
/// may not have heard of it.
const STALE: i64 = 5 * Time::SECOND;

/// The rules that administrators made, kept for a few seconds: they are asked for with every message.
#[derive(Debug, Default)]
pub struct HostRules(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    kept: Option<Kept>,
    /// How often they were forgotten: what was read before the last time is not kept.
    forgotten: u64,
}

#[derive(Debug)]
struct Kept {
    at: Time,
    /// Whether a host is blocked, or allowed.
    blocked: HashMap<String, bool>,
    mode: FederationMode,
}

impl HostRules {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what is kept: something was changed.
    pub fn forget(&self) {
        let mut state = self.state();
        *state = State { kept: None, forgotten: state.forgotten + 1 };
    }

    /// What was decided about a host: blocked, allowed or nothing; and the mode.
    async fn decided(&self, core: &Core, conn: &mut Conn, host: &str) -> Result<(Option<bool>, FederationMode)> {
        let at = core.now();
        let forgotten = {
            let state = self.state();
            if let Some(kept) = state.kept.as_ref().filter(|kept| (kept.at..kept.at.plus(STALE)).contains(&at)) {
                return Ok((kept.blocked.get(host).copied(), kept.mode));
            }
            state.forgotten
        };
        let rules = hosts::rules(conn).await?;
        let blocked: HashMap<String, bool> = rules.into_iter().map(|rule| (rule.host.clone(), rule.blocks())).collect();
        let mode = federation_mode(&core.config, conn).await?;
        let decided = blocked.get(host).copied();
        let mut state = self.state();
        if state.forgotten == forgotten {
            state.kept = Some(Kept { at, blocked, mode });
        }
        Ok((decided, mode))
    }
}

/// Each question twice: with the connection of who asks inside a transaction, for whoever holds one must not wait for another, and
/// with one of its own.
impl Core {
    /// Whether this server is refused in every mode, by an administrator or by the configuration.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn blocks(&self, host: &str) -> Result<bool> {
        self.blocks_in(&mut self.db.conn(), host).await
    }

    /// The same inside a transaction.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn blocks_in(&self, conn: &mut Conn, host: &str) -> Result<bool> {
        let listed = self.config.federation.block.iter().any(|one| one == host);
        Ok(listed || self.hosts.decided(self, conn, host).await?.0 == Some(true))
    }

    /// Whether this server is on the allow list, also while the mode does not ask for one.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn lists_in(&self, conn: &mut Conn, host: &str) -> Result<bool> {
        let listed = self.config.federation.allow.iter().any(|one| one == host);
        Ok(!self.blocks_in(conn, host).await? && (listed || self.hosts.decided(self, conn, host).await?.0 == Some(false)))
    }

    /// Whether we exchange messages with this server (by authority). Asked for every host involved (T-15).
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn may_federate_with(&self, host: &str) -> Result<bool> {
        self.may_federate_with_in(&mut self.db.conn(), host).await
    }

    /// The same inside a transaction.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn may_federate_with_in(&self, conn: &mut Conn, host: &str) -> Result<bool> {
        let listed = |list: &[String]| list.iter().any(|one| one == host);
        if listed(&self.config.federation.block) {
            return Ok(false);
        }
        let (decided, mode) = self.hosts.decided(self, conn, host).await?;
        Ok(match mode {
            _ if decided == Some(true) => false,
            FederationMode::Open => true,
            FederationMode::Allowlist => decided == Some(false) || listed(&self.config.federation.allow),
            FederationMode::Closed => false,
        })
    }
}
