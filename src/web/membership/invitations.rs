//! Inviting: one person by mail, or an organisation with a link; and what became of it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::{FormPage, SaidPage};
use crate::db::invitations::{self, Ended, Invitation};
use crate::db::{Conn, actors, lists};
use crate::error::{Error, Result};
use crate::model::names::{About, Email, Refused, Title};
use crate::model::{ActorId, InvitationId, Lang};
use crate::ops::inviting::{self, MOST, Whom};
use crate::ops::members::random_token;
use crate::web::admin::admin;
use crate::web::forms::{Check, Field, Signed, Typed};
use crate::web::page::{PageError, Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{At, Web};

/// For how many days an invitation can be.
const DAYS: [i64; 4] = [7, 14, 30, 90];
/// Groups to choose from.
const GROUPS: usize = 200;

struct Line {
    invitation: Invitation,
    ended: Option<Ended>,
    group: Option<String>,
}

#[derive(Template)]
#[template(path = "membership/invitations.html", config = "src/web/askama.toml")]
struct InvitationsPage {
    ui: Ui,
    lines: Vec<Line>,
}

impl InvitationsPage {
    fn state(&self, line: &Line) -> String {
        self.ui.t(match line.ended {
            None => "invitation-open",
            Some(Ended::Full) if line.invitation.email.is_empty() => "invitation-full",
            Some(Ended::Full) => "invitation-used",
            Some(Ended::Expired) => "invitation-expired",
            Some(Ended::Revoked) => "invitation-revoked",
        })
    }

    fn places(&self, line: &Line) -> String {
        let mut args = fluent_bundle::FluentArgs::new();
        args.set("used", line.invitation.used);
        args.set("maximum", line.invitation.maximum);
        self.ui.lang.say("invitation-places", Some(&args))
    }
}

pub async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    admin(&ui)?;
    let mut conn = web.core.db.conn();
    let mut lines = Vec::new();
    for invitation in invitations::all(&mut conn).await? {
        let group = match invitation.group_id {
            Some(group) => Some(actors::by_id(&mut conn, group).await?.shown().to_owned()),
            None => None,
        };
        lines.push(Line { ended: invitation.ended(web.core.now()), group, invitation });
    }
    html(&InvitationsPage { ui, lines })
}

/// The fields that both kinds have: a group that is joined at once, and for how long.
async fn common_fields(conn: &mut Conn, ui: &Ui, typed: &Typed) -> Result<Vec<Field>> {
    let (groups, _) = lists::groups(conn, true, None, GROUPS).await?;
    let mut options = vec![(String::new(), ui.t("invitation-no-group"))];
    options.extend(groups.into_iter().map(|line| (line.group.id.to_string(), line.group.shown().to_owned())));
    let days = DAYS.map(|days| (days.to_string(), ui.n("invitation-days", days)));
    let chosen = if typed.get("days").is_empty() { "14" } else { typed.get("days") };
    Ok(vec![
        ui.field("invitation-group", "group", typed.get("group")).select(options),
        ui.field("invitation-valid", "days", chosen).select(days.to_vec()),
    ])
}

fn below_invitations(mut page: FormPage, typed: &Typed) -> FormPage {
    page.crumb = Some(("/admin/invitations", page.ui.t("invitations-title")));
    page.cancel = Some("/admin/invitations".to_owned());
    let once = if typed.get("once").is_empty() { random_token() } else { typed.once() };
    page.hidden("once", &once)
}

async fn person_page(web: &Web, ui: Ui, typed: &Typed, refused: &[(&'static str, Refused)]) -> Result<FormPage> {
    let mut fields = vec![
        ui.field("invitation-email", "email", typed.get("email")).of_type("email", "off"),
        ui.field("invitation-note", "note", typed.get("note")).area(3).optional(&ui),
    ];
    fields.extend(common_fields(&mut web.core.db.conn(), &ui, typed).await?);
    ui.mark(&mut fields, refused);
    let lead = ui.t("invite-person-lead");
    let page = FormPage::new(ui, "invite-person", "/admin/invitations/person", "invite-send", fields).lead(lead);
    Ok(below_invitations(page, typed))
}

async fn organisation_page(web: &Web, ui: Ui, typed: &Typed, refused: &[(&'static str, Refused)]) -> Result<FormPage> {
    let maximum = if typed.get("maximum").is_empty() { "20" } else { typed.get("maximum") };
    let mut fields = vec![
        ui.field("invitation-organisation", "organisation", typed.get("organisation")).of_type("text", "off"),
        ui.field("invitation-maximum", "maximum", maximum).of_type("text", "off"),
    ];
    fields.extend(common_fields(&mut web.core.db.conn(), &ui, typed).await?);
    ui.mark(&mut fields, refused);
    let lead = ui.t("invite-organisation-lead");
    let page = FormPage::new(ui, "invite-an-organisation", "/admin/invitations/organisation", "invite-make", fields).lead(lead);
    Ok(below_invitations(page, typed))
}

pub async fn show_person(State(web): State<Web>, ui: Ui) -> Shown {
    admin(&ui)?;
    html(&person_page(&web, ui, &Typed::default(), &[]).await?)
}

pub async fn show_organisation(State(web): State<Web>, ui: Ui) -> Shown {
    admin(&ui)?;
    html(&organisation_page(&web, ui, &Typed::default(), &[]).await?)
}

/// The chosen group, one of ours.
async fn group(web: &Web, typed: &Typed) -> Result<Option<ActorId>> {
    let Ok(id) = typed.get("group").parse::<ActorId>() else { return Ok(None) };
    let group = actors::by_id(&mut web.core.db.conn(), id).await?;
    Ok(Some(group).filter(|group| group.is_group() && group.local && group.deleted_at.is_none()).map(|group| group.id))
}

fn days(typed: &Typed) -> i64 {
    typed.get("days").parse().ok().filter(|days| DAYS.contains(days)).unwrap_or(14)
}

pub async fn invite_person(State(web): State<Web>, form: Signed) -> Shown {
    admin(&form.ui)?;
    let mut check = Check::default();
    let email = check.take("email", Email::parse(form.typed.get("email")));
    let note = check.take("note", About::parse(form.typed.get("note")));
    let outcome = match (email, note) {
        (Some(email), Some(note)) => {
            let whom = Whom::Person { email: &email, note: &note };
            invited(&web, &form, &whom, "invited-person").await
        }
        _ => Err(Error::Invalid(check.0).into()),
    };
    match outcome {
        Err(PageError(Error::Invalid(refused))) => {
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &person_page(&web, form.ui.clone(), &form.typed, &refused).await?)
        }
        other => other,
    }
}

fn read_maximum(text: &str) -> Result<i64, Refused> {
    match text.trim().parse::<i64>() {
        _ if text.trim().is_empty() => Err(Refused::Empty),
        Ok(maximum) if (1..=MOST).contains(&maximum) => Ok(maximum),
        _ => Err(Refused::Characters),
    }
}

pub async fn invite_organisation(State(web): State<Web>, form: Signed) -> Shown {
    admin(&form.ui)?;
    let mut check = Check::default();
    let name = check.take("organisation", Title::parse(form.typed.get("organisation")).and_then(short_enough));
    let maximum = check.take("maximum", read_maximum(form.typed.get("maximum")));
    let outcome = match (name, maximum) {
        (Some(name), Some(maximum)) => {
            let whom = Whom::Organisation { name: &name, maximum };
            invited(&web, &form, &whom, "invited-organisation").await
        }
        _ => Err(Error::Invalid(check.0).into()),
    };
    match outcome {
        Err(PageError(Error::Invalid(refused))) => {
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &organisation_page(&web, form.ui.clone(), &form.typed, &refused).await?)
        }
        other => other,
    }
}

/// As long as an organisation can be on a profile.
fn short_enough(title: Title) -> Result<Title, Refused> {
    if title.as_str().chars().count() > 100 { Err(Refused::TooLong(100)) } else { Ok(title) }
}

/// Makes the invitation and shows its link, this once.
async fn invited(web: &Web, form: &Signed, whom: &Whom<'_>, said: &str) -> Shown {
    let (core, me) = (&web.core, &form.me);
    let group = group(web, &form.typed).await?;
    let mut tx = core.db.begin().await?;
    if let Some(before) = form.sent_before(&mut tx).await? {
        return Ok(before);
    }
    // The one who is invited has not chosen a language yet: that of the region.
    let lang = crate::db::settings::get(&mut tx, crate::db::settings::key::LANGUAGE).await?.and_then(|code| Lang::from_code(&code));
    let lang = lang.unwrap_or_default();
    let link = inviting::invite(core, &mut tx, &me.actor, whom, group, days(&form.typed), lang).await?;
    let mut page = SaidPage::new(form.ui.clone(), "invited-title", &[said, "invited-once"]);
    page.copy = Some((form.ui.t("invited-link"), link));
    let page = page.link("/admin/invitations", "invitations-title");
    form.finish(web, tx, "/admin/invitations", html(&page)?).await
}

pub async fn ask_revoke(State(web): State<Web>, ui: Ui, At(id): At<InvitationId>) -> Shown {
    admin(&ui)?;
    let invitation = invitations::by_id(&mut web.core.db.conn(), id).await?;
    let whose = if invitation.email.is_empty() { invitation.organisation } else { invitation.email };
    let lead = ui.t1("revoke-lead", "whose", whose);
    let mut page = FormPage::new(ui, "revoke-title", &format!("/admin/invitations/{id}/revoke"), "revoke-send", Vec::new()).lead(lead);
    page.crumb = Some(("/admin/invitations", page.ui.t("invitations-title")));
    page.cancel = Some("/admin/invitations".to_owned());
    page.danger = true;
    html(&page)
}

pub async fn revoke(State(web): State<Web>, At(id): At<InvitationId>, form: Signed) -> Shown {
    admin(&form.ui)?;
    let mut tx = web.core.db.begin().await?;
    inviting::revoke(&web.core, &mut tx, &form.me.actor, id).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-invitation-revoked", "/admin/invitations"))
}
