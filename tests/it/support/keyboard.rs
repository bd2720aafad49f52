//! Somebody who has no mouse.

use thirtyfour::prelude::*;

use super::TestApp;
use super::browser::Browser;
use super::visitor::Visitor;

/// Far more than a page has; who presses Tab this often does not find it.
const PRESSES: usize = 120;

pub struct Keyboard<'a> {
    pub browser: &'a Browser,
}

impl Keyboard<'_> {
    /// What has the focus, as somebody hears it: its words, or those of its label.
    pub async fn focused(&self) -> String {
        let script = "const e = document.activeElement; if (!e || e === document.body) return '';
            const label = e.labels && e.labels[0];
            return (e.getAttribute('aria-label') || (label ? label.innerText : '') || e.innerText || e.id || e.tagName).replace(/\\s+/g, ' ').trim();";
        self.browser.driver.execute(script, Vec::new()).await.and_then(|text| text.convert()).expect("something has the focus")
    }

    pub async fn press(&self, keys: impl AsRef<str>) {
        let element = self.browser.driver.active_element().await.expect("an element has the focus");
        element.send_keys(keys.as_ref()).await.expect("a key is pressed");
    }

    /// Presses Tab until this has the focus; it can be seen that it has.
    pub async fn to(&self, words: &str) {
        for _ in 0..PRESSES {
            self.press(Key::Tab.value().to_string()).await;
            if self.focused().await.starts_with(words) {
                let script = "const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0;";
                let shown: bool =
                    self.browser.driver.execute(script, Vec::new()).await.and_then(|value| value.convert()).expect("yes or no");
                assert!(shown, "nothing shows that {words} has the focus");
                return;
            }
        }
        panic!("{words} can't be reached on {:?}; the last was {:?}", self.browser.driver.current_url().await, self.focused().await)
    }

    pub async fn enter(&self) {
        self.press(Key::Enter.value().to_string()).await;
    }

    /// Looks until the page says this.
    pub async fn says(&self, text: &str) {
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(100));
        for _ in 0..100 {
            tick.tick().await;
            if self.browser.text("body").await.is_some_and(|body| body.contains(text)) {
                return;
            }
        }
        panic!("{text:?} is not on the page: {:?}", self.browser.text("main").await)
    }

    /// Goes on as somebody else.
    pub async fn becomes(&self, app: &TestApp, name: &str, path: &str) {
        let member = app.actor(&app.core.urls.person(name)).await;
        let visitor = Visitor::logged_in(app, &member).await;
        self.browser.goto(&format!("http://{}/about", app.host())).await;
        self.browser.cookie("meent", &visitor.cookies["meent"]).await;
        self.browser.goto(&format!("http://{}{path}", app.host())).await;
    }
}
