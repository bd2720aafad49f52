//! From interest to a session that is full: two regions, a waiting list across the border, mails, and calendars that stay right.

use meent::model::{Actor, Clock, Time};

use crate::support::smtp::{Received, Smtp};
use crate::support::story::Story;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, ics, settle};

const LINK: &str = "https://overleg.example/jongeren-in-beeld";
const TITLE: &str = "Hoe houden jullie jongeren in beeld?";

/// Gouda, where Sanne and Pim are; Oldambt, where Omar asked his question and Lies is.
struct Both {
    gouda: TestApp,
    oldambt: TestApp,
    mail: Smtp,
    clock: Clock,
    story: Story,
}

impl Both {
    /// Everything that is due happens; what could not at first, a minute later.
    async fn settle(&self) {
        for _ in 0..2 {
            settle(&[&self.gouda, &self.oldambt]).await;
            self.clock.advance(Time::MINUTE);
        }
    }

    /// The page of a post, as somebody of `app` reads it.
    async fn reads(&self, app: &TestApp, who: &Actor, ap_id: &str) {
        self.story.becomes(app, who, &app.post(ap_id).await.path()).await;
    }

    /// What somebody was mailed about the session, the oldest first.
    fn mails(&mut self, who: &Actor) -> Vec<Received> {
        let address = format!("{}@voorbeeld.example", who.name);
        self.mail.mails().into_iter().filter(|mail| mail.recipients == [address.as_str()] && mail.plain.contains(TITLE)).collect()
    }

    /// The last mail: what it says first, its calendar file, and whether it holds the link.
    fn last_mail(&mut self, who: &Actor) -> (String, ics::Read, bool) {
        let mail = self.mails(who).pop().unwrap_or_else(|| panic!("{} got no mail", who.name));
        let file = mail.files.iter().find(|file| file.kind.starts_with("text/calendar")).expect("a calendar file");
        let unfolded = format!("{}{}{}", mail.raw, mail.plain, file.text.replace("\r\n ", "").replace("\n ", ""));
        (mail.plain.lines().next().unwrap_or_default().to_owned(), ics::read(&file.text), unfolded.contains(LINK))
    }

    async fn says_yes(&self) {
        self.story.browser.click("#bijeenkomst button[name=rsvp][value=yes]").await;
        self.story.says(".flash", "Je antwoord is bewaard.").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_regions_would_like_a_session_and_one_place_is_too_few() {
    let mail = Smtp::start();
    let clock = Clock::manual(START);
    let gouda = TestApp::start_with(On::Sqlite, "a", &clock, |config| mail.configure(config)).await;
    let oldambt = TestApp::start_with(On::Sqlite, "b", &clock, |config| mail.configure(config)).await;
    let (sanne, pim) = (gouda.member("sanne", "Sanne Bakker").await, gouda.member("pim", "Pim de Boer").await);
    let (omar, lies) = (oldambt.member("omar", "Omar Hadi").await, oldambt.member("lies", "Lies Smit").await);
    let group = oldambt.group("jeugd", "Jeugdhulp in de regio", &omar).await;
    let found = gouda.find(&format!("jeugd@{}", oldambt.host())).await.expect("the group");
    gouda.join(&sanne, &found).await;
    let mut both = Both { gouda, oldambt, mail, clock, story: Story::begin("session").await };
    both.settle().await;
    let question =
        both.oldambt.ask(&omar, &group, TITLE, "Na hun achttiende raakt bij ons een op de vijf uit beeld. Wie doet dat anders?").await;
    both.settle().await;

    // A session on this would interest somebody here, and somebody there.
    for (app, who) in [(&both.gouda, &sanne), (&both.oldambt, &lies)] {
        both.reads(app, who, &question.ap_id).await;
        both.story.press("Een bijeenkomst hierover lijkt me zinvol").await;
        both.story.says(".flash", "Genoteerd.").await;
        both.settle().await;
    }
    both.reads(&both.gouda, &sanne, &question.ap_id).await;
    both.story.says(".interest", "2 collega's").await;
    both.story.look("interest").await;

    // Who asked makes a session of it: everything is filled in, but for how many can come and the link.
    both.reads(&both.oldambt, &omar, &question.ap_id).await;
    both.story.says(".interest", "2 collega's").await;
    both.story.press("Bijeenkomst plannen").await;
    both.story.says("h1", "ijeenkomst").await;
    both.story.fill("capacity", "2").await;
    both.story.browser.click("main [name=online]").await;
    both.story.fill("online_link", LINK).await;
    both.story.look("plan").await;
    both.story.browser.click("main button[value=send]").await;
    both.story.says(".flash", "De bijeenkomst is geplaatst.").await;
    both.story.says("#bijeenkomst", "nog 1 plek").await;
    both.story.says("main", "Komt voort uit de vraag").await;
    both.story.look("planned").await;
    let id = both.story.path().await.rsplit('/').next().unwrap_or_default().to_owned();
    let event = both.oldambt.core.urls.at(&format!("/post/{id}"));
    both.settle().await;

    // Who was interested hears of it, wherever they are.
    for (app, who) in [(&both.gouda, &sanne), (&both.oldambt, &lies)] {
        both.story.becomes(app, who, "/notifications").await;
        both.story.says("main", "Er komt een bijeenkomst over een vraag die je boeit").await;
    }
    let told = both.mails(&sanne).pop().expect("a mail");
    assert!(told.plain.contains("Er komt een bijeenkomst") && !told.raw.contains(LINK) && !told.plain.contains(LINK), "{}", told.plain);

    // Sanne signs up at home, and sees whether she is in.
    both.reads(&both.gouda, &sanne, &event).await;
    both.story.keeps_quiet_about(LINK).await;
    both.says_yes().await;
    both.story.says("#bijeenkomst", "je plek staat nog niet vast").await;
    both.story.look("sent").await;
    both.settle().await;
    both.reads(&both.gouda, &sanne, &event).await;
    both.story.says("#bijeenkomst", "Je plek staat vast").await;
    both.story.says("#bijeenkomst", LINK).await;
    both.story.look("in").await;
    let (said, file, knows) = both.last_mail(&sanne);
    assert!(said.contains("Je hebt een plek") && knows, "{said}");
    assert_eq!(file.events[0]["status"], "CONFIRMED");

    // It is full: Pim waits, and Lies behind him.
    both.reads(&both.gouda, &pim, &event).await;
    both.says_yes().await;
    both.settle().await;
    both.reads(&both.gouda, &pim, &event).await;
    both.story.says("#bijeenkomst", "Je staat op de wachtlijst").await;
    both.story.keeps_quiet_about(LINK).await;
    both.story.look("waiting").await;
    let (said, _, knows) = both.last_mail(&pim);
    assert!(said.contains("Je staat op de wachtlijst") && !knows, "{said}");
    both.reads(&both.oldambt, &lies, &event).await;
    both.says_yes().await;
    both.story.says("#bijeenkomst", "op plek 2").await;
    both.settle().await;

    // Sanne can't come after all: the first in the line has her place.
    both.reads(&both.gouda, &sanne, &event).await;
    both.story.press("Je antwoord wijzigen").await;
    both.story.browser.click("#bijeenkomst button[name=rsvp][value=no]").await;
    both.story.says("#bijeenkomst", "Je komt niet.").await;
    both.settle().await;
    both.reads(&both.gouda, &pim, &event).await;
    both.story.says("#bijeenkomst", "Je plek staat vast").await;
    both.story.says("#bijeenkomst", LINK).await;
    let (said, _, knows) = both.last_mail(&pim);
    assert!(said.contains("Je hebt een plek") && knows, "{said}");
    both.reads(&both.oldambt, &lies, &event).await;
    both.story.says("#bijeenkomst", "op plek 1").await;
    both.story.becomes(&both.oldambt, &omar, &format!("/post/{id}/attendees")).await;
    both.story.says("main", "Pim de Boer").await;
    both.story.says("main", both.gouda.host()).await;
    both.story.look("attendees").await;

    // His own calendar follows.
    both.story.becomes(&both.gouda, &pim, "/account/calendar").await;
    both.story.press("Adres maken").await;
    both.story.says("main", "Bewaar dit adres nu").await;
    both.story.look("calendar").await;
    let address = both.story.value("return document.querySelector('main').innerHTML.match(/\\/calendar\\/[^\"<\\s]+\\.ics/)[0]").await;
    let mine = ics::read(&Visitor::of(&both.gouda).get(&address).await.body);
    assert_eq!(
        (mine.events.len(), mine.events[0]["uid"].as_str(), mine.events[0]["status"].as_str()),
        (1, Some(event.as_str()), Some("CONFIRMED"))
    );
    both.story.becomes(&both.gouda, &pim, "/agenda/mine").await;
    both.story.says("main", "Je komt").await;
    both.story.look("mine").await;

    // It is called off: it stays, and says so; in the mail and the calendar too.
    both.story.becomes(&both.oldambt, &omar, &format!("/post/{id}/event/cancel")).await;
    both.story.press("Laat haar niet doorgaan").await;
    both.story.says(".flash", "De bijeenkomst gaat niet door.").await;
    both.settle().await;
    both.reads(&both.gouda, &pim, &event).await;
    both.story.says("#bijeenkomst", "Gaat niet door").await;
    both.story.look("off").await;
    let (said, file, _) = both.last_mail(&pim);
    assert!(said.contains("gaat niet door"), "{said}");
    assert_eq!((file.events[0]["uid"].as_str(), file.events[0]["status"].as_str()), (Some(event.as_str()), Some("CANCELLED")));
    let mine = ics::read(&Visitor::of(&both.gouda).get(&address).await.body);
    assert_eq!(mine.events[0]["status"], "CANCELLED");

    let Both { gouda, oldambt, story, .. } = both;
    story.browser.quit().await;
    gouda.finish().await;
    oldambt.finish().await;
}
