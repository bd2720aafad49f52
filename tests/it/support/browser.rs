//! A real browser, for what only a browser shows: that a page works, looks right and can be used by everybody.
//!
//! Needs what `tests/run` puts in the environment. Nothing in here waits for a fixed while: it looks until it sees.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use thirtyfour::prelude::*;

/// The rules of WCAG 2.2, levels A and AA. Gives one line for each element that breaks one.
const JUDGE: &str = "
    const done = arguments[arguments.length - 1];
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }).then(
        found => done(found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${v.help} (${n.target.flat().join(' ')})`))),
        error => done(['axe itself failed: ' + error]),
    );";

/// The largest picture Chromium makes in one piece is 16384 high.
const TALLEST: u32 = 16_000;

/// One window with a profile of its own. What is dropped first stands first: the session closes the browser, then
/// chromedriver goes, then the profile that both wrote in.
#[derive(Debug)]
pub struct Browser {
    /// For what is not below.
    pub driver: WebDriver,
    process: Chromedriver,
    profile: TempDir,
    port: u16,
}

/// Killed when it goes out of scope, also when a test panics. The browser hangs on a pipe to it and dies with it.
#[derive(Debug)]
struct Chromedriver(Child);

impl Drop for Chromedriver {
    fn drop(&mut self) {
        // It may have stopped already; then there is nothing to kill.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Browser {
    /// Opens a window whose page area is this large.
    pub async fn start(width: u32, height: u32) -> Self {
        Self::open(width, height, true).await
    }

    /// The same for somebody whose browser runs no scripts. [`Browser::axe`] can't judge there: it is a script.
    pub async fn start_without_javascript(width: u32, height: u32) -> Self {
        Self::open(width, height, false).await
    }

    async fn open(width: u32, height: u32, javascript: bool) -> Self {
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let (process, port) = start_chromedriver();
        let driver = WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities(profile.path(), javascript))
            .client(client())
            .await
            .expect("chromedriver opens Chromium");
        let browser = Self { driver, process, profile, port };
        browser.resize(width, height).await;
        browser
    }

    /// Closes the window and waits until it is gone. Dropping does that too, but holds up the whole runtime meanwhile.
    pub async fn quit(self) {
        let Self { driver, process, profile, port: _ } = self;
        driver.quit().await.expect("Chromium closes");
        drop(process);
        drop(profile);
    }

    pub async fn goto(&self, url: &str) {
        self.driver.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Makes the page area this large. `WebDriver` sizes the window, so what its borders take is added.
    pub async fn resize(&self, width: u32, height: u32) {
        self.driver.set_window_rect(0, 0, width, height).await.expect("the window gets a size");
        let (inner_width, inner_height, _) = self.measure().await;
        if (inner_width, inner_height) != (width, height) {
            let (width, height) = (width + width.saturating_sub(inner_width), height + height.saturating_sub(inner_height));
            self.driver.set_window_rect(0, 0, width, height).await.expect("the window gets a size");
        }
    }

    /// Width and height of the page area, and the height of the whole page.
    async fn measure(&self) -> (u32, u32, u32) {
        let script = "return [innerWidth, innerHeight, document.documentElement.scrollHeight]";
        self.driver.execute(script, Vec::new()).await.and_then(|sizes| sizes.convert()).expect("the page has a size")
    }

    /// Writes the whole page, not only the part in view, to `$MEENT_TEST_OUTPUT/NAME.png`.
    pub async fn screenshot(&self, name: &str) {
        let (width, height, whole) = self.measure().await;
        self.resize(width, whole.max(height).min(TALLEST)).await;
        let folder = setting("MEENT_TEST_OUTPUT");
        std::fs::create_dir_all(&folder).expect("the folder for screenshots");
        self.driver.screenshot(&Path::new(&folder).join(format!("{name}.png"))).await.expect("a screenshot");
        self.resize(width, height).await;
    }

    /// What axe finds wrong with the page: "rule: help (element)". The page's own CSP forbids scripts like this one; those
    /// of `WebDriver` are exempt.
    pub async fn axe(&self) -> Vec<String> {
        let axe = std::fs::read_to_string(setting("MEENT_TEST_AXE")).expect("axe.min.js");
        let found = self.driver.execute_async(format!("{axe}\n;{JUDGE}"), Vec::new()).await.expect("axe judges");
        found.convert().expect("a list of sentences")
    }

    /// Sets a cookie for the page that is open.
    pub async fn cookie(&self, name: &str, value: &str) {
        self.driver.add_cookie(Cookie::new(name.to_owned(), value.to_owned())).await.expect("a cookie is set");
    }

    /// Reads from now on as somebody whose system is dark, or light.
    pub async fn scheme(&self, scheme: &str) {
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        let session = self.driver.session_id();
        let asked = client()
            .post(format!("http://127.0.0.1:{}/session/{session}/goog/cdp/execute", self.port))
            .body(json!({ "cmd": "Emulation.setEmulatedMedia", "params": media }).to_string())
            .send()
            .await
            .expect("chromedriver answers");
        assert!(asked.status().is_success(), "the scheme changes");
        let script = format!("return matchMedia('(prefers-color-scheme: {scheme})').matches");
        let changed: bool = self.driver.execute(script, Vec::new()).await.and_then(|value| value.convert()).expect("yes or no");
        assert!(changed, "the scheme is {scheme}");
    }

    /// How far the page goes beyond the right edge of the window, in pixels.
    pub async fn beyond_the_edge(&self) -> i64 {
        let script = "return document.documentElement.scrollWidth - innerWidth";
        self.driver.execute(script, Vec::new()).await.and_then(|sizes| sizes.convert()).expect("the page has a size")
    }

    /// Types `text` in a field, in place of what was in it.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap_or_else(|error| panic!("{css}: {error}"));
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Chooses a file in a field for files.
    pub async fn fill_file(&self, css: &str, file: &Path) {
        self.find(css).await.send_keys(file.display().to_string()).await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Waits for an element; gives its text.
    pub async fn appears(&self, css: &str) -> String {
        self.find(css).await.text().await.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    pub async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// The text that somebody sees; nothing while there is no such element, or the page is just being replaced.
    pub async fn text(&self, css: &str) -> Option<String> {
        self.driver.find(By::Css(css)).await.ok()?.text().await.ok()
    }

    /// Looks until this element says this: a form that was sent may take its time to answer.
    pub async fn says(&self, css: &str, text: &str) {
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        for _ in 0..150 {
            tick.tick().await;
            if self.text(css).await.is_some_and(|said| said.contains(text)) {
                return;
            }
        }
        panic!("{css} does not say {text:?} on {:?}; the page says {:?}", self.driver.current_url().await, self.text("body").await);
    }

    /// The first element. A form that was sent may take its time to answer, so it looks ten times a second for ten seconds.
    async fn find(&self, css: &str) -> WebElement {
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        for _ in 0..100 {
            tick.tick().await;
            if let Ok(element) = self.driver.find(By::Css(css)).await {
                return element;
            }
        }
        panic!("there is no {css} on {:?}", self.driver.current_url().await)
    }
}

/// Starts it on a port that it chooses itself, and waits until it says which.
fn start_chromedriver() -> (Chromedriver, u16) {
    let mut process = Chromedriver(
        Command::new(setting("MEENT_TEST_CHROMEDRIVER"))
            .arg("--port=0")
            .env("LANGUAGE", "nl")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts"),
    );
    // Borrowed, not taken: the pipe stays open for as long as chromedriver runs, so that it can go on writing.
    let mut lines = BufReader::new(process.0.stdout.as_mut().expect("its output is a pipe"));
    let mut line = String::new();
    let port = loop {
        line.clear();
        assert!(lines.read_line(&mut line).expect("its output is text") > 0, "chromedriver stopped before it was ready");
        if let Some(port) = line.trim_end().strip_prefix("ChromeDriver was started successfully on port ") {
            break port.trim_end_matches('.').parse().expect("a port");
        }
    };
    (process, port)
}

fn capabilities(profile: &Path, javascript: bool) -> thirtyfour::ChromeCapabilities {
    let mut chrome = DesiredCapabilities::chrome();
    let mut set = |option: &str| chrome.add_arg(option).expect("an option is text");
    for option in [
        "--headless=new",
        // As root there is no sandbox.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        // It talks to the regions under test and to nobody else.
        "--no-first-run",
        "--no-proxy-server",
        "--disable-quic",
        "--disable-sync",
        "--disable-background-networking",
        "--disable-component-update",
        // Every region has a name of its own, and no machine has to know it.
        "--host-resolver-rules=MAP *.localhost 127.0.0.1",
        // A page is as wide as it was asked to be.
        "--hide-scrollbars",
        // It goes when chromedriver goes, however that goes.
        "--remote-debugging-pipe",
        "--lang=nl",
    ] {
        set(option);
    }
    set(&format!("--user-data-dir={}", profile.display()));
    // `--lang` does not change the Accept-Language that pages are asked with; this does.
    let mut preferences = json!({ "intl.accept_languages": "nl,en" });
    if !javascript {
        // 2 is "block".
        preferences["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    chrome.add_experimental_option("prefs", preferences).expect("preferences are JSON");
    chrome.set_binary(&setting("MEENT_TEST_CHROMIUM")).expect("a path is text");
    chrome
}

/// The client that thirtyfour would make itself panics where no TLS provider is installed for the whole process, listens to
/// `http_proxy`, and keeps connections: one of those hangs when a window is dropped, because the runtime that serves it is
/// then standing still.
fn client() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring knows TLS 1.2 and 1.3")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .pool_max_idle_per_host(0)
        .timeout(Duration::from_secs(90))
        .build()
        .expect("a client")
}

#[expect(clippy::disallowed_methods, reason = "the tests have no Config; tests/run tells them where things are")]
fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; tests/run sets it"))
}
