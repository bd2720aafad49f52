//! A scripted server of another make: it serves what a test says, writes down what it gets, and signs by hand. Nothing
//! of the product's own signing is used, so that both can't be wrong in the same way.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use meent::model::{Clock, Time};
use meent::ops::keys::KeyPair;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::pkcs8::SecretDocument;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

pub use super::knocks::{Demand, Knock};
use super::{TestApp, key};

/// The media type of ActivityPub.
pub const ACTIVITY_JSON: &str = "application/activity+json";

/// What stands at an address.
#[derive(Clone, Debug)]
pub enum Page {
    Text {
        status: u16,
        kind: String,
        body: String,
    },
    Redirect(String),
    /// A body that never ends.
    Endless,
}

/// Makes documents on demand: of the path with its query, a document.
type Maker = Arc<dyn Fn(&str) -> Option<Value> + Send + Sync>;

#[derive(Default)]
struct Script {
    pages: Mutex<HashMap<String, Page>>,
    makers: Mutex<Vec<Maker>>,
    gets: Mutex<HashMap<String, usize>>,
    inbox: Mutex<Vec<String>>,
    answer: Mutex<Option<(u16, String)>>,
    knocks: Mutex<Vec<Knock>>,
    demand: Mutex<Option<Demand>>,
    retry_after: Mutex<Option<String>>,
    /// What holds this text is answered with this status.
    special: Mutex<Option<(String, u16)>>,
    /// Deliveries that hold this text are not answered before it is let go.
    held: Mutex<Option<String>>,
    let_go: Notify,
    only_signed: Mutex<bool>,
}

/// A server of another make.
pub struct Peer {
    /// `name.localhost:port`
    pub host: String,
    script: Arc<Script>,
    server: tokio::task::JoinHandle<()>,
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Peer {
    pub async fn start(name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let host = format!("{name}.localhost:{}", listener.local_addr().expect("an address").port());
        let script = Arc::new(Script::default());
        let router = axum::Router::new().fallback(serve).with_state(script.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("serving") });
        Self { host, script, server }
    }

    /// An address on this server.
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    pub fn page(&self, path: &str, page: Page) {
        self.script.pages.lock().expect("a lock").insert(path.to_owned(), page);
    }

    /// Serves a document at the path of its id.
    pub fn serve(&self, document: &Value) {
        let id = document["id"].as_str().expect("an id");
        let path = id.strip_prefix(&self.at("")).expect("an id on this server");
        self.serve_at(path, document);
    }

    pub fn serve_at(&self, path: &str, document: &Value) {
        self.page(path, Page::Text { status: 200, kind: ACTIVITY_JSON.into(), body: document.to_string() });
    }

    /// Serves whatever `make` makes of a path with its query, where nothing else stands.
    pub fn serve_with(&self, make: impl Fn(&str) -> Option<Value> + Send + Sync + 'static) {
        self.script.makers.lock().expect("a lock").push(Arc::new(make));
    }

    pub fn gone(&self, path: &str) {
        self.page(path, Page::Text { status: 410, kind: ACTIVITY_JSON.into(), body: String::new() });
    }

    /// How often a path was asked for, with its query.
    pub fn gets(&self, path: &str) -> usize {
        self.script.gets.lock().expect("a lock").get(path).copied().unwrap_or_default()
    }

    /// How often anything was asked for.
    pub fn all_gets(&self) -> usize {
        self.script.gets.lock().expect("a lock").values().sum()
    }

    /// What came in, as it came.
    pub fn inbox(&self) -> Vec<String> {
        self.script.inbox.lock().expect("a lock").clone()
    }

    /// Answers every delivery like this from now on.
    pub fn answer(&self, status: u16, body: &str) {
        *self.script.answer.lock().expect("a lock") = Some((status, body.to_owned()));
    }

    /// Refuses what is signed otherwise from now on.
    pub fn demand(&self, method: Method, scheme: &'static str, status: u16, wants: Option<&'static str>) {
        *self.script.demand.lock().expect("a lock") = Some(Demand { method, scheme, status, wants });
    }

    /// Everything that came since the last look, in its order.
    pub fn knocks(&self) -> Vec<Knock> {
        std::mem::take(&mut *self.script.knocks.lock().expect("a lock"))
    }

    /// Answers what holds this text with this status.
    pub fn answer_to(&self, text: &str, status: u16) {
        *self.script.special.lock().expect("a lock") = Some((text.to_owned(), status));
    }

    /// And says when to come back.
    pub fn retry_after(&self, when: Option<&str>) {
        *self.script.retry_after.lock().expect("a lock") = when.map(str::to_owned);
    }

    /// Takes in what holds this text, and does not answer it; with none, answers what was held.
    pub fn hold(&self, text: Option<&str>) {
        *self.script.held.lock().expect("a lock") = text.map(str::to_owned);
        self.script.let_go.notify_waiters();
    }

    /// Serves nothing to who does not sign.
    pub fn only_signed(&self) {
        *self.script.only_signed.lock().expect("a lock") = true;
    }

    /// The headers of the requests for a path, since somebody took the [`Peer::knocks`].
    pub fn heard(&self, path: &str) -> Vec<HeaderMap> {
        let knocks = self.script.knocks.lock().expect("a lock");
        knocks.iter().filter(|knock| knock.path == path).map(|knock| knock.headers.clone()).collect()
    }

    /// Puts an actor on this server, with the fixture key `stranger`.
    pub fn actor(&self, kind: &str, path: &str) -> Stranger {
        let id = self.at(path);
        let stranger = Stranger { key_id: format!("{id}#main-key"), id, key: key("stranger") };
        self.serve(&stranger.document(kind));
        stranger
    }
}

async fn serve(State(script): State<Arc<Script>>, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
    let text = String::from_utf8_lossy(&body).into_owned();
    let knock = Knock { method: parts.method, path: path.clone(), headers: parts.headers, body: text.clone() };
    script.knocks.lock().expect("a lock").push(knock.clone());
    if *script.only_signed.lock().expect("a lock") && knock.scheme() == "none" {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let demand = script.demand.lock().expect("a lock").clone();
    if let Some(demand) = demand.filter(|demand| demand.method == knock.method && demand.scheme != knock.scheme()) {
        let status = StatusCode::from_u16(demand.status).expect("a status");
        let mut refusal = (status, "signed in a way that I can't read").into_response();
        refusal
            .headers_mut()
            .extend(demand.wants.map(|wants| (HeaderName::from_static("accept-signature"), wants.parse().expect("a header"))));
        return refusal;
    }
    if knock.method == Method::POST {
        let let_go = script.let_go.notified();
        script.inbox.lock().expect("a lock").push(text.clone());
        if script.held.lock().expect("a lock").as_ref().is_some_and(|held| text.contains(held)) {
            let_go.await;
        }
        let (mut status, body) = script.answer.lock().expect("a lock").clone().unwrap_or((202, String::new()));
        if let Some((special, other)) = script.special.lock().expect("a lock").as_ref()
            && text.contains(special)
        {
            status = *other;
        }
        let mut answer = (StatusCode::from_u16(status).expect("a status"), body).into_response();
        if let Some(when) = script.retry_after.lock().expect("a lock").as_ref() {
            answer.headers_mut().insert(header::RETRY_AFTER, when.parse().expect("a header"));
        }
        return answer;
    }
    *script.gets.lock().expect("a lock").entry(path.clone()).or_default() += 1;
    let page = script.pages.lock().expect("a lock").get(&path).cloned();
    let made = || script.makers.lock().expect("a lock").iter().find_map(|make| make(&path));
    match page {
        Some(Page::Text { status, kind, body }) => {
            (StatusCode::from_u16(status).expect("a status"), [(header::CONTENT_TYPE, kind)], body).into_response()
        }
        Some(Page::Redirect(place)) => (StatusCode::FOUND, [(header::LOCATION, place)]).into_response(),
        Some(Page::Endless) => {
            let blanks = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 64 * 1024])));
            ([(header::CONTENT_TYPE, ACTIVITY_JSON)], Body::from_stream(blanks)).into_response()
        }
        None => made().map_or_else(
            || StatusCode::NOT_FOUND.into_response(),
            |document| ([(header::CONTENT_TYPE, ACTIVITY_JSON)], document.to_string()).into_response(),
        ),
    }
}

/// Somebody on a [`Peer`].
#[derive(Clone, Debug)]
pub struct Stranger {
    pub id: String,
    pub key_id: String,
    pub key: KeyPair,
}

impl Stranger {
    /// The actor document.
    pub fn document(&self, kind: &str) -> Value {
        let (id, name) = (&self.id, self.id.rsplit('/').next().unwrap_or_default());
        let origin = self.id.split('/').take(3).collect::<Vec<_>>().join("/");
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id, "type": kind, "preferredUsername": name, "name": name,
            "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"), "followers": format!("{id}/followers"),
            "endpoints": {"sharedInbox": format!("{origin}/inbox")},
            "publicKey": {"id": self.key_id, "owner": id, "publicKeyPem": self.key.public_pem},
        })
    }

    /// An activity of theirs.
    pub fn says(&self, kind: &str, number: u32, object: &Value) -> Value {
        let context = "https://www.w3.org/ns/activitystreams";
        json!({"@context": context, "id": format!("{}#{kind}/{number}", self.id), "type": kind, "actor": self.id, "object": object})
    }

    /// A POST to `path` of `app`, ready to be bent.
    pub fn letter(&self, app: &TestApp, path: &str, body: &str) -> Letter {
        Letter::new("POST", app, path, body, self)
    }

    /// Sends an activity, well signed; gives the status.
    pub async fn sends(&self, app: &TestApp, activity: &Value) -> u16 {
        self.letter(app, "/inbox", &activity.to_string()).send(app).await.status
    }
}

/// A request, every part of which can be bent before it is signed and sent.
#[derive(Clone, Debug)]
pub struct Letter {
    pub method: &'static str,
    /// What is signed as the target, and where it is sent.
    pub target: String,
    pub path: String,
    /// Sent as they stand here, in this order; those that are signed are signed from here.
    pub headers: Vec<(String, String)>,
    pub signed: String,
    pub key_id: String,
    pub algorithm: Option<String>,
    /// Further parameters of the signature, such as `created`.
    pub parameters: Vec<(&'static str, String)>,
    pub separator: &'static str,
    pub private_pem: String,
    /// Instead of a signature by the key.
    pub signature: Option<String>,
    /// Sent instead of the body that was signed.
    pub body: String,
}

/// SHA-256 of a body as a `Digest` header says it.
pub fn digest(body: &str) -> String {
    format!("SHA-256={}", STANDARD.encode(Sha256::digest(body)))
}

/// A moment as a `Date` header says it.
pub fn date(clock: &Clock, offset: i64) -> String {
    let at: Time = clock.now().plus(offset);
    at.utc().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

impl Letter {
    pub fn new(method: &'static str, app: &TestApp, path: &str, body: &str, by: &Stranger) -> Self {
        let mut headers = vec![("Host".to_owned(), app.host().to_owned()), ("Date".into(), date(&app.clock, 0))];
        let mut signed = "(request-target) host date".to_owned();
        if method == "POST" {
            headers.extend([("Digest".into(), digest(body)), ("Content-Type".into(), ACTIVITY_JSON.into())]);
            signed += " digest content-type";
        } else {
            headers.push(("Accept".into(), ACTIVITY_JSON.into()));
        }
        Self {
            method,
            target: path.to_owned(),
            path: path.to_owned(),
            headers,
            signed,
            key_id: by.key_id.clone(),
            algorithm: Some("rsa-sha256".into()),
            parameters: Vec::new(),
            separator: ",",
            private_pem: by.key.private_pem.clone(),
            signature: None,
            body: body.to_owned(),
        }
    }

    /// Changes a header, or with none leaves it out.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }

    /// The text that is signed.
    pub fn signing_string(&self) -> String {
        let line = |name: &str| match name {
            "(request-target)" => format!("(request-target): {} {}", self.method.to_lowercase(), self.target),
            "(created)" | "(expires)" => {
                let said = self.parameters.iter().find(|(known, _)| *known == name.trim_matches(['(', ')']));
                format!("{name}: {}", said.map(|(_, value)| value.as_str()).unwrap_or_default())
            }
            _ => {
                let values = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
                format!("{name}: {}", values.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", "))
            }
        };
        self.signed.split(' ').map(line).collect::<Vec<_>>().join("\n")
    }

    /// The signature as the letter stands now.
    pub fn signed_now(&self) -> String {
        sign(&self.private_pem, &self.signing_string())
    }

    /// The `Signature` header.
    pub fn signature_header(&self) -> String {
        let signature = self.signature.clone().unwrap_or_else(|| self.signed_now());
        let mut parts = vec![format!("keyId=\"{}\"", self.key_id)];
        parts.extend(self.algorithm.iter().map(|name| format!("algorithm=\"{name}\"")));
        parts.extend(self.parameters.iter().map(|(name, value)| format!("{name}={value}")));
        parts.extend([format!("headers=\"{}\"", self.signed), format!("signature=\"{signature}\"")]);
        parts.join(self.separator)
    }

    /// Signs it and sends it.
    pub async fn send(mut self, app: &TestApp) -> Reply {
        self.headers.push(("Signature".into(), self.signature_header()));
        self.send_as_it_is(app).await
    }

    /// Sends it without a signature, or with what stands among the headers.
    pub async fn send_as_it_is(self, app: &TestApp) -> Reply {
        let mut text = format!("{} {} HTTP/1.1\r\nConnection: close\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        if self.method == "POST" && !self.headers.iter().any(|(name, _)| name == "Content-Length" || name == "Transfer-Encoding") {
            text.extend(["Content-Length: ", &self.body.len().to_string(), "\r\n"]);
        }
        exchange(app, &format!("{text}\r\n{}", self.body)).await
    }
}

fn sign(private_pem: &str, text: &str) -> String {
    let (_, document) = SecretDocument::from_pem(private_pem).expect("a key");
    let pair = RsaKeyPair::from_pkcs8(document.as_bytes()).expect("an RSA key");
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).expect("a signature");
    STANDARD.encode(signature)
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A GET or HEAD without a signature.
pub async fn get(app: &TestApp, method: &str, path: &str, accept: &str) -> Reply {
    let accept = if accept.is_empty() { String::new() } else { format!("Accept: {accept}\r\n") };
    exchange(app, &format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nHost: {}\r\n{accept}\r\n", app.host())).await
}

/// Sends bytes as they are and reads everything that comes back.
pub async fn exchange(app: &TestApp, text: &str) -> Reply {
    let mut stream = TcpStream::connect(app.address).await.expect("a connection");
    stream.write_all(text.as_bytes()).await.expect("nobody hangs up while we speak");
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Reply { status: status.unwrap_or_else(|| panic!("no answer: {text:.200}")), headers, body: body.to_owned() }
}
