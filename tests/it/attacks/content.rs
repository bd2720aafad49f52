//! What is shown: words, links, pictures and files of strangers.

use image::ImageFormat;
use serde_json::json;

use crate::federation::Scene;
use crate::support::On;
use crate::support::gallery::red_and_blue;
use crate::support::peer::{ACTIVITY_JSON, Peer, get};
use crate::support::visitor::Visitor;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_90_92_a_picture_is_a_picture_and_nothing_else() {
    let scene = Scene::start(On::Sqlite).await;
    // A picture that is also a document of a member, a page and a program.
    let actor = format!(
        "{{\"id\":\"{}\",\"type\":\"Person\",\"inbox\":\"x\"}}<script>alert(1)</script>",
        scene.app.core.urls.person("burgemeester")
    );
    let mut bytes = red_and_blue(60, 40, ImageFormat::Png);
    bytes.extend_from_slice(actor.as_bytes());
    let mut visitor = Visitor::logged_in(&scene.app, &scene.bram).await;
    let csrf = visitor.get("/c/jeugd/ask").await.value("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("once", "1"),
        ("title", "Wie kent dit bord?"),
        ("body", "Het hangt in de hal."),
        ("action", "ask"),
        ("alt1", "Een bord"),
    ];
    let sent = visitor.upload("/c/jeugd/ask", &fields, &[("file1", "../../u/burgemeester.json", &bytes)]).await;
    let page = visitor.get(sent.leads_to()).await.body;
    let path = page
        .split("/files/")
        .nth(1)
        .and_then(|rest| rest.split(['"', ' ']).next())
        .map(|hash| format!("/files/{hash}"))
        .expect("a picture");
    for accept in ["text/html", ACTIVITY_JSON, "application/jrd+json", "*/*"] {
        let reply = get(&scene.app, "GET", &path, accept).await;
        assert!(reply.status == 200 && reply.header("content-type").starts_with("image/"), "{path} {accept}: {reply:?}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert!(reply.header("content-security-policy").contains("sandbox"), "{reply:?}");
        assert!(!reply.body.contains("burgemeester") && !reply.body.contains("<script>"));
    }
    // Nothing of the disk but pictures, by no name.
    for path in [
        "/files/../config.toml",
        "/files/..%2f..%2fetc%2fpasswd",
        "/files/%2e%2e/%2e%2e/etc/passwd",
        "/files/....//meent.db",
        "/files/x/..",
        "/files/",
        "/files/meent.db",
        "/files/0000000000000000000000000000000000000000000000000000000000000000",
        "/files/%00",
        "/files/icon/../../meent.db",
    ] {
        let reply = get(&scene.app, "GET", path, "*/*").await;
        assert!(matches!(reply.status, 400 | 404), "{path}: {}", reply.status);
    }
    // And a name of a file makes no address: what we are is only at our own.
    assert_eq!(get(&scene.app, "GET", "/u/burgemeester", ACTIVITY_JSON).await.status, 404);
    scene.app.run_jobs().await;
    scene.finish().await;
}

#[tokio::test]
async fn t_93_nobody_has_us_fetch_what_they_name() {
    let scene = Scene::start(On::Sqlite).await;
    let victim = Peer::start("slachtoffer").await;
    let at = victim.at("/x.png");
    let encoded = at.replace(':', "%3A").replace('/', "%2F");
    for path in [
        format!("/files/remote?url={encoded}"),
        format!("/files/remote/{encoded}"),
        format!("/files/remote/1?url={encoded}"),
        format!("/files/icon/{encoded}"),
        format!("/files/{encoded}"),
        format!("/files/remote/{at}"),
        format!("/api/v3/image_proxy?url={encoded}"),
        format!("/pictrs/image?url={encoded}"),
    ] {
        let reply = get(&scene.app, "GET", &path, "image/*").await;
        assert!(matches!(reply.status, 400 | 404), "{path}: {}", reply.status);
    }
    assert_eq!(victim.all_gets(), 0);
    scene.finish().await;
}

#[tokio::test]
async fn t_96_what_was_cleaned_is_shown_and_not_what_it_was_made_of() {
    let scene = Scene::start(On::Sqlite).await;
    let els = &scene.els;
    let mut post = scene.post_of(els, "Article", 1, "De woorden die iedereen ziet");
    post["source"] = json!({"content": "Heel **andere** woorden <script>alert(1)</script>", "mediaType": "text/markdown"});
    scene.done(els, &els.says("Create", 1, &post)).await;
    let known = scene.copy(&post).await;
    assert_eq!((known.html.as_str(), known.source.as_deref()), ("<p>De woorden die iedereen ziet</p>", None));
    // Content that says that it is Markdown is read as such: nothing in it is HTML.
    let mut marked = scene.post_of(els, "Article", 2, "x");
    marked["content"] = json!("Een **vet** woord <script>alert(1)</script> [x](javascript:alert(1)) <b>y</b>");
    marked["mediaType"] = json!("text/markdown");
    scene.done(els, &els.says("Create", 2, &marked)).await;
    let html = scene.copy(&marked).await.html;
    assert!(
        html.contains("<strong>vet</strong>") && html.contains("&lt;script&gt;") && !html.contains("javascript:") && !html.contains("<b>"),
        "{html}"
    );
    for post in [&post, &marked] {
        let page = Visitor::of(&scene.app).get(&scene.copy(post).await.path()).await;
        assert!(!page.body.contains("andere") && !page.body.contains("<script>alert"), "{}", page.body);
    }
    scene.finish().await;
}

#[tokio::test]
async fn t_97_a_mention_and_a_link_say_where_they_lead() {
    let scene = Scene::start(On::Sqlite).await;
    let els = &scene.els;
    let mut post = scene.post_of(els, "Article", 1, "x");
    let (host, at) = scene.peer.host.split_once(':').expect("a port");
    post["content"] = json!(format!(
        "<p><a href=\"http://{host}:{at}/u/x\">@<span>burgemeester</span></a> en <a href=\"http://{host}:{at}/u/x\">@burgemeester@stad.example</a>, \
         meld je aan op <a href=\"http://{host}:{at}/inloggen\">https://stad.example/in\u{202E}loggen</a></p>"
    ));
    post["tag"] = json!([{"type": "Mention", "href": scene.bram.ap_id, "name": "@burgemeester@stad.example"}]);
    scene.done(els, &els.says("Create", 1, &post)).await;
    let html = scene.copy(&post).await.html;
    assert!(html.contains(&format!("@<span>burgemeester</span>@{}</a>", scene.peer.host)), "{html}");
    assert!(html.contains(&format!("@burgemeester@stad.example ({host})</a>")), "{html}");
    assert!(html.contains(&format!("https://stad.example/inloggen ({host})</a>")), "{html}");
    // Who is told is whom the address names, not whom the words name.
    assert_eq!(scene.app.number("SELECT COUNT(*) FROM notification").await, 1);
    scene.finish().await;
}

#[tokio::test]
async fn t_99_nothing_on_a_page_is_loaded_from_elsewhere() {
    let scene = Scene::start(On::Sqlite).await;
    let els = &scene.els;
    let spy = Peer::start("spion").await;
    let dot = spy.at("/punt.gif");
    let mut document = els.document("Person");
    document["icon"] = json!({"type": "Image", "url": dot});
    document["image"] = json!({"type": "Image", "url": dot});
    document["name"] = json!(":burgemeester: Els");
    document["tag"] = json!([{"type": "Emoji", "name": ":burgemeester:", "icon": {"type": "Image", "url": dot}}]);
    scene.peer.serve(&document);
    let mut post = scene.post_of(els, "Article", 1, &format!(":vinkje: <img src='{dot}'><video src='{dot}'></video><object data='{dot}'></object><p background='{dot}' style='background:url({dot})'>x</p><link rel=stylesheet href='{dot}'>"));
    post["tag"] = json!([
        {"type": "Emoji", "name": ":vinkje:", "icon": {"type": "Image", "url": dot}},
        {"type": "Hashtag", "name": "#<img src=x>", "href": dot},
        {"type": "Hashtag", "name": "#jeugd", "href": dot},
    ]);
    post["attachment"] = json!([{"type": "Image", "url": dot, "name": "Een punt"}]);
    scene.done(els, &els.says("Create", 1, &post)).await;
    let known = scene.copy(&post).await;
    for path in [known.path(), "/".into(), "/c/jeugd".into(), format!("/u/els@{}", scene.peer.host), "/topic/jeugd".into()] {
        let page = Visitor::of(&scene.app).get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.body.contains(&spy.host), "{path}: {}", page.body);
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("img-src 'self' data:;"), "{policy}");
    }
    assert_eq!(spy.all_gets(), 0, "until somebody looks at a picture");
    scene.finish().await;
}

#[tokio::test]
async fn t_100_no_address_of_ours_leads_away() {
    let scene = Scene::start(On::Sqlite).await;
    for place in [
        "https://elders.example/",
        "//elders.example",
        "/\\elders.example",
        "javascript:alert(1)",
        "/\t/elders.example",
        "https:elders.example",
        "%2F%2Felders.example",
    ] {
        let encoded: String = url::form_urlencoded::byte_serialize(place.as_bytes()).collect();
        for path in [
            format!("/authorize_interaction?uri={encoded}"),
            format!("/login?next={encoded}"),
            format!("/share?url={encoded}"),
            format!("/?next={encoded}"),
        ] {
            for mut visitor in [Visitor::of(&scene.app), Visitor::logged_in(&scene.app, &scene.bram).await] {
                let page = visitor.get(&path).await;
                let leads = page.header("location");
                assert!(
                    leads.is_empty() || (leads.starts_with('/') && !leads.starts_with("//") && !leads.contains("elders")),
                    "{path}: {leads}"
                );
                assert!(!page.body.contains("http-equiv=\"refresh\""), "{path}");
                assert!(!page.body.contains("value=\"https://elders") && !page.body.contains("value=\"//elders"), "{path}");
            }
        }
    }
    scene.finish().await;
}
