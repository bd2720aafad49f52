//! Somebody with a browser who does one thing after the other, and looks at each page on the way.

use std::path::Path;
use std::time::Duration;

use meent::model::Actor;
use thirtyfour::prelude::*;

use super::TestApp;
use super::browser::Browser;
use super::people::PASSWORD;
use super::visitor::Visitor;

const WIDE: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (390, 844);

/// A browser, and the name that its screenshots begin with.
pub struct Story {
    pub browser: Browser,
    name: &'static str,
}

impl Story {
    pub async fn begin(name: &'static str) -> Self {
        Self { browser: Browser::start(WIDE.0, WIDE.1).await, name }
    }

    pub async fn open(&self, app: &TestApp, path: &str) {
        self.browser.goto(&format!("{}{path}", app.core.urls.base())).await;
    }

    /// Looks at the page as it is, wide and narrow: nobody is kept out by it (WCAG 2.2 AA), and nothing falls off the edge.
    pub async fn look(&self, page: &str) {
        for (size, (width, height)) in [("desktop", WIDE), ("phone", PHONE)] {
            self.browser.resize(width, height).await;
            let wrong = self.browser.axe().await;
            assert!(wrong.is_empty(), "{page}, {size}: {}", wrong.join("\n"));
            let over = self.browser.beyond_the_edge().await;
            assert!(over <= 0, "{page}, {size}: {over} pixels too wide");
            self.browser.screenshot(&format!("story-{}-{page}-{size}", self.name)).await;
        }
        self.browser.resize(WIDE.0, WIDE.1).await;
    }

    /// Looks until this element says this.
    pub async fn says(&self, css: &str, text: &str) {
        self.browser.says(css, text).await;
    }

    /// What the page says now does not hold this.
    pub async fn keeps_quiet_about(&self, text: &str) {
        let said = self.browser.appears("body").await;
        assert!(!said.contains(text), "{} says {text:?}: {said}", self.at().await);
    }

    /// Types in the field of this name.
    pub async fn fill(&self, name: &str, text: &str) {
        self.browser.fill(&format!("main [name={name}]"), text).await;
    }

    /// Chooses one of the fields with this name.
    pub async fn choose(&self, name: &str, value: &str) {
        self.browser.click(&format!("main [name={name}][value={value}]")).await;
    }

    pub async fn fill_file(&self, name: &str, file: &Path) {
        self.browser.fill_file(&format!("main [name={name}]"), file).await;
    }

    /// Presses the button, or follows the link, that says this.
    pub async fn press(&self, words: &str) {
        let marks = "self::button or self::a or self::summary";
        let path = By::XPath(format!("//*[{marks}][contains(normalize-space(.), \"{words}\")]"));
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        let mut last = None;
        for _ in 0..100 {
            tick.tick().await;
            // The words of the page go before those of the frame around it.
            let mut found = self.browser.driver.find_all(path.clone()).await.unwrap_or_default();
            found.reverse();
            for element in found {
                if !element.is_displayed().await.unwrap_or_default() {
                    continue;
                }
                match element.click().await {
                    Ok(()) => return,
                    Err(error) => last = Some(error),
                }
            }
        }
        panic!("nothing to press says {words:?} on {} ({last:?}): {:?}", self.at().await, self.browser.text("body").await)
    }

    /// The address of the page.
    pub async fn at(&self) -> String {
        self.browser.driver.current_url().await.expect("a page").to_string()
    }

    /// The path of the page.
    pub async fn path(&self) -> String {
        self.browser.driver.current_url().await.expect("a page").path().to_owned()
    }

    /// What a script gives.
    pub async fn value(&self, script: &str) -> String {
        self.browser.driver.execute(script, Vec::new()).await.and_then(|value| value.convert()).expect("text")
    }

    /// Goes away, so that another sits down at the same browser.
    pub async fn leaves(&self) {
        self.browser.driver.delete_all_cookies().await.expect("the cookies go");
    }

    /// Logs in with a password, beginning at a page that asks for it.
    pub async fn logs_in(&self, base: &str, name: &str, shown: &str) {
        self.leaves().await;
        self.browser.goto(&format!("{base}/login")).await;
        self.gives_password(name, PASSWORD).await;
        self.says("header", shown).await;
    }

    /// Fills in the page for logging in.
    pub async fn gives_password(&self, name: &str, password: &str) {
        self.fill("login", name).await;
        self.fill("password", password).await;
        self.browser.click("main form.sheet button").await;
    }

    /// Goes on as a member who is logged in already.
    pub async fn becomes(&self, app: &TestApp, member: &Actor, path: &str) {
        let visitor = Visitor::logged_in(app, member).await;
        self.open(app, "/theme.css").await;
        self.browser.cookie("meent", &visitor.cookies["meent"]).await;
        self.open(app, path).await;
        self.says("header", member.shown()).await;
    }
}
