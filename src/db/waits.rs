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

    /// Does what needs a connection of this pool; when all are in use, it counts as waiting until it is done.
    pub(super) async fn measure<D: Database, T>(&self, pool: &Pool<D>, work: impl Future<Output = T>) -> T {
        if pool.num_idle() > 0 || pool.size() < pool.options().get_max_connections() {
            return work.await;
        }
        let began = Instant::now();
        let done = work.await;
        self.times.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        done
    }
}
