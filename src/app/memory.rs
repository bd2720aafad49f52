//! Finished answers for visitors, kept in memory as long as they are true: pages, what ActivityPub asks for, calendars. Who is
//! logged in, signs, or asks for anything else goes past it.
//!
//! An answer is true until something was committed that it may show (`db::changes`); one that was made before that is made
//! anew when somebody asks. It never gets older than [`LONGEST`], because pages say how long ago something was. Many who ask
//! for the same at the same time get what is made for the first of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use moka::future::Cache;

use crate::error::Error;
use crate::federation::routes::is_for_federation;
use crate::model::{Lang, PostId, Time};
use crate::ops::Core;
use crate::web::{validators, visitor};

/// How old an answer gets, in milliseconds.
const LONGEST: i64 = Time::MINUTE;
/// How often we look whether another process changed something.
const LOOK: i64 = Time::SECOND;
/// The largest answer that is kept, in bytes.
const LARGEST: u64 = 1024 * 1024;
/// The longest address that is remembered.
const LONGEST_ADDRESS: usize = 500;
/// What an answer costs besides its words, in bytes.
const FRAME: usize = 1024;
/// What nobody asks for goes.
const IDLE: Duration = Duration::from_mins(10);

/// The answers that are kept. With no room for any, every answer is made for who asks, and still has its mark.
#[derive(Debug)]
pub struct Memory {
    kept: Option<Cache<Key, Made>>,
    looked_at: AtomicI64,
    served: AtomicU64,
    made: AtomicU64,
}

/// What an answer depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    address: String,
    face: Face,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Face {
    /// For programs: ActivityPub, WebFinger.
    Document,
    /// For people, in this language or that of the region.
    Page(Option<&'static str>),
}

/// Stands beside an answer that was here already.
#[derive(Clone, Copy, Debug)]
pub struct FromMemory;

/// What came of making an answer.
#[derive(Clone, Debug)]
struct Made {
    /// The last change it holds, and when that was.
    after: u64,
    at: Time,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Kept(Arc<Answer>),
    /// Not to be kept: who asks makes it for themselves.
    Passes,
    /// It went wrong; for those who waited for it, and nobody after them.
    Failed(Arc<Answer>),
}

#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// What somebody asks for who may be given what others were given.
struct Asked {
    key: Key,
    about: Option<PostId>,
    is_head: bool,
    /// What they have already.
    known: HeaderMap,
}

impl Memory {
    /// Room for so many megabytes.
    #[must_use]
    pub fn of(megabytes: u64) -> Self {
        let kept = (megabytes > 0).then(|| {
            Cache::builder()
                .max_capacity(megabytes * 1024 * 1024)
                .time_to_idle(IDLE)
                .weigher(|key: &Key, made: &Made| weight(key, made))
                .build()
        });
        Self { kept, looked_at: AtomicI64::new(0), served: AtomicU64::new(0), made: AtomicU64::new(0) }
    }

    /// How many answers came from memory, and how many were made, since the start.
    #[must_use]
    pub fn figures(&self) -> (u64, u64) {
        (self.served.load(Ordering::Relaxed), self.made.load(Ordering::Relaxed))
    }

    /// Answers a request from memory, or by `make`.
    pub async fn answer<F>(&self, core: &Core, mut request: Request, make: impl FnOnce(Request) -> F + Send) -> Response
    where
        F: Future<Output = Response> + Send,
    {
        let Some(asked) = asked(core, &request) else { return make(request).await };
        // It is made as if nobody had it yet, for all who ask.
        request.headers_mut().remove(header::IF_NONE_MATCH);
        *request.method_mut() = Method::GET;
        let make = async move || {
            self.made.fetch_add(1, Ordering::Relaxed);
            Box::pin(make(request)).await
        };
        let Some(kept) = &self.kept else {
            return match taken(make().await, &asked.key).await {
                Ok(answer) => answer.to(&asked),
                Err(response) => response,
            };
        };
        self.look_elsewhere(core).await;
        let (least, now) = (core.db.changes().last(asked.about), core.now());
        let is_true = |made: &Made| made.after >= least && (now.0 - made.at.0).abs() < LONGEST && !matches!(made.what, What::Failed(_));
        let (mut make, mut own) = (Some(make), None);
        loop {
            let making = async {
                let (after, at) = (core.db.changes().now(), core.now());
                let Some(make) = make.take() else { return Made { after: 0, at, what: What::Passes } };
                let what = match taken(make().await, &asked.key).await {
                    Ok(answer) if answer.status.is_server_error() => What::Failed(Arc::new(answer)),
                    Ok(answer) => What::Kept(Arc::new(answer)),
                    Err(response) => {
                        own = Some(response);
                        What::Passes
                    }
                };
                Made { after, at, what }
            };
            let found = kept.entry_by_ref(&asked.key).or_insert_with_if(making, |made| !is_true(made)).await.into_value();
            if let Some(own) = own.take() {
                return own;
            }
            match &found.what {
                What::Kept(answer) if is_true(&found) || make.is_none() => {
                    let mut response = answer.to(&asked);
                    if make.is_some() {
                        self.served.fetch_add(1, Ordering::Relaxed);
                        response.extensions_mut().insert(FromMemory);
                    }
                    return response;
                }
                What::Failed(answer) => return answer.to(&asked),
                What::Passes if is_true(&found) => {
                    return match make.take() {
                        Some(make) => make().await,
                        None => Error::Internal("an answer was made twice".into()).status().into_response(),
                    };
                }
                // Begun by somebody who asked before the last change: once more, by or for somebody who knows of it.
                What::Kept(_) | What::Passes => {}
            }
        }
    }

    /// Once a second: whether another process changed something.
    async fn look_elsewhere(&self, core: &Core) {
        let (now, last) = (core.now().0, self.looked_at.load(Ordering::Relaxed));
        if (now - last).abs() >= LOOK
            && self.looked_at.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
            && let Err(error) = core.db.look_elsewhere().await
        {
            error.log();
        }
    }
}

fn weight(key: &Key, made: &Made) -> u32 {
    let body = match &made.what {
        What::Kept(answer) | What::Failed(answer) => answer.body.len(),
        What::Passes => 0,
    };
    u32::try_from(FRAME + key.address.len() + body).unwrap_or(u32::MAX)
}

/// What is asked for, when it is something that is the same for everybody who asks like this.
fn asked(core: &Core, request: &Request) -> Option<Asked> {
    let (headers, uri) = (request.headers(), request.uri());
    let is_head = request.method() == Method::HEAD;
    let address = uri.path_and_query()?.as_str();
    if !(is_head || request.method() == Method::GET) || address.len() > LONGEST_ADDRESS {
        return None;
    }
    // Who signs may be given what others may not see; who asks for a part, or by date, is answered by who made the whole.
    let alone = [header::HeaderName::from_static("signature"), header::HeaderName::from_static("signature-input"), header::RANGE];
    let by_date = headers.contains_key(header::IF_MODIFIED_SINCE) && !headers.contains_key(header::IF_NONE_MATCH);
    if by_date || alone.iter().any(|name| headers.contains_key(name)) {
        return None;
    }
    let visitor = visitor::who(headers, core.config.is_https())?;
    let face = if is_for_federation(request) {
        Face::Document
    } else if visitor::is_for_all(uri) {
        Face::Page(visitor.language.map(Lang::code))
    } else {
        return None;
    };
    let known = headers.get_all(header::IF_NONE_MATCH).iter().map(|value| (header::IF_NONE_MATCH, value.clone())).collect();
    Some(Asked { key: Key { address: address.to_owned(), face }, about: visitor::post_of(uri), is_head, known })
}

/// The answer with its mark, when it may be kept or went wrong; else as it came.
async fn taken(response: Response, key: &Key) -> Result<Answer, Response> {
    let broken = response.status().is_server_error();
    let headers = response.headers();
    let private = headers.get_all(header::CACHE_CONTROL).iter().any(|value| value.as_bytes().windows(8).any(|part| part == b"no-store"));
    let small = response.body().size_hint().exact().is_some_and(|size| size <= LARGEST);
    if !(broken || response.status() == StatusCode::OK) || !small || (!broken && private) || headers.contains_key(header::SET_COOKIE) {
        return Err(response);
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::try_from(LARGEST).unwrap_or(usize::MAX)).await else {
        return Err(Error::Internal("an answer that does not end".into()).status().into_response());
    };
    let is_page = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page && std::str::from_utf8(&body).is_ok_and(visitor::is_somebodys) {
        tracing::warn!(address = %key.address, "a page for visitors carries what belongs to a session");
        return Err(Response::from_parts(parts, Body::from(body)));
    }
    let (status, mut headers) = (parts.status, parts.headers);
    if !broken {
        // Whoever keeps it asks each time whether it is still true.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
        if !headers.contains_key(header::ETAG)
            && let Ok(tag) = HeaderValue::try_from(validators::tag_of(&body))
        {
            headers.insert(header::ETAG, tag);
        }
    }
    Ok(Answer { status, headers, body })
}

impl Answer {
    /// As somebody gets it: nothing but its mark when they have it.
    fn to(&self, asked: &Asked) -> Response {
        let tag = self.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
        if tag.is_some_and(|tag| validators::has(&asked.known, tag)) {
            let mut response = StatusCode::NOT_MODIFIED.into_response();
            for name in [header::ETAG, header::CACHE_CONTROL, header::VARY, header::LAST_MODIFIED] {
                for value in self.headers.get_all(&name) {
                    response.headers_mut().append(&name, value.clone());
                }
            }
            return response;
        }
        let mut headers = self.headers.clone();
        let body = if asked.is_head {
            headers.insert(header::CONTENT_LENGTH, self.body.len().into());
            Body::empty()
        } else {
            Body::from(self.body.clone())
        };
        let mut response = Response::new(body);
        (*response.status_mut(), *response.headers_mut()) = (self.status, headers);
        response
    }
}
