//! How the instance works: who becomes a member, who starts a group, the language, and with whom messages are exchanged.
//! What the configuration fixes is shown as fixed, with where.

use askama::Template;
use axum::extract::State;

use super::{admin, fixed};
use crate::db::settings::{self, key};
use crate::error::{Error, Result};
use crate::ops::administering;
use crate::web::Web;
use crate::web::forms::{Field, Signed};
use crate::web::page::{Shown, html};
use crate::web::session::flash_to;
use crate::web::ui::Ui;

/// A setting: its field, its key in the database, the one in the configuration, the key of its words, what can be chosen and
/// what counts until something is.
struct Setting {
    name: &'static str,
    key: &'static str,
    config: &'static str,
    words: &'static str,
    choices: &'static [&'static str],
    default: &'static str,
}

const SETTINGS: [Setting; 5] = [
    Setting {
        name: "registration",
        key: key::REGISTRATION,
        config: "registration.mode",
        words: "set-registration",
        choices: &["open", "approval", "invite"],
        default: "invite",
    },
    Setting {
        name: "group_founding",
        key: key::GROUP_FOUNDING,
        config: "groups.founding",
        words: "set-founding",
        choices: &["proposal", "anyone"],
        default: "proposal",
    },
    Setting { name: "language", key: key::LANGUAGE, config: "language", words: "set-language", choices: &["nl", "en"], default: "nl" },
    Setting {
        name: "federation",
        key: key::FEDERATION_MODE,
        config: "federation.mode",
        words: "set-federation",
        choices: &["open", "allowlist", "closed"],
        default: "closed",
    },
    Setting {
        name: "remote_days",
        key: key::REMOTE_DAYS,
        config: "federation.remote_days",
        words: "set-remote",
        choices: &["30", "90", "365", "never"],
        default: "90",
    },
];

/// A setting that the configuration fixes.
struct Fixed {
    label: String,
    value: String,
    config: &'static str,
}

#[derive(Template)]
#[template(path = "admin/settings.html", config = "src/web/askama.toml")]
struct SettingsPage {
    ui: Ui,
    fields: Vec<Field>,
    fixed: Vec<Fixed>,
    /// Whether the address of this instance means nothing to others, so that it can't federate at all.
    local: bool,
}

async fn page(web: &Web, ui: Ui) -> Result<SettingsPage> {
    let (mut fields, mut all_fixed) = (Vec::new(), Vec::new());
    for setting in &SETTINGS {
        let say = |choice: &str| ui.t(format!("{}-{choice}", setting.words));
        if let Some(value) = fixed(web, setting.config) {
            all_fixed.push(Fixed { label: ui.t(setting.words), value: say(&value), config: setting.config });
            continue;
        }
        let value = settings::get(&mut web.core.db.conn(), setting.key).await?.filter(|value| !value.is_empty());
        let options = setting.choices.iter().map(|choice| ((*choice).to_owned(), say(choice))).collect();
        fields.push(ui.field(setting.words, setting.name, &value.unwrap_or_else(|| setting.default.to_owned())).radios(options));
    }
    Ok(SettingsPage { local: !web.core.config.can_federate(), ui, fields, fixed: all_fixed })
}

pub async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    admin(&ui)?;
    html(&page(&web, ui).await?)
}

pub async fn change(State(web): State<Web>, form: Signed) -> Shown {
    admin(&form.ui)?;
    let mut changes = Vec::new();
    for setting in SETTINGS.iter().filter(|setting| fixed(&web, setting.config).is_none()) {
        let typed = form.typed.get(setting.name);
        if !typed.is_empty() {
            let choice = setting.choices.iter().find(|choice| **choice == typed);
            changes.push((setting.key, *choice.ok_or_else(|| Error::Bad("not something that can be chosen".into()))?));
        }
    }
    let mut tx = web.core.db.begin().await?;
    administering::change(&web.core, &mut tx, &form.me.actor, &changes).await?;
    web.core.commit(tx).await?;
    web.core.rules_changed();
    Ok(flash_to(&web, "flash-saved", "/admin/settings"))
}
