//! What other servers ask of us: actors, posts, activities, collections, and the inbox. One URL for each thing; the app
//! sends here who asks for ActivityPub.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::door::inbox;
use super::letters;
use super::outbox::Gathered;
use super::{ACTIVITY_JSON, Federation, actor, asked, collections, discovery, notes, object, offered, regions};
use crate::config::FederationMode;
use crate::db::{activities, actors, attendees, events, follows, interests, multikeys, posts, series, useful, whereabouts};
use crate::error::{Error, Result};
use crate::model::rights::{Viewer, can_see, can_see_actor};
use crate::model::{ActivityId, Actor, Post, PostId, PostKind, SeriesId};

/// The last part of addresses that only the federation has.
const PARTS: [&str; 10] = ["inbox", "outbox", "followers", "following", "featured", "moderators", "context", "replies", "likes", "actor"];

/// Events of a series in one collection.
const MOST_OF_SERIES: i64 = 500;

/// An error as a peer sees it: the status, and a sentence for its developer.
#[derive(Debug)]
pub struct Refusal(Error);

impl<E: Into<Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.0.log();
        let text = match &self.0 {
            Error::Internal(_) => "internal error".to_owned(),
            Error::Unavailable(_) => "not available just now".to_owned(),
            other => other.to_string(),
        };
        let mut response =
            (self.0.status(), [(header::CONTENT_TYPE, "application/json")], json!({"error": text}).to_string()).into_response();
        if let Some(seconds) = self.0.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// What is answered.
pub(super) type Answer = Result<Response, Refusal>;

/// Whether a request is for the federation: an address that only it has, or a thing asked for as ActivityPub.
pub fn is_for_federation(request: &Request) -> bool {
    let path = request.uri().path();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match segments.as_slice() {
        ["inbox" | "actor"]
        | ["actor" | "nodeinfo", _]
        | ["activities", ..]
        | [".well-known", "webfinger" | "host-meta" | "host-meta.json" | "nodeinfo"] => true,
        // Some of these have pages too.
        ["post", _, "companion" | "attendees" | "organizers" | "interested"] | ["series" | "u" | "c" | "post" | "comment", _] | [""] => {
            wants_activity(request.headers())
        }
        ["u" | "c" | "post" | "comment", _, part] => PARTS.contains(part),
        _ => false,
    }
}

/// Whether the `Accept` header asks for ActivityPub: in whatever spelling, anywhere in the list.
pub fn wants_activity(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(|accept| {
        let accept = accept.to_ascii_lowercase();
        accept.split(',').map(str::trim).any(|kind| {
            let name = kind.split(';').next().unwrap_or_default().trim();
            name == ACTIVITY_JSON || (name == "application/ld+json" && kind.contains("activitystreams"))
        })
    })
}

/// Every route of the federation.
pub fn router(fed: Arc<Federation>) -> Router {
    Router::new()
        .route("/.well-known/webfinger", get(discovery::web_finger))
        .route("/.well-known/host-meta", get(discovery::host_meta))
        .route("/.well-known/host-meta.json", get(discovery::host_meta_json))
        .route("/.well-known/nodeinfo", get(discovery::node_info_index))
        .route("/nodeinfo/{version}", get(discovery::node_info))
        .route("/", get(instance_actor))
        .route("/actor", get(instance_actor))
        .route("/actor/outbox", get(instance_outbox))
        .route("/actor/groups", get(offered::show))
        .route("/actor/regions", get(regions::show))
        .route("/inbox", post(inbox))
        .route("/actor/inbox", post(inbox))
        .route("/u/{name}/inbox", post(inbox))
        .route("/c/{name}/inbox", post(inbox))
        .route("/u/{name}", get(person))
        .route("/c/{name}", get(group))
        .route("/u/{name}/{part}", get(person_part))
        .route("/c/{name}/{part}", get(group_part))
        .route("/post/{id}", get(thread_start))
        .route("/comment/{id}", get(reply))
        .route("/post/{id}/{part}", get(thread_start_part))
        .route("/comment/{id}/{part}", get(reply_part))
        .route("/series/{id}", get(series))
        .route("/activities/{verb}/{id}", get(activity))
        .fallback(|| async { Refusal(Error::NotFound) })
        .layer(middleware::from_fn(keep_private))
        .with_state(fed)
}

/// What somebody gets who signs is for them: nothing in between keeps it for others (T-59).
async fn keep_private(request: Request, next: middleware::Next) -> Response {
    let signed = ["signature", "signature-input"].iter().any(|name| request.headers().contains_key(*name));
    let mut response = next.run(request).await;
    if signed {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    response
}

pub(super) fn answer(document: &Value) -> Response {
    with_type(document.to_string())
}

fn with_type(text: String) -> Response {
    ([(header::CONTENT_TYPE, ACTIVITY_JSON), (header::VARY, "Accept, Signature, Signature-Input")], text).into_response()
}

impl Federation {
    /// Nothing of the federation is there while it is closed.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is closed.
    pub async fn must_be_open(&self) -> Result<()> {
        if self.core.federation_mode().await? == FederationMode::Closed { Err(Error::NotFound) } else { self.leaves().await }
    }

    /// With an allow list, only the servers on it may fetch; they say who they are by signing.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is closed; [`Error::Signature`] for who does not say who they are.
    pub async fn may_fetch(&self, parts: &Parts) -> Result<()> {
        self.must_be_open().await?;
        if self.core.federation_mode().await? == FederationMode::Allowlist {
            self.verify(parts, b"").await?;
        }
        Ok(())
    }
}

/// `/actor`: fetchable by everybody without a signature, or two careful servers could never meet.
async fn instance_actor(State(fed): State<Arc<Federation>>) -> Answer {
    fed.must_be_open().await?;
    let instance = fed.instance().await?;
    let keys = multikeys::of(&mut fed.core.db.conn(), instance.id).await?;
    let mut document = actor::write(instance, &keys, &fed.core.urls.instance_actor());
    fed.introduce(&mut document).await?;
    Ok(answer(&document))
}

async fn instance_outbox(State(fed): State<Arc<Federation>>) -> Answer {
    fed.must_be_open().await?;
    Ok(answer(&collections::counted(&format!("{}/outbox", fed.core.urls.instance_actor()), 0)))
}

async fn person(State(fed): State<Arc<Federation>>, Path(name): Path<String>, parts: Parts) -> Answer {
    show_actor(&fed, &name, false, &parts).await
}

async fn group(State(fed): State<Arc<Federation>>, Path(name): Path<String>, parts: Parts) -> Answer {
    show_actor(&fed, &name, true, &parts).await
}

async fn local_actor(fed: &Federation, name: &str, is_group: bool, parts: &Parts) -> Result<Actor> {
    fed.may_fetch(parts).await?;
    let found = actors::local_by_name(&mut fed.core.db.conn(), name).await?.filter(|actor| actor.is_group() == is_group);
    found.ok_or(Error::NotFound)
}

async fn show_actor(fed: &Federation, name: &str, is_group: bool, parts: &Parts) -> Answer {
    let actor = local_actor(fed, name, is_group, parts).await?;
    if !can_see_actor(Viewer::default(), &actor) {
        let tombstone = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": actor.ap_id, "type": "Tombstone"});
        return Ok((StatusCode::GONE, answer(&tombstone)).into_response());
    }
    let mut conn = fed.core.db.conn();
    let mut document = actor::write(&actor, &multikeys::of(&mut conn, actor.id).await?, &fed.core.urls.instance_actor());
    actor::say_whereabouts(&mut document, &whereabouts::of(&mut conn, actor.id).await?);
    Ok(answer(&document))
}

/// Where a page begins.
#[derive(Debug, Deserialize)]
struct Place {
    page: Option<i64>,
    before: Option<ActivityId>,
    after: Option<PostId>,
}

async fn person_part(
    State(fed): State<Arc<Federation>>,
    Path((name, part)): Path<(String, String)>,
    Query(place): Query<Place>,
    parts: Parts,
) -> Answer {
    actor_part(&fed, &name, false, &part, &place, &parts).await
}

async fn group_part(
    State(fed): State<Arc<Federation>>,
    Path((name, part)): Path<(String, String)>,
    Query(place): Query<Place>,
    parts: Parts,
) -> Answer {
    actor_part(&fed, &name, true, &part, &place, &parts).await
}

async fn actor_part(fed: &Federation, name: &str, is_group: bool, part: &str, place: &Place, parts: &Parts) -> Answer {
    let actor = local_actor(fed, name, is_group, parts).await?;
    if !can_see_actor(Viewer::default(), &actor) {
        return Err(Error::Gone.into());
    }
    let mut conn = fed.core.db.conn();
    let id = format!("{}/{part}", actor.ap_id);
    Ok(answer(&match part {
        "outbox" => return Ok(outbox(fed, &actor, &id, place).await?),
        // How many, not who (T-61).
        "followers" => collections::counted(&id, follows::count(&mut conn, actor.id).await?),
        "following" if !is_group => collections::counted(&id, follows::count_following(&mut conn, actor.id).await?),
        // What a group's moderators put at its top.
        "featured" if is_group => {
            let ids: Vec<String> = posts::pinned_ids(&mut conn, actor.id, collections::PAGE).await?.into_iter().map(|(id,)| id).collect();
            collections::whole(&id, &ids)
        }
        "featured" => collections::whole(&id, &[]),
        "moderators" if is_group => {
            let ids: Vec<String> = actors::moderators(&mut conn, actor.id).await?.into_iter().map(|actor| actor.ap_id).collect();
            collections::whole(&id, &ids)
        }
        _ => return Err(Error::NotFound.into()),
    }))
}

/// What an actor started or, for a group, passed on that started a thread; as it was said.
async fn outbox(fed: &Federation, actor: &Actor, id: &str, place: &Place) -> Result<Response> {
    let mut conn = fed.core.db.conn();
    if place.page.is_none() && place.before.is_none() {
        let total = activities::count_outbox(&mut conn, actor.id).await?;
        return Ok(answer(&collections::paged(id, total, &format!("{id}?page=1"), None)));
    }
    let before = place.before.unwrap_or(ActivityId(i64::MAX));
    let mut said = activities::outbox(&mut conn, actor.id, before, collections::PAGE + 1).await?;
    let more = said.len() > usize::try_from(collections::PAGE).unwrap_or(usize::MAX);
    said.truncate(usize::try_from(collections::PAGE).unwrap_or(usize::MAX));
    let next = said.last().filter(|_| more).map(|last| format!("{id}?page=1&before={}", last.id));
    let mut items: Vec<Box<RawValue>> = Vec::new();
    for said in &said {
        items.extend(letters::text(&mut conn, said, actor).await?.and_then(|text| RawValue::from_string(text).ok()));
    }
    let this = place.before.map_or_else(|| format!("{id}?page=1"), |before| format!("{id}?page=1&before={before}"));
    Ok(with_type(collections::page_of_texts(&this, id, &items, next.as_deref())?))
}

async fn thread_start(State(fed): State<Arc<Federation>>, Path(id): Path<PostId>, parts: Parts) -> Answer {
    show_post(&fed, id, true, &parts).await
}

async fn reply(State(fed): State<Arc<Federation>>, Path(id): Path<PostId>, parts: Parts) -> Answer {
    show_post(&fed, id, false, &parts).await
}

/// One of our own posts; those of others are asked for at their home.
async fn local_post(fed: &Federation, id: PostId, starts: bool, parts: &Parts) -> Result<Post> {
    fed.may_fetch(parts).await?;
    let post = posts::by_id(&mut fed.core.db.conn(), id).await?;
    if post.local && post.is_root() == starts { Ok(post) } else { Err(Error::NotFound) }
}

async fn show_post(fed: &Federation, id: PostId, starts: bool, parts: &Parts) -> Answer {
    let post = local_post(fed, id, starts, parts).await?;
    if !can_see(Viewer::default(), &post) {
        return Ok((StatusCode::GONE, answer(&object::tombstone(&post))).into_response());
    }
    let gathered = Gathered::of(&mut fed.core.db.reading(), post).await?;
    Ok(answer(&gathered.written(fed.core.urls.base()).document()))
}

async fn thread_start_part(
    State(fed): State<Arc<Federation>>,
    Path((id, part)): Path<(PostId, String)>,
    Query(place): Query<Place>,
    parts: Parts,
) -> Answer {
    post_part(&fed, id, true, &part, &place, &parts).await
}

async fn reply_part(
    State(fed): State<Arc<Federation>>,
    Path((id, part)): Path<(PostId, String)>,
    Query(place): Query<Place>,
    parts: Parts,
) -> Answer {
    post_part(&fed, id, false, &part, &place, &parts).await
}

async fn post_part(fed: &Federation, id: PostId, starts: bool, part: &str, place: &Place, parts: &Parts) -> Answer {
    if part == "companion" {
        return companion(fed, id, parts).await;
    }
    let post = local_post(fed, id, starts, parts).await?;
    let mut conn = fed.core.db.conn();
    let address = format!("{}/{part}", post.ap_id);
    // A removed post may still hold replies: the thread stays readable.
    let (total, whose) = match part {
        "context" if starts => (posts::count_thread(&mut conn, post.id).await?, Some(actors::by_id(&mut conn, post.group_id).await?)),
        "replies" => (posts::count_replies(&mut conn, post.id).await?, None),
        "likes" => return Ok(answer(&collections::counted(&address, useful::count(&mut conn, post.id).await?))),
        // How many, not who (T-57).
        "attendees" if post.kind == PostKind::Event => {
            return Ok(answer(&collections::counted(&address, attendees::counts(&mut conn, post.id).await?.0)));
        }
        "organizers" if post.kind == PostKind::Event && can_see(Viewer::default(), &post) => {
            let mut ids = vec![actors::by_id(&mut conn, post.author_id).await?.ap_id];
            ids.extend(events::organisers(&mut conn, post.id).await?.into_iter().map(|actor| actor.ap_id));
            return Ok(answer(&collections::whole(&address, &ids)));
        }
        "interested" if post.kind == PostKind::Question => {
            return Ok(answer(&collections::counted(&address, interests::count(&mut conn, post.id).await?)));
        }
        _ => return Err(Error::NotFound.into()),
    };
    if place.page.is_none() && place.after.is_none() {
        let whose = whose.as_ref().map(|group| group.ap_id.as_str());
        return Ok(answer(&collections::paged(&address, total, &format!("{address}?page=1"), whose)));
    }
    if place.page.is_some_and(|page| page != 1) {
        return Err(Error::Bad("there is no such page".into()).into());
    }
    let after = place.after.unwrap_or(PostId(0));
    let mut listed = if part == "context" {
        posts::thread_ids(&mut conn, post.id, after, collections::PAGE + 1).await?
    } else {
        posts::reply_ids(&mut conn, post.id, after, collections::PAGE + 1).await?
    };
    let size = usize::try_from(collections::PAGE).unwrap_or(usize::MAX);
    let more = listed.len() > size;
    listed.truncate(size);
    let next = listed.last().filter(|_| more).map(|last| format!("{address}?page=1&after={}", last.id));
    let this = place.after.map_or_else(|| format!("{address}?page=1"), |after| format!("{address}?page=1&after={after}"));
    let items: Vec<Value> = listed.iter().map(|post| Value::String(post.ap_id.clone())).collect();
    Ok(answer(&collections::with_versions(collections::page(&this, &address, &items, next.as_deref()), &listed)))
}

/// The note with which a group of ours names an event, wherever the event lives.
async fn companion(fed: &Federation, id: PostId, parts: &Parts) -> Answer {
    fed.may_fetch(parts).await?;
    let mut conn = fed.core.db.conn();
    let post = posts::by_id(&mut conn, id).await?;
    if !activities::has_companion(&mut conn, post.id).await? {
        return Err(Error::NotFound.into());
    }
    if !can_see(Viewer::default(), &post) {
        let address = fed.core.urls.at(&format!("/post/{id}/companion"));
        let tombstone = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": address, "type": "Tombstone"});
        return Ok((StatusCode::GONE, answer(&tombstone)).into_response());
    }
    Ok(answer(&notes::companion_document(fed, &mut conn, &post).await?))
}

/// The events of a series of ours, those that are over among them.
async fn series(State(fed): State<Arc<Federation>>, Path(id): Path<SeriesId>, parts: Parts) -> Answer {
    fed.may_fetch(&parts).await?;
    let mut conn = fed.core.db.conn();
    let series = series::by_id(&mut conn, id).await?.ok_or(Error::NotFound)?;
    let ids: Vec<String> = events::ids_of_series(&mut conn, &series.ap_id, MOST_OF_SERIES).await?.into_iter().map(|(id,)| id).collect();
    Ok(answer(&collections::whole(&series.ap_id, &ids)))
}

/// Something one of ours said. Votes, suspensions, reports and who comes to an event are not for everybody to look up (T-34, T-57): their names travel with
/// the group only. Nor is who follows which group (T-61).
async fn activity(State(fed): State<Arc<Federation>>, Path((verb, id)): Path<(String, ActivityId)>, parts: Parts) -> Answer {
    fed.may_fetch(&parts).await?;
    let address = fed.core.urls.activity(&verb, id);
    let mut conn = fed.core.db.conn();
    let said = activities::by_ap_id(&mut conn, &address).await?.ok_or(Error::NotFound)?;
    let speaker = actors::by_id(&mut conn, said.actor_id).await?;
    let text = letters::text(&mut conn, &said, &speaker).await?;
    match (said.state.as_str(), text) {
        ("withdrawn", _) => {
            let tombstone = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": address, "type": "Tombstone"});
            Ok((StatusCode::GONE, answer(&tombstone)).into_response())
        }
        (_, Some(body)) if !asked::is_between_two(&body) => Ok(with_type(asked::without_reason(body))),
        _ => Err(Error::NotFound.into()),
    }
}
