//! The regions settle: set up, their look, members with faces, groups, and who is in which group, over the borders too. All of
//! it by the verbs that the pages use; what crosses a border does so over HTTP.

use std::fmt::Debug;

use futures_util::StreamExt;

use super::content::{self, Content, Member};
use super::stage::{Region, flow};
use crate::config::{FederationMode, RegistrationMode};
use crate::db::Tx;
use crate::db::settings::key;
use crate::error::{Error, Result};
use crate::model::names::{About, Email, Line, Name, Password, Refused, Title};
use crate::model::{Actor, Lang, Tag, topic};
use crate::ops::describing::{self, Description};
use crate::ops::finding::Finder;
use crate::ops::members::{self, NewMember};
use crate::ops::pictures::Shape;
use crate::ops::setting_up::{self, SetUp};
use crate::ops::{administering, faces, files, following, founding, topics, viewer};
use crate::web::theme;

/// Logs in everybody, here alone: anywhere else it would be refused as easy to guess.
pub const PASSWORD: &str = "demodemodemo";

/// What of the content does not pass what is asked of members, too.
pub fn fit<T>(text: &str, outcome: std::result::Result<T, Refused>) -> Result<T> {
    outcome.map_err(|why| Error::Internal(format!("in the demo, \"{text}\" does not pass: {why:?}")))
}

/// The topics of the content.
pub fn tags(typed: &[String]) -> Result<Vec<Tag>> {
    let text = typed.join(",");
    fit(&text, topic::typed(&text))
}

/// What is kept of the password; the same for everybody, because hashing is slow on purpose.
///
/// # Errors
/// When hashing fails.
pub async fn password_hash() -> Result<String> {
    members::hash_password(&fit(PASSWORD, Password::parse(PASSWORD))?).await
}

/// Sets a region up, with its members and groups.
///
/// # Errors
/// When the content does not pass, or the database can't be written.
pub async fn settle(region: &Region, content: &Content, number: usize, lang: Lang, password_hash: &str) -> Result<()> {
    let core = &region.core;
    let what = content.regions.get(number).ok_or(Error::NotFound)?;
    let (first, others) = what.members.split_first().ok_or(Error::NotFound)?;
    let keys = (core.keys.make().await?, core.keys.make().await?);
    let email = address(&first.name, &what.name);
    let new = SetUp {
        region_name: &fit(&what.title, Title::parse(&what.title))?,
        region_about: &fit(&what.about, About::parse(&what.about))?,
        language: lang.code(),
        mode: FederationMode::Open,
        registration: RegistrationMode::Approval,
        name: &fit(&first.name, Name::parse(&first.name))?,
        display_name: &fit(&first.shown, Line::parse(&first.shown))?,
        email: &fit(&email, Email::parse(&email))?,
        password_hash: password_hash.to_owned(),
        group: None,
        keys,
    };
    let admin = setting_up::set_up(core, new).await?;
    let mut known = vec![admin.clone()];
    let mut tx = core.db.begin().await?;
    for member in others {
        let email = address(&member.name, &what.name);
        let new = NewMember {
            name: &fit(&member.name, Name::parse(&member.name))?,
            email: &fit(&email, Email::parse(&email))?,
            password_hash: password_hash.to_owned(),
            display_name: &fit(&member.shown, Line::parse(&member.shown))?,
            admin: false,
            language: lang.code(),
            keys: core.keys.make().await?,
        };
        known.push(members::register(core, &mut tx, new).await?);
    }
    for (member, actor) in what.members.iter().zip(&known) {
        describe(region, &mut tx, member, actor).await?;
    }
    for group in &what.groups {
        let moderators = group.moderators.iter().map(|name| named(&known, name)).collect::<Result<Vec<&Actor>>>()?;
        let founder = moderators.first().copied().ok_or(Error::NotFound)?;
        let (name, title) = (fit(&group.name, Name::parse(&group.name))?, fit(&group.title, Title::parse(&group.title))?);
        let about = fit(&group.about, About::parse(&group.about))?;
        let keys = core.keys.make().await?;
        let made = founding::found(core, &mut tx, &name, &title, &about, Some(founder), keys).await?;
        let description = Description {
            title: &title,
            about: &about,
            purpose: &fit(&group.purpose, About::parse(&group.purpose))?,
            carried_by: &fit(&group.carried_by, Line::parse(&group.carried_by))?,
            rules: &fit(&group.rules, About::parse(&group.rules))?,
            agreed: &fit(&group.agreed, About::parse(&group.agreed))?,
            review_at: None,
            guests: false,
            topics: &tags(&group.topics)?,
        };
        let by = viewer(core, &mut tx, Some(founder), made.id).await?;
        describing::describe_whole(core, &mut tx, by, founder, &made, description).await?;
        for other in moderators.iter().skip(1) {
            describing::name_moderator(core, &mut tx, by, founder, &made, other).await?;
        }
    }
    let texts = [(key::REGION_WELCOME, what.welcome.as_str()), (key::REGION_RULES, what.rules.as_str())];
    administering::change(core, &mut tx, &admin, &texts).await?;
    administering::set_theme(core, &mut tx, &admin, administering::Theme::Draft(&theme::tokens(content::theme(number)))).await?;
    administering::set_theme(core, &mut tx, &admin, administering::Theme::Use).await?;
    core.commit(tx).await?;
    show_faces(region, &what.members, &known).await?;
    if let Some(logo) = content::logo(&what.name) {
        let picture = taken(&what.name, files::upload(core, &admin, logo, Shape::Logo).await?)?;
        let mut tx = core.db.begin().await?;
        faces::set_logo(core, &mut tx, &admin, Some(&picture.hash)).await?;
        core.commit(tx).await?;
    }
    Ok(())
}

fn address(name: &str, region: &str) -> String {
    format!("{name}@{region}.example")
}

fn named<'a>(known: &'a [Actor], name: &str) -> Result<&'a Actor> {
    known.iter().find(|actor| actor.name == name).ok_or_else(|| Error::Internal(format!("the demo has no member {name} there")))
}

/// A picture of ours passes.
pub(super) fn taken<T, F: Debug>(name: &str, outcome: std::result::Result<T, F>) -> Result<T> {
    outcome.map_err(|flaw| Error::Internal(format!("the picture {name} of the demo does not pass: {flaw:?}")))
}

async fn describe(region: &Region, tx: &mut Tx, member: &Member, actor: &Actor) -> Result<()> {
    let shown = fit(&member.shown, Line::parse(&member.shown))?;
    let organisation = fit(&member.organisation, Line::parse(&member.organisation))?;
    let role = fit(&member.role, Line::parse(&member.role))?;
    let about = fit(&member.about, About::parse(&member.about))?;
    members::describe(&region.core, tx, actor, &shown, &organisation, &role, &about).await?;
    topics::of_actor(&region.core, tx, actor.id, &tags(&member.topics)?).await
}

/// Faces are read and written anew side by side; then their owners get them.
async fn show_faces(region: &Region, members: &[Member], known: &[Actor]) -> Result<()> {
    let core = &region.core;
    let with_faces = members.iter().zip(known).filter_map(|(member, actor)| Some((actor, content::face(&member.name)?)));
    let uploads = with_faces.map(|(actor, bytes)| async move {
        let picture = taken(&actor.name, files::upload(core, actor, bytes, Shape::Face).await?)?;
        Ok::<_, Error>((actor, picture))
    });
    let uploaded: Vec<_> = futures_util::stream::iter(uploads.collect::<Vec<_>>()).buffered(2).collect().await;
    let mut tx = core.db.begin().await?;
    for one in uploaded {
        let (actor, picture) = one?;
        faces::set_photo(core, &mut tx, actor, Some(&picture.hash)).await?;
    }
    core.commit(tx).await
}

/// Members join the groups that they are in, wherever those are.
///
/// # Errors
/// When a group is not found, or a database can't be written.
pub async fn join(regions: &[Region], content: &Content) -> Result<()> {
    for (number, (region, what)) in regions.iter().zip(&content.regions).enumerate() {
        for (home, other) in content.regions.iter().enumerate() {
            for group in &other.groups {
                let wanting: Vec<&Member> = what.members.iter().filter(|member| member.groups.contains(&group.name)).collect();
                if wanting.is_empty() {
                    continue;
                }
                let home = regions.get(home).ok_or(Error::NotFound)?;
                if number != content.home_of(&group.name)? {
                    region.fed.find_group(&format!("{}@{}", group.name, home.core.urls.authority())).await?;
                }
                let found = region.group(&group.name, &home.core).await?;
                let mut tx = region.core.db.begin().await?;
                for member in wanting {
                    let member = crate::db::actors::local_by_name(&mut tx, &member.name).await?.ok_or(Error::NotFound)?;
                    following::join(&region.core, &mut tx, &member, &found).await?;
                }
                region.core.commit(tx).await?;
            }
        }
    }
    flow(regions).await
}
