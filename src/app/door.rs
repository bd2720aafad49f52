//! The door that people come in by, and how it is closed so that nobody stands before it: behind a proxy with other processes
//! beside this one, no request fails while it stops.
//!
//! A proxy sends a request that reached nobody to another process. One that may have reached us it gives up, when it is a POST.
//! So a connection is either refused before anything was said, or answered. In order:
//! 1. `/health/ready` says 503, and every answer ends its connection, so that the proxy keeps none. Everybody is let in still;
//!    a proxy that asks for our health has `server.shutdown_delay` to send them elsewhere.
//! 2. No connection is begun any more. The kernel would go on accepting them for us until the socket is closed, and cut those
//!    off that we had not fetched yet; so first it drops attempts, while those under way come through.
//! 3. The socket is closed. Who was dropped tries again a second later, and is refused.
//! 4. When what came through last has been read, every connection ends after its answer.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// For the last connections to be made, and then for their requests to be read. A proxy stands near, and speaks at once.
const LAST: Duration = Duration::from_millis(250);

/// Lets people in until it is closed; then nobody, and the socket is gone.
#[derive(Debug)]
pub struct Door {
    listener: Option<TcpListener>,
    address: SocketAddr,
    closing: Closing,
}

/// What closes the door.
#[derive(Clone, Debug, Default)]
pub struct Closing {
    last_call: CancellationToken,
    closed: CancellationToken,
}

impl Door {
    /// # Errors
    /// When the socket does not know its own address.
    pub fn new(listener: TcpListener) -> io::Result<(Self, Closing)> {
        let closing = Closing::default();
        Ok((Self { address: listener.local_addr()?, listener: Some(listener), closing: closing.clone() }, closing))
    }
}

impl Closing {
    /// Closes the door; returns when everybody who came in has been heard.
    pub async fn close(&self) {
        self.last_call.cancel();
        tokio::time::sleep(LAST).await;
        self.closed.cancel();
        tokio::time::sleep(LAST).await;
    }
}

impl Listener for Door {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        let mut filtered = false;
        while let Some(listener) = &mut self.listener {
            tokio::select! {
                biased;
                accepted = Listener::accept(listener) => return accepted,
                () = self.closing.closed.cancelled() => self.listener = None,
                () = self.closing.last_call.cancelled(), if !filtered => {
                    filtered = true;
                    if let Err(error) = begin_none(listener) {
                        tracing::debug!(%error, "connections are begun until the end");
                    }
                }
            }
        }
        std::future::pending().await
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// Has the kernel drop every attempt to begin a connection: packets with SYN and without ACK, by the flags of the TCP header.
#[cfg(target_os = "linux")]
fn begin_none(listener: &TcpListener) -> io::Result<()> {
    use socket2::{SockFilter, SockRef};
    const LOAD_BYTE: u16 = 0x30;
    const AND: u16 = 0x54;
    const JUMP_IF_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    const FLAGS_AT: u32 = 13;
    const SYN: u32 = 0x02;
    const SYN_OR_ACK: u32 = 0x12;
    SockRef::from(listener).attach_filter(&[
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS_AT),
        SockFilter::new(AND, 0, 0, SYN_OR_ACK),
        SockFilter::new(JUMP_IF_EQUAL, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ])
}

#[cfg(not(target_os = "linux"))]
fn begin_none(_: &TcpListener) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
