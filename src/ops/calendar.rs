//! Events for the calendars of others: what a calendar program may know of one event, of the agenda of a group, of the whole
//! instance and of a member, and of a series. Public calendars say what the page of an event says to a visitor; the link to take
//! part online is in a member's own calendar alone, while they have a place.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use fluent_bundle::FluentArgs;

use super::members::{random_token, token_hash};
use super::{Core, mailing, recurring};
use crate::db::agenda::{self, Way, Which};
use crate::db::calendars::{self, Kept};
use crate::db::settings::{self, key};
use crate::db::{Conn, Tx, accounts, actors, attendees, events, posts, series, topics};
use crate::error::{Error, Result};
use crate::model::event::moment;
use crate::model::ics::{self, Entry, Status};
use crate::model::rights::{Viewer, can_see};
use crate::model::{AccountState, Actor, ActorId, Event, Lang, Post, PostId, Series, SeriesId, Standing, Time, markup};

/// How far back a calendar goes that somebody subscribes to.
const BACK: i64 = 92 * Time::DAY;
/// Most events in one.
const MOST: usize = 1_000;
/// Characters of an event's words, near which they are cut at the end of a sentence.
const WORDS: usize = 1_500;
/// How often it is noted that an address was looked at.
const NOTED: i64 = Time::HOUR;

/// A calendar file, and when what is in it last changed.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub text: String,
    pub modified: Option<Time>,
}

/// For whom an event is put in a calendar.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub lang: Lang,
    pub status: Status,
    /// The link to take part online, for who has a place.
    pub online_link: &'a str,
    /// When this is said; none in what is fetched again and again: it must stay the same until something changes.
    pub at: Option<Time>,
}

fn say(lang: Lang, key: &str, name: &'static str, value: &str) -> String {
    let mut args = FluentArgs::new();
    args.set(name, value.to_owned());
    lang.say(key, Some(&args))
}

/// What a calendar is told of an event.
#[must_use]
pub fn entry(core: &Core, post: &Post, event: &Event, topics: Vec<String>, view: &View<'_>) -> Entry {
    let (plan, lang) = (&event.plan, view.lang);
    let gone = post.is_deleted();
    let url = core.urls.at(&post.path());
    let mut words = Vec::new();
    if !gone {
        words.push(markup::summary(&post.html, WORDS));
        if !view.online_link.is_empty() {
            words.push(say(lang, "calendar-join", "link", view.online_link));
        }
    }
    words.push(say(lang, "calendar-more", "link", &url));
    words.retain(|part| !part.is_empty());
    let place = match plan.place.line() {
        line if !line.is_empty() => line,
        _ if !view.online_link.is_empty() => view.online_link.to_owned(),
        _ if plan.online => lang.say("calendar-online", None),
        _ => String::new(),
    };
    let modified = event.changed_at.max(post.updated_at);
    Entry {
        uid: post.ap_id.clone(),
        sequence: event.sequence,
        modified,
        stamp: view.at.unwrap_or(modified),
        status: if gone || event.is_cancelled() { Status::Cancelled } else { view.status },
        starts: plan.starts_at,
        ends: plan.over_at(),
        zone: plan.tz(),
        title: if post.title.is_empty() { lang.say("calendar-removed", None) } else { post.title.clone() },
        words: words.join("\n\n"),
        place: if gone { String::new() } else { place },
        url,
        topics,
        // A name helps; an address would end up in everybody's address book.
        contact: if plan.contact.contains('@') || gone { String::new() } else { plan.contact.clone() },
        instead_of: None,
        rule: None,
        until: Time(0),
    }
}

/// As everybody may see it.
fn public(lang: Lang) -> View<'static> {
    View { lang, status: Status::Confirmed, online_link: "", at: None }
}

/// The zone of this instance.
#[must_use]
pub fn zone(core: &Core) -> Tz {
    core.config.time_zone.parse().unwrap_or(chrono_tz::Europe::Amsterdam)
}

async fn language(conn: &mut Conn) -> Result<Lang> {
    Ok(settings::get(conn, key::LANGUAGE).await?.as_deref().and_then(Lang::from_code).unwrap_or_default())
}

fn sheet(core: &Core, name: &str, entries: &[Entry]) -> Sheet {
    Sheet { text: ics::write(name, zone(core), entries), modified: entries.iter().map(|entry| entry.modified).max() }
}

/// One event, for whoever may see it.
///
/// # Errors
/// [`Error::NotFound`] for what is no event; [`Error::Gone`] for one that was removed.
pub async fn of_post(core: &Core, conn: &mut Conn, id: PostId) -> Result<Sheet> {
    let post = posts::by_id(conn, id).await?;
    let event = events::of(conn, id).await?.ok_or(Error::NotFound)?;
    if !can_see(Viewer::default(), &post) {
        return Err(Error::Gone);
    }
    let view = public(language(conn).await?);
    let about = shown(conn, id).await?;
    Ok(sheet(core, "", &[entry(core, &post, &event, about, &view)]))
}

/// The topics of an event.
///
/// # Errors
/// When the database can't be read.
pub async fn shown(conn: &mut Conn, post: PostId) -> Result<Vec<String>> {
    Ok(topics::of_post(conn, post).await?.into_iter().map(|topic| topic.shown).collect())
}

/// Topics by event, of a list in the order in which they begin.
async fn topics_of(conn: &mut Conn, cards: &[agenda::EventCard]) -> Result<HashMap<PostId, Vec<String>>> {
    let mut found: HashMap<PostId, Vec<String>> = HashMap::new();
    let (Some(first), Some(last)) = (cards.first(), cards.last()) else { return Ok(found) };
    for (post, topic) in calendars::topics_between(conn, first.event.plan.starts_at, last.event.plan.starts_at).await? {
        found.entry(post).or_default().push(topic);
    }
    Ok(found)
}

/// The events of a list, for a calendar that somebody subscribes to.
async fn listed(core: &Core, conn: &mut Conn, which: Which, reader: Option<ActorId>) -> Result<Vec<agenda::EventCard>> {
    let from = core.now().plus(-BACK);
    Ok(agenda::events(conn, which, reader, (from, Time(i64::MAX)), Way::Onward, None, MOST).await?.items)
}

async fn public_sheet(core: &Core, conn: &mut Conn, which: Which, name: &str, lang: Lang) -> Result<Sheet> {
    let cards = listed(core, conn, which, None).await?;
    let mut topics = topics_of(conn, &cards).await?;
    let view = public(lang);
    let of = |card: &agenda::EventCard, topics| entry(core, &card.post, &card.event, topics, &view);
    let entries: Vec<Entry> = cards
        .iter()
        .filter(|card| can_see(Viewer::default(), &card.post))
        .map(|card| of(card, topics.remove(&card.post.id).unwrap_or_default()))
        .collect();
    Ok(sheet(core, name, &entries))
}

/// Every event of a group.
///
/// # Errors
/// When the database can't be read.
pub async fn of_group(core: &Core, conn: &mut Conn, group: &Actor) -> Result<Sheet> {
    let lang = language(conn).await?;
    let name = say(lang, "calendar-name-group", "group", group.shown());
    public_sheet(core, conn, Which::Group(group.id), &name, lang).await
}

/// Every event that this instance knows.
///
/// # Errors
/// When the database can't be read.
pub async fn of_instance(core: &Core, conn: &mut Conn) -> Result<Sheet> {
    let lang = language(conn).await?;
    let name = say(lang, "calendar-name-region", "region", &mailing::region(conn).await?);
    public_sheet(core, conn, Which::All, &name, lang).await
}

/// How it stands with somebody who said yes, or maybe, for a calendar.
#[must_use]
pub fn status_of(state: Option<Standing>) -> Status {
    match state {
        // Whoever only organises it is there too.
        None | Some(Standing::In) => Status::Confirmed,
        Some(Standing::Refused) => Status::Cancelled,
        Some(_) => Status::Tentative,
    }
}

/// What a member comes to, may come to or organises; with the link to take part online where they have a place. What was removed
/// stays, as cancelled: a calendar that found nothing about it would go on showing it.
///
/// # Errors
/// When the database can't be read.
pub async fn of_member(core: &Core, conn: &mut Conn, member: &Actor) -> Result<Sheet> {
    let lang = accounts::by_actor(conn, member.id).await?.and_then(|account| Lang::from_code(&account.language)).unwrap_or_default();
    let cards = listed(core, conn, Which::Mine(member.id), Some(member.id)).await?;
    let given: HashMap<PostId, String> =
        attendees::said_by(conn, member.id).await?.into_iter().map(|said| (said.post_id, said.online_link)).collect();
    let mut topics = topics_of(conn, &cards).await?;
    let mut entries = Vec::new();
    for card in &cards {
        let is_in = card.my_state == Some(Standing::In) && !card.event.is_cancelled();
        let elsewhere = given.get(&card.post.id).map_or("", String::as_str);
        let link = if card.post.local { &card.event.plan.online_link } else { elsewhere };
        let view = View { lang, status: status_of(card.my_state), online_link: if is_in { link } else { "" }, at: None };
        let about = topics.remove(&card.post.id).unwrap_or_default();
        entries.push(entry(core, &card.post, &card.event, about, &view));
    }
    for Kept { post, event } in calendars::removed_of(conn, member.id, core.now().plus(-BACK), MOST.try_into().unwrap_or(i64::MAX)).await? {
        entries.push(entry(core, &post, &event, Vec::new(), &public(lang)));
    }
    let name = say(lang, "calendar-name-mine", "region", &mailing::region(conn).await?);
    Ok(sheet(core, &name, &entries))
}

/// A series by its rule: what follows it word for word is not told again, what was changed alone is told instead of what the rule
/// says, and what was removed or never made is left out. What took place before the series was changed as a whole stands by itself.
///
/// # Errors
/// [`Error::NotFound`] when there is no such series.
pub async fn of_series(core: &Core, conn: &mut Conn, id: SeriesId) -> Result<Sheet> {
    let row = series::by_id(conn, id).await?.ok_or(Error::NotFound)?;
    let made: Vec<Kept> = series::occurrences(conn, id).await?;
    let (repeat, first, zone) = recurring::rule_of(&row)?;
    // With the last that stood its words are gone: whoever has it in a calendar hears that it does not take place, and no more.
    if made.iter().all(|kept| kept.post.is_deleted()) {
        return Ok(sheet(core, "", &[called_off(core, &row, moment(zone, first), zone)]));
    }
    let lang = language(conn).await?;
    let view = public(lang);
    let template = recurring::Template::read(&row)?;
    let slots: Vec<Time> = repeat.dates(first).into_iter().map(|local| moment(zone, local)).collect();
    let mut by_slot: HashMap<Time, &Kept> = HashMap::new();
    let mut entries = Vec::new();
    for kept in &made {
        match kept.event.occurs_at.filter(|at| slots.contains(at)) {
            Some(at) => drop(by_slot.insert(at, kept)),
            None if kept.post.is_deleted() => {}
            None => entries.push(entry(core, &kept.post, &kept.event, Vec::new(), &view)),
        }
    }
    let (mut except, mut instead) = (Vec::new(), Vec::new());
    let mut head = master(core, &row, &template, (first, zone), lang);
    for at in &slots {
        match by_slot.get(at) {
            Some(kept) if !kept.post.is_deleted() => {
                head.modified = head.modified.max(kept.post.updated_at).max(kept.event.changed_at);
                if !follows(&template, kept, zone) {
                    let told = entry(core, &kept.post, &kept.event, Vec::new(), &view);
                    instead.push(Entry { uid: row.ap_id.clone(), instead_of: Some((*at, zone)), ..told });
                }
            }
            Some(_) => except.push(*at),
            // The server was away when it was its turn, or it was switched off.
            None if *at <= row.made_until => except.push(*at),
            None => {}
        }
    }
    head.stamp = head.modified;
    match slots.last() {
        Some(last) => {
            head.until = *last;
            head.rule = Some((row.rule.clone(), except));
        }
        None => head.status = Status::Cancelled,
    }
    entries.push(head);
    entries.extend(instead);
    Ok(sheet(core, &template.title, &entries))
}

/// A series of which nothing stands any more: what is left when its words are gone.
fn called_off(core: &Core, row: &Series, starts: Time, zone: Tz) -> Entry {
    let modified = row.created_at.max(row.ended_at.unwrap_or(row.created_at));
    Entry {
        uid: row.ap_id.clone(),
        sequence: 0,
        modified,
        stamp: modified,
        status: Status::Cancelled,
        starts,
        ends: starts,
        zone,
        title: String::new(),
        words: String::new(),
        place: String::new(),
        url: core.urls.at(&format!("/series/{}", row.id)),
        topics: Vec::new(),
        contact: String::new(),
        instead_of: None,
        rule: None,
        until: Time(0),
    }
}

/// What every occurrence is that nobody changed alone.
fn master(core: &Core, row: &Series, template: &recurring::Template, (first, zone): (NaiveDateTime, Tz), lang: Lang) -> Entry {
    let plan = template.at(first, zone);
    let bare = called_off(core, row, plan.starts_at, zone);
    let words = [markup::summary(&markup::markdown(&template.body), WORDS), say(lang, "calendar-more", "link", &bare.url)];
    let place = match plan.place.line() {
        line if !line.is_empty() => line,
        _ if plan.online => lang.say("calendar-online", None),
        _ => String::new(),
    };
    Entry {
        status: Status::Confirmed,
        ends: plan.over_at(),
        title: template.title.clone(),
        words: words.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n"),
        place,
        topics: template.tags.clone(),
        contact: if plan.contact.contains('@') { String::new() } else { plan.contact },
        ..bare
    }
}

/// Whether an occurrence is as the series has it, as far as a calendar goes.
fn follows(template: &recurring::Template, kept: &Kept, zone: Tz) -> bool {
    let Some(at) = kept.event.occurs_at else { return false };
    let plan = template.at(at.utc().with_timezone(&zone).naive_local(), zone);
    let it = &kept.event.plan;
    !kept.event.is_cancelled()
        && kept.post.title == template.title
        && kept.post.source.as_deref() == Some(template.body.as_str())
        && (it.starts_at, it.ends_at, &it.place, it.online, &it.contact)
            == (plan.starts_at, plan.ends_at, &plan.place, plan.online, &plan.contact)
}

/// Makes a member's own address; the one before it stops working. Only what comes back opens it: the hash alone is kept.
///
/// # Errors
/// When the database can't be written.
pub async fn make(core: &Core, tx: &mut Tx, member: &Actor) -> Result<String> {
    let token = random_token();
    calendars::set(tx, member.id, &token_hash(&token), core.now()).await?;
    Ok(token)
}

/// The address leads nowhere any more.
///
/// # Errors
/// When the database can't be written.
pub async fn revoke(tx: &mut Tx, member: ActorId) -> Result<()> {
    calendars::revoke(tx, member).await
}

/// Whose agenda is at a secret address.
///
/// # Errors
/// [`Error::NotFound`] for one that leads nowhere.
pub async fn owner(core: &Core, token: &str) -> Result<Actor> {
    let hash = token_hash(token);
    let mut conn = core.db.conn();
    let id = calendars::owner(&mut conn, &hash).await?.ok_or(Error::NotFound)?;
    let account = accounts::by_actor(&mut conn, id).await?.filter(|account| account.state == AccountState::Active);
    let member = actors::by_id(&mut conn, id).await?;
    if account.is_none() || member.deleted_at.is_some() {
        return Err(Error::NotFound);
    }
    let read = calendars::of(&mut conn, id).await?.and_then(|(_, read)| read);
    if read.is_none_or(|read| read.plus(NOTED) <= core.now()) {
        let mut tx = core.db.begin().await?;
        calendars::was_read(&mut tx, &hash, core.now()).await?;
        tx.commit().await?;
    }
    Ok(member)
}
