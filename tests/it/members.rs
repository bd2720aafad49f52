//! Becoming a member: by the instance's setting, with a confirmed address, and with an administrator where that is asked.

use futures_util::future::join_all;
use meent::config::Config;
use meent::db::{actors, follows};
use meent::error::Error;
use meent::model::{Clock, Time};
use meent::ops::limits;
use meent::ops::members::{LogIn, confirm_password, log_in};

use crate::on_both;
use crate::support::people::PASSWORD;
use crate::support::visitor::{Page, Visitor};
use crate::support::{On, START, TestApp};

/// An instance that anybody may join, or not.
pub async fn region(on: On, mode: &'static str) -> (TestApp, Clock) {
    let clock = Clock::manual(START);
    let app = TestApp::start_with(on, "a", &clock, |config: &mut Config| mode.clone_into(&mut config.registration.mode)).await;
    (app, clock)
}

/// Fills the form in and sends it.
pub async fn register(visitor: &mut Visitor, at: &str, name: &str, email: &str) -> Page {
    let once = visitor.get(at).await.value("once");
    send(visitor, at, &once, name, email).await
}

pub async fn send(visitor: &mut Visitor, at: &str, once: &str, name: &str, email: &str) -> Page {
    let fields = [
        ("once", once),
        ("display_name", "Noor Jansen"),
        ("name", name),
        ("email", email),
        ("organisation", "Gemeente Gouda"),
        ("motivation", "Ik werk in een wijkteam."),
        ("password", PASSWORD),
    ];
    visitor.post(at, &fields).await
}

/// Opens the link of a mail and presses the button behind it.
pub async fn confirm(visitor: &mut Visitor, link: &str) -> Page {
    let page = visitor.get(link).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let token = page.value("token");
    visitor.post("/register/confirm", &[("token", &token)]).await
}

on_both! {
    async fn anybody_registers_confirms_and_begins(on: On) {
        let (app, clock) = region(on, "open").await;
        let omar = app.member("omar", "Omar Hadi").await;
        let group = app.group("jeugd", "Jeugdhulp in de regio", &omar).await;
        let mut noor = Visitor::of(&app);
        assert_eq!(register(&mut noor, "/register", "noor", "Noor@Voorbeeld.example").await.leads_to(), "/register/sent");
        // Not a member, not an actor: nobody can find her yet, and her password opens nothing.
        assert!(actors::local_by_name(&mut app.core.db.conn(), "noor").await.unwrap().is_none());
        assert_eq!(noor.get("/u/noor").await.status, 404);
        assert_eq!(noor.post("/login", &[("login", "noor"), ("password", PASSWORD), ("next", "/")]).await.status, 422);

        let mail = app.mail_to("noor@voorbeeld.example", "mail-register-confirm").await;
        assert!(mail.subject.contains("Bevestig") && mail.html.contains("<a href="), "{mail:?}");
        // Whoever registers may have typed another's address: that person reads nothing that was typed.
        assert!(!mail.plain.contains("Noor") && !mail.html.contains("Noor"), "{mail:?}");
        let link = mail.path(&app);
        // A program that looks at mails opens the link, twice; that uses nothing up.
        for _ in 0..2 {
            assert_eq!(Visitor::of(&app).get(&link).await.status, 200);
        }
        clock.advance(47 * Time::HOUR);
        assert_eq!(confirm(&mut noor, &link).await.leads_to(), "/welcome");
        let member = actors::local_by_name(&mut app.core.db.conn(), "noor").await.unwrap().unwrap();
        assert_eq!((member.display_name.as_str(), member.organisation.as_str()), ("Noor Jansen", "Gemeente Gouda"));
        assert_eq!(app.account(&member).await.email, "noor@voorbeeld.example");
        // Nothing is kept of the registration, and the link opens nothing any more.
        assert_eq!(app.number("SELECT COUNT(*) FROM registration").await, 0);
        assert_eq!(Visitor::of(&app).get(&link).await.status, 404);

        // Logged in and shown where to begin.
        let page = noor.get("/welcome").await;
        assert!(page.body.contains("Jeugdhulp in de regio") && page.body.contains("Noor Jansen"), "{}", page.body);
        noor.post("/welcome", &[("csrf", &page.value("csrf")), ("group", &group.id.to_string())]).await.leads_to();
        assert!(follows::get(&mut app.core.db.conn(), member.id, group.id).await.unwrap().is_some());
        app.run_jobs().await;
        app.finish().await;
    }

    async fn a_link_runs_out_and_can_be_asked_for_again(on: On) {
        let (app, clock) = region(on, "open").await;
        let mut noor = Visitor::of(&app);
        register(&mut noor, "/register", "noor", "noor@voorbeeld.example").await.leads_to();
        let first = app.mail_to("noor@voorbeeld.example", "mail-register-confirm").await.path(&app);
        clock.advance(47 * Time::HOUR);
        assert_eq!(noor.post("/register/again", &[("email", "NOOR@voorbeeld.example")]).await.leads_to(), "/register/sent");
        // The same page for an address that nobody registered with; and no mail.
        assert_eq!(noor.post("/register/again", &[("email", "niemand@voorbeeld.example")]).await.leads_to(), "/register/sent");
        assert!(app.mails_to("niemand@voorbeeld.example").await.is_empty());
        let second = app.mails_to("noor@voorbeeld.example").await.pop().unwrap().path(&app);
        assert_ne!(first, second);
        assert_eq!(noor.get(&first).await.status, 404);
        assert_eq!(noor.get(&second).await.status, 200);
        clock.advance(49 * Time::HOUR);
        let page = noor.get(&second).await;
        assert_eq!(page.status, 404);
        assert!(page.body.contains("Deze link werkt niet meer"), "{}", page.body);
        assert_eq!(noor.post("/register/confirm", &[("token", second.split('=').nth(1).unwrap())]).await.status, 404);
        // The name is free again.
        register(&mut noor, "/register", "noor", "noor@voorbeeld.example").await.leads_to();
        app.finish().await;
    }

    async fn nobody_learns_who_has_an_account(on: On) {
        let (app, _) = region(on, "open").await;
        let sanne = app.somebody("sanne", "Sanne Bakker", false).await;
        let mut visitor = Visitor::of(&app);
        let known = register(&mut visitor, "/register", "eerste", "sanne@voorbeeld.example").await;
        let unknown = register(&mut visitor, "/register", "tweede", "ander@voorbeeld.example").await;
        assert_eq!((known.status, known.leads_to()), (unknown.status, unknown.leads_to()));
        // Her address gets another mail, without a link that makes an account.
        let mail = app.mail_to("sanne@voorbeeld.example", "mail-register-known").await;
        assert_eq!(mail.path(&app), "/login");
        // The name is held in both cases, or trying again would tell.
        for name in ["eerste", "tweede"] {
            let page = register(&mut visitor, "/register", name, "derde@voorbeeld.example").await;
            assert_eq!(page.status, 422);
            assert!(page.body.contains("Deze gebruikersnaam is al in gebruik"), "{}", page.body);
        }
        for email in ["sanne@voorbeeld.example", "ander@voorbeeld.example"] {
            visitor.post("/register/again", &[("email", email)]).await.leads_to();
        }
        let kinds: Vec<String> = app.mails_to("sanne@voorbeeld.example").await.into_iter().map(|mail| mail.kind).collect();
        assert_eq!(kinds, ["mail-register-known", "mail-register-known"]);
        // Nobody fills her mailbox.
        for number in 0..12 {
            register(&mut visitor, "/register", &format!("lid_{number}"), "sanne@voorbeeld.example").await.leads_to();
        }
        assert_eq!(app.mails_to("sanne@voorbeeld.example").await.len(), 5);
        assert_eq!(app.account(&sanne).await.email, "sanne@voorbeeld.example");
        app.finish().await;
    }

    async fn names_are_unique_over_members_groups_and_who_waits(on: On) {
        let (app, _) = region(on, "open").await;
        let omar = app.member("omar", "Omar Hadi").await;
        app.group("jeugd", "Jeugdhulp", &omar).await;
        let mut visitor = Visitor::of(&app);
        for name in ["omar", "jeugd"] {
            assert_eq!(register(&mut visitor, "/register", name, "noor@voorbeeld.example").await.status, 422);
        }
        // What was typed is there again, but not the password.
        let page = register(&mut visitor, "/register", "OMAR", "noor@voorbeeld.example").await;
        assert!(page.body.contains("value=\"noor@voorbeeld.example\""), "{}", page.body);
        assert!(!page.body.contains(PASSWORD));
        // Twenty at once with one name: one holds it.
        let tries = (0..20).map(|number| {
            let app = &app;
            async move { register(&mut Visitor::of(app), "/register", "noor", &format!("noor{number}@voorbeeld.example")).await.status }
        });
        let done = futures_util::future::join_all(tries).await;
        assert_eq!(done.iter().filter(|status| **status == 303).count(), 1, "{done:?}");
        app.finish().await;
    }

    async fn a_registration_sent_twice_is_one(on: On) {
        let (app, _) = region(on, "open").await;
        let mut noor = Visitor::of(&app);
        let once = noor.get("/register").await.value("once");
        let mut again = Visitor::of(&app);
        let (first, second) = tokio::join!(
            send(&mut noor, "/register", &once, "noor", "noor@voorbeeld.example"),
            send(&mut again, "/register", &once, "noor", "noor@voorbeeld.example")
        );
        assert_eq!((first.leads_to(), second.leads_to()), ("/register/sent", "/register/sent"));
        assert_eq!(send(&mut noor, "/register", &once, "noor", "noor@voorbeeld.example").await.leads_to(), "/register/sent");
        app.mail_to("noor@voorbeeld.example", "mail-register-confirm").await;
        app.finish().await;
    }

    async fn an_administrator_lets_people_in(on: On) {
        let (app, clock) = region(on, "approval").await;
        let sanne = app.somebody("sanne", "Sanne Bakker", true).await;
        let omar = app.somebody("omar", "Omar Hadi", false).await;
        let mut noor = Visitor::of(&app);
        assert!(noor.get("/register").await.body.contains("Waarom wil je lid worden?"));
        for (name, email) in [("noor", "noor@voorbeeld.example"), ("piet", "piet@voorbeeld.example")] {
            register(&mut noor, "/register", name, email).await.leads_to();
            let link = app.mail_to(email, "mail-register-confirm").await.path(&app);
            let page = confirm(&mut noor, &link).await;
            assert!(page.body.contains("Een beheerder bekijkt je aanmelding"), "{}", page.body);
            // Again is the same, and nobody is told twice.
            confirm(&mut noor, &link).await;
        }
        assert!(actors::local_by_name(&mut app.core.db.conn(), "noor").await.unwrap().is_none());
        assert_eq!(app.number("SELECT COUNT(*) FROM notification WHERE sentence = 'notice-registration-waiting' AND kind = 'membership'").await, 2);
        // They wait for as long as it takes.
        clock.advance(20 * Time::DAY);
        app.run_jobs().await;

        let mut other = Visitor::logged_in(&app, &omar).await;
        assert_eq!(other.get("/admin/registrations").await.status, 403);
        assert_eq!(Visitor::of(&app).get("/admin/registrations").await.status, 401);
        let mut admin = Visitor::logged_in(&app, &sanne).await;
        let page = admin.get("/admin/registrations").await;
        assert!(page.body.contains("noor@voorbeeld.example") && page.body.contains("Ik werk in een wijkteam."), "{}", page.body);
        let paths: Vec<String> = page.body.split("action=\"/admin/registrations/").skip(1).map(|rest| format!("/admin/registrations/{}", rest.split('/').next().unwrap())).collect();
        let csrf = page.value("csrf");
        let theirs = other.get("/account").await.value("csrf");
        assert_eq!(other.post(&format!("{}/approve", paths[0]), &[("csrf", &theirs)]).await.status, 403);
        assert_eq!(other.post(&format!("{}/refuse", paths[0]), &[("csrf", &theirs), ("reason", "Nee")]).await.status, 403);
        admin.post(&format!("{}/approve", paths[0]), &[("csrf", &csrf)]).await.leads_to();
        let mail = app.mail_to("noor@voorbeeld.example", "mail-register-approved").await;
        assert!(mail.path(&app) == "/login?next=/welcome" && mail.plain.contains("noor"), "{mail:?}");
        assert_eq!(noor.post("/login", &[("login", "noor"), ("password", PASSWORD), ("next", "/")]).await.leads_to(), "/");

        // Refusing takes a reason, and mails it.
        assert_eq!(admin.post(&format!("{}/refuse", paths[1]), &[("csrf", &csrf), ("reason", " ")]).await.status, 422);
        admin.post(&format!("{}/refuse", paths[1]), &[("csrf", &csrf), ("reason", "Deze omgeving is voor <gemeenten>.")]).await.leads_to();
        let mail = app.mail_to("piet@voorbeeld.example", "mail-register-refused").await;
        assert!(mail.plain.contains("Deze omgeving is voor <gemeenten>.") && mail.html.contains("&lt;gemeenten&gt;"), "{mail:?}");
        assert!(actors::local_by_name(&mut app.core.db.conn(), "piet").await.unwrap().is_none());
        assert_eq!(app.number("SELECT COUNT(*) FROM registration WHERE password_hash <> ''").await, 0);
        // Decided is decided.
        assert_eq!(admin.post(&format!("{}/approve", paths[1]), &[("csrf", &csrf)]).await.leads_to(), "/admin/registrations");
        assert!(actors::local_by_name(&mut app.core.db.conn(), "piet").await.unwrap().is_none());
        assert_eq!(app.number("SELECT COUNT(*) FROM audit WHERE who = '@sanne' AND act IN ('registration.approve', 'registration.refuse')").await, 2);
        assert_eq!(app.number("SELECT COUNT(*) FROM audit WHERE subject LIKE '%voorbeeld%' OR detail LIKE '%voorbeeld%'").await, 0);
        app.run_jobs().await;
        app.finish().await;
    }

    async fn by_default_only_who_is_invited(on: On) {
        let (app, _) = region(on, "").await;
        let mut visitor = Visitor::of(&app);
        let page = visitor.get("/register").await;
        assert!(page.status == 200 && page.body.contains("met een uitnodiging") && !page.body.contains("<form method=\"post\" action=\"/register\""), "{}", page.body);
        assert_eq!(send(&mut visitor, "/register", "x", "noor", "noor@voorbeeld.example").await.status, 403);
        assert_eq!(app.number("SELECT COUNT(*) FROM registration").await, 0);
        app.finish().await;
    }

    async fn set_up_asks_who_may_join(on: On) {
        let (app, _) = region(on, "").await;
        let link = meent::ops::setting_up::new_link(&app.core).await.unwrap().unwrap();
        let path = link.trim_start_matches(app.core.urls.base()).to_owned();
        let token = path.split("token=").nth(1).unwrap().to_owned();
        let mut visitor = Visitor::of(&app);
        assert!(visitor.get(&path).await.body.contains("Wie kan lid worden?"));
        let fields = |password| [("token", token.as_str()), ("region_name", "Midden-Holland"), ("region_about", ""), ("language", "nl"), ("display_name", "Sanne Bakker"), ("name", "sanne"),
            ("email", "sanne@voorbeeld.example"), ("password", password), ("mode", "open"), ("registration", "approval"), ("group_title", "Jeugdhulp"), ("group_name", "jeugd"), ("group_about", "")];
        // The name of the region is no password.
        let page = visitor.post("/setup", &fields("MiddenHolland2026")).await;
        assert!(page.status == 422 && page.body.contains("makkelijk te raden"), "{}", page.body);
        visitor.post("/setup", &fields(PASSWORD)).await.leads_to();
        assert!(Visitor::of(&app).get("/register").await.body.contains("Waarom wil je lid worden?"));
        app.run_jobs().await;
        app.finish().await;
    }
}

on_both! {
    async fn who_tries_many_passwords_at_once_has_no_more_tries_than_one_by_one(on: On) {
        let (app, _) = region(on, "open").await;
        let omar = app.member("omar", "Omar Hadi").await;
        let tries = (0..60).map(|number| {
            let (core, name, address) = (app.core.clone(), omar.name.clone(), format!("192.0.2.{number}"));
            tokio::spawn(async move { log_in(&core, &name, "dit is het niet", &address).await })
        });
        let mut wrong = 0;
        for outcome in join_all(tries).await {
            match outcome.expect("it ends") {
                Ok(LogIn::Wrong) => wrong += 1,
                Err(Error::TooMany(_)) => {}
                other => panic!("{other:?}"),
            }
        }
        // Ten, and those that had their turn together with the tenth.
        assert!((10..=13).contains(&wrong), "{wrong}");
        app.finish().await;
    }

    async fn strangers_do_not_keep_a_member_from_confirming_their_password(on: On) {
        let (app, _) = region(on, "open").await;
        let omar = app.somebody("omar", "Omar Hadi", false).await;
        for number in 0..20 {
            let _ = log_in(&app.core, &omar.name, "dit is het niet", &format!("192.0.2.{number}")).await;
        }
        assert!(matches!(log_in(&app.core, &omar.name, PASSWORD, "198.51.100.1").await, Err(Error::TooMany(_))));
        confirm_password(&app.core, &omar, "password", PASSWORD, "198.51.100.1").await.expect("it is the right one");
        // Their own wrong ones count.
        for _ in 0..10 {
            assert!(matches!(confirm_password(&app.core, &omar, "password", "mis", "198.51.100.2").await, Err(Error::Invalid(_))));
        }
        assert!(matches!(confirm_password(&app.core, &omar, "password", PASSWORD, "198.51.100.2").await, Err(Error::TooMany(_))));
        app.finish().await;
    }

    async fn who_fills_a_form_in_many_times_at_once_has_no_more_tries(on: On) {
        let (app, _) = region(on, "open").await;
        let tries = (0..30).map(|_| {
            let core = app.core.clone();
            tokio::spawn(async move { limits::count(&core, "proef", "192.0.2.1", 5).await })
        });
        let counted = join_all(tries).await.into_iter().filter(|outcome| outcome.as_ref().expect("it ends").is_ok()).count();
        assert_eq!(counted, 5);
        app.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_is_limited_for_each_address() {
    let (app, clock) = region(On::Sqlite, "open").await;
    let mut visitor = Visitor::of(&app);
    let mut tries = 0;
    // Weak passwords cost the server little, and count as well.
    let limited = loop {
        let fields =
            [("once", "o"), ("display_name", "X"), ("name", "xavier"), ("email", "x@voorbeeld.example"), ("password", "welkom123456")];
        let page = visitor.post("/register", &fields).await;
        tries += 1;
        if page.status != 422 || tries > 100 {
            break page;
        }
    };
    assert_eq!(limited.status, 429);
    assert!(tries > 20, "{tries}");
    assert!(limited.header("retry-after").parse::<i64>().is_ok());
    clock.advance(61 * Time::MINUTE);
    register(&mut visitor, "/register", "xavier", "x@voorbeeld.example").await.leads_to();
    app.finish().await;
}
