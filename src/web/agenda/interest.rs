//! "A session on this would interest me": said with a button on a question, and taken back with the same.

use axum::extract::State;

use crate::db::posts;
use crate::model::PostId;
use crate::ops::interest;
use crate::web::forms::Signed;
use crate::web::page::Shown;
use crate::web::session::flash_to;
use crate::web::{At, Web};

pub async fn say(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let on = form.typed.get("on") != "0";
    let mut tx = web.core.db.begin().await?;
    if let Some(before) = form.sent_before(&mut tx).await? {
        return Ok(before);
    }
    let question = posts::by_id(&mut tx, id).await?;
    interest::show(&web.core, &mut tx, &form.me.actor, &question, on).await?;
    let place = format!("{}#bijeenkomsten", question.path());
    let response = flash_to(&web, if on { "flash-interest" } else { "flash-interest-back" }, &place);
    form.finish(&web, tx, &place, response).await
}
