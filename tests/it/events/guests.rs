//! Signing up without an account: a mail, a link, a page on which it is confirmed and taken back. No link changes anything by
//! being looked at, and nobody but the organisers sees an address.

use meent::db::attendees;
use meent::model::{Attendee, Plan, Post, Rsvp, SignUp, Standing, Time};

use super::{Region, send, session};
use crate::on_both;
use crate::support::On;
use crate::support::visitor::{Page, Visitor};

const ADDRESS: &str = "els@elders.example";

/// A region with a mail server, whose group lets people without an account in through its own form.
async fn welcoming(on: On) -> Region {
    let region = Region::start_with(on, |config| {
        config.mail.server = "127.0.0.1".into();
        config.mail.from = "vragen@regio.example".into();
    })
    .await;
    let mut sanne = region.visit(&region.sanne).await;
    let fields = [("title", "Jeugdhulp in de regio"), ("about", "Waar deze groep over gaat."), ("guests", "1")];
    send(&mut sanne, "/c/jeugd/edit", "/c/jeugd/edit", &fields).await.leads_to();
    assert!(sanne.get("/c/jeugd/edit").await.body.contains("name=\"guests\" value=\"1\" checked"), "the box stays ticked");
    region
}

async fn sign_up(region: &Region, post: &Post, fields: &[(&str, &str)]) -> Page {
    Visitor::of(&region.app).post(&format!("/post/{}/sign-up", post.id), fields).await
}

async fn row(region: &Region, post: &Post, address: &str) -> Option<Attendee> {
    attendees::of_email(&mut region.app.core.db.conn(), post.id, address).await.unwrap()
}

/// The path of the link in the last mail that asks for a confirmation.
async fn link(region: &Region, address: &str) -> String {
    region.app.mails_to(address).await.last().expect("a mail").path(&region.app)
}

on_both! {
    async fn a_guest_confirms_and_takes_it_back(on: On) {
        let region = welcoming(on).await;
        let post = region.plan(&region.sanne, &Plan { capacity: Some(2), ..session() }, &[]).await;
        let mut guest = Visitor::of(&region.app);
        let page = guest.get(&post.path()).await.body;
        assert!(page.contains(&format!("href=\"/post/{}/sign-up\"", post.id)) && page.contains("Aanmelden per e-mail"), "{page}");
        let form = guest.get(&format!("/post/{}/sign-up", post.id)).await;
        assert!(form.status == 200 && form.body.contains("donderdag 3 december 2026, 10.00 – 11.30 uur"), "{}", form.body);
        let wrong = sign_up(&region, &post, &[("name", " "), ("email", "els")]).await;
        assert_eq!(wrong.status, 422);
        for words in ["Vul dit in: Je naam.", "Je e-mailadres: vul een e-mailadres in zoals naam@voorbeeld.nl."] {
            assert!(wrong.body.contains(words), "{words}: {}", wrong.body);
        }

        let sent = sign_up(&region, &post, &[("name", "Els Vos"), ("email", ADDRESS), ("remark", "Ik kom met de trein.")]).await;
        assert!(sent.status == 200 && sent.body.contains(&format!("Er gaat een mail naar {ADDRESS}.")), "{}", sent.body);
        assert_eq!(row(&region, &post, ADDRESS).await.unwrap().state, Standing::Unconfirmed);
        assert!(guest.get(&post.path()).await.body.contains("1 persoon komt"), "nothing counts yet");
        assert!(!region.visit(&region.sanne).await.get(&format!("/post/{}/attendees", post.id)).await.body.contains("Els Vos"), "nor is it shown");

        // Programs that look at links change nothing.
        let path = link(&region, ADDRESS).await;
        for _ in 0..2 {
            let page = guest.get(&path).await;
            assert!(page.status == 200 && page.body.contains("Je aanmelding is nog niet bevestigd.") && page.body.contains("noindex"), "{}", page.body);
            assert!(!page.body.contains("zqgeheim"), "{}", page.body);
        }
        assert_eq!(guest.head(&path).await.status, 200);
        assert_eq!(row(&region, &post, ADDRESS).await.unwrap().state, Standing::Unconfirmed);
        assert_eq!(guest.post(&path, &[]).await.status, 400);
        assert_eq!(guest.post_with(&path, &[("action", "confirm")], &[("sec-fetch-site", "cross-site")]).await.status, 403);

        assert_eq!(guest.post(&path, &[("action", "confirm")]).await.leads_to(), path);
        let page = guest.get(&path).await.body;
        assert!(page.contains("Je komt. Je plek staat vast.") && page.contains("https://overleg.example/zqgeheim"), "{page}");
        assert!(guest.get(&post.path()).await.body.contains("2 mensen komen · geen plek meer"));
        // A second one waits, and moves up when the first does not come.
        sign_up(&region, &post, &[("name", "Tom Prins"), ("email", "tom@elders.example")]).await;
        let other = link(&region, "tom@elders.example").await;
        guest.post(&other, &[("action", "confirm")]).await.leads_to();
        let page = guest.get(&other).await.body;
        assert!(page.contains("Je staat op de wachtlijst, op plek 1.") && !page.contains("zqgeheim"), "{page}");
        guest.post(&path, &[("action", "withdraw")]).await.leads_to();
        assert!(guest.get(&path).await.body.contains("Je komt niet."));
        assert!(guest.get(&other).await.body.contains("Je komt. Je plek staat vast."));
        region.finish().await;
    }

    async fn only_who_holds_the_link_is_believed(on: On) {
        let region = welcoming(on).await;
        let post = region.plan(&region.sanne, &session(), &[]).await;
        for (name, address) in [("Els Vos", ADDRESS), ("Tom Prins", "tom@elders.example")] {
            sign_up(&region, &post, &[("name", name), ("email", address)]).await;
        }
        let (of_els, of_tom) = (link(&region, ADDRESS).await, link(&region, "tom@elders.example").await);
        let token = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        let els = row(&region, &post, ADDRESS).await.unwrap().id;
        let mine = attendees::of_actor(&mut region.app.core.db.conn(), post.id, region.sanne.id).await.unwrap().unwrap().id;
        let mut guest = Visitor::of(&region.app);
        let flipped: String = token(&of_els).chars().rev().collect();
        for forged in [
            format!("/sign-up/{els}/{}", token(&of_tom)), format!("/sign-up/{els}/{flipped}"), format!("/sign-up/{els}/x"), format!("/sign-up/{mine}/{}", token(&of_els)),
            format!("/sign-up/1/{}", token(&of_els)), "/sign-up/x/y".to_owned(), format!("/sign-up/{els}/%00"),
        ] {
            assert_eq!(guest.get(&forged).await.status, 404, "{forged}");
            assert_eq!(guest.post(&forged, &[("action", "confirm")]).await.status, 404, "{forged}");
        }
        assert_eq!(row(&region, &post, ADDRESS).await.unwrap().state, Standing::Unconfirmed);
        region.finish().await;
    }

    async fn an_address_is_shown_to_organisers_alone(on: On) {
        let region = welcoming(on).await;
        let post = region.plan(&region.sanne, &session(), &[]).await;
        // The same answer for a new address, one that is known, and one of a member.
        let mut answers = Vec::new();
        for address in [ADDRESS, ADDRESS, "omar@voorbeeld.example"] {
            let page = sign_up(&region, &post, &[("name", "Els Vos"), ("email", address)]).await;
            answers.push((page.status, page.body.replace(address, "…")));
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
        let mut guest = Visitor::of(&region.app);
        guest.post(&link(&region, ADDRESS).await, &[("action", "confirm")]).await.leads_to();
        region.say(&region.omar, &post, Rsvp::Yes).await.unwrap();
        for mut visitor in [Visitor::of(&region.app), region.visit(&region.omar).await, region.visit(&region.noor).await] {
            for path in [post.path(), "/c/jeugd".into(), format!("/post/{}/attendees", post.id), format!("/post/{}/attendees.csv", post.id)] {
                let page = visitor.get(&path).await.body;
                assert!(!page.contains(ADDRESS) && !page.contains("Els Vos"), "{path}: {page}");
            }
        }
        let mut sanne = region.visit(&region.sanne).await;
        for path in ["attendees", "attendees.csv"] {
            let page = sanne.get(&format!("/post/{}/{path}", post.id)).await.body;
            assert!(page.contains("els@elders.example") && page.contains("Els Vos"), "{path}: {page}");
        }
        region.finish().await;
    }

    async fn where_guests_are_not_welcome_they_are_told_so(on: On) {
        let region = welcoming(on).await;
        let until = region.app.core.now().plus(Time::HOUR);
        let closed = region.plan(&region.sanne, &Plan { sign_up_until: Some(until), ..session() }, &[]).await;
        let none = region.plan(&region.sanne, &Plan { sign_up: SignUp::None, online_link: String::new(), ..session() }, &[]).await;
        let open = region.plan(&region.sanne, &session(), &[]).await;
        region.clock.advance(2 * Time::HOUR);
        for (post, words) in [(&closed, "Aanmelden kan niet meer."), (&none, "Deze groep vraagt om een account")] {
            let refused = sign_up(&region, post, &[("name", "Els Vos"), ("email", ADDRESS)]).await;
            assert!(refused.status == 403 && refused.body.contains(words), "{}", refused.body);
        }
        region.app.change("UPDATE group_page SET guests = FALSE").await;
        let page = Visitor::of(&region.app).get(&open.path()).await.body;
        assert!(!page.contains("/sign-up"), "{page}");
        assert_eq!(sign_up(&region, &open, &[("name", "Els Vos"), ("email", ADDRESS)]).await.status, 403);
        assert!(region.app.mails_to(ADDRESS).await.is_empty());
        // A member has the page of the event.
        assert_eq!(region.visit(&region.omar).await.get(&format!("/post/{}/sign-up", open.id)).await.leads_to(), open.path());
        region.finish().await;
    }

    async fn nobody_floods_a_mailbox_or_the_form(on: On) {
        let region = welcoming(on).await;
        let post = region.plan(&region.sanne, &session(), &[]).await;
        let mut refused = 0;
        for _ in 0..65 {
            let page = sign_up(&region, &post, &[("name", "Els Vos"), ("email", ADDRESS)]).await;
            assert!(matches!(page.status, 200 | 429), "{}", page.body);
            refused += usize::from(page.status == 429);
        }
        assert_eq!(refused, 5);
        assert_eq!(region.app.mails_to(ADDRESS).await.len(), 5, "five mails an hour to one address");
        region.finish().await;
    }
}
