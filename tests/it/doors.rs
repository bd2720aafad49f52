//! Every door: what is sent to every address by who may not. Nothing may come of it.

use meent::db::Db;

use crate::leaks::places::routes;
use crate::leaks::world::World;
use crate::support::On;
use crate::support::gallery::red_and_blue;
use crate::support::visitor::{Page, Visitor};

/// Who may use an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// Visitors too; what counts is a secret in the form, or nothing.
    Anybody,
    /// Any member, for themselves.
    Member,
    /// Only who it concerns; this one does.
    Of(&'static str),
}

/// An address, who may use it, with what in the form.
struct Case {
    route: &'static str,
    path: String,
    door: Door,
    fields: Vec<(&'static str, String)>,
}

/// Everything that the database holds, but for when somebody was seen, and who tried how often.
async fn everything(world: &World) -> Vec<(String, String)> {
    let Db::Sqlite { read, .. } = &world.app.core.db else { panic!("this reads SQLite") };
    let mut found = Vec::new();
    for table in world.strings("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").await {
        if matches!(table.as_str(), "login_attempt" | "_sqlx_migrations") {
            continue;
        }
        let columns = world.strings(&format!("SELECT name FROM pragma_table_info('{table}') WHERE name <> 'seen_at'")).await;
        let line = columns.iter().map(|column| format!("quote({column})")).collect::<Vec<_>>().join(" || ',' || ");
        let statement = format!("SELECT COALESCE(GROUP_CONCAT(line, char(10)), '') FROM (SELECT {line} AS line FROM {table} ORDER BY 1)");
        let text: String = sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_one(read).await.expect("a table");
        found.push((table, text));
    }
    found
}

/// The tables that differ.
fn changed(before: &[(String, String)], after: &[(String, String)]) -> Vec<String> {
    before.iter().zip(after).filter(|(one, other)| one != other).map(|(one, _)| one.0.clone()).collect()
}

async fn send(visitor: &mut Visitor, case: &Case, csrf: &str, filled: bool, headers: &[(&str, &str)]) -> Page {
    let mut fields = vec![("csrf", csrf)];
    if filled {
        fields.extend(case.fields.iter().map(|(name, value)| (*name, value.as_str())));
    }
    visitor.post_with(&case.path, &fields, headers).await
}

/// An event of Sanne's about whose attendees she decides, and somebody who asks to come.
async fn event(world: &World) -> (String, String) {
    use meent::model::names::{Body, Title};
    use meent::model::{Plan, Rsvp, SignUp};
    use meent::ops::attending::{self, Said};
    use meent::ops::planning::{self, Draft};
    let (core, sanne) = (&world.app.core, world.member("sanne").unwrap());
    let plan = Plan { sign_up: SignUp::Approval, ..crate::events::session() };
    let (title, body) = (Title::parse("Zqbijeenkomst").unwrap(), Body::parse("Daar.").unwrap());
    let draft = Draft { title: &title, body: &body, plan: &plan, tags: &[], organisers: &[], question: None, series: None };
    let mut tx = core.db.begin().await.unwrap();
    let group = world.app.actor(&core.urls.group("jeugd")).await;
    let post = Box::pin(planning::plan(core, &mut tx, sanne, &group, &draft, "nl")).await.unwrap();
    let said = Said { answer: Rsvp::Yes, remark: "", visible: false };
    let asks = Box::pin(attending::say(core, &mut tx, world.member("omar").unwrap(), &post, said)).await.unwrap();
    core.commit(tx).await.unwrap();
    (post.id.to_string(), asks.id.to_string())
}

/// A series of Sanne's.
async fn series(world: &World) -> String {
    use meent::model::names::{Body, Title};
    use meent::model::recurrence::{End, MonthDay, Repeat, Unit};
    use meent::ops::planning::Draft;
    let (core, sanne) = (&world.app.core, world.member("sanne").unwrap());
    let (title, body, plan) = (Title::parse("Zqreeks").unwrap(), Body::parse("Elke week.").unwrap(), crate::events::session());
    let draft = Draft { title: &title, body: &body, plan: &plan, tags: &[], organisers: &[], question: None, series: None };
    let repeat = Repeat { every: 1, unit: Unit::Weeks, on: MonthDay::SameDate, end: End::After(3) };
    let mut tx = core.db.begin().await.unwrap();
    let group = world.app.actor(&core.urls.group("jeugd")).await;
    let post = Box::pin(meent::ops::recurring::begin(core, &mut tx, sanne, &group, &draft, &repeat, &[], "nl")).await.unwrap();
    let series = meent::db::events::of(&mut tx, post.id).await.unwrap().and_then(|event| event.series_id).expect("a series");
    core.commit(tx).await.unwrap();
    series.to_string()
}

/// Every address that takes a form, in an order in which who may can use them all.
async fn cases(world: &World) -> Vec<Case> {
    use Door::{Anybody, Member, Of};
    let app = &world.app;
    let first = |statement: &'static str| async move {
        world.strings(statement).await.first().cloned().unwrap_or_else(|| panic!("nothing for {statement}"))
    };
    let post = first("SELECT CAST(id AS TEXT) FROM post WHERE title = 'Zqblijft dit?'").await;
    let at = app.post(&format!("{}/post/{post}", app.core.urls.base())).await;
    let answer = app.reply(world.member("lars").unwrap(), &at, "Ja, dat blijft.").await.id.to_string();
    let practice = first("SELECT CAST(id AS TEXT) FROM post WHERE title = 'Van Gijs'").await;
    let removed = first("SELECT CAST(post_id AS TEXT) FROM removed_words ORDER BY post_id").await;
    let objection = first("SELECT CAST(id AS TEXT) FROM moderation WHERE act = 'remove' ORDER BY id DESC").await;
    let report = first("SELECT CAST(id AS TEXT) FROM report WHERE state = 'open'").await;
    let registration = first("SELECT CAST(id AS TEXT) FROM registration WHERE state = 'waiting'").await;
    let invitation = first("SELECT CAST(id AS TEXT) FROM invitation").await;
    let proposal = first("SELECT CAST(id AS TEXT) FROM group_proposal WHERE state = 'waiting'").await;
    let mail = first("SELECT CAST(id AS TEXT) FROM mail ORDER BY id").await;
    let omar = world.member("omar").unwrap().id.to_string();
    let session = first("SELECT token_hash FROM session ORDER BY created_at").await;
    let blocked = "zqblok.example".to_owned();
    let ((event, asks), series) = (event(world).await, series(world).await);
    let mut cases = Vec::new();
    let mut add = |route: &'static str, id: &str, door: Door, fields: &[(&'static str, &str)]| {
        let path = route
            .replace("{handle}/moderator/{id}", "jeugd/moderator/{id}")
            .replace("/c/{handle}", "/c/jeugd")
            .replace("/u/{handle}", "/u/sanne");
        let path = ["{id}", "{name}", "{token}"].iter().fold(path, |path, parameter| path.replace(parameter, id));
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        cases.push(Case { route, path, door, fields });
    };
    let words = [("title", "Iets anders"), ("body", "Iets anders."), ("action", "ask"), ("topics", "")];
    let reason = [("reason", "Zomaar een reden")];
    for (route, fields) in [
        ("/login", vec![("login", "sanne"), ("password", "verkeerd wachtwoord"), ("next", "//elders.example")]),
        ("/logout", vec![]),
        ("/setup", vec![("token", "verzonnen"), ("region_name", "Van mij")]),
        ("/language", vec![("language", "nl"), ("back", "//elders.example")]),
        ("/register/again", vec![("email", "niemand@voorbeeld.example")]),
        ("/register/confirm", vec![("token", "verzonnen")]),
        ("/invite/{token}", vec![("email", "ik@voorbeeld.example")]),
        ("/password/forgot", vec![("login", "niemand")]),
        ("/password/new", vec![("token", "verzonnen"), ("password", "kruiwagen lantaarn viool mist")]),
        ("/suspended", vec![("token", "verzonnen"), ("words", "Ik maak bezwaar")]),
        ("/unsubscribe/{token}", vec![]),
        ("/post/{id}/sign-up", vec![("name", "Els Vos"), ("email", "els@elders.example")]),
        ("/sign-up/{id}/{token}", vec![("action", "confirm")]),
        ("/register", vec![("name", "nieuw")]),
    ] {
        add(route, "verzonnen", Anybody, &fields);
    }
    for (route, fields) in [
        ("/c/{handle}/join", vec![]),
        ("/c/{handle}/history", vec![]),
        ("/c/{handle}/refresh", vec![]),
        ("/c/{handle}/ask", words.to_vec()),
        ("/c/{handle}/event/new", crate::events::filled(&[])),
        ("/post/{id}/attend", vec![("rsvp", "yes")]),
        ("/post/{id}/answer", vec![("body", "Een antwoord.")]),
        ("/post/{id}/comment", vec![("body", "Een reactie.")]),
        ("/post/{id}/useful", vec![("on", "1")]),
        ("/post/{id}/check", vec![]),
        ("/post/{id}/follow", vec![("on", "1"), ("back", "//elders.example")]),
        ("/post/{id}/tried", vec![("tried", "works"), ("body", "Werkt.")]),
        ("/post/{id}/interest", vec![("on", "1")]),
        ("/post/{id}/look-back", vec![("body", "Wat er was."), ("answer", "1")]),
        ("/post/{id}/report", reason.to_vec()),
        ("/u/{handle}/report", reason.to_vec()),
        ("/u/{handle}/follow", vec![("on", "1"), ("back", "https://elders.example")]),
        ("/topic/{name}/follow", vec![("on", "1"), ("back", "/\\elders.example")]),
        ("/profile", vec![("display_name", "Iemand"), ("about", "Iets")]),
        ("/profile/photo", vec![("action", "remove")]),
        ("/groups/propose", vec![("title", "Iets"), ("name", "iets"), ("about", "Iets"), ("reason", "Iets")]),
        ("/notifications/read", vec![("until", "9000000000000000000")]),
        ("/account/notifications", vec![("digest", "off")]),
        ("/account/notifications/resume", vec![]),
        ("/account/password", vec![("old_password", "verkeerd"), ("password", "kruiwagen lantaarn viool mist")]),
        ("/account/address", vec![("email", "ander@voorbeeld.example"), ("password", "verkeerd")]),
        ("/account/address/confirm", vec![("token", "verzonnen")]),
        ("/account/sessions/end-others", vec![]),
        ("/account/export", vec![]),
        ("/account/close", vec![("words", "remove"), ("password", "verkeerd")]),
        ("/account/move", vec![("to", "ander@elders.example"), ("sure", "1")]),
        ("/account/move/from", vec![("from", "")]),
        ("/account/move/stay", vec![]),
        ("/account/calendar", vec![]),
        ("/account/calendar/revoke", vec![]),
        ("/welcome", vec![("group", "1")]),
        ("/c/{handle}/leave", vec![]),
    ] {
        add(route, &practice, Member, &fields);
    }
    // Ends nothing of somebody else, whatever it says.
    add("/account/sessions/end", "", Member, &[("id", &session)]);
    for (route, id, who, fields) in [
        ("/post/{id}/edit", &post, "sanne", words.to_vec()),
        ("/post/{id}/event/edit", &event, "sanne", crate::events::filled(&[])),
        ("/post/{id}/attendees", &event, "sanne", vec![("attendee", &asks), ("in", "0")]),
        ("/post/{id}/event/cancel", &event, "sanne", vec![("on", "0")]),
        ("/series/{id}/end", &series, "sanne", vec![]),
        ("/post/{id}/pin", &post, "omar", vec![("on", "1")]),
        ("/post/{id}/accept", &answer, "sanne", vec![("on", "1")]),
        ("/post/{id}/turn", &answer, "sanne", vec![("kind", "comment")]),
        ("/post/{id}/lock", &post, "omar", vec![("on", "1")]),
        ("/post/{id}/restore", &removed, "omar", vec![]),
        ("/objections/{id}", &objection, "sanne", vec![("words", "Dat was nodig")]),
        ("/objections/{id}", &objection, "bram", vec![("decision", "reject"), ("answer", "Toch niet")]),
        ("/reports/{id}/close", &report, "bram", vec![("outcome", "nothing"), ("note", "")]),
        ("/c/{handle}/edit", &post, "omar", vec![("title", "Van mij"), ("about", "Van mij")]),
        ("/c/{handle}/moderator", &post, "omar", vec![("moderator", "sanne")]),
        ("/c/{handle}/picture", &post, "", vec![("action", "remove")]),
        ("/c/{handle}/suspend", &post, "omar", vec![("who", "noor"), ("days", "7"), ("reason", "Zomaar een reden")]),
        ("/c/{handle}/lift", &post, "omar", vec![("who", "noor")]),
        ("/c/{handle}/move", &post, "", vec![("to", "ander@elders.example"), ("sure", "1")]),
        ("/c/{handle}/move/from", &post, "", vec![("from", "")]),
        ("/c/{handle}/move/stay", &post, "", vec![]),
        ("/post/{id}/remove", &answer, "omar", reason.to_vec()),
        ("/post/{id}/delete", &post, "sanne", vec![]),
        ("/groups/new", &post, "bram", vec![("title", "Nieuw"), ("name", "nieuw"), ("about", "Nieuw")]),
        ("/groups/ask", &post, "", vec![]),
        ("/admin/groups/{id}/refuse", &proposal, "", reason.to_vec()),
        ("/admin/groups/{id}/approve", &proposal, "bram", vec![]),
        ("/admin/registrations/{id}/refuse", &registration, "", reason.to_vec()),
        ("/admin/registrations/{id}/approve", &registration, "bram", vec![]),
        ("/admin/invitations/person", &post, "bram", vec![("email", "ander@voorbeeld.example"), ("days", "14")]),
        ("/admin/invitations/organisation", &post, "bram", vec![("organisation", "Gemeente"), ("maximum", "5"), ("days", "14")]),
        ("/admin/invitations/{id}/revoke", &invitation, "bram", vec![]),
        ("/admin/region", &post, "bram", vec![("name", "Van mij")]),
        ("/admin/settings", &post, "bram", vec![("registration", "open")]),
        ("/admin/theme", &post, "", vec![("act", "drop")]),
        ("/admin/theme/upload", &post, "", vec![]),
        ("/admin/logo", &post, "", vec![("action", "remove")]),
        ("/admin/federation", &post, "bram", vec![("host", "ander.example"), ("rule", "block"), ("reason", "Zomaar een reden")]),
        ("/admin/federation/forget", &post, "bram", vec![("host", "zqblok.example")]),
        ("/admin/federation/export", &post, "bram", vec![]),
        ("/admin/federation/import", &post, "", vec![]),
        ("/admin/federation/import/use", &post, "", vec![("seen", "x")]),
        ("/admin/federation/connections", &post, "bram", vec![("host", "buur.example"), ("sentence", "Wij zijn de buren")]),
        ("/admin/federation/connections/withdraw", &post, "", vec![("host", "derde.example")]),
        ("/admin/federation/connections/accept", &post, "", vec![("host", "derde.example")]),
        ("/admin/federation/connections/refuse", &post, "", vec![("host", "derde.example"), ("reason", "Zomaar een reden")]),
        ("/admin/federation/regions", &post, "bram", vec![("address", "lijst.example")]),
        ("/admin/federation/regions/refresh", &post, "bram", vec![]),
        ("/admin/federation/regions/remove", &post, "", vec![("address", "https://lijst.example/actor")]),
        ("/admin/federation/regions/publish", &post, "bram", vec![("publish", "yes")]),
        ("/admin/federation/{name}/test", &blocked, "", vec![]),
        ("/admin/federation/{name}/resend", &blocked, "bram", vec![]),
        ("/admin/federation/{name}/group", &blocked, "", vec![("group", "1")]),
        ("/admin/federation/{name}/thread", &blocked, "", vec![("address", "https://zqblok.example/post/1")]),
        ("/admin/federation/{name}/note", &blocked, "bram", vec![("note", "Bellen met Els")]),
        ("/admin/mail/test", &post, "bram", vec![("address", "bram@voorbeeld.example")]),
        ("/admin/mail/hurry", &post, "", vec![]),
        ("/admin/mail/{id}", &mail, "", vec![("act", "drop")]),
    ] {
        add(route, id, Of(who), &fields);
    }
    for (route, fields) in [
        ("/admin/members/{name}/suspend", vec![("days", "7"), ("reason", "Zomaar een reden")]),
        ("/admin/members/{name}/resume", vec![]),
        ("/admin/members/{name}/password", vec![]),
        ("/admin/members/{name}/role", vec![("admin", "1")]),
    ] {
        add(route, "vera", Of("bram"), &fields);
    }
    add("/c/{handle}/moderator/{id}/remove", &omar, Of("bram"), &[]);
    cases
}

const HERE: [(&str, &str); 1] = [("sec-fetch-site", "same-origin")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_through_a_door_that_is_not_theirs() {
    let mut world = World::build(On::Sqlite).await;
    world.plant().await;
    let cases = cases(&world).await;
    let known: Vec<&str> = cases.iter().map(|case| case.route).collect();
    let missing: Vec<String> = routes("POST").into_iter().filter(|route| !known.contains(&route.as_str())).collect();
    assert!(missing.is_empty(), "who may send a form to these? {missing:#?}");

    let picture = red_and_blue(40, 30, image::ImageFormat::Png);
    let mut wrong = Vec::new();
    let before = everything(&world).await;
    let mut guest = Visitor::of(&world.app);
    let (mut lars, mut vera) = (world.visit("lars").await, world.visit("vera").await);
    let (of_lars, of_vera) = (lars.get("/profile").await.value("csrf"), vera.get("/profile").await.value("csrf"));
    let cookies = lars.cookies.clone();
    let before_login = everything(&world).await;
    assert_eq!(changed(&before, &before_login), ["session"], "who logs in changes nothing else");
    let before = before_login;
    for case in &cases {
        let mut tries: Vec<(&str, Page)> = Vec::new();
        // Whoever it is for: not from a page of somebody else. A mail program that stops mail is no browser.
        if case.route != "/unsubscribe/{token}" {
            for headers in [
                vec![("sec-fetch-site", "cross-site")],
                vec![("sec-fetch-site", "same-site")],
                vec![("origin", "https://elders.example")],
                vec![("origin", "null")],
            ] {
                tries.push(("somebody on another site", send(&mut lars, case, &of_lars, true, &headers).await));
            }
        }
        if case.door != Door::Anybody {
            tries.push(("a guest", send(&mut guest, case, "", true, &HERE).await));
            tries.push(("a guest with nothing", send(&mut guest, case, "", false, &HERE).await));
            tries.push(("a guest with somebody's token", send(&mut guest, case, &of_lars, true, &HERE).await));
            tries.push(("a form of somebody else", send(&mut lars, case, &of_vera, true, &HERE).await));
            tries.push(("a form without a token", send(&mut lars, case, "", true, &HERE).await));
            let fields: Vec<(&str, &str)> =
                case.fields.iter().map(|(name, value)| (*name, value.as_str())).chain([("csrf", of_vera.as_str())]).collect();
            let files = [("file", "a.png", picture.as_slice()), ("file1", "a.png", &picture), ("theme", "a.css", b".a { --basis-x: red }")];
            tries.push(("a form of somebody else with files", lars.upload(&case.path, &fields, &files).await));
            tries.push(("a guest with files", guest.upload(&case.path, &fields, &files).await));
        }
        if matches!(case.door, Door::Of(_)) {
            for (who, visitor, csrf) in [("a member", &mut lars, &of_lars), ("a moderator of another group", &mut vera, &of_vera)] {
                tries.push((who, send(visitor, case, csrf, true, &HERE).await));
                tries.push((who, send(visitor, case, csrf, false, &HERE).await));
            }
        }
        for (who, page) in &tries {
            if !matches!(page.status, 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415) {
                wrong.push(format!("{} by {who}: {} {}", case.path, page.status, page.header("location")));
            }
        }
        let after = everything(&world).await;
        let tables = changed(&before, &after);
        assert!(
            tables.is_empty(),
            "{} by {:?} changed {tables:?}",
            case.path,
            tries.iter().map(|(who, page)| (*who, page.status)).collect::<Vec<_>>()
        );
        lars.cookies.clone_from(&cookies);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    // A wrong secret, a wrong password and somebody else's session change nothing; and nothing leads to another site.
    for case in cases.iter().filter(|case| {
        case.door == Door::Anybody
            || matches!(
                case.route,
                "/account/password"
                    | "/account/address"
                    | "/account/address/confirm"
                    | "/account/sessions/end"
                    | "/account/close"
                    | "/account/export"
            )
    }) {
        let mut visitor = if case.door == Door::Anybody { Visitor::of(&world.app) } else { world.visit("vera").await };
        let csrf = if case.door == Door::Anybody { String::new() } else { visitor.get("/profile").await.value("csrf") };
        let start = everything(&world).await;
        let page = send(&mut visitor, case, &csrf, true, &HERE).await;
        let location = page.header("location");
        assert!(location.is_empty() || (location.starts_with('/') && !location.starts_with("//")), "{}: {location}", case.path);
        let tables = changed(&start, &everything(&world).await);
        // That a form was sent is remembered, so that it is not sent twice.
        assert!(tables.iter().all(|table| table == "submission"), "{} changed {tables:?}: {}", case.path, page.status);
    }
    for case in cases.iter().filter(|case| case.fields.iter().any(|(name, _)| *name == "back")) {
        let mut visitor = world.visit("lars").await;
        let csrf = visitor.get("/profile").await.value("csrf");
        let page = send(&mut visitor, case, &csrf, true, &HERE).await;
        assert!(page.status != 303 || page.leads_to() == "/", "{} leads to {}", case.path, page.header("location"));
    }

    // Those who may do it: the same forms do change something. The last is the only one that ends who may do the others.
    let mut idle = Vec::new();
    for case in &cases {
        let Door::Of(who) = case.door else { continue };
        if who.is_empty() {
            continue;
        }
        let mut visitor = world.visit(who).await;
        let csrf = visitor.get("/profile").await.value("csrf");
        let start = everything(&world).await;
        let page = send(&mut visitor, case, &csrf, true, &HERE).await;
        if changed(&start, &everything(&world).await).is_empty() {
            idle.push(format!("{} by {who}: {}", case.path, page.status));
        }
    }
    assert!(idle.is_empty(), "these did nothing for who may: {idle:#?}");
    world.finish().await;
}
