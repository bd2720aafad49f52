//! The weekly digest as it was received: what stands in it, where its links lead, and stopping it from the mail itself.

use meent::model::{Clock, Time};

use crate::notifications::begin_routine;
use crate::support::smtp::Smtp;
use crate::support::story::Story;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_weekly_digest_says_what_stands_and_is_stopped_with_one_click() {
    let mut smtp = Smtp::start();
    let clock = Clock::manual(START);
    let app = TestApp::start_with(On::Sqlite, "a", &clock, |config| smtp.configure(config)).await;
    let (sanne, omar) = (app.member("sanne", "Sanne Bakker").await, app.somebody("omar", "Omar Hadi", true).await);
    let noor = app.member("noor", "Noor Jansen").await;
    let group = app.group("jeugd", "Jeugdhulp in de regio", &omar).await;
    let question = app.ask(&sanne, &group, "Hoe houden jullie jongeren in beeld?", "Bij ons raakt een op de vijf uit beeld.").await;
    begin_routine(&app).await;
    app.run_jobs().await;
    let story = Story::begin("digest").await;
    let mut to_sanne = || smtp.mails().into_iter().filter(|mail| mail.recipients == ["sanne@voorbeeld.example"]).collect::<Vec<_>>();

    // She chooses: answers and mentions together, once a week.
    story.becomes(&app, &sanne, "/").await;
    story.press("Sanne Bakker").await;
    story.press("Mijn account").await;
    story.says("h1", "Mijn account").await;
    story.press("Meldingen").await;
    story.says("h1", "Meldingen en mail").await;
    for name in ["answer_mail", "mention_mail", "useful_mail"] {
        story.browser.click(&format!("main select[name={name}] option[value=digest]")).await;
    }
    story.choose("digest", "weekly").await;
    story.look("choices").await;
    story.press("Opslaan").await;
    story.says(".flash", "Je keuzes zijn opgeslagen.").await;

    // Friday and Saturday a lot happens; some of it does not last.
    let kept = app.reply(&omar, &question, "Wij bellen ze elke maand.").await;
    let gone = app.reply(&noor, &question, "De zoon van de bakker heet Kees.").await;
    let mine = app.reply(&sanne, &kept, "Wie belt er dan?").await;
    app.useful(&omar, &mine, true).await;
    app.useful(&noor, &mine, true).await;
    let panel = app.ask(&noor, &group, "Wie kent een jongerenpanel?", "Misschien weet @sanne het.").await;
    let seen = app.reply(&noor, &mine, "Dat wil ik ook weten.").await;
    clock.advance(Time::DAY);
    app.run_jobs().await;
    // A moderator removes one; another she reads on the page.
    story.becomes(&app, &omar, &format!("/post/{}/remove", gone.id)).await;
    story.fill("reason", "Noem geen namen van mensen.").await;
    story.press("Bericht weghalen").await;
    story.says(".flash", "Het bericht is weggehaald.").await;
    story.becomes(&app, &sanne, "/notifications").await;
    story.says("main", "noemde je").await;
    story.look("notifications").await;
    story.press("Noor Jansen reageerde op je").await;
    story.says("main", "Dat wil ik ook weten.").await;
    assert!(to_sanne().is_empty(), "everything waits for Monday: {:?}", to_sanne());

    // Monday, seven o'clock in Amsterdam; not a moment sooner.
    clock.advance(44 * Time::HOUR + 59 * Time::MINUTE);
    app.run_jobs().await;
    assert!(to_sanne().is_empty(), "{:?}", to_sanne());
    clock.advance(Time::MINUTE);
    app.run_jobs().await;
    let mails = to_sanne();
    assert_eq!(mails.len(), 1, "{:?}", mails.iter().map(|mail| (&mail.recipients, mail.subject())).collect::<Vec<_>>());
    let mail = &mails[0];
    assert_eq!(mail.header("date"), "Mon, 23 Nov 2026 06:00:00 +0000");
    assert_eq!(mail.subject(), "3 nieuwe meldingen van Meent");
    let (html, plain) = mail.words_of_both();
    assert_eq!(html, plain);
    for words in [
        "Omar Hadi beantwoordde je vraag",
        "Wij bellen ze elke maand.",
        "2 mensen vinden nuttig wat je schreef",
        "Noor Jansen noemde je in \"Wie kent een jongerenpanel?\"",
    ] {
        assert!(plain.contains(words), "{words}: {plain}");
    }
    for words in ["Kees", "bakker", "reageerde", "Dat wil ik ook weten", "weggehaald"] {
        assert!(!mail.raw.contains(words) && !plain.contains(words), "{words}: {plain}");
    }

    // Every link leads somewhere.
    story.becomes(&app, &sanne, "/").await;
    let links: Vec<String> = mail.links().into_iter().map(str::to_owned).collect();
    for link in &links {
        assert!(mail.html.contains(&format!("href=\"{link}\"")), "{link}: {}", mail.html);
        story.browser.goto(link).await;
        let found = story.browser.appears("h1").await;
        let expected = match link.as_str() {
            link if link == app.core.urls.base() => "Vragen",
            link if link.ends_with("/account/notifications") => "Meldingen en mail",
            link if link.contains("/unsubscribe/") => "Mail stoppen",
            link if link.contains(&panel.path()) => "Wie kent een jongerenpanel?",
            _ => "Hoe houden jullie jongeren in beeld?",
        };
        assert_eq!(found, expected, "{link}");
        if let Some((_, part)) = link.split_once('#') {
            story.says(&format!("#{part}"), "").await;
        }
    }
    for path in [kept.path(), panel.path(), "/account/notifications".into(), "/unsubscribe/".into()] {
        assert!(links.iter().any(|link| link.contains(&path)), "{path} is not in {links:?}");
    }

    // The mail provider stops it with one POST; whoever comes to look sees that, and can take it back.
    let stop = mail.unsubscribe_path();
    assert_eq!(mail.header("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
    story.leaves().await;
    story.open(&app, &stop).await;
    story.says("main", "Wil je het overzicht niet meer krijgen?").await;
    story.look("stop").await;
    assert_eq!(Visitor::of(&app).post_with(&stop, &[("List-Unsubscribe", "One-Click")], &[]).await.status, 200);
    story.open(&app, &stop).await;
    story.says("main", "Je krijgt deze mail niet meer.").await;
    story.look("stopped").await;
    let chosen = "return document.querySelector('[name=digest]:checked').value";
    story.becomes(&app, &sanne, "/account/notifications").await;
    assert_eq!(story.value(chosen).await, "off");
    app.reply(&noor, &question, "Wij schrijven ze.").await;
    clock.advance(7 * Time::DAY);
    app.run_jobs().await;
    assert_eq!(to_sanne().len(), 1);
    story.open(&app, &stop).await;
    story.press("Weer aanzetten").await;
    story.says("main", "Je krijgt deze mail weer.").await;
    story.look("stop-undone").await;
    story.becomes(&app, &sanne, "/account/notifications").await;
    assert_eq!(story.value(chosen).await, "weekly", "as it was");
    app.reply(&noor, &question, "En we gaan langs.").await;
    clock.advance(7 * Time::DAY);
    app.run_jobs().await;
    let mails = to_sanne();
    assert_eq!(mails.len(), 2);
    assert!(mails[1].plain.contains("En we gaan langs."), "{}", mails[1].plain);
    let _ = seen;
    story.browser.quit().await;
    app.run_jobs().await;
    app.finish().await;
}
