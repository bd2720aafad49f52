//! While the inbox is behind, what we send goes slower: one machine does both, and others see what they said only when it has been
//! worked on. What is sent waits on disk as well as anywhere; it never stands still.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;

/// How long each delivery takes its turn meanwhile, divided by the number of processors.
const TURN: Duration = Duration::from_millis(10);

/// Whether the inbox is behind, and whose turn it is to send.
#[derive(Debug, Default)]
pub struct Courtesy {
    behind: AtomicBool,
    turn: Mutex<()>,
}

impl Courtesy {
    /// Notes whether more waits in the inbox than is being worked on.
    pub fn note(&self, behind: bool) {
        self.behind.store(behind, Ordering::Relaxed);
    }

    /// Before something is sent: waits for a turn while the inbox is behind. Says whether it waited.
    pub async fn wait(&self) -> bool {
        let behind = || self.behind.load(Ordering::Relaxed);
        if !behind() {
            return false;
        }
        let _turn = self.turn.lock().await;
        if behind() {
            let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
            tokio::time::sleep(TURN / u32::try_from(processors).unwrap_or(1)).await;
        }
        true
    }
}
