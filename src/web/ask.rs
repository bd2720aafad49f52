//! Starting a thread in a group: a question, or one of the other kinds one step further; with a look before it is sent.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;

use super::forms::{Check, Field, Signed, Typed};
use super::group::{joins_by_posting, named};
use super::kinds::{self, Words};
use super::page::{Shown, html, html_with};
use super::session::{flash_to, to};
use super::slots::{Sent, Slots};
use super::topics::topics_field;
use super::ui::Ui;
use super::{At, Web};
use crate::db::{follows, groups, posts};
use crate::error::Result;
use crate::model::names::{Body, Refused, Title};
use crate::model::picture::MOST_PICTURES;
use crate::model::rights::may_start;
use crate::model::{Actor, Handle, PostKind, markup, topic};
use crate::ops::members::random_token;
use crate::ops::{self, attaching, publishing};

#[derive(Template)]
#[template(path = "ask.html", config = "src/web/askama.toml")]
struct AskPage {
    ui: Ui,
    group: Actor,
    kind: PostKind,
    words: Words,
    /// The other kinds that the reader may write here.
    others: Vec<PostKind>,
    /// Clean HTML: the group's rules, for who has not started anything here before.
    rules: String,
    fields: Vec<Field>,
    once: String,
    /// Title and clean HTML of how it will look.
    preview: Option<(String, String)>,
    /// Whether asking makes the reader a member.
    joins: bool,
    slots: Slots,
}

async fn page(
    web: &Web,
    ui: Ui,
    group: Actor,
    typed: &Typed,
    refused: &[(&'static str, Refused)],
    preview: Option<(String, String)>,
    pictures: Option<&Sent>,
) -> Result<AskPage> {
    let slots = match pictures {
        Some(sent) => sent.slots(web, &ui, "p").await?,
        None => Slots::empty(&ui, "p", MOST_PICTURES),
    };
    let mut conn = web.core.db.conn();
    let joins = joins_by_posting(&mut conn, &ui, &group).await?;
    let (kind, me) = (kind_of(typed.get("kind")), ui.member()?);
    let words = kinds::words(kind);
    let viewer = ops::viewer(&web.core, &mut conn, Some(&me.actor), group.id).await?;
    let others = kinds::started().filter(|other| *other != kind && may_start(viewer, *other)).collect();
    let first_time = !posts::has_started(&mut conn, me.actor.id, group.id).await?;
    let rules = if first_time { groups::page(&mut conn, group.id).await?.rules_html } else { String::new() };
    let mut fields = vec![
        ui.field(words.title, "title", typed.get("title")),
        ui.field(words.body, "body", typed.get("body")).area(10),
        topics_field(&mut conn, &ui, "post-topics", typed.get("topics")).await?,
    ];
    ui.mark(&mut fields, refused);
    let once = if typed.get("once").is_empty() { random_token() } else { typed.once() };
    Ok(AskPage { ui, group, kind, words, others, rules, fields, once, preview, joins, slots })
}

/// The kind that an address or a form names; a question when it names none.
fn kind_of(word: &str) -> PostKind {
    PostKind::from_word(word).filter(|kind| PostKind::STARTED.contains(kind)).unwrap_or(PostKind::Question)
}

#[derive(Template)]
#[template(path = "ask_where.html", config = "src/web/askama.toml")]
struct WherePage {
    ui: Ui,
    groups: Vec<Actor>,
}

/// `/ask`: in which group? Who is in one group only need not be asked.
pub async fn choose(State(web): State<Web>, ui: Ui) -> Shown {
    let groups = follows::groups_of(&mut web.core.db.conn(), ui.member()?.actor.id).await?;
    match groups.as_slice() {
        [only] => Ok(to(&format!("{}/ask", only.path()))),
        _ => html(&WherePage { ui, groups }),
    }
}

/// What is to be written.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    kind: String,
}

pub async fn show(State(web): State<Web>, ui: Ui, At(handle): At<Handle>, Query(asked): Query<Asked>) -> Shown {
    let me = ui.member()?;
    let group = named(&web, &mut web.core.db.conn(), handle).await?;
    if asked.kind == PostKind::Event.word() {
        return Ok(to(&kinds::form(&group.path(), PostKind::Event)));
    }
    if ops::viewer(&web.core, &mut web.core.db.conn(), Some(&me.actor), group.id).await?.suspended {
        // The group's page says why, and until when.
        return Ok(to(&group.path()));
    }
    html(&page(&web, ui, group, &Typed(vec![("kind".into(), asked.kind)]), &[], None, None).await?)
}

pub async fn ask(State(web): State<Web>, At(handle): At<Handle>, mut form: Signed) -> Shown {
    let group = named(&web, &mut web.core.db.conn(), handle).await?;
    let pictures = Sent::read(&web, &mut form, MOST_PICTURES).await?;
    let mut check = Check::default();
    let title = check.take("title", Title::parse(form.typed.get("title")));
    let body = check.take("body", Body::parse(form.typed.get("body")));
    let tags = check.take("topics", topic::typed(form.typed.get("topics")));
    let (Some(title), Some(body), Some(tags), false) = (title, body, tags, pictures.any_wrong()) else {
        let again = page(&web, form.ui, group, &form.typed, &check.0, None, Some(&pictures)).await?;
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &again);
    };
    if form.typed.get("action") == "preview" {
        let preview = (title.to_string(), markup::markdown(body.as_str()));
        return html(&page(&web, form.ui, group, &form.typed, &[], Some(preview), Some(&pictures)).await?);
    }
    let mut tx = web.core.db.begin().await?;
    if let Some(before) = form.sent_before(&mut tx).await? {
        return Ok(before);
    }
    let (me, kind) = (&form.me, kind_of(form.typed.get("kind")));
    let post = publishing::ask(&web.core, &mut tx, &me.actor, &group, kind, &title, &body, &tags, &me.account.language).await?;
    attaching::hang(&web.core, &mut tx, post.id, &pictures.chosen()).await?;
    let response = if group.local { to(&post.path()) } else { flash_to(&web, "flash-on-its-way", &post.path()) };
    form.finish(&web, tx, &post.path(), response).await
}
