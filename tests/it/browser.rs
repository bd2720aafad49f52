//! The story in a real browser, over two real processes: from the set-up link to "solved" on both sides.

use meent::config::Config;
use tempfile::TempDir;

use crate::support::browser::Browser;
use crate::support::process::{Running, until};
use crate::support::{self};

const WIDE: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (390, 844);

/// A region that nobody has set up yet.
fn region(name: &str, folder: &TempDir) -> Running {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let database = format!("sqlite:{}", folder.path().join("meent.db").display());
    let mut config: Config = support::config(name, port, &database, folder);
    config.federation.mode = String::new();
    Running::new(config)
}

struct Story {
    browser: Browser,
}

impl Story {
    /// Looks at the page as it is now: nobody is kept out by it (WCAG 2.2 AA), and a picture at both widths.
    async fn look(&self, name: &str) {
        let wrong = self.browser.axe().await;
        assert!(wrong.is_empty(), "{name}: {}", wrong.join("\n"));
        self.browser.screenshot(&format!("{name}-desktop")).await;
        self.browser.resize(PHONE.0, PHONE.1).await;
        let wrong = self.browser.axe().await;
        assert!(wrong.is_empty(), "{name} on a phone: {}", wrong.join("\n"));
        let (width, visible): (i64, i64) = self
            .browser
            .driver
            .execute("return [document.documentElement.scrollWidth, innerWidth]", Vec::new())
            .await
            .and_then(|sizes| sizes.convert())
            .expect("the page has a size");
        assert!(width <= visible, "{name}: on a phone the page is {width} wide, of which {visible} can be seen");
        self.browser.screenshot(&format!("{name}-phone")).await;
        self.browser.resize(WIDE.0, WIDE.1).await;
    }

    async fn fill(&self, name: &str, text: &str) {
        self.browser.fill(&format!("main [name={name}]"), text).await;
    }

    /// Sends the form that this field stands in.
    async fn send(&self, button: &str) {
        self.browser.click(button).await;
    }

    /// Waits until the page says this.
    async fn says(&self, css: &str, text: &str) {
        self.browser.says(css, text).await;
    }

    /// Loads a page again and again until it says this.
    async fn until_it_says(&self, url: &str, text: &str) {
        until(&format!("{url} says {text:?}"), 1, async || {
            self.browser.goto(url).await;
            i64::from(self.browser.text("body").await.is_some_and(|said| said.contains(text)))
        })
        .await;
    }

    async fn set_up(&self, link: &str, region: &str, name: &str, display: &str, (group, title, about): (&str, &str, &str)) {
        self.browser.goto(link).await;
        self.fill_set_up(region, name, display, (group, title, about)).await;
        self.look(&format!("set-up-{name}")).await;
        self.send("main form button").await;
        self.says("header", display).await;
    }

    async fn fill_set_up(&self, region: &str, name: &str, display: &str, (group, title, about): (&str, &str, &str)) {
        self.fill("region_name", region).await;
        self.fill("region_about", "Hier stellen wij elkaar vragen over ons werk.").await;
        self.fill("display_name", display).await;
        self.fill("name", name).await;
        self.fill("email", &format!("{name}@voorbeeld.example")).await;
        self.fill("password", "een lang genoeg wachtwoord").await;
        self.browser.click("#mode-open").await;
        self.fill("group_title", title).await;
        self.fill("group_name", group).await;
        self.fill("group_about", about).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_from_gouda_is_answered_from_oldambt_and_both_show_it_solved() {
    let folders = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let (gouda, oldambt) = (region("gouda", &folders.0), region("oldambt", &folders.1));
    let here = gouda.config.public_url.clone();
    let there = oldambt.config.public_url.clone();
    let host = there.trim_start_matches("http://").to_owned();
    let story = Story { browser: Browser::start(WIDE.0, WIDE.1).await };

    story.browser.goto(&here).await;
    story.look("not-set-up").await;
    let about = "Voor iedereen die met jongeren en hun ouders werkt. We delen wat werkt, en ook wat niet werkte.";
    let link = oldambt.link.clone().expect("a set-up link");
    story.set_up(&link, "Oldambt", "omar", "Omar Hadi", ("jeugd", "Jeugdhulp in de regio", about)).await;
    story
        .set_up(
            &gouda.link.clone().expect("a set-up link"),
            "Midden-Holland",
            "sanne",
            "Sanne Bakker",
            ("wonen", "Wonen met zorg", "Over wonen, zorg en wat daartussen valt."),
        )
        .await;
    // The link works once.
    story.browser.goto(&link).await;
    assert!(!story.browser.text("main").await.expect("a page").contains("wachtwoord"), "the set-up page is gone");

    // A profile: knowledge before rank, but it may be said.
    story.browser.goto(&format!("{here}/profile")).await;
    story.fill("organisation", "Gemeente Gouda").await;
    story.fill("role", "jeugdconsulent").await;
    story.look("profile").await;
    story.send("main form button").await;
    story.says("main", "jeugdconsulent").await;

    // Sanne finds the group of Oldambt, sees what it is, and joins.
    story.browser.goto(&format!("{here}/groups")).await;
    story.look("groups").await;
    story.browser.fill("[name=q]", &format!("jeugd@{host}")).await;
    story.browser.click("form[action='/groups/find'] button").await;
    story.says("h1", "Jeugdhulp in de regio").await;
    story.says("main", "We delen wat werkt").await;
    story.look("group-before-joining").await;
    story.browser.click("form[action$='/join'] button").await;
    story.says("form[action$='/leave']", "").await;
    let group = format!("{here}/c/jeugd@{host}");
    story.until_it_says(&group, "Je bent lid van deze groep").await;

    // She asks; first with something forgotten, then with a look at how it will be.
    story.browser.click("main .button").await;
    story
        .fill("body", "Bij ons raakt **een op de vijf** jongeren na de achttiende verjaardag uit beeld.\n\nWie heeft dit anders geregeld?")
        .await;
    story.send("button[value=ask]").await;
    story.says(".problems", "").await;
    story.look("ask-with-a-mistake").await;
    story.fill("title", "Hoe houden jullie jongeren in beeld als ze achttien worden?").await;
    story.send("button[value=preview]").await;
    story.says(".preview strong", "een op de vijf").await;
    story.look("ask-preview").await;
    story.send("button[value=ask]").await;
    story.says("h1", "Hoe houden jullie jongeren in beeld").await;
    let asked = story.browser.driver.current_url().await.expect("an address").to_string();

    // Omar sees it in his own region and answers.
    story.until_it_says(&format!("{there}/c/jeugd"), "jeugdconsulent").await;
    story.look("group-in-oldambt").await;
    story.browser.click(".card h2 a").await;
    story.says("main", "Gemeente Gouda").await;
    story
        .browser
        .fill(
            ".compose [name=body]",
            "Wij beginnen een half jaar voor de verjaardag met één vast gezicht. Die persoon blijft tot drie maanden erna.",
        )
        .await;
    story.send(".compose button").await;
    story.says(".answer", "één vast gezicht").await;
    let answered = story.browser.driver.current_url().await.expect("an address").to_string();
    let answered = answered.split('#').next().unwrap_or_default().to_owned();

    // Sanne sees the answer, finds it useful, and chooses it.
    story.until_it_says(&asked, "één vast gezicht").await;
    story.browser.click(".answer form[action$='/useful'] button").await;
    story.says(".answer [aria-pressed=true]", "1").await;
    story.browser.click(".answer form[action$='/accept'] button").await;
    story.says(".answer.chosen", "Gekozen antwoord").await;
    story.look("thread-in-gouda").await;

    // And Oldambt shows it too.
    story.until_it_says(&answered, "Gekozen antwoord").await;
    story.says(".answer.chosen form[action$='/useful'] button, .answer.chosen .tag", "1").await;
    story.look("thread-in-oldambt").await;
    story.browser.goto(&format!("{there}/")).await;
    story.says("main", "opgelost").await;
    story.look("home-in-oldambt").await;

    // She takes it back as easily.
    story.browser.goto(&asked).await;
    story.browser.click(".answer form[action$='/accept'] button").await;
    story.says(".answer:not(.chosen)", "").await;
    until("it is open again in Oldambt", 1, async || {
        story.browser.goto(&answered).await;
        i64::from(story.browser.text("main").await.is_some_and(|said| !said.contains("Gekozen antwoord")))
    })
    .await;

    // The other pages, as a visitor.
    for (name, page) in
        [("about", "/about"), ("accessibility", "/accessibility"), ("member", "/u/omar"), ("login", "/login"), ("not-found", "/nergens")]
    {
        story.browser.driver.delete_all_cookies().await.expect("cookies go");
        story.browser.goto(&format!("{there}{page}")).await;
        story.look(name).await;
    }
    story.browser.quit().await;
}

/// The same without scripts: nothing on the way to a question needs one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_whose_browser_runs_no_scripts_asks_a_question() {
    let folder = TempDir::new().expect("a folder");
    let gouda = region("gouda", &folder);
    let story = Story { browser: Browser::start_without_javascript(WIDE.0, WIDE.1).await };
    story.browser.goto(&gouda.link.clone().expect("a set-up link")).await;
    story.fill_set_up("Midden-Holland", "sanne", "Sanne Bakker", ("wonen", "Wonen met zorg", "Over wonen en zorg.")).await;
    story.send("main form button").await;
    story.says("header", "Sanne Bakker").await;
    story.browser.goto(&format!("{}/c/wonen/ask", gouda.config.public_url)).await;
    story.fill("title", "Wie heeft een tussenwoning voor jongeren?").await;
    story.fill("body", "Wij zoeken er drie.").await;
    story.send("button[value=ask]").await;
    story.says("h1", "Wie heeft een tussenwoning").await;
    story.browser.click(".reply summary").await;
    story.browser.fill(".reply [name=body]", "Het mag ook in een buurgemeente.").await;
    story.browser.click(".reply button").await;
    story.says(".comments", "buurgemeente").await;
    story.browser.quit().await;
}
