//! Forgotten and changed passwords, changed addresses, and where somebody is logged in.

use meent::model::{Actor, Clock, Time};

use crate::members::region;
use crate::on_both;
use crate::support::people::PASSWORD;
use crate::support::visitor::{Page, Visitor};
use crate::support::{On, TestApp};

const OTHER: &str = "wasbak zeilboot komkommer ijsbeer";

async fn begin(on: On) -> (TestApp, Clock, Actor) {
    let (app, clock) = region(on, "open").await;
    let sanne = app.somebody("sanne", "Sanne Bakker", false).await;
    (app, clock, sanne)
}

async fn log_in(app: &TestApp, password: &str, agent: &str) -> (Visitor, Page) {
    let mut visitor = Visitor::of(app);
    let page = visitor
        .post_with(
            "/login",
            &[("login", "sanne"), ("password", password), ("next", "/account")],
            &[("sec-fetch-site", "same-origin"), ("user-agent", agent)],
        )
        .await;
    (visitor, page)
}

on_both! {
    async fn a_forgotten_password_is_replaced_by_mail_once(on: On) {
        let (app, clock, sanne) = begin(on).await;
        let mut there = Visitor::logged_in(&app, &sanne).await;
        let mut visitor = Visitor::of(&app);
        let known = visitor.post("/password/forgot", &[("login", "SANNE@voorbeeld.example")]).await;
        let unknown = visitor.post("/password/forgot", &[("login", "niemand@voorbeeld.example")]).await;
        assert_eq!((known.status, known.leads_to()), (unknown.status, unknown.leads_to()));
        assert!(app.mails_to("niemand@voorbeeld.example").await.is_empty());
        let link = app.mail_to("sanne@voorbeeld.example", "mail-password-forgot").await.path(&app);
        let token = link.split("token=").nth(1).unwrap().to_owned();
        // A program that looks at mails opens it first.
        assert_eq!(Visitor::of(&app).get(&link).await.status, 200);
        let page = visitor.post("/password/new", &[("token", &token), ("password", "SanneBakker2026")]).await;
        assert!(page.status == 422 && page.body.contains("makkelijk te raden"), "{}", page.body);
        assert_eq!(visitor.post("/password/new", &[("token", "verzonnen"), ("password", OTHER)]).await.status, 404);
        visitor.post("/password/new", &[("token", &token), ("password", OTHER)]).await.leads_to();
        // Used up; every session ended; she is told; the old password opens nothing.
        assert_eq!(visitor.post("/password/new", &[("token", &token), ("password", PASSWORD)]).await.status, 404);
        assert_eq!(there.get("/account").await.status, 401);
        app.mail_to("sanne@voorbeeld.example", "mail-password-changed").await;
        assert_eq!(log_in(&app, PASSWORD, "x").await.1.status, 422);
        assert_eq!(log_in(&app, OTHER, "x").await.1.leads_to(), "/account");

        // A link runs out after an hour.
        visitor.post("/password/forgot", &[("login", "@sanne")]).await.leads_to();
        let link = app.mails_to("sanne@voorbeeld.example").await.pop().unwrap().path(&app);
        clock.advance(61 * Time::MINUTE);
        let page = visitor.get(&link).await;
        assert!(page.status == 404 && page.body.contains("Deze link werkt niet meer"), "{}", page.body);
        // Nobody fills her mailbox.
        for _ in 0..8 {
            visitor.post("/password/forgot", &[("login", "sanne")]).await.leads_to();
        }
        let asked = app.mails_to("sanne@voorbeeld.example").await.into_iter().filter(|mail| mail.kind == "mail-password-forgot").count();
        assert_eq!(asked, 2 + 5);
        app.finish().await;
    }

    async fn two_at_once_use_a_link_once(on: On) {
        let (app, _, _) = begin(on).await;
        Visitor::of(&app).post("/password/forgot", &[("login", "sanne")]).await.leads_to();
        let link = app.mail_to("sanne@voorbeeld.example", "mail-password-forgot").await.path(&app);
        let token = link.split("token=").nth(1).unwrap();
        let tries = (0..6).map(|_| async { Visitor::of(&app).post("/password/new", &[("token", token), ("password", OTHER)]).await.status });
        let done = futures_util::future::join_all(tries).await;
        assert_eq!(done.iter().filter(|status| **status == 303).count(), 1, "{done:?}");
        app.finish().await;
    }

    async fn a_changed_password_ends_the_other_sessions(on: On) {
        let (app, _, sanne) = begin(on).await;
        let mut elsewhere = Visitor::logged_in(&app, &sanne).await;
        let mut here = Visitor::logged_in(&app, &sanne).await;
        let csrf = here.get("/account/password").await.value("csrf");
        let change = |old: &'static str, new: &'static str| [("csrf", csrf.clone()), ("old_password", old.to_owned()), ("password", new.to_owned())];
        for (old, new, says) in [("verkeerd wachtwoord", OTHER, "niet je wachtwoord van nu"), (PASSWORD, "kort", "te kort"), (PASSWORD, "Gemeente2026!", "makkelijk te raden"), ("", OTHER, "wachtwoord van nu in")] {
            let fields = change(old, new);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let page = here.post("/account/password", &fields).await;
            assert!(page.status == 422 && page.body.contains(says), "{says}: {}", page.body);
            assert!(!page.body.contains(OTHER) && !page.body.contains(PASSWORD));
        }
        let fields = change(PASSWORD, OTHER);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(here.post("/account/password", &fields).await.leads_to(), "/account");
        assert_eq!(here.get("/account").await.status, 200);
        assert_eq!(elsewhere.get("/account").await.status, 401);
        app.mail_to("sanne@voorbeeld.example", "mail-password-changed").await;
        assert_eq!(log_in(&app, OTHER, "x").await.1.leads_to(), "/account");
        app.finish().await;
    }

    async fn an_address_changes_when_the_new_one_is_confirmed(on: On) {
        let (app, _, sanne) = begin(on).await;
        app.somebody("omar", "Omar Hadi", false).await;
        let mut here = Visitor::logged_in(&app, &sanne).await;
        let csrf = here.get("/account/address").await.value("csrf");
        assert_eq!(here.post("/account/address", &[("csrf", &csrf), ("email", "nieuw@voorbeeld.example"), ("password", "verkeerd")]).await.status, 422);
        // Another's address: the same answer, and its owner is told.
        let of_another = here.post("/account/address", &[("csrf", &csrf), ("email", "omar@voorbeeld.example"), ("password", PASSWORD)]).await;
        let free = here.post("/account/address", &[("csrf", &csrf), ("email", "Nieuw@voorbeeld.example"), ("password", PASSWORD)]).await;
        assert_eq!((of_another.status, of_another.leads_to()), (free.status, free.leads_to()));
        app.mail_to("omar@voorbeeld.example", "mail-address-known").await;
        let link = app.mail_to("nieuw@voorbeeld.example", "mail-address-confirm").await.path(&app);
        assert_eq!(Visitor::of(&app).get(&link).await.status, 200);
        assert_eq!(app.account(&sanne).await.email, "sanne@voorbeeld.example");
        // A link for a new password that went to the old address is void afterwards.
        Visitor::of(&app).post("/password/forgot", &[("login", "sanne")]).await.leads_to();
        let reset = app.mail_to("sanne@voorbeeld.example", "mail-password-forgot").await.path(&app);
        let token = link.split("token=").nth(1).unwrap();
        Visitor::of(&app).post("/account/address/confirm", &[("token", token)]).await.leads_to();
        assert_eq!(app.account(&sanne).await.email, "nieuw@voorbeeld.example");
        app.mail_to("sanne@voorbeeld.example", "mail-address-changed").await;
        assert_eq!(Visitor::of(&app).get(&reset).await.status, 404);
        assert_eq!(Visitor::of(&app).post("/account/address/confirm", &[("token", token)]).await.status, 404);
        app.finish().await;
    }

    async fn a_new_password_undoes_what_somebody_asked_for_who_knew_the_old_one(on: On) {
        let (app, _, sanne) = begin(on).await;
        let newest = async |address: &str, kind: &str| {
            let mails = app.mails_to(address).await;
            mails.into_iter().rfind(|mail| mail.kind == kind).expect("a mail")
        };
        for again in [false, true] {
            let password = if again { OTHER } else { PASSWORD };
            let (mut thief, _) = log_in(&app, password, "x").await;
            let csrf = thief.get("/account/address").await.value("csrf");
            thief.post("/account/address", &[("csrf", &csrf), ("email", "dief@voorbeeld.example"), ("password", password)]).await.leads_to();
            newest("sanne@voorbeeld.example", "mail-address-asked").await;
            let link = newest("dief@voorbeeld.example", "mail-address-confirm").await.path(&app);
            if again {
                let mut here = Visitor::logged_in(&app, &sanne).await;
                let csrf = here.get("/account/password").await.value("csrf");
                here.post("/account/password", &[("csrf", &csrf), ("old_password", password), ("password", PASSWORD)]).await.leads_to();
            } else {
                Visitor::of(&app).post("/password/forgot", &[("login", "sanne")]).await.leads_to();
                let reset = app.mail_to("sanne@voorbeeld.example", "mail-password-forgot").await.path(&app);
                let token = reset.split("token=").nth(1).unwrap();
                Visitor::of(&app).post("/password/new", &[("token", token), ("password", OTHER)]).await.leads_to();
            }
            assert_eq!(Visitor::of(&app).get(&link).await.status, 404);
            let token = link.split("token=").nth(1).unwrap();
            assert_eq!(Visitor::of(&app).post("/account/address/confirm", &[("token", token)]).await.status, 404);
            assert_eq!(app.account(&sanne).await.email, "sanne@voorbeeld.example");
        }
        app.finish().await;
    }

    async fn sessions_are_listed_in_words_and_ended(on: On) {
        let (app, clock, sanne) = begin(on).await;
        let (mut here, _) = log_in(&app, PASSWORD, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0").await;
        clock.advance(2 * Time::MINUTE);
        let (mut phone, _) = log_in(&app, PASSWORD, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1").await;
        let (mut third, _) = log_in(&app, PASSWORD, "<script>alert(1)</script>").await;
        let page = here.get("/account/sessions").await;
        assert!(page.body.contains("Firefox op Windows") && page.body.contains("Safari op iPhone") && page.body.contains("Onbekende browser"), "{}", page.body);
        assert!(!page.body.contains("<script>") && page.body.contains("hier, nu"));
        // What names a session in the page does not open it.
        for cookie in [&here.cookies["meent"], &phone.cookies["meent"]] {
            assert!(!page.body.contains(cookie.as_str()) && !page.body.contains(&meent::ops::members::token_hash(cookie)));
        }
        // Another member can't end them.
        let omar = app.somebody("omar", "Omar Hadi", false).await;
        let mut other = Visitor::logged_in(&app, &omar).await;
        let phone_line = page.body.split("Safari op iPhone").nth(1).unwrap();
        let id = phone_line.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let theirs = other.get("/account").await.value("csrf");
        other.post("/account/sessions/end", &[("csrf", &theirs), ("id", id)]).await.leads_to();
        assert_eq!(phone.get("/account").await.status, 200);
        let csrf = page.value("csrf");
        here.post("/account/sessions/end", &[("csrf", &csrf), ("id", id)]).await.leads_to();
        assert_eq!(phone.get("/account").await.status, 401);
        assert_eq!(third.get("/account").await.status, 200);
        here.post("/account/sessions/end-others", &[("csrf", &csrf)]).await.leads_to();
        assert_eq!(third.get("/account").await.status, 401);
        assert_eq!(here.get("/account").await.status, 200);
        assert!(here.get("/account/sessions").await.body.contains("Je bent alleen hier ingelogd"));
        assert_eq!(app.account(&sanne).await.email, "sanne@voorbeeld.example");
        app.finish().await;
    }

    async fn a_shut_account_opens_nothing_and_only_its_owner_hears_why(on: On) {
        let (app, _, sanne) = begin(on).await;
        let mut there = Visitor::logged_in(&app, &sanne).await;
        app.change("UPDATE account SET state = 'suspended'").await;
        assert_eq!(there.get("/account").await.status, 401);
        let (_, page) = log_in(&app, PASSWORD, "x").await;
        assert!(page.status == 403 && page.body.contains("stopgezet"), "{}", page.body);
        let (_, page) = log_in(&app, OTHER, "x").await;
        assert!(page.status == 422 && !page.body.contains("stopgezet"), "{}", page.body);
        // Nor is there a way around it.
        Visitor::of(&app).post("/password/forgot", &[("login", "sanne")]).await.leads_to();
        assert!(app.mails_to("sanne@voorbeeld.example").await.is_empty());
        app.change("UPDATE account SET state = 'active'").await;
        assert_eq!(log_in(&app, PASSWORD, "x").await.1.leads_to(), "/account");
        app.finish().await;
    }
}
