//! How often somebody had to wait for a connection of a pool, and how long. Of the whole process: what is scarce are its
//! connections.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::{Database, Pool};

/// What was waited for the connections of one pool.
#[derive(Debug)]
pub struct Waits {
    times: AtomicU64,
    micros: AtomicU64,
}

/// Waits for connections that read (SQLite), and for those that write or do both.
pub static READING: Waits = Waits::new();
pub static WRITING: Waits = Waits::new();

/// How it stands with the connections of a pool.
#[derive(Clone, Copy, Debug)]
pub struct PoolState {
    /// `read` and `write` on SQLite, `all` on PostgreSQL.
    pub name: &'static str,
    pub in_use: u32,
    pub idle: u32,
    pub most: u32,
    pub waits: &'static Waits,
}

impl PoolState {
    pub(super) fn of<D: Database>(name: &'static str, pool: &Pool<D>, waits: &'static Waits) -> Self {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        Self { name, in_use: pool.size().saturating_sub(idle), idle, most: pool.options().get_max_connections(), waits }
    }
}

impl Waits {
    const fn new() -> Self {
        Self { times: AtomicU64::new(0), micros: AtomicU64::new(0) }
    }

    /// How often, and how long together.
    pub fn so_far(&self) -> (u64, Duration) {
        (self.times.load(Ordering::Relaxed), Duration::from_micros(self.micros.load(Ordering::Relaxed)))
    }

    /// Somebody asks this pool for a connection; when all are in use they wait, until what this gives is dropped. Nothing is
    /// wrapped around the asking itself: it stands in every future of ours.
    pub(super) fn ask<D: Database>(&'static self, pool: &Pool<D>) -> Waiting {
        let all_in_use = pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections();
        Waiting(all_in_use.then(|| (Instant::now(), self)))
    }
}

/// Somebody waits for a connection, or has one at once.
#[derive(Debug)]
pub(super) struct Waiting(Option<(Instant, &'static Waits)>);

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some((began, waits)) = self.0.take() {
            waits.times.fetch_add(1, Ordering::Relaxed);
            waits.micros.fetch_add(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }
}
