//! Invitations: to one person, who begins at once, and to an organisation, for as many as were meant.

use meent::db::{actors, follows};
use meent::model::{Actor, Clock, Time};

use crate::members::{confirm, region, register, send};
use crate::on_both;
use crate::support::visitor::Visitor;
use crate::support::{On, TestApp};

async fn begin(on: On) -> (TestApp, Clock, Actor, Visitor) {
    let (app, clock) = region(on, "").await;
    let sanne = app.somebody("sanne", "Sanne Bakker", true).await;
    let admin = Visitor::logged_in(&app, &sanne).await;
    (app, clock, sanne, admin)
}

/// The path of the link that is shown once.
async fn invite(app: &TestApp, admin: &mut Visitor, kind: &str, fields: &[(&str, &str)]) -> String {
    let form = admin.get(&format!("/admin/invitations/{kind}")).await;
    let (csrf, once) = (form.value("csrf"), form.value("once"));
    let mut all = vec![("csrf", csrf.as_str()), ("once", once.as_str())];
    all.extend(fields);
    let page = admin.post(&format!("/admin/invitations/{kind}"), &all).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let link = page.body.split("readonly value=\"").nth(1).unwrap_or_else(|| panic!("no link in {}", page.body)).split('"').next().unwrap();
    // Sent once more, the form makes no second one, and shows the link to nobody.
    let again = admin.post(&format!("/admin/invitations/{kind}"), &all).await;
    assert_eq!(again.leads_to(), "/admin/invitations");
    link.trim_start_matches(app.core.urls.base()).to_owned()
}

on_both! {
    async fn who_is_invited_by_mail_begins_at_once(on: On) {
        let (app, _, sanne, mut admin) = begin(on).await;
        let group = app.group("jeugd", "Jeugdhulp in de regio", &sanne).await;
        let id = group.id.to_string();
        let link = invite(&app, &mut admin, "person", &[("email", "Noor@voorbeeld.example"), ("note", "Je kunt ons zo helpen!"), ("group", &id), ("days", "7")]).await;
        let mail = app.mail_to("noor@voorbeeld.example", "mail-invitation-note").await;
        assert_eq!(mail.path(&app), link);
        assert!(mail.plain.contains("Je kunt ons zo helpen!") && mail.plain.contains("Sanne Bakker") && mail.plain.contains("7 dagen"), "{}", mail.plain);

        let mut noor = Visitor::of(&app);
        let page = noor.get(&link).await;
        assert!(page.body.contains("Sanne Bakker") && page.body.contains("Jeugdhulp in de regio"), "{}", page.body);
        assert!(page.body.contains("value=\"noor@voorbeeld.example\""), "{}", page.body);
        assert_eq!(register(&mut noor, &link, "noor", "noor@voorbeeld.example").await.leads_to(), "/welcome");
        let member = actors::local_by_name(&mut app.core.db.conn(), "noor").await.unwrap().unwrap();
        assert!(follows::get(&mut app.core.db.conn(), member.id, group.id).await.unwrap().is_some());
        assert!(noor.get("/").await.body.contains("Noor Jansen"));
        // For one person.
        let page = Visitor::of(&app).get(&link).await;
        assert!(page.status == 410 && page.body.contains("plaatsen"), "{}", page.body);
        assert_eq!(send(&mut Visitor::of(&app), &link, "o", "piet", "piet@voorbeeld.example").await.status, 410);
        app.run_jobs().await;
        app.finish().await;
    }

    async fn another_address_than_the_invited_one_is_confirmed_first(on: On) {
        let (app, _, _, mut admin) = begin(on).await;
        let link = invite(&app, &mut admin, "person", &[("email", "noor@voorbeeld.example"), ("days", "14")]).await;
        let mut noor = Visitor::of(&app);
        assert_eq!(register(&mut noor, &link, "noor", "noor@elders.example").await.leads_to(), "/register/sent");
        assert!(actors::local_by_name(&mut app.core.db.conn(), "noor").await.unwrap().is_none());
        let confirmation = app.mail_to("noor@elders.example", "mail-register-confirm").await.path(&app);
        assert_eq!(confirm(&mut noor, &confirmation).await.leads_to(), "/welcome");
        app.run_jobs().await;
        app.finish().await;
    }

    async fn an_organisation_shares_a_link_and_never_too_many_get_in(on: On) {
        let (app, clock, _, mut admin) = begin(on).await;
        let link = invite(&app, &mut admin, "organisation", &[("organisation", "Gemeente Waddinxveen"), ("maximum", "5"), ("days", "7")]).await;
        let page = Visitor::of(&app).get(&link).await;
        assert!(page.body.contains("Gemeente Waddinxveen") && !page.body.contains("name=\"organisation\""), "{}", page.body);
        // Twenty people at the same moment.
        let tries = (0..20).map(|number| {
            let (app, link) = (&app, &link);
            async move { send(&mut Visitor::of(app), link, &format!("once {number}"), &format!("lid_{number}"), &format!("lid{number}@voorbeeld.example")).await.status }
        });
        let done = futures_util::future::join_all(tries).await;
        assert_eq!(done.iter().filter(|status| **status == 303).count(), 5, "{done:?}");
        assert!(done.iter().all(|status| matches!(status, 303 | 410)), "{done:?}");
        assert_eq!(app.number("SELECT COUNT(*) FROM registration").await, 5);
        assert!(admin.get("/admin/invitations").await.body.contains("5 van 5 gebruikt"));

        // One confirms; what they filled in does not change the organisation.
        let one = done.iter().position(|status| *status == 303).unwrap();
        let mail = app.mail_to(&format!("lid{one}@voorbeeld.example"), "mail-register-confirm").await.path(&app);
        assert_eq!(confirm(&mut Visitor::of(&app), &mail).await.leads_to(), "/welcome");
        let member = actors::local_by_name(&mut app.core.db.conn(), &format!("lid_{one}")).await.unwrap().unwrap();
        assert_eq!(member.organisation, "Gemeente Waddinxveen");
        // The others never do: their places come free.
        clock.advance(3 * Time::DAY);
        register(&mut Visitor::of(&app), &link, "laat", "laat@voorbeeld.example").await.leads_to();
        assert_eq!(app.number("SELECT used FROM invitation").await, 2);
        clock.advance(5 * Time::DAY);
        let page = Visitor::of(&app).get(&link).await;
        assert!(page.status == 410 && page.body.contains("verlopen"), "{}", page.body);
        app.run_jobs().await;
        app.finish().await;
    }

    async fn what_is_revoked_is_closed(on: On) {
        let (app, _, _, mut admin) = begin(on).await;
        let omar = app.somebody("omar", "Omar Hadi", false).await;
        let mut other = Visitor::logged_in(&app, &omar).await;
        for path in ["/admin/invitations", "/admin/invitations/person", "/admin/invitations/organisation"] {
            assert_eq!(other.get(path).await.status, 403, "{path}");
        }
        let csrf = other.get("/account").await.value("csrf");
        assert_eq!(other.post("/admin/invitations/organisation", &[("csrf", &csrf), ("organisation", "Van mij"), ("maximum", "5")]).await.status, 403);

        let link = invite(&app, &mut admin, "organisation", &[("organisation", "Gemeente Gouda"), ("maximum", "5"), ("days", "7")]).await;
        register(&mut Visitor::of(&app), &link, "noor", "noor@voorbeeld.example").await.leads_to();
        let confirmation = app.mail_to("noor@voorbeeld.example", "mail-register-confirm").await.path(&app);
        let list = admin.get("/admin/invitations").await;
        let revoke = format!("/admin/invitations/{}/revoke", list.body.split("/revoke\"").next().unwrap().rsplit('/').next().unwrap());
        assert_eq!(other.post(&revoke, &[("csrf", &csrf)]).await.status, 403);
        assert_eq!(admin.get(&revoke).await.status, 200);
        let csrf = admin.get(&revoke).await.value("csrf");
        admin.post(&revoke, &[("csrf", &csrf)]).await.leads_to();
        let page = Visitor::of(&app).get(&link).await;
        assert!(page.status == 410 && page.body.contains("ingetrokken"), "{}", page.body);
        // Whoever had not confirmed yet can't go on.
        assert_eq!(Visitor::of(&app).get(&confirmation).await.status, 404);
        assert_eq!(app.number("SELECT COUNT(*) FROM audit WHERE act LIKE 'invitation.%'").await, 2);
        // The database does not hold what opens an invitation.
        let token = link.rsplit('/').next().unwrap();
        assert_eq!(token.len(), 43);
        let kept: String = match &app.core.db {
            meent::db::Db::Sqlite { read, .. } => sqlx::query_scalar("SELECT token_hash FROM invitation").fetch_one(read).await,
            meent::db::Db::Postgres(pool, _) => sqlx::query_scalar("SELECT token_hash FROM invitation").fetch_one(pool).await,
        }.unwrap();
        assert_ne!(kept, token);
        app.finish().await;
    }
}
