//! Who may be given a page that was made for somebody else: visitors alone, and only pages that are the same for all of them.

use axum::http::{HeaderMap, Uri, header};
use axum_extra::extract::cookie::CookieJar;

use super::session;
use crate::model::{Lang, PostId};

/// What a page for visitors depends on besides its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The language that they chose, or that their browser asks for; none: that of the region.
    pub language: Option<Lang>,
}

/// Who asks, if it is a visitor: no session, also none that may have ended, and no message of a form on its way to them.
#[must_use]
pub fn who(headers: &HeaderMap, https: bool) -> Option<Visitor> {
    let jar = CookieJar::from_headers(headers);
    if headers.contains_key(header::AUTHORIZATION) || jar.get(session::cookie_name(https)).is_some() || jar.get(session::FLASH).is_some() {
        return None;
    }
    let chosen = jar.get(session::LANGUAGE).and_then(|cookie| Lang::from_code(cookie.value()));
    let accepted = || headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(Lang::accepted);
    Some(Visitor { language: chosen.or_else(accepted) })
}

/// Whether a page at this address is the same for every visitor. Said of each; whatever is new is not, until it stands here.
#[must_use]
pub fn is_for_all(uri: &Uri) -> bool {
    let segments: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
    matches!(
        segments.as_slice(),
        ["" | "groups" | "topics" | "agenda" | "agenda.ics" | "unanswered" | "about" | "accessibility"]
            | ["c" | "u" | "topic" | "series" | "post", _]
            | ["c" | "topic", _, "agenda"]
            | ["c", _, "agenda.ics"]
            | ["post", _, "event.ics"]
    )
}

/// The post that an address is about, where it is about one alone.
#[must_use]
pub fn post_of(uri: &Uri) -> Option<PostId> {
    let mut segments = uri.path().trim_matches('/').split('/');
    matches!(segments.next(), Some("post" | "comment")).then(|| segments.next()?.parse().ok())?
}

/// Whether a page carries what belongs to a session: then it is nobody else's, wherever it came from.
#[must_use]
pub fn is_somebodys(page: &str) -> bool {
    ["name=\"csrf\" value=\"", "name=\"once\" value=\""].iter().any(|field| page.split(field).skip(1).any(|value| !value.starts_with('"')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_has_no_session_is_a_visitor() {
        let of = |cookie: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookie.parse().expect("a header"));
            who(&headers, false)
        };
        assert_eq!(who(&HeaderMap::new(), true), Some(Visitor { language: None }));
        assert_eq!(of("meent-language=en; other=1"), Some(Visitor { language: Some(Lang::En) }));
        for cookie in ["meent=abc", "meent-language=en; meent=abc", "meent=", "meent-flash=left"] {
            assert_eq!(of(cookie), None, "{cookie}");
        }
    }

    #[test]
    fn only_pages_that_are_named_are_for_all() {
        let is = |path: &str| is_for_all(&path.parse().expect("a path"));
        assert!(is("/") && is("/post/12?at=13") && is("/c/jeugd@b.example/agenda") && is("/agenda.ics"));
        for path in ["/login", "/calendar/abc.ics", "/invite/abc", "/post/12/edit", "/agenda/mine", "/notifications", "/setup", "/register"]
        {
            assert!(!is(path), "{path}");
        }
    }

    #[test]
    fn a_page_with_a_token_is_somebodys() {
        assert!(is_somebodys("<form><input type=\"hidden\" name=\"csrf\" value=\"\"><input name=\"csrf\" value=\"abc\">"));
        assert!(!is_somebodys("<form><input type=\"hidden\" name=\"csrf\" value=\"\">"));
    }
}
