//! Somebody on Mastodon follows a group of ours and takes part with what Mastodon has.

use serde_json::{Value, json};

use super::super::accepted_by::{form, got, runs};
use super::super::{PUBLIC, Scene};
use crate::on_both;
use crate::support::On;
use crate::support::peer::{ACTIVITY_JSON, Peer, Stranger, get};

struct Mastodon {
    scene: Scene,
    peer: Peer,
    els: Stranger,
    /// A Lemmy server that follows too.
    lemmy: Peer,
}

impl Mastodon {
    async fn start(on: On) -> Self {
        let scene = Scene::start(on).await;
        let (peer, lemmy) = (Peer::start("mastodon").await, Peer::start("lemmy").await);
        runs(&peer, "mastodon");
        runs(&lemmy, "lemmy");
        let (els, kim) = (peer.actor("Person", "/users/els"), lemmy.actor("Person", "/u/kim"));
        let follow = els.says("Follow", 1, &json!(scene.group.ap_id));
        scene.done(&els, &follow).await;
        scene.done(&kim, &kim.says("Follow", 1, &json!(scene.group.ap_id))).await;
        let accept = got(&peer).remove(0);
        // Mastodon knows its Follow by what is embedded.
        assert_eq!((&accept["type"], &accept["object"]), (&json!("Accept"), &follow));
        Self { scene, peer, els, lemmy }
    }

    fn toot(&self, number: u32, html: &str, reply_to: Option<&str>) -> Value {
        json!({
            "id": self.peer.at(&format!("/users/els/statuses/{number}")), "type": "Note", "summary": null, "inReplyTo": reply_to, "attributedTo": self.els.id,
            "published": self.scene.time(0), "to": [PUBLIC], "cc": [format!("{}/followers", self.els.id), self.scene.group.ap_id],
            "content": html, "attachment": [], "tag": [{"type": "Mention", "href": self.scene.group.ap_id, "name": "@jeugd"}],
        })
    }

    /// What it was told since the last time, in a word each.
    fn told(&self, before: &mut usize) -> Vec<(String, Value)> {
        let all = got(&self.peer);
        let news = all[*before..]
            .iter()
            .map(|it| (form(it), if it["object"].is_string() { it["object"].clone() } else { it["object"]["object"].clone() }));
        let news = news.collect();
        *before = all.len();
        news
    }
}

on_both! {
    async fn a_follower_sees_questions_and_chosen_answers_and_nothing_else(on: On) {
        let at = Mastodon::start(on).await;
        let (app, bram, mut before) = (&at.scene.app, &at.scene.bram, 1);
        let question = app.ask(bram, &at.scene.group, "Hoe meten jullie dit?", "Wij meten *jaarlijks*. Dat is weinig.").await;
        app.run_jobs().await;
        let boost = |id: &str| ("Announce".to_owned(), json!(id));
        let undone = |id: &str| ("Undo{Announce}".to_owned(), json!(id));
        assert_eq!(at.told(&mut before), [boost(&question.ap_id)]);
        // It fetches the id, and shows title, summary and link.
        let path = question.ap_id.strip_prefix(app.core.urls.base()).expect("ours");
        let seen = get(app, "GET", path, ACTIVITY_JSON).await.json();
        assert_eq!((&seen["name"], &seen["summary"]), (&json!("Hoe meten jullie dit?"), &json!("Wij meten jaarlijks. Dat is weinig.")));
        assert_eq!((&seen["type"], &seen["url"]), (&json!("Article"), &json!(question.url)));
        // An answer, a comment, an edit and a word of thanks are not for it.
        let answer = app.reply(bram, &question, "Met een kwartaalronde.").await;
        let comment = app.reply(bram, &answer, "Dank.").await;
        app.run_jobs().await;
        at.scene.later();
        app.edit(bram, &question, None, "Wij meten maandelijks.").await;
        app.remove(bram, &comment).await;
        app.run_jobs().await;
        assert_eq!(at.told(&mut before), []);
        // What is chosen is; also when it is another one, or none any more.
        let other = app.reply(bram, &question, "Of wekelijks.").await;
        for (chosen, yes, told) in [
            (&answer, true, vec![boost(&answer.ap_id)]),
            (&other, true, vec![undone(&answer.ap_id), boost(&other.ap_id)]),
            (&other, false, vec![undone(&other.ap_id)]),
            (&other, true, vec![boost(&other.ap_id)]),
        ] {
            at.scene.later();
            app.choose(bram, chosen, yes).await;
            app.run_jobs().await;
            let mut found = at.told(&mut before);
            found.sort_by_key(|(form, _)| form != "Undo{Announce}");
            assert_eq!(found, told);
        }
        // Chosen and taken back before anything left: nothing is said.
        let third = app.reply(bram, &question, "Of nooit.").await;
        app.run_jobs().await;
        at.scene.later();
        app.remove(bram, &other).await;
        app.choose(bram, &third, true).await;
        app.choose(bram, &third, false).await;
        app.run_jobs().await;
        assert_eq!(at.told(&mut before), [undone(&other.ap_id)]);
        at.scene.later();
        app.remove(bram, &question).await;
        app.run_jobs().await;
        assert_eq!(at.told(&mut before), [undone(&question.ap_id)]);
        // Who understands groups had it all from the activities.
        assert!(got(&at.lemmy).iter().all(|it| !matches!(form(it).as_str(), "Announce" | "Undo{Announce}")));
        at.scene.finish().await;
    }

    async fn a_reply_becomes_an_answer_and_a_like_reaches_the_others(on: On) {
        let at = Mastodon::start(on).await;
        let question = at.scene.app.ask(&at.scene.bram, &at.scene.group, "Hoe meten jullie dit?", "Wij niet.").await;
        at.scene.app.run_jobs().await;
        let note = at.toot(7, "<p>Met een kwartaalronde.</p>", Some(&question.ap_id));
        at.scene.done(&at.els, &at.els.says("Create", 7, &note)).await;
        let answer = at.scene.copy(&note).await;
        assert_eq!((answer.kind.word(), answer.parent_id), ("answer", Some(question.id)));
        let like = at.els.says("Like", 8, &json!(question.ap_id));
        at.scene.done(&at.els, &like).await;
        assert_eq!(at.scene.useful(&question).await, 1);
        let told: Vec<Value> = got(&at.lemmy).into_iter().filter(|it| it["type"] == "Announce").map(|it| it["object"].clone()).collect();
        assert!(told.contains(&like) && told.iter().any(|it| it["object"]["id"] == note["id"]), "{told:?}");
        at.scene.later();
        at.scene.done(&at.els, &json!({"id": at.peer.at("/users/els#likes/8/undo"), "type": "Undo", "actor": at.els.id, "object": like})).await;
        assert_eq!(at.scene.useful(&question).await, 0);
        // The answer of somebody there can be the chosen one.
        at.scene.later();
        at.scene.app.choose(&at.scene.bram, &answer, true).await;
        at.scene.app.run_jobs().await;
        assert!(got(&at.peer).iter().any(|it| form(it) == "Announce" && it["object"] == note["id"]));
        at.scene.finish().await;
    }

    async fn who_names_the_group_asks_a_question(on: On) {
        let at = Mastodon::start(on).await;
        let group = format!("<span class=\"h-card\"><a href=\"{}\" class=\"u-url mention\">@<span>jeugd</span></a></span>", at.scene.group.ap_id);
        for (number, html, title) in [
            (1, format!("<p>{group} Hoe houden jullie jongeren in beeld? Bij ons lukt het niet.</p>"), "Hoe houden jullie jongeren in beeld?"),
            (2, format!("<p>{group}</p><p>Wie kent dit bijv. van een cursus</p><p>Wij niet.</p>"), "Wie kent dit bijv. van een cursus"),
            (3, format!("<p>{group}: hoi! Zijn er ervaringen met norm 1176.7 in de wijk? Graag.</p>"), "hoi! Zijn er ervaringen met norm 1176.7 in de wijk?"),
        ] {
            let note = at.toot(number, &html, None);
            at.scene.done(&at.els, &at.els.says("Create", number, &note)).await;
            let known = at.scene.copy(&note).await;
            assert_eq!((known.title.as_str(), known.kind.word(), known.group_id), (title, "question", at.scene.group.id));
            // The text stays whole.
            assert!(known.html.contains("jeugd") && known.html.len() > title.len(), "{}", known.html);
        }
        let long = at.toot(4, &format!("<p>{group} {}</p>", "woorden ".repeat(60)), None);
        at.scene.done(&at.els, &at.els.says("Create", 4, &long)).await;
        let title = at.scene.copy(&long).await.title;
        assert!(title.ends_with("woorden…") && title.chars().count() <= 120, "{title}");
        // Nothing but a picture without words still has a name.
        let mut bare = at.toot(5, &format!("<p>{group}</p>"), None);
        bare["attachment"] = json!([{"type": "Document", "mediaType": "image/png", "url": at.peer.at("/a.png"), "name": null}]);
        at.scene.done(&at.els, &at.els.says("Create", 5, &bare)).await;
        assert_eq!(at.scene.copy(&bare).await.title, format!("@els@{}", at.peer.host));
        // The group names it to its other followers.
        assert!(got(&at.lemmy).iter().any(|it| form(it) == "Announce{Create{Note}}" && it["object"]["object"]["id"] == bare["id"]));
        at.scene.finish().await;
    }
}
