//! Forms: what was sent, whether it came from our own page, and the fields to show it again.

use askama::Template;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

use super::Web;
use super::login::{Kept, LoginPage};
use super::page::{self, PageError, Shown};
use super::session::{Me, to};
use super::ui::Ui;
use super::uploads::{self, Upload};
use crate::db::Tx;
use crate::db::settings::{remember_submission, submitted};
use crate::error::{Error, Result};
use crate::model::names::{Refused, clean_line, cut};
use crate::ops::members::random_token;

/// The fields of a form, as typed.
#[derive(Clone, Debug, Default)]
pub struct Typed(pub Vec<(String, String)>);

impl Typed {
    /// What was typed in a field; empty when it was not there.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// The random key of this rendering of the form.
    #[must_use]
    pub fn once(&self) -> String {
        let once = cut(&clean_line(self.get("once")), 120);
        if once.is_empty() { random_token() } else { once }
    }

    /// Whether the form carries the token of this session.
    #[must_use]
    pub fn signed_by(&self, me: &Me) -> bool {
        bool::from(me.csrf.as_bytes().ct_eq(self.get("csrf").as_bytes()))
    }

    /// What must not be lost when logging in comes between: all but what belongs to the old session.
    #[must_use]
    pub fn kept(&self) -> Vec<(String, String)> {
        self.0.iter().filter(|(name, _)| name != "csrf" && !name.contains("password")).cloned().collect()
    }
}

/// A form that visitors may send too: it came from a page of ours.
#[derive(Debug)]
pub struct Sent {
    pub ui: Ui,
    pub typed: Typed,
}

/// A form of a member who is logged in, with the token of the session.
#[derive(Debug)]
pub struct Signed {
    pub ui: Ui,
    pub me: std::sync::Arc<Me>,
    pub typed: Typed,
    /// The files that came with it, as far as the address takes any.
    pub files: Vec<Upload>,
}

/// Whether a request comes from our own pages. Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`; what says
/// neither is no browser and carries no cookies that it was not given.
fn from_here(headers: &HeaderMap, origin: &str) -> bool {
    let word = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (word("sec-fetch-site"), word("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(from)) => from == origin,
        (None, None) => true,
    }
}

/// Reads a form that came from a page of ours. Files are kept for members only.
async fn sent(request: Request, web: &Web) -> Result<(Ui, Typed, Vec<Upload>)> {
    let (mut parts, body) = request.into_parts();
    let ui = Ui::from_request_parts(&mut parts, web).await.map_err(|PageError(error)| error)?;
    if !from_here(&parts.headers, web.core.urls.base()) {
        return Err(Error::Forbidden("error-cross-site"));
    }
    let (typed, files) = uploads::read(Request::from_parts(parts, body), web, ui.logged_in()).await?;
    Ok((ui, typed, files))
}

impl FromRequest<Web> for Sent {
    type Rejection = PageError;

    async fn from_request(request: Request, web: &Web) -> Result<Self, PageError> {
        let (ui, typed, _) = sent(request, web).await?;
        Ok(Self { ui, typed })
    }
}

impl FromRequest<Web> for Signed {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (ui, mut typed, files) = sent(request, web).await.map_err(|error| PageError(error).into_response())?;
        if !files.is_empty() && ui.me.as_ref().is_some_and(|me| !typed.signed_by(me)) {
            typed.0.push((uploads::LOST.to_owned(), "1".to_owned()));
        }
        let kept = Kept { path: ui.here.clone(), fields: typed.kept() };
        let Some(me) = ui.me.clone() else {
            let next = kept.page();
            let page = LoginPage::new(ui, next, Some(kept).filter(Kept::is_written), None);
            return Err(page::html_with(StatusCode::UNAUTHORIZED, &page).into_response());
        };
        if !typed.signed_by(&me) {
            if !kept.is_written() {
                return Err(PageError(Error::Forbidden("error-stale")).into_response());
            }
            return Err(resume(ui, kept, StatusCode::FORBIDDEN).into_response());
        }
        Ok(Self { ui, me, typed, files })
    }
}

impl Signed {
    /// Where this form led before, when it was sent twice.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn sent_before(&self, tx: &mut Tx) -> Result<Option<Response>> {
        Ok(submitted(tx, self.me.actor.id, &self.typed.once()).await?.map(|location| to(&location)))
    }

    /// Makes the work of a form last, remembers that it was sent and goes to where it led. Of two at once, the second goes
    /// where the first led.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn finish(&self, web: &Web, mut tx: Tx, location: &str, response: Response) -> Shown {
        let (once, core) = (self.typed.once(), &web.core);
        match remember_submission(&mut tx, self.me.actor.id, &once, location, core.now()).await {
            Ok(()) => {
                core.commit(tx).await?;
                Ok(response)
            }
            Err(Error::Conflict) => {
                drop(tx);
                let first = submitted(&mut core.db.conn(), self.me.actor.id, &once).await?;
                Ok(to(&first.ok_or(Error::Conflict)?))
            }
            Err(error) => Err(error.into()),
        }
    }
}

#[derive(Template)]
#[template(path = "resume.html", config = "src/web/askama.toml")]
struct ResumePage {
    ui: Ui,
    path: String,
    shown: Vec<Field>,
    hidden: Vec<(String, String)>,
    lost_files: bool,
}

/// What was typed before logging in, ready to be sent.
pub fn resume(ui: Ui, kept: Kept, status: StatusCode) -> Shown {
    let (mut shown, mut hidden) = (Vec::new(), Vec::new());
    let lost_files = kept.lost_files();
    for (name, value) in kept.fields {
        match name.as_str() {
            uploads::LOST => {}
            "title" => shown.push(ui.field("resume-title", "title", &value)),
            "body" => shown.push(ui.field("resume-body", "body", &value).area(10)),
            "display_name" => shown.push(ui.field("profile-display-name", "display_name", &value)),
            "organisation" => shown.push(ui.field("profile-organisation", "organisation", &value)),
            "role" => shown.push(ui.field("profile-role", "role", &value)),
            "about" => {
                let key = if kept.path == "/profile" { "profile-about" } else { "group-about" };
                shown.push(ui.field(key, "about", &value).area(5));
            }
            "reason" => shown.push(ui.field("resume-reason", "reason", &value).area(5)),
            "words" => shown.push(ui.field("objection-words", "words", &value).area(5)),
            "answer" => shown.push(ui.field("objection-answer", "answer", &value).area(5)),
            "name" => shown.push(ui.field("group-name", "name", &value)),
            "remark" => shown.push(ui.field("event-remark", "remark", &value).area(2)),
            _ => hidden.push((name, value)),
        }
    }
    page::html_with(status, &ResumePage { ui, path: kept.path, shown, hidden, lost_files })
}

/// What a field looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Line(&'static str),
    Area(u8),
    /// One of several, in a list that opens.
    Select,
    /// One of several, all in view.
    Radios,
    /// Yes or no; sends `1`.
    Check,
    /// A file of these types; the form must be `multipart/form-data`.
    File(&'static str),
}

/// A field with its label, hint, value and what is wrong with it.
#[derive(Clone, Debug, Template)]
#[template(path = "field.html", config = "src/web/askama.toml")]
pub struct Field {
    pub id: String,
    pub name: &'static str,
    pub label: String,
    pub hint: String,
    pub value: String,
    /// Value and label of what can be chosen.
    pub options: Vec<(String, String)>,
    pub kind: Kind,
    pub error: Option<String>,
    /// The id of what says elsewhere on the page that this is wrong.
    pub wrong_by: Option<&'static str>,
    /// "(niet verplicht)", where a field may stay empty.
    pub optional: String,
    pub autocomplete: &'static str,
    key: &'static str,
}

impl Ui {
    /// A field; `key` is its label, `key.hint` its hint where there is one.
    #[must_use]
    pub fn field(&self, key: &'static str, name: &'static str, value: &str) -> Field {
        Field {
            id: format!("f-{name}"),
            name,
            label: self.t(key),
            hint: self.lang.find(&format!("{key}.hint"), None).unwrap_or_default(),
            value: value.to_owned(),
            options: Vec::new(),
            kind: Kind::Line("text"),
            error: None,
            wrong_by: None,
            optional: String::new(),
            autocomplete: "off",
            key,
        }
    }

    /// Why a field was refused, in a sentence that says how to mend it.
    #[must_use]
    pub fn refusal(&self, field: &Field, refused: Refused) -> String {
        let (word, n) = match refused {
            Refused::Empty => ("empty", 0),
            Refused::TooShort(n) => ("short", n),
            Refused::TooLong(n) => ("long", n),
            Refused::Characters => ("characters", 0),
            Refused::Taken => ("taken", 0),
            Refused::Email => ("email", 0),
            Refused::Guessable => ("guessable", 0),
            Refused::Wrong => ("wrong", 0),
            Refused::Past => ("past", 0),
            Refused::TooFar => ("far", 0),
            Refused::BeforeStart => ("before-start", 0),
            Refused::AfterStart => ("after-start", 0),
            Refused::Zone => ("zone", 0),
            Refused::Number => ("number", 0),
            Refused::Moment => ("moment", 0),
            Refused::Link => ("link", 0),
            Refused::OtherDay => ("other-day", 0),
            Refused::Rule => ("rule", 0),
        };
        let mut args = fluent_bundle::FluentArgs::new();
        args.set("label", field.label.clone());
        args.set("n", n);
        let own = self.lang.find(&format!("{}.{word}", field.key), Some(&args));
        own.unwrap_or_else(|| self.lang.say(&format!("refused-{word}"), Some(&args)))
    }

    /// Writes beside each field what is wrong with it.
    pub fn mark(&self, fields: &mut [Field], refused: &[(&'static str, Refused)]) {
        for field in fields {
            if let Some((_, why)) = refused.iter().find(|(name, _)| *name == field.name) {
                field.error = Some(self.refusal(field, *why));
            }
        }
    }
}

impl Field {
    #[must_use]
    pub fn area(mut self, rows: u8) -> Self {
        self.kind = Kind::Area(rows);
        self
    }

    #[must_use]
    pub fn of_type(mut self, kind: &'static str, autocomplete: &'static str) -> Self {
        self.kind = Kind::Line(kind);
        self.autocomplete = autocomplete;
        self
    }

    /// One of several, in a list that opens.
    #[must_use]
    pub fn select(mut self, options: Vec<(String, String)>) -> Self {
        (self.kind, self.options) = (Kind::Select, options);
        self
    }

    /// One of several, all in view: better for up to five.
    #[must_use]
    pub fn radios(mut self, options: Vec<(String, String)>) -> Self {
        (self.kind, self.options) = (Kind::Radios, options);
        self
    }

    /// Yes (`1`) or no.
    #[must_use]
    pub fn check(mut self) -> Self {
        self.kind = Kind::Check;
        self
    }

    /// A file of these types (`accept`).
    #[must_use]
    pub fn file(mut self, accept: &'static str) -> Self {
        self.kind = Kind::File(accept);
        self
    }

    #[must_use]
    pub fn optional(mut self, ui: &Ui) -> Self {
        self.optional = ui.t("form-optional");
        self
    }

    #[must_use]
    pub fn with_id(mut self, id: String) -> Self {
        self.id = id;
        self
    }

    /// Whether something is wrong with it, said here or elsewhere.
    #[must_use]
    pub fn invalid(&self) -> bool {
        self.error.is_some() || self.wrong_by.is_some()
    }

    /// What the field is described by: its hint and its error, where there are.
    #[must_use]
    pub fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.id));
        }
        if self.error.is_some() {
            ids.push(format!("{}-error", self.id));
        }
        ids.extend(self.wrong_by.map(str::to_owned));
        ids.join(" ")
    }
}

/// Whether a form has anything to mend.
#[must_use]
pub fn any_wrong(fields: &[Field]) -> bool {
    fields.iter().any(|field| field.error.is_some())
}

/// Reads every field of a form before saying what is wrong, so that everything is said at once.
#[derive(Debug, Default)]
pub struct Check(pub Vec<(&'static str, Refused)>);

impl Check {
    /// Keeps the value or notes why there is none.
    pub fn take<T>(&mut self, name: &'static str, read: Result<T, Refused>) -> Option<T> {
        read.map_err(|why| self.0.push((name, why))).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_counts_only_when_it_comes_from_here() {
        let ask = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            from_here(&headers, "https://vragen.example")
        };
        assert!(ask(&[("sec-fetch-site", "same-origin")]));
        assert!(ask(&[("sec-fetch-site", "none")]));
        assert!(!ask(&[("sec-fetch-site", "same-site"), ("origin", "https://vragen.example")]));
        assert!(!ask(&[("sec-fetch-site", "cross-site")]));
        assert!(ask(&[("origin", "https://vragen.example")]));
        assert!(!ask(&[("origin", "null")]));
        assert!(!ask(&[("origin", "https://elders.example")]));
    }
}
