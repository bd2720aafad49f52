//! Where a member is logged in, and ending that.

use askama::Template;
use axum::extract::State;
use fluent_bundle::FluentArgs;

use crate::db::accounts;
use crate::db::sessions::{self, Session};
use crate::error::Result;
use crate::model::Time;
use crate::ops::members::{SESSION_IDLE, token_hash};
use crate::web::Web;
use crate::web::forms::Signed;
use crate::web::page::{Shown, html};
use crate::web::session::{Me, flash_to};
use crate::web::ui::Ui;

struct Line {
    /// Names the session in a form; not what opens it, nor what the database keeps.
    id: String,
    browser: String,
    seen_at: Time,
    created_at: Time,
    this: bool,
}

#[derive(Template)]
#[template(path = "membership/sessions.html", config = "src/web/askama.toml")]
struct SessionsPage {
    ui: Ui,
    lines: Vec<Line>,
}

fn id_of(session: &Session) -> String {
    token_hash(&format!("shown {}", session.token_hash))
}

async fn of(web: &Web, me: &Me) -> Result<Vec<Session>> {
    let now = web.core.now();
    sessions::of(&mut web.core.db.conn(), me.actor.id, now, now.plus(-SESSION_IDLE)).await
}

pub async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    let me = ui.member()?;
    let line = |session: Session| Line {
        id: id_of(&session),
        browser: browser(&ui, &session.agent),
        seen_at: session.seen_at,
        created_at: session.created_at,
        this: session.token_hash == me.token_hash,
    };
    let mut lines: Vec<Line> = of(&web, &me).await?.into_iter().map(line).collect();
    lines.sort_by_key(|line| !line.this);
    html(&SessionsPage { ui, lines })
}

pub async fn end(State(web): State<Web>, form: Signed) -> Shown {
    let found = of(&web, &form.me).await?.into_iter().find(|session| id_of(session) == form.typed.get("id"));
    if let Some(session) = found {
        let mut tx = web.core.db.begin().await?;
        accounts::end_session(&mut tx, &session.token_hash).await?;
        web.core.commit(tx).await?;
    }
    // One that has ended meanwhile is where they wanted it.
    Ok(flash_to(&web, "flash-session-ended", "/account/sessions"))
}

pub async fn end_others(State(web): State<Web>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    sessions::end_others(&mut tx, form.me.actor.id, &form.me.token_hash).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-sessions-ended", "/account/sessions"))
}

/// What a browser says it is, in words. Each claims to be several others; the first that is found is what it is.
fn browser(ui: &Ui, agent: &str) -> String {
    let has = |marks: &[(&str, &'static str)]| marks.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = has(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Vivaldi", "Vivaldi"),
        ("FxiOS", "Firefox"),
        ("Firefox", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = has(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => {
            let mut args = FluentArgs::new();
            args.set("browser", browser);
            args.set("system", system);
            ui.lang.say("session-browser", Some(&args))
        }
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => ui.t("session-unknown"),
    }
}
