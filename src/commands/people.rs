//! Adding members and groups, a new password, and a mail to try the mail server with.

use meent::app::App;
use meent::config::Config;
use meent::db;
use meent::error::{Error, Result};
use meent::model::Clock;
use meent::model::names::{About, Email, Line, Name, Password, Title};
use meent::ops::auditing::{self, Who};
use meent::ops::keys::KeyMaker;
use meent::ops::{founding, members, passwords};

use super::parsed;

pub async fn add_member(config: Config, name: &str, email: &str, admin: bool, password: &Password) -> Result<()> {
    let (name, email) = (parsed("name", Name::parse(name))?, parsed("email", Email::parse(email))?);
    let app = App::open_beside(config, Clock::System, KeyMaker::Generate).await?;
    let core = app.core.clone();
    let about = [name.as_str(), email.as_str()];
    let (password_hash, keys) = (passwords::accept(&core, password, &about).await?, core.keys.make().await?);
    let language = db::settings::get(&mut core.db.conn(), db::settings::key::LANGUAGE).await?.unwrap_or_else(|| "nl".into());
    let mut tx = core.db.begin().await?;
    let new = members::NewMember {
        name: &name,
        email: &email,
        password_hash,
        display_name: &parsed("name", Line::parse(""))?,
        admin,
        language: &language,
        keys,
    };
    let member = members::register(&core, &mut tx, new).await?;
    let detail = if admin { "administrator" } else { "" };
    auditing::record(&core, &mut tx, Who::CommandLine, "member.add", &format!("@{}", member.name), detail).await?;
    core.commit(tx).await?;
    println!("{} can log in now.", member.ap_id);
    app.close().await
}

pub async fn set_password(config: Config, name: &str, password: &Password) -> Result<()> {
    let app = App::open_beside(config, Clock::System, KeyMaker::Generate).await?;
    let core = app.core.clone();
    let account =
        db::accounts::by_login(&mut core.db.conn(), name).await?.ok_or_else(|| Error::Bad(format!("there is no member {name}")))?;
    let member = db::actors::by_id(&mut core.db.conn(), account.actor_id).await?;
    let about = [member.name.as_str(), member.display_name.as_str(), account.email.as_str()];
    let password_hash = passwords::accept(&core, password, &about).await?;
    let mut tx = core.db.begin().await?;
    db::accounts::set_password(&mut tx, account.actor_id, &password_hash).await?;
    auditing::record(&core, &mut tx, Who::CommandLine, "member.password", &format!("@{}", member.name), "").await?;
    core.commit(tx).await?;
    println!("{} has a new password and is logged out everywhere.", member.name);
    app.close().await
}

pub async fn test_mail(config: Config, address: &str) -> Result<()> {
    let address = parsed("address", Email::parse(address))?;
    let app = App::open_beside(config, Clock::System, KeyMaker::Generate).await?;
    let outcome = meent::jobs::test_mail(&app.core, address.as_str()).await;
    app.close().await?;
    println!("The mail server took it: {}", outcome?);
    Ok(())
}

pub async fn add_group(config: Config, name: &str, title: &str, description: &str, moderator: Option<String>) -> Result<()> {
    let (name, title, about) =
        (parsed("name", Name::parse(name))?, parsed("title", Title::parse(title))?, parsed("description", About::parse(description))?);
    let app = App::open_beside(config, Clock::System, KeyMaker::Generate).await?;
    let core = app.core.clone();
    let founder = match moderator {
        Some(moderator) => {
            let found = db::actors::local_by_name(&mut core.db.conn(), &moderator).await?.filter(|actor| !actor.is_group());
            Some(found.ok_or_else(|| Error::Bad(format!("there is no member {moderator}")))?)
        }
        None => db::accounts::first_admin(&mut core.db.conn()).await?,
    };
    let keys = core.keys.make().await?;
    let mut tx = core.db.begin().await?;
    let group = founding::found(&core, &mut tx, &name, &title, &about, founder.as_ref(), keys).await?;
    auditing::record(&core, &mut tx, Who::CommandLine, "group.add", &group.name, title.as_str()).await?;
    core.commit(tx).await?;
    println!("{} is there now.", group.ap_id);
    app.close().await
}
