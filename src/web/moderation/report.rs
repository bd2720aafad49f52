//! Reporting a post or a member.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::named_member;
use crate::db::{actors, posts};
use crate::error::{Error, Result};
use crate::model::names::{Reason, Refused};
use crate::model::rights::{Act, Viewer, may, may_report};
use crate::model::{Actor, Handle, Post, PostId};
use crate::ops::members::random_token;
use crate::ops::reporting::{self, Reported};
use crate::web::forms::{Field, Signed, Typed};

use crate::web::page::{Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{At, Web};

#[derive(Template)]
#[template(path = "moderation/report.html", config = "src/web/askama.toml")]
struct ReportPage {
    ui: Ui,
    post: Option<Post>,
    /// Who wrote it, or who is reported.
    member: Actor,
    fields: Vec<Field>,
    once: String,
}

/// What is reported, and by what address.
struct Subject {
    post: Option<Post>,
    /// Who wrote it, or who is reported.
    member: Actor,
    /// The group of the post.
    group: Option<Actor>,
}

impl Subject {
    /// The servers that the report can go to besides this one.
    fn hosts(&self) -> Vec<String> {
        reporting::beyond(self.group.as_ref(), &self.member).into_iter().map(|actor| actor.host.clone()).collect()
    }
}

fn page(ui: Ui, subject: Subject, typed: &Typed, refused: &[(&'static str, Refused)]) -> ReportPage {
    let mut fields = vec![ui.field("report-reason", "reason", typed.get("reason")).area(5)];
    let hosts = subject.hosts();
    if !hosts.is_empty() {
        // Without a form that was sent, it goes there.
        let on = if typed.get("once").is_empty() { "1" } else { typed.get("beyond") };
        let mut field = ui.field("report-beyond", "beyond", on).check();
        field.label = ui.t1("report-beyond", "hosts", hosts.join(", "));
        fields.push(field);
    }
    ui.mark(&mut fields, refused);
    let once = if typed.get("once").is_empty() { random_token() } else { typed.once() };
    ReportPage { ui, post: subject.post, member: subject.member, fields, once }
}

impl ReportPage {
    fn action(&self) -> String {
        match &self.post {
            Some(post) => format!("/post/{}/report", post.id),
            None => format!("{}/report", self.member.path()),
        }
    }

    fn back(&self) -> String {
        self.post.as_ref().map_or_else(|| self.member.path(), Post::path)
    }
}

/// The post, when this member may report it.
async fn post(web: &Web, me: &Actor, id: PostId) -> Result<Subject> {
    let mut conn = web.core.db.conn();
    let post = posts::by_id(&mut conn, id).await?;
    if post.is_deleted() {
        return Err(Error::Gone);
    }
    if !may(Viewer { actor: Some(me.id), ..Viewer::default() }, Act::Report, &post) {
        return Err(Error::Forbidden("error-own-report"));
    }
    let (member, group) = (actors::by_id(&mut conn, post.author_id).await?, actors::by_id(&mut conn, post.group_id).await?);
    Ok(Subject { post: Some(post), member, group: Some(group) })
}

/// The member, when this one may report them.
async fn member(web: &Web, me: &Actor, handle: Handle) -> Result<Subject> {
    let member = named_member(web, &mut web.core.db.conn(), handle).await?;
    let who = Viewer { actor: Some(me.id), ..Viewer::default() };
    if may_report(who, &member) { Ok(Subject { post: None, member, group: None }) } else { Err(Error::Forbidden("error-own-report")) }
}

pub async fn of_post(State(web): State<Web>, ui: Ui, At(id): At<PostId>) -> Shown {
    let me = ui.member()?;
    let subject = post(&web, &me.actor, id).await?;
    html(&page(ui, subject, &Typed::default(), &[]))
}

pub async fn of_member(State(web): State<Web>, ui: Ui, At(handle): At<Handle>) -> Shown {
    let me = ui.member()?;
    let subject = member(&web, &me.actor, handle).await?;
    html(&page(ui, subject, &Typed::default(), &[]))
}

pub async fn send_post(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let subject = post(&web, &form.me.actor, id).await?;
    send(&web, form, subject).await
}

pub async fn send_member(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let subject = member(&web, &form.me.actor, handle).await?;
    send(&web, form, subject).await
}

async fn send(web: &Web, form: Signed, subject: Subject) -> Shown {
    let reason = match Reason::parse(form.typed.get("reason")) {
        Ok(reason) => reason,
        Err(refused) => {
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(form.ui, subject, &form.typed, &[("reason", refused)]));
        }
    };
    let mut tx = web.core.db.begin().await?;
    if let Some(before) = form.sent_before(&mut tx).await? {
        return Ok(before);
    }
    let what = subject.post.as_ref().map_or(Reported::Member(&subject.member), Reported::Post);
    let beyond = form.typed.get("beyond") == "1";
    let new = reporting::report(&web.core, &mut tx, &form.me.actor, what, &reason, beyond).await?;
    let back = subject.post.as_ref().map_or_else(|| subject.member.path(), Post::path);
    let response = flash_to(web, if new { "flash-reported" } else { "flash-reported-before" }, &back);
    form.finish(web, tx, &back, response).await
}
