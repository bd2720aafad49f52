//! Somebody with a browser that runs no scripts: follows links, fills in forms, keeps cookies.

use std::collections::BTreeMap;

use meent::db::accounts;
use meent::model::Actor;
use meent::ops::members;

use super::TestApp;

/// A visitor of one instance.
pub struct Visitor {
    client: reqwest::Client,
    base: String,
    host: String,
    pub cookies: BTreeMap<String, String>,
}

/// A page as it came.
pub struct Page {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where a redirect leads.
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.body);
        self.header("location")
    }

    /// The value of the first field with this name.
    pub fn value(&self, name: &str) -> String {
        let field = format!("name=\"{name}\" value=\"");
        let rest = self.body.split(&field).nth(1).unwrap_or_else(|| panic!("no field {name} in {}", self.body));
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

impl Visitor {
    pub fn of(app: &TestApp) -> Self {
        Self::at(app.address, app.host())
    }

    /// Of whatever listens at this address of the machine and answers for this host.
    pub fn at(address: impl std::fmt::Display, host: &str) -> Self {
        // Where no instance of this process has done so.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { client, base: format!("http://{address}"), host: host.to_owned(), cookies: BTreeMap::new() }
    }

    /// Somebody who is logged in already.
    pub async fn logged_in(app: &TestApp, member: &Actor) -> Self {
        let mut tx = app.core.db.begin().await.expect("a transaction");
        let token = members::start_session(&app.core, &mut tx, member.id).await.expect("a session");
        app.core.commit(tx).await.expect("a commit");
        let mut visitor = Self::of(app);
        visitor.cookies.insert("meent".into(), token);
        visitor
    }

    /// Ends the session behind the visitor's back.
    pub async fn lose_session(&self, app: &TestApp) {
        let mut tx = app.core.db.begin().await.expect("a transaction");
        accounts::end_session(&mut tx, &members::token_hash(&self.cookies["meent"])).await.expect("an end");
        app.core.commit(tx).await.expect("a commit");
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send(reqwest::Method::GET, path, &[], None).await
    }

    pub async fn head(&mut self, path: &str) -> Page {
        self.send(reqwest::Method::HEAD, path, &[], None).await
    }

    pub async fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Page {
        self.send(reqwest::Method::GET, path, headers, None).await
    }

    /// Sends a form as a page of ours does.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_with(path, fields, &[("sec-fetch-site", "same-origin")]).await
    }

    pub async fn post_with(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(reqwest::Method::POST, path, headers, Some(body)).await
    }

    /// Sends a form with files, as a page of ours does: field, file name and bytes of each.
    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Page {
        let boundary = "-----------------------------9051914041544843365972754266";
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
        }
        for (name, file, bytes) in files {
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: image/png\r\n\r\n"
            );
            body.extend(head.into_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").into_bytes());
        let kind = format!("multipart/form-data; boundary={boundary}");
        self.send_body(reqwest::Method::POST, path, &[("sec-fetch-site", "same-origin")], Some((&kind, body))).await
    }

    async fn send(&mut self, method: reqwest::Method, path: &str, headers: &[(&str, &str)], form: Option<String>) -> Page {
        let body = form.map(|form| ("application/x-www-form-urlencoded", form.into_bytes()));
        self.send_body(method, path, headers, body).await
    }

    async fn send_body(&mut self, method: reqwest::Method, path: &str, headers: &[(&str, &str)], body: Option<(&str, Vec<u8>)>) -> Page {
        let mut request = self.client.request(method, format!("{}{path}", self.base)).header("host", &self.host);
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept")) {
            request = request.header("accept", "text/html").header("accept-language", "nl");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", cookies.join("; "));
        }
        if let Some((kind, bytes)) = body {
            request = request.header("content-type", kind).body(bytes);
        }
        let response = request.send().await.expect("an answer");
        for set in response.headers().get_all("set-cookie") {
            let pair = set.to_str().expect("text").split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Page { status, headers, body: response.text().await.expect("text") }
    }
}
