//! How a member wants to be told: on the page, by mail at once, or in a digest; and mail again after it was paused.

use askama::Template;
use axum::extract::State;
use axum::routing::{get, post};

use super::Web;
use super::forms::{Field, Signed, Typed};
use super::page::{Shown, html};
use super::session::flash_to;
use super::ui::Ui;
use crate::db::notifications::{Choice, NoticeKind};
use crate::ops::{mail_office, notifying};

/// The routes of this page.
pub fn routes() -> axum::Router<Web> {
    axum::Router::new().route("/account/notifications", get(show).post(save)).route("/account/notifications/resume", post(resume))
}

/// The fields of a kind: whether on the page, and how by mail.
struct Row {
    kind: NoticeKind,
    /// None for what always stands on the page.
    on_page: Option<Field>,
    mail: Field,
}

#[derive(Template)]
#[template(path = "choices.html", config = "src/web/askama.toml")]
struct ChoicesPage {
    ui: Ui,
    rows: Vec<Row>,
    digest: Field,
    address: String,
    paused: bool,
    /// Whether this region sends mail at all.
    mails: bool,
}

/// The names of a kind's two fields.
fn names(kind: NoticeKind) -> (&'static str, &'static str) {
    match kind {
        NoticeKind::Answer => ("answer_page", "answer_mail"),
        NoticeKind::Comment => ("comment_page", "comment_mail"),
        NoticeKind::Mention => ("mention_page", "mention_mail"),
        NoticeKind::Accepted => ("accepted_page", "accepted_mail"),
        NoticeKind::Useful => ("useful_page", "useful_mail"),
        NoticeKind::Watched => ("watched_page", "watched_mail"),
        NoticeKind::Event => ("event_page", "event_mail"),
        NoticeKind::SignUp => ("sign_up_page", "sign_up_mail"),
        NoticeKind::Membership => ("membership_page", "membership_mail"),
        NoticeKind::Moderation => ("moderation_page", "moderation_mail"),
    }
}

const MAIL: [&str; 3] = ["no", "now", "digest"];
const DIGEST: [&str; 3] = ["daily", "weekly", "off"];

fn row(ui: &Ui, choice: &Choice) -> Row {
    let (page, mail) = names(choice.kind);
    let options = MAIL.iter().map(|word| ((*word).to_owned(), ui.t(format!("choose-mail-{word}")))).collect();
    let on_page = ui.field("choose-page", page, if choice.on_page { "1" } else { "" }).check();
    Row {
        kind: choice.kind,
        on_page: Some(on_page).filter(|_| !choice.kind.is_decision()),
        mail: ui.field("choose-mail", mail, &choice.mail).select(options),
    }
}

async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let mut rows = Vec::new();
    for kind in NoticeKind::ALL {
        rows.push(row(&ui, &notifying::choice(&mut conn, me.actor.id, kind).await?));
    }
    let options = DIGEST.iter().map(|word| ((*word).to_owned(), ui.t(format!("choose-digest-{word}")))).collect();
    html(&ChoicesPage {
        digest: ui.field("choose-digest", "digest", &me.account.digest).radios(options),
        rows,
        address: me.account.email.clone(),
        paused: me.account.mail_paused_at.is_some(),
        mails: web.core.config.mail.is_set(),
        ui,
    })
}

/// What was chosen for a kind; a word that is none of ours leaves it as it was.
fn chosen(typed: &Typed, before: Choice) -> Choice {
    let (page, mail) = names(before.kind);
    let mail = typed.get(mail);
    Choice {
        kind: before.kind,
        on_page: typed.get(page) == "1" || before.kind.is_decision(),
        mail: if MAIL.contains(&mail) { mail.to_owned() } else { before.mail },
    }
}

async fn save(State(web): State<Web>, form: Signed) -> Shown {
    let me = form.me.actor.id;
    let mut tx = web.core.db.begin().await?;
    let mut choices = Vec::new();
    for kind in NoticeKind::ALL {
        choices.push(chosen(&form.typed, notifying::choice(&mut tx, me, kind).await?));
    }
    let digest = form.typed.get("digest");
    let digest = if DIGEST.contains(&digest) { digest } else { form.me.account.digest.as_str() };
    notifying::choose(&mut tx, me, &choices, digest).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-choices-saved", "/account/notifications"))
}

/// The address is right: mail goes there again, until it bounces again.
async fn resume(State(web): State<Web>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    mail_office::resume(&mut tx, form.me.actor.id).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-mail-resumed", "/account/notifications"))
}
