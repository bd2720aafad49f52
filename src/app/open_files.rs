//! How many files a process may have open. Each connection is one, and many systems begin with a thousand.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Raises the limit as far as the system lets us; where it does not, the process goes on with what it has.
pub fn raise_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current == limit.maximum {
        return;
    }
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!(%error, "the limit of open files stays what it is");
    }
}
