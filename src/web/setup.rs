//! The first start: region, administrator, federation and the first group, behind a link that works once.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;

use super::forms::{Check, Field, Sent, Typed};
use super::page::{PageError, Shown, html_with};
use super::session::{self, flash_to};
use super::ui::Ui;
use super::{Agent, Listing, Web};
use crate::config::{FederationMode, RegistrationMode};
use crate::error::{Error, Result};
use crate::model::Lang;
use crate::model::names::{About, Email, Line, Name, Password, Refused, Title};
use crate::ops::members::start_session_with;
use crate::ops::passwords;
use crate::ops::setting_up::{self, SetUp};

#[derive(Template)]
#[template(path = "setup.html", config = "src/web/askama.toml")]
struct SetupPage {
    ui: Ui,
    token: String,
    public_url: String,
    region: Vec<Field>,
    admin: Vec<Field>,
    group: Vec<Field>,
    /// Everything that is wrong, for the summary.
    wrong: Vec<Field>,
    language: Lang,
    mode: String,
    registration: Field,
    /// Who may become a member, where file or environment fix it.
    fixed_registration: Option<RegistrationMode>,
    /// The mode that file or environment fix.
    fixed: Option<FederationMode>,
    can_federate: bool,
}

impl SetupPage {
    fn mode_key(word: &str) -> String {
        format!("mode-{word}")
    }

    fn registration_key(word: &str) -> String {
        format!("registration-{word}")
    }

    fn mode_text(word: &str) -> String {
        format!("mode-{word}.text")
    }
}

fn page(web: &Web, ui: Ui, typed: &Typed, refused: &[(&'static str, Refused)]) -> SetupPage {
    let value = |name: &str| typed.get(name);
    let mut region = vec![
        ui.field("setup-region-name", "region_name", value("region_name")),
        ui.field("setup-region-about", "region_about", value("region_about")).area(3).optional(&ui),
    ];
    let mut admin = vec![
        ui.field("setup-display-name", "display_name", value("display_name")).of_type("text", "name"),
        ui.field("setup-name", "name", value("name")).of_type("text", "username"),
        ui.field("setup-email", "email", value("email")).of_type("email", "email"),
        ui.field("setup-password", "password", "").of_type("password", "new-password"),
    ];
    let mut group = vec![
        ui.field("group-title", "group_title", value("group_title")),
        ui.field("group-name", "group_name", value("group_name")),
        ui.field("group-about", "group_about", value("group_about")).area(3).optional(&ui),
    ];
    for fields in [&mut region, &mut admin, &mut group] {
        ui.mark(fields, refused);
    }
    let wrong = [&region, &admin, &group].into_iter().flatten().filter(|field| field.error.is_some()).cloned().collect();
    let mode = FederationMode::from_word(value("mode")).unwrap_or(FederationMode::Allowlist);
    SetupPage {
        token: value("token").to_owned(),
        public_url: web.core.urls.base().to_owned(),
        language: Lang::from_code(value("language")).unwrap_or(ui.lang),
        mode: mode.word().to_owned(),
        registration: registration_field(&ui, value("registration")),
        fixed_registration: web.core.config.fixed_registration(),
        fixed: web.core.config.fixed_mode(),
        can_federate: web.core.config.can_federate(),
        ui,
        region,
        admin,
        group,
        wrong,
    }
}

/// Who may become a member: a plain sentence for each.
pub fn registration_field(ui: &Ui, chosen: &str) -> Field {
    let chosen = RegistrationMode::from_word(chosen).unwrap_or_default();
    let modes = [RegistrationMode::Invite, RegistrationMode::Approval, RegistrationMode::Open];
    let options = modes.map(|mode| (mode.word().to_owned(), ui.t(format!("registration-{}", mode.word()))));
    ui.field("setup-registration", "registration", chosen.word()).radios(options.to_vec())
}

/// The link, or nothing at all.
async fn allowed(web: &Web, token: &str) -> Result<()> {
    if setting_up::link_works(&web.core, token).await? { Ok(()) } else { Err(Error::NotFound) }
}

pub async fn show(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    let token = listing.token.unwrap_or_default();
    allowed(&web, &token).await?;
    html_with(StatusCode::OK, &page(&web, ui, &Typed(vec![("token".into(), token)]), &[]))
}

pub async fn set_up(State(web): State<Web>, Query(listing): Query<Listing>, Agent(agent): Agent, Sent { ui, mut typed }: Sent) -> Shown {
    if let (true, Some(token)) = (typed.get("token").is_empty(), listing.token) {
        typed.0.push(("token".into(), token));
    }
    allowed(&web, typed.get("token")).await?;
    match done(&web, &typed).await {
        Ok(admin) => {
            let mut tx = web.core.db.begin().await?;
            let token = start_session_with(&web.core, &mut tx, admin, &agent).await?;
            web.core.commit(tx).await?;
            let mut response = flash_to(&web, "flash-set-up", "/");
            session::set(response.headers_mut(), &session::started(&web, token));
            Ok(response)
        }
        Err(PageError(Error::Invalid(refused))) => html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&web, ui, &typed, &refused)),
        Err(error) => Err(error),
    }
}

/// The administrator has a name that people see.
fn shown_name(text: &str) -> Result<Line, Refused> {
    Line::parse(text).and_then(|line| if line.as_str().is_empty() { Err(Refused::Empty) } else { Ok(line) })
}

async fn done(web: &Web, typed: &Typed) -> Result<crate::model::ActorId, PageError> {
    let mut check = Check::default();
    let region_name = check.take("region_name", Title::parse(typed.get("region_name")));
    let region_about = check.take("region_about", About::parse(typed.get("region_about")));
    let display_name = check.take("display_name", shown_name(typed.get("display_name")));
    let name = check.take("name", Name::parse(typed.get("name")));
    let email = check.take("email", Email::parse(typed.get("email")));
    let password = check.take("password", Password::parse(typed.get("password")));
    let group_title = check.take("group_title", Title::parse(typed.get("group_title")));
    let group_name = check.take("group_name", Name::parse(typed.get("group_name")));
    let group_about = check.take("group_about", About::parse(typed.get("group_about")));
    let mode = FederationMode::from_word(typed.get("mode")).unwrap_or(FederationMode::Closed);
    let language = Lang::from_code(typed.get("language")).unwrap_or_default();
    let (Some(region_name), Some(region_about), Some(display_name), Some(name)) = (region_name, region_about, display_name, name) else {
        return Err(Error::Invalid(check.0).into());
    };
    let (Some(email), Some(password), Some(group_title), Some(group_name), Some(group_about)) =
        (email, password, group_title, group_name, group_about)
    else {
        return Err(Error::Invalid(check.0).into());
    };
    let core = &web.core;
    let about = [region_name.as_str(), name.as_str(), display_name.as_str(), email.as_str()];
    let password_hash = passwords::accept(core, &password, &about).await?;
    let new = SetUp {
        region_name: &region_name,
        region_about: &region_about,
        language: language.code(),
        mode: core.config.fixed_mode().unwrap_or(mode),
        registration: RegistrationMode::from_word(typed.get("registration")).unwrap_or_default(),
        name: &name,
        display_name: &display_name,
        email: &email,
        password_hash,
        group: Some((&group_name, &group_title, &group_about)),
        keys: (core.keys.make().await?, core.keys.make().await?),
    };
    Ok(setting_up::set_up(core, new).await?.id)
}
