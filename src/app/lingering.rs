//! Reads what is left of a request that was answered early (too large, over the limit, not allowed), before the answer goes.
//! A connection that is closed with unread bytes is reset, and then the sender loses the answer: a browser shows "connection
//! reset" where a sentence was meant. RFC 9112 section 9.6 describes it; other servers call it lingering.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{Stream, StreamExt};

/// Most bytes that are read and thrown away.
const MOST: usize = 64 * 1024 * 1024;
/// Longest time for it.
const LONGEST: Duration = Duration::from_secs(15);
/// When nothing came for so long, nothing is under way.
const QUIET: Duration = Duration::from_secs(2);

/// A body that its reader may leave before the end.
#[derive(Clone)]
struct Shared(Arc<Mutex<Left>>);

struct Left {
    stream: BodyDataStream,
    begun: bool,
}

impl Stream for Shared {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        left.begun = true;
        left.stream.poll_next_unpin(context)
    }
}

/// A layer around everything that may answer before it has read the body.
pub async fn linger(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    // Who waits for our word before sending anything has nothing under way: asking for it now would be the waste it avoids.
    let waits = request.headers().contains_key(header::EXPECT);
    let (head, body) = request.into_parts();
    let mut shared = Shared(Arc::new(Mutex::new(Left { stream: body.into_data_stream(), begun: false })));
    let response = next.run(Request::from_parts(head, Body::from_stream(shared.clone()))).await;
    let begun = shared.0.lock().unwrap_or_else(PoisonError::into_inner).begun;
    if begun || !waits {
        let rest = async {
            let mut read = 0;
            while let Ok(Some(Ok(bytes))) = tokio::time::timeout(QUIET, shared.next()).await {
                read += bytes.len();
                if read > MOST {
                    break;
                }
            }
        };
        // Who is too slow is answered all the same.
        let _ = tokio::time::timeout(LONGEST, rest).await;
    }
    response
}
