//! Mail over a real mail server: what arrives, that nothing arrives twice, and what happens when it is refused.

use meent::db::mails::{self, Mail};
use meent::db::{accounts, lease, settings};
use meent::model::{Actor, Clock, Lang, MailId, Time};
use meent::ops::mailing::{self, Letter};
use meent::ops::sending;

use crate::on_both;
use crate::support::process::{Running, until};
use crate::support::smtp::{Smtp, Tls};
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, config, fresh_database};

async fn app_with(on: On, smtp: &Smtp) -> (TestApp, Clock) {
    let clock = Clock::manual(START);
    let app = TestApp::start_with(on, "a", &clock, |config| smtp.configure(config)).await;
    (app, clock)
}

async fn region_is(app: &TestApp, name: &str) {
    let mut tx = app.core.db.begin().await.unwrap();
    settings::set(&mut tx, settings::key::REGION_NAME, name).await.unwrap();
    app.core.commit(tx).await.unwrap();
}

/// A letter with the words of the test mail and a link.
async fn queue(app: &TestApp, member: Option<&Actor>, address: &str, lang: Lang) -> MailId {
    let mut tx = app.core.db.begin().await.unwrap();
    let letter = Letter { address, member: member.map(|member| member.id), lang, key: "mail-test", args: &[], link: None };
    let id = mailing::queue(&app.core, &mut tx, &letter).await.unwrap();
    app.core.commit(tx).await.unwrap();
    id
}

async fn mail(app: &TestApp, id: MailId) -> Mail {
    mails::by_id(&mut app.core.db.conn(), id).await.unwrap().expect("the mail")
}

/// Makes a member an administrator.
async fn promote(app: &TestApp, member: &Actor) {
    crate::notifications::run(app, &format!("UPDATE account SET admin = TRUE WHERE actor_id = {}", member.id)).await;
}

on_both! {
    async fn a_letter_arrives_in_both_languages_as_text_and_as_html(on: On) {
        let mut smtp = Smtp::start();
        let (app, _clock) = app_with(on, &smtp).await;
        region_is(&app, "Midden-Holland").await;
        let dutch = queue(&app, None, "sanne@voorbeeld.example", Lang::Nl).await;
        queue(&app, None, "omar@voorbeeld.example", Lang::En).await;
        app.run_jobs().await;
        let arrived = smtp.mails();
        assert_eq!(arrived.len(), 2);
        let first = &arrived[0];
        assert_eq!((first.sender.as_str(), first.recipients.as_slice()), ("vragen@regio.example", ["sanne@voorbeeld.example".to_owned()].as_slice()));
        assert_eq!((first.from_name.as_str(), first.from_address.as_str()), ("Midden-Holland", "vragen@regio.example"));
        assert_eq!(first.subject(), "Testbericht van Midden-Holland");
        assert!(first.plain.starts_with("Dit is een testbericht van Midden-Holland."), "{}", first.plain);
        assert!(first.html.contains("<html lang=\"nl\">"), "{}", first.html);
        assert_eq!(arrived[1].subject(), "Test message from Midden-Holland");
        assert!(arrived[1].html.contains("<html lang=\"en\">") && arrived[1].plain.contains("This is a test message"));
        for mail in &arrived {
            let (html, plain) = mail.words_of_both();
            assert_eq!(html, plain);
            assert_eq!(mail.types, ["multipart/alternative", "text/plain", "text/html"]);
            assert_eq!(mail.header("auto-submitted"), "auto-generated");
            assert_eq!(mail.header("date"), "Fri, 20 Nov 2026 09:00:00 +0000");
            // Somebody asked for this one: there is nothing to stop.
            assert_eq!(mail.header("list-unsubscribe"), "");
        }
        assert_eq!(first.header("message-id"), format!("<mail.{dutch}@a.localhost>"));
        // Its words are gone, and it does not go again.
        let kept = mail(&app, dutch).await;
        assert_eq!((kept.state.as_str(), kept.subject.as_str(), kept.plain.as_str(), kept.html.as_str()), ("sent", "", "", ""));
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), 2);
        app.finish().await;
    }

    async fn nothing_that_is_filled_in_adds_a_header(on: On) {
        let mut smtp = Smtp::start();
        let (app, _clock) = app_with(on, &smtp).await;
        for name in ["Kop\r\nBcc: elders@voorbeeld.example\r\n\r\nTekst", "\"Regio\", Súd <x@voorbeeld.example>; 🌳", "Een naam\u{2028}\u{85}\u{b}Bcc: elders@voorbeeld.example", &"heel lang é ".repeat(8)] {
            region_is(&app, name).await;
            queue(&app, None, "sanne@voorbeeld.example", Lang::Nl).await;
            app.run_jobs().await;
        }
        let arrived = smtp.mails();
        assert_eq!(arrived.len(), 4);
        for mail in &arrived {
            assert_eq!(mail.recipients, ["sanne@voorbeeld.example"]);
            assert!(!mail.headers.iter().any(|(name, _)| name == "bcc"), "{}", mail.raw);
            assert_eq!(mail.from_address, "vragen@regio.example", "{}", mail.raw);
            assert_eq!(mail.types, ["multipart/alternative", "text/plain", "text/html"]);
        }
        assert_eq!(arrived[0].from_name, "Kop Bcc: elders@voorbeeld.example Tekst");
        assert_eq!(arrived[1].from_name, "\"Regio\", Súd <x@voorbeeld.example>; 🌳");
        assert_eq!(arrived[1].subject(), "Testbericht van \"Regio\", Súd <x@voorbeeld.example>; 🌳");
        app.finish().await;
    }

    async fn tls_and_a_password_are_used_where_the_server_wants_them(on: On) {
        for tls in [Tls::Later, Tls::AtOnce] {
            let mut smtp = Smtp::start_with(tls, Some(("meent", "heel geheim")), 0);
            let (app, _clock) = app_with(on, &smtp).await;
            queue(&app, None, "sanne@voorbeeld.example", Lang::Nl).await;
            app.run_jobs().await;
            let arrived = smtp.mails();
            assert_eq!(arrived.len(), 1, "{tls:?}");
            assert!(arrived[0].tls);
            assert_eq!(arrived[0].login.as_deref(), Some("meent"));
            app.finish().await;
        }
    }

    async fn a_server_that_is_not_who_it_says_gets_nothing(on: On) {
        let mut smtp = Smtp::start_with(Tls::Later, Some(("meent", "heel geheim")), 0);
        let clock = Clock::manual(START);
        // Its authority is not one that we trust.
        let app = TestApp::start_with(on, "a", &clock, |config| {
            smtp.configure(config);
            config.federation.extra_ca_file = String::new();
        })
        .await;
        let id = queue(&app, None, "sanne@voorbeeld.example", Lang::Nl).await;
        app.run_jobs().await;
        assert_eq!((smtp.mails().len(), smtp.recipients()), (0, 0));
        assert_eq!(mail(&app, id).await.state, "new");
        // And one that offers no TLS where it must.
        let mut plain = Smtp::start();
        let other = TestApp::start_with(on, "b", &clock, |config| {
            plain.configure(config);
            config.mail.security = "starttls".into();
        })
        .await;
        let id = queue(&other, None, "sanne@voorbeeld.example", Lang::Nl).await;
        other.run_jobs().await;
        assert_eq!((plain.mails().len(), plain.recipients()), (0, 0));
        assert!(mail(&other, id).await.last_error.is_some_and(|why| why.contains("STARTTLS")));
        app.finish().await;
        other.finish().await;
    }

    async fn what_is_refused_for_now_comes_back_later_and_is_given_up_after_three_days(on: On) {
        let mut smtp = Smtp::start();
        let (app, clock) = app_with(on, &smtp).await;
        let sanne = app.member("sanne", "Sanne Bakker").await;
        let id = queue(&app, Some(&sanne), "sanne@voorbeeld.example", Lang::Nl).await;
        smtp.mode("later");
        let mut waits = Vec::new();
        for attempt in 1..=10 {
            app.run_jobs().await;
            let waiting = mail(&app, id).await;
            assert_eq!((waiting.state.as_str(), waiting.attempts), ("new", attempt));
            assert!(waiting.last_error.is_some_and(|why| why.contains("come back in a while")));
            let wait = waiting.next_at.0 - clock.now().0;
            waits.push(wait / Time::MINUTE);
            // Not a moment sooner.
            clock.advance(wait - 1);
            app.run_jobs().await;
            assert_eq!(smtp.recipients(), attempt);
            clock.advance(1);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360]);
        clock.advance(3 * Time::DAY);
        app.run_jobs().await;
        assert_eq!(mail(&app, id).await.state, "failed");
        // No address is to blame for that.
        assert_eq!(accounts::by_actor(&mut app.core.db.conn(), sanne.id).await.unwrap().unwrap().mail_bounces, 0);
        // The same after the words: it says that it did not take them.
        smtp.mode("busy");
        let id = queue(&app, Some(&sanne), "sanne@voorbeeld.example", Lang::Nl).await;
        app.run_jobs().await;
        assert_eq!(mail(&app, id).await.state, "new");
        smtp.mode("accept");
        clock.advance(Time::MINUTE);
        app.run_jobs().await;
        assert_eq!((smtp.mails().len(), mail(&app, id).await.state.as_str()), (1, "sent"));
        app.finish().await;
    }

    async fn our_own_fault_is_nobody_s_bounce_and_is_tried_on(on: On) {
        let mut smtp = Smtp::start_with(Tls::None, Some(("meent", "heel geheim")), 0);
        let clock = Clock::manual(START);
        let app = TestApp::start_with(on, "a", &clock, |config| {
            smtp.configure(config);
            config.mail.password = meent::config::Secret("een ander".into());
        })
        .await;
        let sanne = app.member("sanne", "Sanne Bakker").await;
        let id = queue(&app, Some(&sanne), "sanne@voorbeeld.example", Lang::Nl).await;
        app.run_jobs().await;
        clock.advance(4 * Time::DAY);
        app.run_jobs().await;
        let waiting = mail(&app, id).await;
        assert_eq!((waiting.state.as_str(), waiting.attempts), ("new", 2));
        assert!(waiting.last_error.is_some_and(|why| why.starts_with("logging in")), "it says where it went wrong");
        app.finish().await;
        let mut plain = Smtp::start();
        let (app, clock) = app_with(on, &plain).await;
        let sanne = app.member("sanne", "Sanne Bakker").await;
        let id = queue(&app, Some(&sanne), "sanne@voorbeeld.example", Lang::Nl).await;
        for mode in ["sender", "policy", "sender"] {
            plain.mode(mode);
            app.run_jobs().await;
            assert_eq!(mail(&app, id).await.state, "new", "{mode}");
            clock.advance(4 * Time::DAY);
        }
        let account = accounts::by_actor(&mut app.core.db.conn(), sanne.id).await.unwrap().unwrap();
        assert_eq!((account.mail_bounces, account.mail_paused_at), (0, None));
        plain.mode("accept");
        app.run_jobs().await;
        assert_eq!(mail(&app, id).await.state, "sent");
        assert!(smtp.mails().is_empty());
        app.finish().await;
    }

    async fn three_bounces_in_a_row_pause_the_mail_and_the_member_hears_it_on_the_page(on: On) {
        let mut smtp = Smtp::start();
        let (app, _clock) = app_with(on, &smtp).await;
        let sanne = app.member("sanne", "Sanne Bakker").await;
        let admin = app.member("omar", "Omar Hadi").await;
        promote(&app, &admin).await;
        let bounces = async || accounts::by_actor(&mut app.core.db.conn(), sanne.id).await.unwrap().unwrap();
        smtp.mode("refuse");
        for _ in 0..2 {
            queue(&app, Some(&sanne), "sanne@voorbeeld.example", Lang::Nl).await;
            app.run_jobs().await;
        }
        assert_eq!(bounces().await.mail_bounces, 2);
        // One that arrives in between: the count begins anew. What went to another address says nothing about hers.
        smtp.mode("accept");
        queue(&app, Some(&sanne), "sanne@voorbeeld.example", Lang::Nl).await;
        app.run_jobs().await;
        assert_eq!(bounces().await.mail_bounces, 0);
        smtp.mode("refuse");
        queue(&app, Some(&sanne), "nieuw@voorbeeld.example", Lang::Nl).await;
        for _ in 0..3 {
            queue(&app, Some(&sanne), "sanne@voorbeeld.example", Lang::Nl).await;
            app.run_jobs().await;
        }
        let account = bounces().await;
        assert_eq!((account.mail_bounces, account.mail_paused_at), (3, Some(START)));
        let mut visitor = Visitor::logged_in(&app, &sanne).await;
        let page = visitor.get("/notifications").await;
        assert!(page.body.contains("kwam drie keer terug"), "{}", page.body);
        let page = Visitor::logged_in(&app, &admin).await.get("/admin/mail").await;
        assert!(page.body.contains("Leden die geen mail krijgen") && page.body.contains("Sanne Bakker"), "{}", page.body);
        // She says that the address is right.
        smtp.mode("accept");
        let page = visitor.get("/account/notifications").await;
        assert!(page.body.contains("Je krijgt nu geen mail"), "{}", page.body);
        visitor.post("/account/notifications/resume", &[("csrf", &page.value("csrf"))]).await.leads_to();
        let account = bounces().await;
        assert_eq!((account.mail_bounces, account.mail_paused_at), (0, None));
        app.finish().await;
    }

    async fn what_was_handed_over_without_an_answer_is_not_sent_twice(on: On) {
        let mut smtp = Smtp::start();
        let (app, clock) = app_with(on, &smtp).await;
        let admin = app.member("omar", "Omar Hadi").await;
        promote(&app, &admin).await;
        let id = queue(&app, None, "sanne@voorbeeld.example", Lang::Nl).await;
        smtp.mode("drop");
        app.run_jobs().await;
        assert_eq!((smtp.mails().len(), mail(&app, id).await.state.as_str()), (1, "unsure"));
        smtp.mode("accept");
        clock.advance(4 * Time::DAY);
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), 1);
        // An administrator sees it and decides.
        let mut visitor = Visitor::logged_in(&app, &admin).await;
        let page = visitor.get("/admin/mail").await;
        assert!(page.body.contains("Onzeker of het aankwam") && page.body.contains("sanne@voorbeeld.example"), "{}", page.body);
        visitor.post(&format!("/admin/mail/{id}"), &[("csrf", &page.value("csrf")), ("act", "again")]).await.leads_to();
        app.run_jobs().await;
        let arrived = smtp.mails();
        assert_eq!(arrived.len(), 2);
        assert_eq!(arrived[0].header("message-id"), arrived[1].header("message-id"));
        app.finish().await;
    }

    async fn a_claim_of_the_dead_is_sent_when_nothing_had_left_and_unsure_when_something_may_have(on: On) {
        let mut smtp = Smtp::start();
        let (app, _clock) = app_with(on, &smtp).await;
        let (untouched, begun) = (queue(&app, None, "een@voorbeeld.example", Lang::Nl).await, queue(&app, None, "twee@voorbeeld.example", Lang::Nl).await);
        let claimed = sending::take(&app.core, 2).await.unwrap();
        assert_eq!(claimed.len(), 2);
        let mut tx = app.core.db.begin().await.unwrap();
        assert!(sending::begin(&app.core, &mut tx, claimed.iter().find(|mail| mail.id == begun).unwrap()).await.unwrap().is_some());
        tx.commit().await.unwrap();
        // Nobody else takes them meanwhile.
        app.run_jobs().await;
        assert!(smtp.mails().is_empty());
        lease::release_claims(&app.core.db, app.core.ids.slot()).await.unwrap();
        app.run_jobs().await;
        assert_eq!((mail(&app, untouched).await.state.as_str(), mail(&app, begun).await.state.as_str()), ("sent", "unsure"));
        assert_eq!(smtp.mails().len(), 1);
        app.finish().await;
    }

    async fn killed_while_a_mail_is_handed_over_it_does_not_go_again(on: On) {
        let mut smtp = Smtp::start();
        let folder = tempfile::TempDir::new().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).unwrap().port();
        let mut settings = config("a", port, &fresh_database(on, &folder).await, &folder);
        smtp.configure(&mut settings);
        let db = meent::db::Db::open(&settings.database_url).await.unwrap();
        db.migrate().await.unwrap();
        let now = Clock::System.now();
        let id = MailId(1);
        let waiting = Mail {
            id, kind: "mail-test".into(), actor_id: None, address: "sanne@voorbeeld.example".into(), language: "nl".into(), subject: "Onderwerp".into(),
            plain: "Tekst".into(), html: "<p>Tekst</p>".into(), reference: String::new(), state: "new".into(), attempts: 0, next_at: now, last_error: None,
            created_at: now, sent_at: None,
        };
        let mut tx = db.begin().await.unwrap();
        mails::insert(&mut tx, &waiting).await.unwrap();
        tx.commit().await.unwrap();
        smtp.mode("hang");
        let mut meent = Running::new(settings);
        until("the server has the words", 1, async || i64::try_from(smtp.mails().len()).unwrap()).await;
        meent.kill();
        smtp.mode("accept");
        meent.start();
        until("it is known to be unsure", 1, async || {
            mails::count(&mut db.conn(), "unsure").await.unwrap()
        }).await;
        meent.kill();
        assert_eq!(smtp.mails().len(), 1);
        db.close().await;
    }

    async fn without_a_mail_server_the_administrator_passes_letters_on(on: On) {
        let clock = Clock::manual(START);
        let app = TestApp::start(on, "a", &clock).await;
        let (admin, sanne) = (app.member("omar", "Omar Hadi").await, app.member("sanne", "Sanne Bakker").await);
        promote(&app, &admin).await;
        let link = app.core.urls.at("/password/een-lang-geheim");
        let mut tx = app.core.db.begin().await.unwrap();
        let letter = Letter { address: "sanne@voorbeeld.example", member: Some(sanne.id), lang: Lang::Nl, key: "mail-test", args: &[], link: Some(&link) };
        let id = mailing::queue(&app.core, &mut tx, &letter).await.unwrap();
        app.core.commit(tx).await.unwrap();
        app.run_jobs().await;
        assert_eq!(mail(&app, id).await.state, "held");
        // Members and visitors see nothing of it.
        assert_eq!(Visitor::logged_in(&app, &sanne).await.get("/admin/mail").await.status, 403);
        assert_eq!(Visitor::of(&app).get("/admin/mail").await.status, 401);
        let mut visitor = Visitor::logged_in(&app, &admin).await;
        let page = visitor.get("/admin/mail").await;
        assert!(page.body.contains("Er is geen mailserver ingesteld") && page.body.contains(&link), "{}", page.body);
        let mut member = Visitor::logged_in(&app, &sanne).await;
        let csrf = member.get("/account/notifications").await.value("csrf");
        for (path, fields) in [(format!("/admin/mail/{id}"), ("act", "passed")), ("/admin/mail/hurry".into(), ("act", "")), ("/admin/mail/test".into(), ("address", "sanne@voorbeeld.example"))] {
            assert_eq!(member.post(&path, &[("csrf", &csrf), fields]).await.status, 403, "{path}");
        }
        assert_eq!(mail(&app, id).await.state, "held");
        visitor.post(&format!("/admin/mail/{id}"), &[("csrf", &page.value("csrf")), ("act", "passed")]).await.leads_to();
        let passed = mail(&app, id).await;
        assert_eq!((passed.state.as_str(), passed.plain.as_str(), passed.html.as_str()), ("passed", "", ""));
        assert!(!visitor.get("/admin/mail").await.body.contains("een-lang-geheim"));
        let audit = meent::db::audit::after(&mut app.core.db.conn(), 0, 10).await.unwrap();
        assert!(audit.iter().any(|entry| entry.act == "mail.passed" && entry.who == "@omar"));
        assert!(!audit.iter().any(|entry| entry.detail.contains('@') || entry.subject.contains("voorbeeld.example")), "{audit:?}");
        app.finish().await;
    }

    async fn what_was_held_goes_by_a_button_and_only_while_it_is_young(on: On) {
        let mut smtp = Smtp::start();
        let (app, clock) = app_with(on, &smtp).await;
        let admin = app.member("omar", "Omar Hadi").await;
        promote(&app, &admin).await;
        let (young, old) = (queue(&app, None, "een@voorbeeld.example", Lang::Nl).await, queue(&app, None, "twee@voorbeeld.example", Lang::Nl).await);
        // As it is when the mail server was set after they were written.
        crate::notifications::run(&app, "UPDATE mail SET state = 'held'").await;
        app.run_jobs().await;
        assert!(smtp.mails().is_empty());
        let mut visitor = Visitor::logged_in(&app, &admin).await;
        let csrf = visitor.get("/admin/mail").await.value("csrf");
        visitor.post(&format!("/admin/mail/{young}"), &[("csrf", &csrf), ("act", "again")]).await.leads_to();
        clock.advance(Time::DAY);
        let mut visitor = Visitor::logged_in(&app, &admin).await;
        let csrf = visitor.get("/admin/mail").await.value("csrf");
        visitor.post(&format!("/admin/mail/{old}"), &[("csrf", &csrf), ("act", "again")]).await.leads_to();
        app.run_jobs().await;
        let arrived = smtp.mails();
        assert_eq!(arrived.iter().flat_map(|mail| mail.recipients.clone()).collect::<Vec<_>>(), ["een@voorbeeld.example"]);
        visitor.post("/admin/mail/test", &[("csrf", &csrf), ("address", "omar@voorbeeld.example")]).await.leads_to();
        let page = visitor.post("/admin/mail/test", &[("csrf", &csrf), ("address", "geen adres")]).await;
        assert_eq!(page.status, 422);
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), 2);
        app.finish().await;
    }
}

#[test]
fn the_command_line_says_what_the_server_said() {
    let mut smtp = Smtp::start();
    let folder = tempfile::TempDir::new().unwrap();
    let run = |port: &str, address: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_meent"));
        command.env_clear().current_dir(folder.path()).args(["mail", "test", address]);
        if !port.is_empty() {
            command
                .env("MEENT_MAIL__SERVER", "127.0.0.1")
                .env("MEENT_MAIL__PORT", port)
                .env("MEENT_MAIL__SECURITY", "none")
                .env("MEENT_MAIL__FROM", "vragen@regio.example");
        }
        let output = command.output().unwrap();
        (output.status.success(), format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
    };
    let port = smtp.port.to_string();
    let (well, said) = run(&port, "sanne@voorbeeld.example");
    assert!(well && said.contains("250 2.0.0 taken"), "{said}");
    smtp.mode("refuse");
    let (well, said) = run(&port, "sanne@voorbeeld.example");
    assert!(!well && said.contains("there is nobody of that name"), "{said}");
    let (well, said) = run("", "sanne@voorbeeld.example");
    assert!(!well && said.contains("mail.server is not set"), "{said}");
    let (well, said) = run(&port, "sanne");
    assert!(!well && said.contains("address is not an e-mail address"), "{said}");
    assert_eq!(smtp.mails().len(), 1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let acts = runtime.block_on(async {
        let db = meent::db::Db::open(&format!("sqlite:{}", folder.path().join("data/meent.db").display())).await.unwrap();
        meent::db::audit::after(&mut db.conn(), 0, 10).await.unwrap()
    });
    assert_eq!(acts.iter().map(|entry| (entry.who.as_str(), entry.act.as_str())).collect::<Vec<_>>(), [("command line", "mail.test"); 2]);
}

#[test]
fn the_password_may_stand_in_a_file_and_is_shown_nowhere() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "heel geheim\n").unwrap();
    let settings = [
        ("MEENT_MAIL__SERVER", "mail.regio.example"),
        ("MEENT_MAIL__FROM", "vragen@regio.example"),
        ("MEENT_MAIL__USERNAME", "meent"),
        ("MEENT_MAIL__PASSWORD_FILE", file.to_str().unwrap()),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
    let config = meent::config::Config::parse("", &settings).unwrap();
    assert_eq!((config.mail.password.0.as_str(), config.mail.port()), ("heel geheim", 587));
    assert!(!format!("{config:?}").contains("geheim"));
}
