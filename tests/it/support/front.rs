//! What stands before several servers: it hands each connection to the next of them that takes it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Listens for as long as it lives.
pub struct Front {
    pub address: SocketAddr,
    behind: watch::Sender<Vec<SocketAddr>>,
    serving: JoinHandle<()>,
}

impl Front {
    /// With nobody behind it: connections are closed at once.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let behind = watch::Sender::new(Vec::new());
        let seen = behind.subscribe();
        let serving = tokio::spawn(async move {
            let turn = Arc::new(AtomicUsize::new(0));
            while let Ok((client, _)) = listener.accept().await {
                let number = turn.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(hand_on(client, seen.clone(), number));
            }
        });
        Self { address, behind, serving }
    }

    /// From now on these are behind it; connections to those that were are cut.
    pub fn lead_to(&self, behind: &[SocketAddr]) {
        self.behind.send_replace(behind.to_vec());
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn hand_on(mut client: TcpStream, mut behind: watch::Receiver<Vec<SocketAddr>>, number: usize) {
    let mut servers = behind.borrow_and_update().clone();
    if !servers.is_empty() {
        let first = number % servers.len();
        servers.rotate_left(first);
    }
    for server in servers {
        if let Ok(mut server) = TcpStream::connect(server).await {
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
                _ = behind.changed() => {}
            }
            return;
        }
    }
}
