//! Who is logged in, and the cookies: the session, the language and the message of the form before.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use super::Web;
use crate::db::Conn;
use crate::error::Result;
use crate::model::{Account, Actor};
use crate::ops::members;

/// The cookie with the chosen language.
pub const LANGUAGE: &str = "meent-language";
/// The cookie with the message for the next page.
pub const FLASH: &str = "meent-flash";

/// The member who is logged in.
#[derive(Debug)]
pub struct Me {
    pub actor: Actor,
    pub account: Account,
    /// What forms of this session carry.
    pub csrf: String,
    /// What the database keeps of the session.
    pub token_hash: String,
}

/// The name of the session cookie: browsers hold `__Host-` to its promises on https.
#[must_use]
pub fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-meent" } else { "meent" }
}

/// Whose session the cookies name.
///
/// # Errors
/// When the database can't be read.
pub async fn read(web: &Web, conn: &mut Conn, jar: &CookieJar) -> Result<Option<Me>> {
    let Some(cookie) = jar.get(cookie_name(web.https())).filter(|cookie| !cookie.value().is_empty()) else { return Ok(None) };
    let found = members::session(&web.core, conn, cookie.value()).await?;
    Ok(found.map(|(actor, account)| Me {
        actor,
        account,
        csrf: members::token_hash(&format!("csrf{}", cookie.value())),
        token_hash: members::token_hash(cookie.value()),
    }))
}

fn cookie(name: &'static str, value: String, https: bool, seconds: i64) -> Cookie<'static> {
    let mut cookie = Cookie::build((name, value)).path("/").http_only(true).same_site(SameSite::Lax).secure(https).build();
    cookie.set_max_age(Some(std::time::Duration::from_secs(seconds.unsigned_abs()).try_into().unwrap_or_default()));
    cookie
}

/// The cookie of a session that has begun.
#[must_use]
pub fn started(web: &Web, token: String) -> Cookie<'static> {
    cookie(cookie_name(web.https()), token, web.https(), members::SESSION_LENGTH / 1_000)
}

/// The cookie that ends a session in the browser.
#[must_use]
pub fn ended(web: &Web) -> Cookie<'static> {
    cookie(cookie_name(web.https()), String::new(), web.https(), 0)
}

/// The cookie with a chosen language: a year.
#[must_use]
pub fn language(web: &Web, code: &str) -> Cookie<'static> {
    cookie(LANGUAGE, code.to_owned(), web.https(), 365 * 24 * 3_600)
}

/// A cookie to forget.
#[must_use]
pub fn forget(name: &'static str) -> Cookie<'static> {
    cookie(name, String::new(), false, 0)
}

/// Adds a cookie to an answer.
pub fn set(headers: &mut HeaderMap, cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// On to another page.
#[must_use]
pub fn to(path: &str) -> Response {
    Redirect::to(if is_ours(path) { path } else { "/" }).into_response()
}

/// On to another page, which shows the message `flash-{key}`.
#[must_use]
pub fn flash_to(web: &Web, key: &str, path: &str) -> Response {
    let mut response = to(path);
    let word = key.trim_start_matches("flash-").to_owned();
    set(response.headers_mut(), &cookie(FLASH, word, web.https(), 60));
    response
}

/// Whether a path is one on this server, fit for a redirect: what a form says may come from anybody.
#[must_use]
pub fn is_ours(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.len() < 2_000
        && path.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_stays_here() {
        assert!(is_ours("/post/1?before=2#p3"));
        for elsewhere in ["//elders.example", "https://elders.example", "/\\elders.example", "/a\nb", ""] {
            assert!(!is_ours(elsewhere), "{elsewhere}");
        }
    }
}
