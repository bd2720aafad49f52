//! Who comes to an event, for who organises it: a page on which they decide, and a file.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::edit::organised;
use super::span;
use crate::db::attendees::{self, AttendeeLine};
use crate::error::Error;
use crate::model::{AttendeeId, Post, PostId, Rsvp, Standing};
use crate::ops::attending;
use crate::web::admin::csv_file;
use crate::web::forms::Signed;
use crate::web::page::{PageError, Shown, html};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{At, Web};

/// Names under one heading; the file has them all.
const SHOWN: usize = 500;

/// People of whom the same is so.
struct Part {
    heading: String,
    asked: bool,
    count: i64,
    lines: Vec<AttendeeLine>,
    lets_in: bool,
    refuses: bool,
}

#[derive(Template)]
#[template(path = "event/attendees.html", config = "src/web/askama.toml")]
struct AttendeesPage {
    ui: Ui,
    post: Post,
    when: String,
    /// How many places there are, in a sentence.
    places: Option<String>,
    parts: Vec<Part>,
    more: bool,
}

/// What somebody is to the event. Who never followed the link in the mail is nobody yet.
fn word(line: &AttendeeLine) -> Option<&'static str> {
    match (line.attendee.answer, line.attendee.state) {
        (_, Standing::Unconfirmed) => None,
        (Rsvp::Maybe, _) => Some("maybe"),
        (Rsvp::No, _) | (_, Standing::Out) => Some("no"),
        (_, Standing::Sent) => Some("asked"),
        (_, state) => Some(state.word()),
    }
}

pub async fn show(State(web): State<Web>, ui: Ui, At(id): At<PostId>) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let (post, event) = organised(&web, &mut conn, &me.actor, id).await?;
    let all = attendees::lines(&mut conn, post.id).await?;
    let mut parts = Vec::new();
    for kind in ["asked", "in", "waiting", "maybe", "no", "refused"] {
        let lines: Vec<AttendeeLine> = all.iter().filter(|line| word(line) == Some(kind)).cloned().collect();
        if !lines.is_empty() || kind == "in" {
            parts.push(Part {
                heading: ui.n(&format!("attendees-{kind}"), i64::try_from(lines.len()).unwrap_or(i64::MAX)),
                asked: kind == "asked",
                count: i64::try_from(lines.len()).unwrap_or(i64::MAX),
                lines: lines.into_iter().take(SHOWN).collect(),
                lets_in: matches!(kind, "asked" | "refused"),
                refuses: matches!(kind, "asked" | "in" | "waiting"),
            });
        }
    }
    let more = parts.iter().any(|part| part.count > i64::try_from(SHOWN).unwrap_or(i64::MAX));
    let when = span(ui.lang, event.plan.tz(), event.plan.starts_at, event.plan.ends_at);
    let places = event.plan.capacity.map(|capacity| ui.n("event-places", capacity));
    html(&AttendeesPage { ui, post, when, places, parts, more })
}

pub async fn decide(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let whom: AttendeeId = form.typed.get("attendee").parse().map_err(|_| Error::NotFound)?;
    let lets_in = form.typed.get("in") == "1";
    let (post, _) = organised(&web, &mut web.core.db.conn(), &form.me.actor, id).await?;
    let mut tx = web.core.db.begin().await?;
    attending::decide(&web.core, &mut tx, &form.me.actor, &post, whom, lets_in).await?;
    web.core.commit(tx).await?;
    let key = if lets_in { "flash-attendee-in" } else { "flash-attendee-refused" };
    Ok(flash_to(&web, key, &format!("/post/{}/attendees", post.id)))
}

/// Everybody who said something, in a table.
pub async fn csv(State(web): State<Web>, ui: Ui, At(id): At<PostId>) -> Result<Response, PageError> {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let (post, event) = organised(&web, &mut conn, &me.actor, id).await?;
    let head = ["attendee-name", "attendee-address", "attendee-organisation", "attendee-region", "attendee-answer", "attendee-since"];
    let mut rows = vec![head.iter().map(|key| ui.t(key)).chain([ui.t("event-remark")]).collect::<Vec<_>>()];
    for line in attendees::lines(&mut conn, post.id).await? {
        let Some(word) = word(&line) else { continue };
        let since = line.attendee.since.utc().with_timezone(&event.plan.tz());
        rows.push(vec![
            line.shown().to_owned(),
            line.address(),
            line.who_organisation.clone().unwrap_or_default(),
            line.region().unwrap_or_default().to_owned(),
            ui.t(format!("attendees-{word}.one")),
            since.format("%Y-%m-%d %H:%M").to_string(),
            line.attendee.remark.clone(),
        ]);
    }
    Ok(csv_file("attendees.csv", &rows)?)
}
