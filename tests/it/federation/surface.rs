//! What others can ask of us: who we are, what was said here, and nothing that was removed or is not theirs to know.

use meent::db;
use meent::model::{Clock, Time};
use serde_json::{Value, json};

use super::{PUBLIC, Scene};
use crate::on_both;
use crate::support::peer::{ACTIVITY_JSON, Reply, get};
use crate::support::{On, START, TestApp};

async fn json_of(app: &TestApp, url: &str) -> Value {
    let reply = get(app, "GET", &path_of(app, url), ACTIVITY_JSON).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, ACTIVITY_JSON), "{url}: {reply:?}");
    reply.json()
}

async fn asked(app: &TestApp, path: &str) -> Reply {
    get(app, "GET", path, ACTIVITY_JSON).await
}

fn path_of(app: &TestApp, url: &str) -> String {
    url.strip_prefix(app.core.urls.base()).unwrap_or(url).to_owned()
}

#[tokio::test]
async fn we_are_found_by_name_by_address_and_as_a_server() {
    let scene = Scene::start(On::Sqlite).await;
    let (app, host) = (&scene.app, scene.app.host().to_owned());
    let finger = async |resource: &str| get(app, "GET", &format!("/.well-known/webfinger?resource={resource}"), "").await;
    for resource in [
        format!("acct:jeugd@{host}"),
        format!("acct%3Ajeugd%40{}", host.replace(':', "%3A")),
        scene.group.ap_id.clone(),
        format!("acct:Jeugd@{}", host.to_uppercase()),
    ] {
        let reply = finger(&resource).await;
        assert_eq!(
            (reply.status, reply.header("content-type"), reply.header("access-control-allow-origin")),
            (200, "application/jrd+json", "*"),
            "{resource}"
        );
        let found = reply.json();
        assert_eq!(
            (&found["subject"], &found["links"][0]),
            (&json!(format!("acct:jeugd@{host}")), &json!({"rel": "self", "type": ACTIVITY_JSON, "href": scene.group.ap_id}))
        );
        assert_eq!(found["links"][1]["rel"], "http://webfinger.net/rel/profile-page");
    }
    assert_eq!(finger(&scene.bram.ap_id).await.json()["links"][0]["href"], json!(scene.bram.ap_id));
    for resource in [app.core.urls.base().to_owned(), format!("acct:{host}@{host}")] {
        let found = finger(&resource).await.json();
        assert_eq!(
            (&found["links"][0]["href"], &found["links"][1]["rel"]),
            (&json!(app.core.urls.instance_actor()), &json!("https://www.w3.org/ns/activitystreams#Service"))
        );
    }
    for bad in ["", "jeugd", "https://%00", "acct:jeugd%00", "acct:", "acct:a@b@c", "acct:../etc@x", "mailto:x@y", "ftp://x/y"] {
        assert_eq!(finger(bad).await.status, 400, "{bad}");
    }
    assert_eq!(get(app, "GET", "/.well-known/webfinger", "").await.status, 400);
    let strangers = [
        "acct:jeugd@elders.example".to_owned(),
        format!("acct:niemand@{host}"),
        "https://elders.example/u/x".into(),
        app.core.urls.at("/post/1"),
        scene.els.id.clone(),
    ];
    for stranger in strangers {
        assert_eq!(finger(&stranger).await.status, 404, "{stranger}");
    }
    let template = app.core.urls.at("/.well-known/webfinger?resource={uri}");
    let xml = get(app, "GET", "/.well-known/host-meta", "").await;
    assert!(xml.header("content-type").starts_with("application/xrd+xml") && xml.body.contains(&template), "{xml:?}");
    assert_eq!(get(app, "GET", "/.well-known/host-meta.json", "").await.json()["links"][0]["template"], json!(template));
    let index = get(app, "GET", "/.well-known/nodeinfo", "").await.json();
    for (link, version) in [(0, "2.0"), (1, "2.1")] {
        let href = index["links"][link]["href"].as_str().expect("a text");
        let reply = get(app, "GET", &path_of(app, href), "").await;
        let info = reply.json();
        assert!(reply.header("content-type").contains(&format!("ns/schema/{version}#")));
        assert_eq!(
            (&info["version"], &info["software"]["name"], &info["protocols"]),
            (&json!(version), &json!("meent"), &json!(["activitypub"]))
        );
        assert_eq!(
            (&info["usage"]["users"], info["software"].get("repository").is_some()),
            (&json!({}), version == "2.1"),
            "three members are not counted out"
        );
    }
    assert_eq!(get(app, "GET", "/nodeinfo/3.0", "").await.status, 404);
    scene.finish().await;
}

#[tokio::test]
async fn one_address_gives_activitypub_to_who_asks_for_it() {
    let scene = Scene::start(On::Sqlite).await;
    let (app, question) = (&scene.app, scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await);
    app.run_jobs().await;
    let profile = "https://www.w3.org/ns/activitystreams";
    for path in ["/u/bram", "/c/jeugd", &path_of(app, &question.ap_id), "/"] {
        for accept in [
            ACTIVITY_JSON.to_owned(),
            format!("application/ld+json; profile=\"{profile}\""),
            format!("application/ld+json;profile=\"{profile}\""),
            format!("APPLICATION/LD+JSON ; Profile=\"{profile}\";q=0.9"),
            format!("text/html;q=0.1, {ACTIVITY_JSON} ;q=0.5"),
            format!("{ACTIVITY_JSON},application/ld+json; profile=\"{profile}\",application/json"),
            "Application/Activity+JSON".into(),
        ] {
            for method in ["GET", "HEAD"] {
                let reply = get(app, method, path, &accept).await;
                assert_eq!((reply.status, reply.header("content-type")), (200, ACTIVITY_JSON), "{method} {path} {accept}");
                assert!(reply.header("vary").contains("Accept") && (reply.body.is_empty() == (method == "HEAD")), "{reply:?}");
            }
        }
        for accept in ["text/html", "*/*", "", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json", "application/ld+json"] {
            assert_ne!(get(app, "GET", path, accept).await.header("content-type"), ACTIVITY_JSON, "{path} {accept}");
        }
    }
    for path in [
        "/post/1",
        "/post/abc",
        "/post/99999999999999999999",
        "/comment/-1",
        "/u/niemand",
        "/c/bram",
        "/u/jeugd",
        "/u/bram/moderators",
        "/c/jeugd/following",
        "/c/jeugd/likes",
        "/activities/create/1",
        "/activities/create/x",
    ] {
        let status = asked(app, path).await.status;
        assert!(status == 404 || status == 400, "{path}: {status}");
    }
    assert_eq!(asked(app, &path_of(app, &question.ap_id).replace("post", "comment")).await.status, 404);
    for page in ["?page=0", "?page=-1", "?page=99999999999", "?page=x"] {
        assert_eq!(asked(app, &format!("{}/context{page}", path_of(app, &question.ap_id))).await.status, 400, "{page}");
    }
    scene.finish().await;
}

#[tokio::test]
async fn actors_and_posts_say_what_peers_need() {
    let scene = Scene::start(On::Sqlite).await;
    let app = &scene.app;
    let group = json_of(app, &scene.group.ap_id).await;
    let at = |part: &str| json!(format!("{}{part}", scene.group.ap_id));
    for (field, value) in [
        ("type", json!("Group")),
        ("id", at("")),
        ("preferredUsername", json!("jeugd")),
        ("inbox", at("/inbox")),
        ("outbox", at("/outbox")),
        ("followers", at("/followers")),
        ("featured", at("/featured")),
        ("attributedTo", at("/moderators")),
        ("manuallyApprovesFollowers", json!(false)),
        ("endpoints", json!({"sharedInbox": app.core.urls.shared_inbox()})),
        ("postingRestrictedToMods", json!(false)),
    ] {
        assert_eq!(group[field], value, "{field}");
    }
    assert_eq!((&group["publicKey"]["id"], &group["publicKey"]["owner"]), (&at("#main-key"), &at("")));
    let person = json_of(app, &scene.bram.ap_id).await;
    assert_eq!(
        (&person["type"], &person["indexable"], &person["generator"]["id"]),
        (&json!("Person"), &json!(false), &json!(app.core.urls.instance_actor()))
    );
    let instance = json_of(app, "/").await;
    assert_eq!((&instance["type"], &instance["id"]), (&json!("Application"), &json!(app.core.urls.instance_actor())));
    for document in [&group, &person, &instance] {
        assert!(!document.to_string().contains("PRIVATE") && !document.to_string().contains("voorbeeld.example"), "{document}");
    }
    let question = app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij *niet*.").await;
    let answer = app.reply(&scene.bram, &question, "Toch wel.").await;
    app.run_jobs().await;
    let article = json_of(app, &question.ap_id).await;
    for (field, value) in [
        ("type", json!("Article")),
        ("attributedTo", json!(scene.bram.ap_id)),
        ("to", json!([scene.group.ap_id, PUBLIC])),
        ("audience", at("")),
        ("name", json!("Wie weet dit?")),
        ("summary", json!("Wij niet.")),
        ("mediaType", json!("text/html")),
        ("attachment", json!([])),
        ("language", json!({"identifier": "nl", "name": "Nederlands"})),
        ("context", json!(format!("{}/context", question.ap_id))),
        ("answerCount", json!(1)),
    ] {
        assert_eq!(article[field], value, "{field}");
    }
    assert!(article.get("inReplyTo").is_none());
    let note = json_of(app, &answer.ap_id).await;
    assert_eq!((&note["type"], &note["inReplyTo"], &note["context"]), (&json!("Note"), &json!(question.ap_id), &article["context"]));
    assert!(note.get("name").is_none() && note.get("summary").is_none(), "a name would make it a vote in a poll, a summary a warning");
    scene.finish().await;
}

on_both! {
    async fn t_61_collections_come_in_pages_and_name_nobody(on: On) {
        let scene = Scene::start(on).await;
        let (app, group) = (&scene.app, &scene.group.ap_id);
        let mut posts = Vec::new();
        for number in 0..53 {
            app.clock.advance(Time::SECOND);
            posts.push(app.ask(&scene.bram, &scene.group, &format!("Vraag {number}"), "x").await);
        }
        let question = &posts[0];
        let mut replies = Vec::new();
        for number in 0..51 {
            app.clock.advance(Time::SECOND);
            replies.push(app.reply(&scene.bram, question, &format!("Antwoord {number}")).await.ap_id);
        }
        scene.done(&scene.els, &scene.els.says("Follow", 1, &json!(group))).await;
        scene.done(&scene.els, &scene.els.says("Like", 2, &json!(question.ap_id))).await;
        // Every collection from its first page to its last.
        let all = async |id: &str| -> (Value, Vec<Value>, usize) {
            let collection = json_of(app, id).await;
            let (mut items, mut pages, mut next) = (Vec::new(), 0, collection["first"].as_str().map(str::to_owned));
            while let Some(address) = next {
                let page = json_of(app, &address).await;
                assert_eq!((&page["type"], &page["partOf"], &page["id"]), (&json!("OrderedCollectionPage"), &json!(id), &json!(address)));
                items.extend(page["orderedItems"].as_array().expect("a list").clone());
                (pages, next) = (pages + 1, page["next"].as_str().map(str::to_owned));
            }
            (collection, items, pages)
        };
        let (outbox, said, pages) = all(&format!("{group}/outbox")).await;
        assert_eq!((outbox["totalItems"].as_i64(), said.len(), pages), (Some(53), 53, 2));
        assert_eq!((&said[0]["type"], &said[0]["object"]["object"]["id"]), (&json!("Announce"), &json!(posts[52].ap_id)), "the newest first");
        let (_, said, _) = all(&format!("{}/outbox", scene.bram.ap_id)).await;
        assert_eq!((said.len(), &said[52]["object"]["id"]), (53, &json!(question.ap_id)));
        let (context, thread, pages) = all(&format!("{}/context", question.ap_id)).await;
        assert_eq!((&context["attributedTo"], context["totalItems"].as_i64(), pages), (&json!(group), Some(52), 2));
        let in_order: Vec<Value> = std::iter::once(&question.ap_id).chain(&replies).map(|id| json!(id)).collect();
        assert_eq!(thread, in_order, "the oldest first");
        assert_eq!(all(&format!("{}/replies", question.ap_id)).await.1.len(), 51);
        // How many, never who.
        for (id, total) in [(format!("{group}/followers"), 2), (format!("{}/following", scene.bram.ap_id), 1), (format!("{}/likes", question.ap_id), 1)] {
            let collection = json_of(app, &id).await;
            assert_eq!((&collection["type"], &collection["totalItems"]), (&json!("OrderedCollection"), &json!(total)), "{id}");
            assert!(!collection.to_string().contains("els"), "{collection}");
            assert!(!asked(app, &format!("{}?page=1", path_of(app, &id))).await.body.contains("els"));
        }
        assert_eq!(json_of(app, &format!("{group}/moderators")).await["orderedItems"], json!([scene.bram.ap_id]));
        assert_eq!(json_of(app, &format!("{group}/featured")).await["orderedItems"], json!([]));
        scene.finish().await;
    }

    async fn t_34_61_what_was_said_can_be_looked_up_but_not_who_voted_or_follows(on: On) {
        let scene = Scene::start(on).await;
        let app = &scene.app;
        scene.done(&scene.els, &scene.els.says("Follow", 1, &json!(scene.group.ap_id))).await;
        let question = app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await;
        app.run_jobs().await;
        let answer = scene.reply_of(&scene.els, 1, &question.ap_id, "Wij wel.");
        scene.done(&scene.els, &scene.els.says("Create", 2, &answer)).await;
        scene.done(&scene.els, &scene.els.says("Like", 3, &json!(question.ap_id))).await;
        app.useful(&scene.bram, &scene.copy(&answer).await, true).await;
        app.run_jobs().await;
        scene.later();
        app.useful(&scene.bram, &scene.copy(&answer).await, false).await;
        scene.followed_group("/c/buren").await;
        let mut seen = Vec::new();
        for body in scene.peer.inbox() {
            let activity: Value = serde_json::from_str(&body).expect("JSON");
            let mut inner = &activity;
            let mut kinds = Vec::new();
            while inner.is_object() && inner.get("actor").is_some() {
                kinds.push(inner["type"].as_str().expect("a text"));
                inner = &inner["object"];
            }
            let kinds = kinds.join(" ");
            let reply = asked(app, &path_of(app, activity["id"].as_str().expect("a text"))).await;
            if kinds.contains("Like") || kinds.contains("Follow") {
                assert_eq!(reply.status, 404, "{kinds}");
            } else {
                assert_eq!((reply.status, reply.body.as_str()), (200, body.as_str()), "{kinds}");
            }
            seen.push(kinds);
        }
        for kinds in ["Accept Follow", "Announce Create", "Announce", "Announce Like", "Like", "Undo Like", "Announce Undo Like", "Follow"] {
            assert!(seen.iter().any(|seen| seen == kinds), "{kinds} is not among {seen:?}");
        }
        let create = json_of(app, &scene.peer.inbox().iter().find_map(|body| {
            let it: Value = serde_json::from_str(body).ok()?;
            (it["object"]["object"]["id"] == json!(question.ap_id)).then(|| it["object"]["id"].as_str().map(str::to_owned))?
        }).expect("the Create")).await;
        assert_eq!((&create["type"], &create["object"]["id"]), (&json!("Create"), &json!(question.ap_id)));
        scene.finish().await;
    }

    async fn t_59_removed_words_are_nowhere_any_more(on: On) {
        let scene = Scene::start(on).await;
        let app = &scene.app;
        scene.done(&scene.els, &scene.els.says("Follow", 1, &json!(scene.group.ap_id))).await;
        let question = app.ask(&scene.bram, &scene.group, "Kanariegeel heet het", "Het woord is kanariegeel.").await;
        app.run_jobs().await;
        let answer = app.reply(&scene.bram, &question, "Ook kanariegeel.").await;
        app.run_jobs().await;
        scene.later();
        app.edit(&scene.bram, &question, None, "Toch kanariegeel.").await;
        let of_els = scene.reply_of(&scene.els, 1, &question.ap_id, "Kanariegeel van elders.");
        scene.done(&scene.els, &scene.els.says("Create", 2, &of_els)).await;
        app.run_jobs().await;
        let said: Vec<String> = scene.peer.inbox();
        // The last answer is still on its way when everything goes.
        scene.peer.answer(503, "");
        let late = app.reply(&scene.bram, &question, "Nog eens kanariegeel.").await;
        app.run_jobs().await;
        scene.later();
        for post in [&answer, &late, &question] {
            app.remove(&scene.bram, post).await;
        }
        scene.done(&scene.els, &scene.els.says("Delete", 3, &of_els["id"])).await;
        for post in [&answer, &late, &question] {
            let path = path_of(app, &post.ap_id);
            for method in ["GET", "HEAD"] {
                let reply = get(app, method, &path, ACTIVITY_JSON).await;
                assert_eq!((reply.status, reply.header("content-type")), (410, ACTIVITY_JSON), "{path}");
            }
            let stone = asked(app, &path).await.json();
            assert_eq!((&stone["type"], &stone["id"]), (&json!("Tombstone"), &json!(post.ap_id)));
            assert!(stone.get("attributedTo").is_none() && stone.get("content").is_none());
        }
        let mut addresses: Vec<String> = said.iter().flat_map(|body| {
            let it: Value = serde_json::from_str(body).expect("JSON");
            [it["id"].as_str().map(str::to_owned), it["object"]["id"].as_str().map(str::to_owned)].into_iter().flatten().collect::<Vec<_>>()
        }).filter(|id| app.core.urls.is_ours(id)).collect();
        addresses.extend(["/outbox", "/outbox?page=1"].iter().flat_map(|part| [format!("{}{part}", scene.group.ap_id), format!("{}{part}", scene.bram.ap_id)]));
        addresses.extend(["/context", "/context?page=1", "/replies", "/replies?page=1", "/likes"].iter().map(|part| format!("{}{part}", question.ap_id)));
        let mut withdrawn = 0;
        for address in &addresses {
            let reply = asked(app, &path_of(app, address)).await;
            assert!(!reply.body.to_lowercase().contains("kanariegeel"), "{address}: {reply:?}");
            withdrawn += usize::from(reply.status == 410 && address.contains("/activities/"));
        }
        assert!(withdrawn >= 6, "{withdrawn} of {addresses:?}");
        // Nor is it sent any more.
        let before = scene.peer.inbox().len();
        scene.peer.answer(202, "");
        scene.wear_out().await;
        let after = scene.peer.inbox();
        assert!(after.len() > before && after[before..].iter().all(|body| !body.to_lowercase().contains("kanariegeel")), "{after:?}");
        assert!(after[before..].iter().any(|body| body.contains("Delete") && body.contains(&question.ap_id)));
        scene.finish().await;
    }
}

#[tokio::test]
async fn closed_is_closed() {
    let clock = Clock::manual(START);
    let app = TestApp::start_with(On::Sqlite, "a", &clock, |config| config.federation.mode = "closed".into()).await;
    let bram = app.member("bram", "Bram de Wit").await;
    let group = app.group("jeugd", "Jeugdhulp", &bram).await;
    let question = app.ask(&bram, &group, "Wie weet dit?", "Wij niet.").await;
    app.run_jobs().await;
    let post = path_of(&app, &question.ap_id);
    let finger = format!("/.well-known/webfinger?resource={}", group.ap_id);
    let context = format!("{post}/context");
    let paths = [
        "/",
        "/actor",
        "/actor/outbox",
        "/u/bram",
        "/c/jeugd",
        "/c/jeugd/outbox",
        "/c/jeugd/followers",
        "/c/jeugd/moderators",
        &post,
        &context,
        &finger,
        "/.well-known/host-meta",
        "/.well-known/host-meta.json",
        "/activities/create/1",
    ];
    for path in paths {
        assert_eq!(asked(&app, path).await.status, 404, "{path}");
    }
    let peer = crate::support::peer::Peer::start("elders").await;
    let els = peer.actor("Person", "/u/els");
    assert_eq!(els.sends(&app, &els.says("Follow", 1, &json!(group.ap_id))).await, 404);
    assert!(app.find(&els.id).await.is_err() && app.find(&format!("els@{}", peer.host)).await.is_err());
    assert_eq!((peer.all_gets(), db::received::count(&mut app.core.db.conn(), "new").await.expect("a read")), (0, 0));
    let info = get(&app, "GET", "/nodeinfo/2.1", "").await.json();
    assert_eq!(info["metadata"]["federation"]["enabled"], json!(false));
    app.finish().await;
}
