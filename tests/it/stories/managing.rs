//! A community manager's first week, without the command line: one process, one browser, and mails as they were received.

use meent::config::Config;
use tempfile::TempDir;

use crate::support;
use crate::support::people::PASSWORD;
use crate::support::process::{Running, until};
use crate::support::smtp::{Received, Smtp};
use crate::support::story::Story;

const REFUSAL: &str = "Deze omgeving is voor mensen die voor gemeenten werken. Bel ons gerust.";

struct Week {
    story: Story,
    base: String,
    smtp: Smtp,
}

impl Week {
    async fn open(&self, path: &str) {
        self.story.browser.goto(&format!("{}{path}", self.base)).await;
    }

    /// Waits for a mail to somebody that has this in its subject.
    async fn mail(&mut self, address: &str, subject: &str) -> Received {
        let smtp = std::cell::RefCell::new(&mut self.smtp);
        let find = || smtp.borrow_mut().mails().into_iter().find(|mail| mail.recipients == [address] && mail.subject().contains(subject));
        until(&format!("a mail to {address} about {subject}"), 1, async || i64::from(find().is_some())).await;
        find().expect("it is there")
    }

    /// Somebody asks to become a member.
    async fn registers(&mut self, name: &str, display: &str, why: &str) {
        let (story, email) = (&self.story, format!("{name}@voorbeeld.example"));
        story.leaves().await;
        self.open("/").await;
        story.press("Inloggen").await;
        story.press("Account maken").await;
        story.fill("display_name", display).await;
        story.fill("name", name).await;
        story.fill("email", &email).await;
        story.fill("motivation", why).await;
        story.fill("password", PASSWORD).await;
        story.press("Account maken").await;
        story.says("h1", "Kijk in je e-mail").await;
        let mail = self.mail(&email, "Bevestig").await;
        self.story.browser.goto(mail.links()[0]).await;
        self.story.press("Bevestigen").await;
        self.story.says("h1", "Je aanmelding is binnen").await;
    }

    async fn sanne(&self) {
        self.story.logs_in(&self.base, "sanne", "Sanne Bakker").await;
        self.story.press("Beheer").await;
        self.story.says("h1", "Beheer").await;
    }
}

/// A region that nobody has set up yet, with a mail server.
fn region(folder: &TempDir, smtp: &Smtp) -> Running {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let database = format!("sqlite:{}", folder.path().join("meent.db").display());
    let mut config: Config = support::config("gouda", port, &database, folder);
    config.federation.mode = String::new();
    smtp.configure(&mut config);
    Running::new(config)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_community_manager_runs_a_week_in_the_browser() {
    let folder = TempDir::new().expect("a folder");
    let smtp = Smtp::start();
    let gouda = region(&folder, &smtp);
    let mut week = Week { story: Story::begin("managing").await, base: gouda.config.public_url.clone(), smtp };

    // Monday: the link.
    week.story.browser.goto(&gouda.link.clone().expect("a link")).await;
    for (name, text) in [
        ("region_name", "Midden-Holland"),
        ("region_about", "Hier stellen wij elkaar vragen over ons werk."),
        ("display_name", "Sanne Bakker"),
        ("name", "sanne"),
        ("email", "sanne@voorbeeld.example"),
        ("password", PASSWORD),
        ("group_title", "Jeugdhulp in de regio"),
        ("group_name", "jeugd"),
    ] {
        week.story.fill(name, text).await;
    }
    week.story.browser.click("#mode-open").await;
    week.story.press("Omgeving inrichten").await;
    week.story.says("header", "Sanne Bakker").await;
    week.story.look("set-up").await;

    // Tuesday: people may ask to become a member, and do.
    week.story.press("Beheer").await;
    week.story.press("Instellingen").await;
    week.story.says("h1", "Instellingen").await;
    week.story.choose("registration", "approval").await;
    week.story.look("settings").await;
    week.story.press("Opslaan").await;
    week.story.says(".flash", "Opgeslagen").await;
    week.registers("piet", "Piet de Boer", "Ik werk in een wijkteam in Gouda.").await;
    week.story.look("registered").await;
    week.registers("koos", "Koos Knip", "Ik verkoop software.").await;
    week.sanne().await;
    week.story.says("main", "2 aanmeldingen wachten").await;
    week.story.look("attention").await;
    week.story.press("2 aanmeldingen wachten").await;
    week.story.says("main", "Ik werk in een wijkteam in Gouda.").await;
    week.story.look("registrations").await;
    week.story.press("Toelaten Piet de Boer").await;
    week.story.says(".flash", "Toegelaten.").await;
    week.story.press("Afwijzen Koos Knip").await;
    week.story.says("h1", "Aanmelding afwijzen").await;
    week.story.press("Afwijzen").await;
    week.story.says(".problems", "Schrijf waarom je de aanmelding afwijst.").await;
    week.story.fill("reason", REFUSAL).await;
    week.story.press("Afwijzen").await;
    week.story.says(".flash", "Afgewezen.").await;
    let mail = week.mail("koos@voorbeeld.example", "Je aanmelding bij Midden-Holland").await;
    assert!(mail.plain.contains(REFUSAL), "{}", mail.plain);
    let mail = week.mail("piet@voorbeeld.example", "Je bent lid van Midden-Holland").await;

    // Wednesday: Piet begins, and proposes a group.
    week.story.leaves().await;
    week.story.browser.goto(mail.links()[0]).await;
    week.story.gives_password("piet", PASSWORD).await;
    week.story.says("h1", "Welkom bij Midden-Holland").await;
    week.story.look("first-day").await;
    week.story.press("Groepen").await;
    week.story.press("Groep voorstellen").await;
    week.story.says("h1", "Groep voorstellen").await;
    week.story.fill("title", "Schuldhulp").await;
    week.story.fill("name", "schuldhulp").await;
    week.story.press("Voorstel versturen").await;
    week.story.says(".problems", "Schrijf waarom deze groep nodig is.").await;
    week.story.look("propose").await;
    week.story.fill("reason", "Wij doen dit met vijf gemeenten en mailen nu heen en weer.").await;
    week.story.press("Voorstel versturen").await;
    week.story.says(".flash", "Je voorstel is verstuurd.").await;
    week.sanne().await;
    week.story.press("1 voorstel voor een groep wacht").await;
    week.story.says("main", "met vijf gemeenten").await;
    week.story.look("proposals").await;
    week.story.press("Goedkeuren").await;
    week.story.says(".flash", "De groep staat klaar.").await;
    // The menu of the administrators is still there.
    week.story.press("Overzicht").await;
    week.story.says("main", "Er wacht niets op je.").await;

    // Thursday: an announcement at the top of the group.
    week.open("/c/jeugd").await;
    week.story.press("Mededeling").await;
    week.story.says("h1", "Mededeling plaatsen").await;
    week.story.fill("title", "Donderdag 3 december staan we op de regiodag").await;
    week.story.fill("body", "Kom langs bij de tafel van Midden-Holland.").await;
    week.story.look("announce").await;
    week.story.browser.click("main button[value=ask]").await;
    week.story.says("h1", "regiodag").await;
    week.story.press("Meer met het bericht van Sanne Bakker").await;
    week.story.press("Bovenaan vastzetten").await;
    week.story.says(".flash", "Dit bericht staat nu vast, bovenaan de groep.").await;
    week.open("/c/jeugd").await;
    week.story.says(".pinned", "regiodag").await;
    week.story.look("pinned").await;

    // Friday: figures, a server that is not welcome, and what was done.
    week.sanne().await;
    week.story.press("Cijfers").await;
    week.story.says("h1", "Cijfers").await;
    week.story.says("main", "Leden").await;
    week.story.look("figures").await;
    let csv = "const done = arguments[arguments.length - 1]; const link = [...document.querySelectorAll('main a')].find(a => a.innerText.includes('csv'));
        fetch(link.href).then(async r => done(r.headers.get('content-disposition') + '\\n' + await r.text()));";
    let file: String = week.story.browser.driver.execute_async(csv, Vec::new()).await.and_then(|text| text.convert()).expect("a file");
    assert!(file.starts_with("attachment") && file.contains("Leden,alles,2"), "{file}");
    week.story.press("Andere omgevingen").await;
    week.story.press("Toelaten en blokkeren").await;
    week.story.fill("host", "https://reclame.voorbeeld.example/").await;
    week.story.choose("rule", "block").await;
    week.story.press("Opslaan").await;
    week.story.says(".problems", "Schrijf waarom.").await;
    week.story.fill("reason", "Stuurt alleen reclame.").await;
    week.story.look("block").await;
    week.story.press("Opslaan").await;
    week.story.says(".flash", "De omgeving is geblokkeerd.").await;
    week.story.says(".lines", "reclame.voorbeeld.example geblokkeerd").await;
    week.story.look("blocked").await;
    week.story.press("Logboek van beheer").await;
    week.story.says("h1", "Logboek van beheer").await;
    for words in [
        "Aanmelding goedgekeurd @piet",
        "Aanmelding afgewezen @koos",
        "Voorgestelde groep goedgekeurd schuldhulp",
        "Omgeving geblokkeerd reclame.voorbeeld.example",
        "@sanne",
    ] {
        week.story.says(".lines", words).await;
    }
    week.story.look("audit").await;
    week.story.press("Controleren of het logboek heel is").await;
    week.story.says(".flash", "Het logboek is heel").await;
    week.story.browser.quit().await;
}
