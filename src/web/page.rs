//! Making answers: a page from a template, an error as a page with a sentence and a way on.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::login::LoginPage;
use super::ui::Ui;
use crate::error::{Error, Result};

/// Where the source of this software is; the licence asks for the link.
pub const SOURCE_URL: &str = "https://github.com/meent/meent";

/// What a handler gives.
pub type Shown = Result<Response, PageError>;

/// An error on its way to a page. [`explain`] writes the page; the reader's language is known there.
#[derive(Debug)]
pub struct PageError(pub Error);

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// The error that an answer stands for.
#[derive(Clone, Debug)]
struct Failed(Arc<Error>);

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        self.0.log();
        let status = if matches!(self.0, Error::Invalid(_)) { StatusCode::UNPROCESSABLE_ENTITY } else { self.0.status() };
        let mut response = status.into_response();
        if let Some(seconds) = self.0.retry_after()
            && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
        {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response.extensions_mut().insert(Failed(Arc::new(self.0)));
        response
    }
}

/// A page.
///
/// # Errors
/// When the template fails.
pub fn html(page: &impl Template) -> Shown {
    html_with(StatusCode::OK, page)
}

/// A page with another status than 200.
///
/// # Errors
/// When the template fails.
pub fn html_with(status: StatusCode, page: &impl Template) -> Shown {
    let text = page.render().map_err(|error| Error::Internal(error.to_string()))?;
    Ok((status, Html(text)).into_response())
}

#[derive(Template)]
#[template(path = "error.html", config = "src/web/askama.toml")]
struct ErrorPage<'a> {
    ui: &'a Ui,
    status: u16,
    title: String,
    text: String,
    /// A group or member of another server that could be looked up.
    look_up: Option<String>,
}

/// Turns a refusal (ours or the router's own) into a page.
pub fn explain(ui: &Ui, get: bool, response: Response) -> Response {
    let failed = response.extensions().get::<Failed>().cloned();
    let is_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let status = response.status();
    if failed.is_none() && (is_page || !(status.is_client_error() || status.is_server_error())) {
        return response;
    }
    let error = failed.map(|failed| failed.0);
    let made = match error.as_deref() {
        Some(Error::LoginNeeded) => {
            let next = if get { ui.here.clone() } else { "/".to_owned() };
            html_with(StatusCode::UNAUTHORIZED, &LoginPage::new(ui.clone(), next, None, None))
        }
        error => html_with(status, &error_page(ui, status, error)),
    };
    let Ok(mut page) = made else { return response };
    let kept =
        response.headers().iter().filter(|(name, _)| *name == header::RETRY_AFTER || *name == header::SET_COOKIE || *name == header::ALLOW);
    for (name, value) in kept {
        page.headers_mut().append(name, value.clone());
    }
    page
}

fn error_page<'a>(ui: &'a Ui, status: StatusCode, error: Option<&Error>) -> ErrorPage<'a> {
    let known = |key: String| ui.lang.find(&key, None).map(|_| key);
    let key = known(format!("error-{}", status.as_u16()))
        .unwrap_or_else(|| if status.is_client_error() { "error-400" } else { "error-500" }.to_owned());
    let text = match error {
        Some(Error::Forbidden(reason)) => known((*reason).to_owned()).map(|key| ui.t(&key)),
        Some(Error::TooMany(seconds)) => Some(ui.n("error-wait", (seconds + 59) / 60)),
        _ => None,
    };
    let look_up = ui.here.strip_prefix("/c/").and_then(|rest| rest.split(['/', '?']).next()).filter(|handle| handle.contains('@'));
    ErrorPage {
        ui,
        status: status.as_u16(),
        title: ui.t(&key),
        text: text.unwrap_or_else(|| ui.t(format!("{key}.text"))),
        look_up: look_up.filter(|_| status == StatusCode::NOT_FOUND).map(str::to_owned),
    }
}
