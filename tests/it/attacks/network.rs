//! Being kept busy, and being sent elsewhere: what we fetch, how much we take, to whom we send.

use futures_util::StreamExt;
use meent::db;
use serde_json::{Value, json};

use crate::federation::Scene;
use crate::on_both;
use crate::support::peer::{Page, Peer, Stranger};
use crate::support::visitor::Visitor;
use crate::support::{On, key};

#[tokio::test]
async fn t_73_a_server_describes_itself_and_no_other() {
    let scene = Scene::start(On::Sqlite).await;
    let other = Peer::start("derden").await;
    let software = json!({"version": "2.0", "software": {"name": "meent", "version": "1"}});
    let plain = |document: &Value| Page::Text { status: 200, kind: "application/json".into(), body: document.to_string() };
    other.page("/nodeinfo/2.0", plain(&software));
    scene.peer.page("/nodeinfo/2.0", Page::Redirect(other.at("/nodeinfo/2.0")));
    let peer = async || db::deliveries::peer(&mut scene.app.core.db.conn(), &scene.peer.host).await.expect("a read");
    for link in [
        other.at("/nodeinfo/2.0"),
        "http://169.254.169.254/latest/meta-data".into(),
        "https://10.0.0.1/nodeinfo/2.0".into(),
        "file:///etc/passwd".into(),
        "/nodeinfo/2.0".into(),
        format!("http://{}0/nodeinfo/2.0", scene.peer.host),
        scene.app.core.urls.at("/nodeinfo/2.0"),
    ] {
        let links = json!({"links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": link}]});
        scene.peer.page("/.well-known/nodeinfo", plain(&links));
        let _ = scene.app.fed.look_up_peer(&scene.peer.host).await;
        assert!(peer().await.is_none_or(|peer| peer.software.is_none()), "{link}");
        scene.app.clock.advance(30 * meent::model::Time::DAY);
    }
    assert_eq!(other.all_gets(), 0);
    scene.finish().await;
}

on_both! {
    async fn t_80_more_than_anybody_says_is_cut_to_measure(on: On) {
        let scene = Scene::start(on).await;
        let els = &scene.els;
        let mut members = Vec::new();
        for number in 0..25 {
            members.push(scene.app.member(&format!("lid{number}"), "Een lid").await);
        }
        let mut document = els.document("Person");
        document["name"] = json!("n".repeat(50_000));
        document["summary"] = json!(format!("<p>{}</p>", "s".repeat(300_000)));
        scene.peer.serve(&document);
        let mut post = scene.post_of(els, "Article", 1, &"c".repeat(150_000));
        post["name"] = json!("t".repeat(50_000));
        post["summary"] = json!("s".repeat(50_000));
        let mut tags: Vec<Value> = members.iter().map(|member| json!({"type": "Mention", "href": member.ap_id, "name": "@x"})).collect();
        tags.extend((0..1_500).map(|n| json!({"type": "Hashtag", "name": format!("#thema{n}")})));
        tags.extend((0..1_500).map(|n| json!({"type": "Mention", "href": scene.peer.at(&format!("/u/{n}"))})));
        post["tag"] = json!(tags);
        post["attachment"] = (0..90).map(|n| json!({"type": "Image", "url": scene.peer.at(&format!("/{n}.png")), "name": "a".repeat(2_000)})).collect();
        post["to"] = (0..2_000).map(|n| scene.peer.at(&format!("/u/{n}"))).chain([crate::federation::PUBLIC.to_owned()]).collect();
        scene.done(els, &els.says("Create", 1, &post)).await;
        let known = scene.copy(&post).await;
        assert!(known.title.chars().count() <= 300 && known.html.len() <= 100_100 && known.summary.chars().count() <= 1_600);
        let mut conn = scene.app.core.db.conn();
        let pictures = db::attachments::of(&mut conn, known.id).await.expect("a list");
        assert!(pictures.len() <= 8 && pictures.iter().all(|picture| picture.alt.chars().count() <= 1_500));
        assert!(db::topics::of_post(&mut conn, known.id).await.expect("a list").len() <= 5);
        assert!(scene.app.number("SELECT COUNT(*) FROM notification").await <= 20, "nobody calls everybody together");
        let writer = scene.app.actor(&els.id).await;
        assert!(writer.display_name.chars().count() <= 100 && writer.about_html.len() <= 21_000);
        // What a page shows of it stays a page.
        let page = Visitor::of(&scene.app).get(&known.path()).await;
        assert!(page.status == 200 && page.body.len() < 300_000, "{}", page.body.len());
        assert_eq!(scene.peer.all_gets(), 1, "nobody asked for what it names");
        scene.finish().await;
    }

    async fn t_82_83_what_is_not_proven_goes_to_nobody(on: On) {
        let scene = Scene::start(on).await;
        let els = &scene.els;
        let other = Peer::start("derden").await;
        let cor = other.actor("Person", "/u/cor");
        scene.done(&cor, &cor.says("Follow", 1, &json!(scene.group.ap_id))).await;
        let question = scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "x").await;
        scene.app.run_jobs().await;
        let told = other.inbox().len();
        let of_cor = scene.post_of(&cor, "Article", 1, "Dit schreef Cor nooit");
        let reply = scene.reply_of(els, 2, &question.ap_id, "Van Els");
        let mut private = scene.reply_of(els, 3, &question.ap_id, "Niet voor iedereen");
        private["to"] = json!([scene.group.ap_id]);
        for (number, activity) in (1..).zip([
            els.says("Announce", 10, &cor.says("Create", 1, &of_cor)),
            els.says("Announce", 11, &json!(question.ap_id)),
            els.says("Create", 12, &of_cor),
            els.says("Create", 13, &private),
            els.says("Update", 14, &json!({"id": question.ap_id, "type": "Article", "attributedTo": els.id, "content": "x"})),
            els.says("Delete", 15, &json!(question.ap_id)),
            els.says("Undo", 16, &cor.says("Follow", 1, &json!(scene.group.ap_id))),
            els.says("Like", 17, &json!(scene.app.core.urls.at("/post/1"))),
            els.says("Flag", 18, &json!([question.ap_id])),
        ]) {
            scene.outcome(els, &activity).await;
            assert_eq!(other.inbox().len(), told, "{number}: {activity}");
        }
        // What is Els' own goes to Cor once, however often she sends it.
        for number in 20..24 {
            scene.outcome(els, &els.says("Create", number, &reply)).await;
        }
        assert_eq!(other.inbox().len(), told + 1);
        // Nor does a follower decide whose door we knock on.
        let nasty = scene.peer.actor("Person", "/u/nasty");
        for (field, value) in [("inbox", json!(cor.document("Person")["inbox"])), ("endpoints", json!({"sharedInbox": other.at("/inbox")}))] {
            let mut document = nasty.document("Person");
            document[field] = value;
            scene.peer.serve(&document);
            scene.app.clock.advance(meent::model::Time::HOUR);
            assert_eq!(nasty.sends(&scene.app, &nasty.says("Follow", 1, &json!(scene.group.ap_id))).await, 401, "{field}");
        }
        scene.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_81_who_sends_without_end_is_told_to_wait_and_others_are_heard() {
    let scene = Scene::start(On::Sqlite).await;
    let els = &scene.els;
    let mut letter = els.letter(&scene.app, "/inbox", &els.says("Listen", 1, &json!("x")).to_string());
    letter.headers.push(("Signature".into(), letter.signature_header()));
    assert_eq!(letter.clone().send_as_it_is(&scene.app).await.status, 202);
    let mut refused = None;
    for _ in 0..40 {
        let round = futures_util::stream::iter(0..250).map(|_| letter.clone().send_as_it_is(&scene.app)).buffer_unordered(16);
        let answers: Vec<_> = round.collect().await;
        assert!(answers.iter().all(|answer| matches!(answer.status, 202 | 429)), "{answers:?}");
        refused = answers.into_iter().find(|answer| answer.status == 429);
        if refused.is_some() {
            break;
        }
    }
    let refused = refused.expect("somebody who sends ten thousand is told to wait");
    assert!(refused.header("retry-after").parse::<u32>().is_ok(), "{refused:?}");
    // Other actors of that server are the same server; another server is not.
    let tom = scene.peer.actor("Person", "/u/tom");
    let other = Peer::start("derden").await;
    let cor = other.actor("Person", "/u/cor");
    let heard = [
        tom.sends(&scene.app, &tom.says("Listen", 1, &json!("x"))).await,
        cor.sends(&scene.app, &cor.says("Listen", 1, &json!("x"))).await,
    ];
    assert!(matches!(heard[0], 202 | 429) && heard[1] == 202, "{heard:?}");
    scene.finish().await;
}

#[tokio::test]
async fn t_84_a_link_in_a_post_is_not_followed_by_us() {
    let scene = Scene::start(On::Sqlite).await;
    let victim = Peer::start("slachtoffer").await;
    let link = victim.at("/artikel");
    let words = format!("Zie {link} en [dit]({link}) en ![een plaat]({link})");
    let question = scene.app.ask(&scene.bram, &scene.group, "Een verwijzing", &words).await;
    let mut remote = scene.post_of(&scene.els, "Article", 1, &format!("<a href='{link}'>x</a><img src='{link}'>"));
    remote["preview"] = json!(link);
    remote["quoteUrl"] = json!(link);
    remote["generator"] = json!(link);
    remote["attachment"] = json!([{"type": "Link", "href": link}]);
    remote["source"] = json!({"content": words, "mediaType": "text/markdown"});
    scene.done(&scene.els, &scene.els.says("Create", 1, &remote)).await;
    for path in [question.path(), scene.copy(&remote).await.path(), "/".into(), "/c/jeugd".into()] {
        assert_eq!(Visitor::of(&scene.app).get(&path).await.status, 200);
    }
    scene.app.run_jobs().await;
    assert_eq!(victim.all_gets(), 0);
    scene.finish().await;
}

#[tokio::test]
async fn t_77_a_bad_signature_sends_us_nowhere_but_to_its_key() {
    let scene = Scene::start(On::Sqlite).await;
    let victim = Peer::start("slachtoffer").await;
    let forger = Stranger { key: key("b"), ..scene.els.clone() };
    let mut note = scene.post_of(&scene.els, "Note", 1, "Zie daar");
    for field in ["inReplyTo", "context", "replies", "attributedTo", "audience", "url", "acceptedAnswer"] {
        note[field] = json!(victim.at(&format!("/{field}")));
    }
    for (number, kind) in (1..).zip(["Create", "Announce", "Like", "Undo", "Delete", "Update"]) {
        assert!(matches!(forger.sends(&scene.app, &forger.says(kind, number, &note)).await, 401 | 429));
    }
    scene.app.run_jobs().await;
    assert_eq!((victim.all_gets(), scene.peer.gets("/u/els")), (0, 1));
    scene.finish().await;
}
