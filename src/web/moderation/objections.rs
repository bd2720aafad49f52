//! Objecting to what a moderator did, and deciding on it: one address for both, each sees their own side.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::db::{Conn, actors, moderation, objections, posts, removed};
use crate::error::{Error, Result};
use crate::model::names::{Reason, Refused};
use crate::model::rights::{may_decide, may_moderate};
use crate::model::{Actor, ActorId, Moderation, ModerationId, Objection, ObjectionState, RemovedWords};
use crate::ops::{self, Core, objecting};
use crate::web::forms::{Field, Signed, Typed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{At, Web};

/// Which side of an objection the reader is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// It concerns them.
    Concerned,
    /// They decide.
    Decides,
    /// They did it, and somebody else decides.
    Waits,
}

#[derive(Template)]
#[template(path = "moderation/objection.html", config = "src/web/askama.toml")]
struct ObjectionPage {
    ui: Ui,
    deed: Moderation,
    group: Option<Actor>,
    /// Where what was done can be seen.
    place: String,
    words: Option<RemovedWords>,
    objection: Option<Objection>,
    by: Option<Actor>,
    side: Side,
    /// Whether a group of another server did it: there is nobody here to object to.
    elsewhere: bool,
    /// Whether nobody else could decide.
    alone: bool,
    fields: Vec<Field>,
}

impl ObjectionPage {
    fn act(&self) -> String {
        self.ui.t(format!("log-act-{}", self.deed.act))
    }

    fn open(&self) -> bool {
        self.objection.as_ref().is_some_and(|objection| objection.state == ObjectionState::Open)
    }
}

async fn page(
    core: &Core,
    conn: &mut Conn,
    ui: Ui,
    me: &Actor,
    id: ModerationId,
    typed: &Typed,
    refused: &[(&'static str, Refused)],
) -> Result<ObjectionPage> {
    let deed = moderation::by_id(conn, id).await?;
    if !deed.takes() {
        return Err(Error::NotFound);
    }
    let objection = objections::get(conn, id).await?;
    let who = ops::viewer(core, conn, Some(me), deed.group_id.unwrap_or(ActorId(0))).await?;
    let others = objecting::others(conn, &deed).await?;
    let side = if deed.actor_id == Some(me.id) {
        Side::Concerned
    } else if !may_moderate(who) || objection.is_none() {
        return Err(Error::NotFound);
    } else if objection.as_ref().is_some_and(|objection| may_decide(who, deed.by_id, objection.by_id, others)) {
        Side::Decides
    } else {
        Side::Waits
    };
    let group = match deed.group_id {
        Some(group) => Some(actors::by_id(conn, group).await?),
        None => None,
    };
    let place = match deed.post_id {
        Some(post) => posts::by_id(conn, post).await?.path(),
        None => group.as_ref().map_or_else(|| "/".to_owned(), Actor::path),
    };
    // What stands there now may have been removed again, for another reason.
    let words = match deed.post_id {
        Some(post) => removed::get(conn, post).await?.filter(|words| words.moderation_id == id),
        None => None,
    };
    let by = match &objection {
        Some(objection) => Some(actors::by_id(conn, objection.by_id).await?),
        None => None,
    };
    let mut fields = if side == Side::Decides {
        let options = vec![("uphold".to_owned(), ui.t("objection-uphold")), ("reject".to_owned(), ui.t("objection-reject"))];
        let chosen = if typed.get("decision").is_empty() { "uphold" } else { typed.get("decision") };
        vec![
            ui.field("objection-decision", "decision", chosen).radios(options),
            ui.field("objection-answer", "answer", typed.get("answer")).area(5),
        ]
    } else {
        vec![ui.field("objection-words", "words", typed.get("words")).area(6)]
    };
    ui.mark(&mut fields, refused);
    let elsewhere = group.as_ref().is_some_and(|group| !group.local);
    Ok(ObjectionPage { ui, deed, group, place, words, objection, by, side, elsewhere, alone: !others, fields })
}

pub async fn show(State(web): State<Web>, ui: Ui, At(id): At<ModerationId>) -> Shown {
    let me = ui.member()?;
    html(&page(&web.core, &mut web.core.db.conn(), ui, &me.actor, id, &Typed::default(), &[]).await?)
}

pub async fn send(State(web): State<Web>, At(id): At<ModerationId>, form: Signed) -> Shown {
    let deciding = !form.typed.get("decision").is_empty();
    let field = if deciding { "answer" } else { "words" };
    let words = match Reason::parse(form.typed.get(field)) {
        Ok(words) => words,
        Err(refused) => {
            let mut conn = web.core.db.conn();
            let page = page(&web.core, &mut conn, form.ui, &form.me.actor, id, &form.typed, &[(field, refused)]).await?;
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let mut tx = web.core.db.begin().await?;
    if deciding {
        let uphold = form.typed.get("decision") == "uphold";
        objecting::decide(&web.core, &mut tx, &form.me.actor, id, uphold, &words).await?;
        web.core.commit(tx).await?;
        return Ok(flash_to(&web, "flash-decided", "/moderation"));
    }
    objecting::object(&web.core, &mut tx, &form.me.actor, id, &words).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-objected", &format!("/objections/{id}")))
}
