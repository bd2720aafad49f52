//! Words that try to be markup, in everything that people and other servers can write: they stay words, in pages and mails.

use std::collections::BTreeSet;

use meent::model::names::Reason;
use meent::ops::moderating;
use serde_json::json;

use crate::leaks::places::pages;
use crate::leaks::world::{READERS, World, fill};
use crate::support::On;
use crate::support::visitor::Visitor;

/// What is tried in a line or a text; `n` tells where it was typed.
fn hostile(n: u32) -> String {
    format!("<script>zqx{n}()</script>\"'><img src=x onerror=zqx{n}()>")
}

/// The same for what is read as Markdown.
fn hostile_text(n: u32) -> String {
    format!(
        "{}\n\n[klik](javascript:zqx{n}()) ![beeld](https://elders.example/pixel.png) <a href=\"javascript:zqx{n}()\" onclick=\"zqx{n}()\">x</a> \
         <style>*{{}}</style><iframe src=\"//elders.example\"></iframe>\n\n[data](data:text/html,<script>zqx{n}()</script>) <svg/onload=zqx{n}()> [a]( JaVaScRiPt:zqx{n}() )\n\n<vbscript:x>",
        hostile(n)
    )
}

/// A tag with its attributes, as a browser reads it.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').unwrap_or(rest.len());
        let mut tag = Tag { name: rest[..end].to_ascii_lowercase(), attributes: Vec::new() };
        rest = &rest[end..];
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() || rest.starts_with('>') {
                break;
            }
            let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/')).unwrap_or(rest.len()).max(1);
            let name = rest[..end].to_ascii_lowercase();
            rest = rest[end..].trim_start();
            let mut value = String::new();
            if let Some(after) = rest.strip_prefix('=') {
                let after = after.trim_start();
                let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
                let (text, left) = match quote {
                    Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                    None => after.split_at(after.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(after.len())),
                };
                value = text.replace("&#58;", ":").replace("&colon;", ":").replace("&amp;", "&");
                rest = left;
            }
            tag.attributes.push((name, value));
        }
        found.push(tag);
    }
    found
}

/// What a browser would run, load from elsewhere or follow to a place that is none.
fn dangers(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in tags(html) {
        let shown = || {
            format!(
                "<{} {}>",
                tag.name,
                tag.attributes.iter().map(|(name, value)| format!("{name}={value:?}")).collect::<Vec<_>>().join(" ")
            )
        };
        if matches!(tag.name.as_str(), "script" | "iframe" | "object" | "embed" | "style" | "base" | "svg" | "math" | "vbscript:x") {
            found.push(shown());
        }
        for (name, value) in &tag.attributes {
            let plain: String =
                value.chars().filter(|c| !c.is_ascii_whitespace() && !c.is_control()).collect::<String>().to_ascii_lowercase();
            let scheme = plain.split_once(':').map_or("", |(scheme, _)| scheme);
            let leads =
                matches!(name.as_str(), "href" | "src" | "action" | "formaction" | "srcset" | "poster" | "background" | "xlink:href");
            let picture = tag.name == "img" && plain.starts_with("data:image/");
            let known = scheme.is_empty()
                || matches!(scheme, "http" | "https" | "mailto")
                || plain.starts_with('/')
                || plain.starts_with('?')
                || picture;
            let from_elsewhere = tag.name == "img" && (plain.starts_with("http") || plain.starts_with("//"));
            if name.starts_with("on") || name == "style" || (leads && !known) || from_elsewhere {
                found.push(shown());
            }
        }
    }
    found
}

#[test]
fn what_is_looked_for_is_found() {
    for text in [
        "<p><script>a()</script>",
        "<img src=x onerror=a()>",
        "<a href=\"javascript:a()\">",
        "<a href=' java\nscript:a()'>",
        "<a href=\"data:text/html,x\">",
        "<svg/onload=a()>",
        "<IMG SRC=\"https://elders.example/x.png\">",
        "<p style='x'>",
        "<iframe src=x>",
    ] {
        assert_eq!(dangers(text).len(), if text.starts_with("<svg") { 2 } else { 1 }, "{text}: {:?}", dangers(text));
    }
    assert!(
        dangers("<a href=\"/x?y=javascript:a()\" title=\"<script>\">&lt;script&gt;</a> <img src=\"/files/1\"> <a href='mailto:a@b'>")
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_95_words_stay_words() {
    let mut world = World::build(On::Sqlite).await;
    let app = &world.app;
    let (mut sanne, mut noor, mut omar, mut bram) =
        (world.visit("sanne").await, world.visit("noor").await, world.visit("omar").await, world.visit("bram").await);
    let (line, text) = (hostile, hostile_text);
    let words: Vec<(String, String)> = (0..60).map(|n| (line(n), text(n))).collect();
    let (l, t) = (|n: usize| words[n].0.as_str(), |n: usize| words[n].1.as_str());

    let fields = [("display_name", l(0)), ("organisation", l(1)), ("role", l(2)), ("about", t(3)), ("topics", "<script>, onerror")];
    fill(&mut sanne, "/profile", "/profile", &fields, &[]).await;
    fill(&mut sanne, "/profile", "/profile", &[("display_name", l(0)), ("organisation", l(1)), ("role", l(2)), ("about", t(3))], &[])
        .await
        .leads_to();
    let fields = [
        ("title", l(4)),
        ("about", t(5)),
        ("purpose", t(6)),
        ("carried_by", l(7)),
        ("rules", t(8)),
        ("agreed", t(9)),
        ("topics", "jeugd"),
        ("review_at", "2026-11-01"),
    ];
    fill(&mut omar, "/c/jeugd/edit", "/c/jeugd/edit", &fields, &[]).await.leads_to();
    let fields = [
        ("name", l(10)),
        ("about", t(11)),
        ("welcome", t(12)),
        ("rules", t(13)),
        ("more", t(14)),
        ("contact_name", l(15)),
        ("contact_page", "https://elders.example/\"><script>zqx()</script>"),
    ];
    fill(&mut bram, "/admin/region", "/admin/region", &fields, &[]).await.leads_to();
    for page in ["javascript:zqx()", "data:text/html,x", "//elders.example", " JavaScript:zqx()"] {
        let refused = fill(&mut bram, "/admin/region", "/admin/region", &[("name", "Regio"), ("contact_page", page)], &[]).await;
        assert_eq!(refused.status, 422, "{page}");
        assert!(dangers(&refused.body).is_empty(), "{page}: {:?}", dangers(&refused.body));
    }
    let picture = crate::support::gallery::red_and_blue(90, 60, image::ImageFormat::Png);
    for kind in ["question", "tip", "practice"] {
        let fields = [("title", l(16)), ("body", t(17)), ("alt1", l(18)), ("topics", "jeugd"), ("kind", kind), ("action", "ask")];
        fill(&mut sanne, "/c/jeugd/ask", "/c/jeugd/ask", &fields, &[("file1", "a\\\"><script>.png", &picture)]).await.leads_to();
    }
    let posts = world.strings("SELECT CAST(id AS TEXT) FROM post WHERE title LIKE '%zqx16%' ORDER BY id").await;
    // A form that comes back with what was typed, and one that is looked at first.
    let fields = [("title", ""), ("body", t(17)), ("alt1", l(18)), ("topics", l(19)), ("kind", l(20)), ("action", "ask")];
    let again = fill(&mut sanne, "/c/jeugd/ask", "/c/jeugd/ask", &fields, &[("file1", "a.png", &picture)]).await;
    let preview = fill(&mut sanne, "/c/jeugd/ask", "/c/jeugd/ask", &[("title", l(16)), ("body", t(17)), ("action", "preview")], &[]).await;
    assert_eq!((again.status, preview.status), (422, 200));
    for page in [&again, &preview] {
        assert!(dangers(&page.body).is_empty(), "{:#?}", dangers(&page.body));
    }
    let asked = format!("/post/{}", posts[0]);
    fill(&mut sanne, &format!("{asked}/edit"), &format!("{asked}/edit"), &[("title", l(21)), ("body", t(22)), ("topics", "jeugd")], &[])
        .await
        .leads_to();
    fill(&mut omar, &asked, &format!("{asked}/answer"), &[("body", t(23))], &[]).await.leads_to();
    fill(&mut omar, &asked, &format!("{asked}/comment"), &[("body", t(24))], &[]).await.leads_to();
    let practice = format!("/post/{}/tried", posts[2]);
    fill(&mut omar, &practice, &practice, &[("tried", "works"), ("body", t(25))], &[]).await.leads_to();
    // Reported, removed, objected to, answered; suspended, refused, invited, proposed, blocked.
    for post in &posts[1..] {
        fill(&mut noor, &format!("/post/{post}/report"), &format!("/post/{post}/report"), &[("reason", l(26))], &[]).await.leads_to();
    }
    fill(&mut noor, "/u/sanne/report", "/u/sanne/report", &[("reason", t(27))], &[]).await.leads_to();
    let removed = format!("/post/{}/remove", posts[1]);
    fill(&mut omar, &removed, &removed, &[("reason", t(28))], &[]).await.leads_to();
    let deed = world.strings("SELECT CAST(id AS TEXT) FROM moderation WHERE act = 'remove'").await[0].clone();
    fill(&mut sanne, &format!("/objections/{deed}"), &format!("/objections/{deed}"), &[("words", t(29))], &[]).await.leads_to();
    fill(&mut bram, &format!("/objections/{deed}"), &format!("/objections/{deed}"), &[("decision", "reject"), ("answer", t(30))], &[])
        .await
        .leads_to();
    fill(&mut omar, "/c/jeugd/suspend?q=finn", "/c/jeugd/suspend", &[("who", "finn"), ("days", "7"), ("reason", t(31))], &[])
        .await
        .leads_to();
    fill(&mut bram, "/admin/members/tess", "/admin/members/tess/suspend", &[("days", "7"), ("reason", t(32))], &[]).await.leads_to();
    fill(
        &mut bram,
        "/admin/invitations/person",
        "/admin/invitations/person",
        &[("email", "zqgenodigd@voorbeeld.example"), ("note", t(33)), ("days", "14")],
        &[],
    )
    .await;
    let organised = fill(
        &mut bram,
        "/admin/invitations/organisation",
        "/admin/invitations/organisation",
        &[("organisation", l(34)), ("maximum", "5"), ("days", "14")],
        &[],
    )
    .await;
    let invitation =
        organised.body.split("/invite/").nth(1).and_then(|rest| rest.split(['"', '<', '&']).next()).expect("a link").to_owned();
    fill(
        &mut sanne,
        "/groups/propose",
        "/groups/propose",
        &[("title", l(35)), ("name", "voorstel"), ("about", t(36)), ("reason", t(37))],
        &[],
    )
    .await
    .leads_to();
    fill(&mut bram, "/admin/federation", "/admin/federation", &[("host", "kwaad.example"), ("rule", "block"), ("reason", t(38))], &[])
        .await
        .leads_to();
    fill(&mut bram, "/admin/settings", "/admin/settings", &[("registration", "approval")], &[]).await.leads_to();
    let mut guest = Visitor::of(app);
    let fields = [
        ("display_name", l(39)),
        ("name", "zqwachtend"),
        ("email", "zqwachtend@voorbeeld.example"),
        ("organisation", l(40)),
        ("motivation", t(41)),
        ("password", crate::support::people::PASSWORD),
    ];
    fill(&mut guest, "/register", "/register", &fields, &[]).await.leads_to();
    let waiting_link = app.mails_to("zqwachtend@voorbeeld.example").await[0].path(app);
    let token_of_link = waiting_link.split("token=").nth(1).unwrap().to_owned();
    fill(&mut guest, &waiting_link, "/register/confirm", &[("token", &token_of_link)], &[]).await;

    // Another server says the same kind of thing of itself.
    let mut document = world.stranger.document("Person");
    document["name"] = json!(l(42));
    document["summary"] = json!(t(43));
    document["url"] = json!("javascript:zqx43()");
    document["icon"] = json!({"type": "Image", "url": "javascript:zqx43()"});
    world.peer.serve(&document);
    let mut update = world.stranger.says("Update", 2, &document);
    update["to"] = json!(["https://www.w3.org/ns/activitystreams#Public"]);
    assert_eq!(world.stranger.sends(app, &update).await, 202);
    let (group, question) = (app.core.urls.group("jeugd"), format!("{}{asked}", app.core.urls.base()));
    let note = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": world.peer.at("/note/1"), "type": "Note", "attributedTo": world.stranger.id,
        "inReplyTo": question, "audience": group, "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [group], "published": "2026-11-20T08:30:00Z",
        "content": format!("<p>Van elders {}</p>", t(44)), "url": "javascript:zqx44()", "summary": l(45),
        "attachment": [{"type": "Image", "url": "javascript:zqx45()", "mediaType": "image/png", "name": l(46)}, {"type": "Link", "href": "javascript:zqx46()"}],
        "tag": [{"type": "Mention", "href": "javascript:zqx47()", "name": l(47)}, {"type": "Hashtag", "href": "javascript:x", "name": "#<script>"}],
    });
    world.peer.serve(&note);
    let mut create = world.stranger.says("Create", 3, &note);
    create["to"] = note["to"].clone();
    create["cc"] = note["cc"].clone();
    assert_eq!(world.stranger.sends(app, &create).await, 202);
    while app.run_jobs().await {}
    assert!(guest.get(&asked).await.body.contains("Van elders"), "what came from elsewhere is not there");
    // A moderator elsewhere gives a reason.
    let mut tx = app.core.db.begin().await.unwrap();
    let from_elsewhere = app.post(&world.peer.at("/note/1")).await;
    let member = world.member("omar").unwrap();
    moderating::remove(&app.core, &mut tx, member, &from_elsewhere, &Reason::parse(t(48)).unwrap()).await.unwrap();
    app.core.commit(tx).await.unwrap();
    while app.run_jobs().await {}

    let (mut found, mut looked_at, mut seen) = (Vec::new(), 0, BTreeSet::new());
    for who in READERS {
        for place in pages(&world, who).await {
            let Some((_, html)) = place.text.split_once("\n<!doctype html>") else { continue };
            looked_at += 1;
            found.extend(dangers(html).into_iter().map(|danger| format!("{} to {who}: {danger}", place.at)));
            seen.extend((0..60).filter(|n| html.contains(&format!("zqx{n}("))));
        }
    }
    assert!(looked_at > 500, "{looked_at} pages");
    let stranger = format!("/u/stranger@{}", world.peer.host);
    for visitor in [&mut guest, &mut bram] {
        let page = visitor.get(&stranger).await;
        seen.extend((0..60).filter(|n| page.body.contains(&format!("zqx{n}("))));
        found.extend(dangers(&page.body).into_iter().map(|danger| format!("{stranger}: {danger}")));
    }
    // Sent with a form that was refused, in a mail only, or without a place on any page.
    let unseen: Vec<u32> = (0..49).filter(|n| !seen.contains(n)).collect();
    assert_eq!(unseen, [19, 20, 33, 45, 46, 47], "these words were on no page");
    // What stands in an address or a cookie comes back in pages too.
    let hostile: String = url::form_urlencoded::byte_serialize(l(50).as_bytes()).collect();
    for path in [
        format!("/groups?q={hostile}"),
        format!("/groups/find?q={hostile}"),
        format!("/login?next={hostile}"),
        format!("/login?next=/{hostile}"),
        format!("/topic/{hostile}"),
        format!("/u/{hostile}"),
        format!("/c/{hostile}@elders.example"),
        format!("/c/jeugd?before={hostile}"),
        format!("/admin/members?q={hostile}&show={hostile}&before={hostile}"),
        format!("/admin/federation?q={hostile}"),
        format!("/invite/{hostile}"),
        format!("/invite/{invitation}"),
        format!("/unsubscribe/{hostile}"),
        format!("/register/confirm?token={hostile}"),
        format!("/password/new?token={hostile}"),
        format!("/suspended?token={hostile}"),
        format!("/ask?kind={hostile}"),
        format!("/c/jeugd/ask?kind={hostile}"),
        format!("/{hostile}"),
        format!("/c/jeugd/suspend?q={hostile}"),
        format!("/account/following?kind={hostile}"),
    ] {
        let mut stranger = Visitor::of(app);
        stranger.cookies.insert("meent-flash".into(), "saved<script>".into());
        stranger.cookies.insert("meent-language".into(), "\"><script>".into());
        for visitor in [&mut stranger, &mut bram] {
            let page = visitor.get_with(&path, &[("accept", "text/html"), ("accept-language", "<script>")]).await;
            found.extend(dangers(&page.body).into_iter().map(|danger| format!("{path}: {danger}")));
            for (name, value) in &page.headers {
                assert!(!value.as_bytes().windows(7).any(|part| part == b"<script"), "{path}: {name}");
            }
        }
    }
    // And in mail, where links lead to us and nothing is loaded.
    let base = app.core.urls.base().to_owned();
    let mails = world.smtp.mails();
    assert!(mails.len() > 8 && mails.iter().any(|mail| mail.html.contains("zqx")), "{} mails", mails.len());
    for mail in mails {
        found.extend(
            dangers(&mail.html.replace("<style>", "<i>"))
                .into_iter()
                .filter(|danger| !danger.contains(" style="))
                .map(|danger| format!("mail {}: {danger}", mail.subject())),
        );
        for tag in tags(&mail.html) {
            for (name, value) in tag.attributes.iter().filter(|(name, _)| matches!(name.as_str(), "href" | "src")) {
                assert!(value.starts_with(&base), "mail {}: {name}={value}", mail.subject());
            }
        }
    }
    assert!(found.is_empty(), "{} places:\n{}", found.len(), found.join("\n"));
    world.finish().await;
}
