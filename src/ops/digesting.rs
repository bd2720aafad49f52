//! The mails that tell what happened: one thing at once, or what was gathered in a digest. Written when they are sent.

use chrono::{Datelike, Days, NaiveTime, TimeZone, Weekday};
use chrono_tz::Tz;
use fluent_bundle::FluentArgs;

use super::event_mails::About;
use super::mailing::{Part, Written, lay_out, queue_telling, region};
use super::noticing::{self, Line};
use super::sending::Ready;
use super::unsubscribing::{self, What};
use super::{Core, notifying};
use crate::db::mails::Mail;
use crate::db::notifications::{self, Notification};
use crate::db::{Conn, accounts};
use crate::error::Result;
use crate::model::names::cut;
use crate::model::{Account, Actor, Lang, Time};

/// Most things in one digest; what is more comes in the next one.
const MOST: i64 = 100;
/// What is older is no longer mailed: somebody who had switched digests off is not buried when they switch them on.
const OLDEST: i64 = 31 * Time::DAY;
/// What could not be mailed at once within this time stands on the page, and is not mailed any more.
const STALE: i64 = 3 * Time::DAY;
/// Longest subject.
const SUBJECT: usize = 150;
/// When digests go out, in the region's time.
const HOUR: u32 = 7;

/// When a digest last was due: seven in the morning, of every day or of Monday.
#[must_use]
pub fn last_due(now: Time, zone: Tz, weekly: bool) -> Time {
    let local = now.utc().with_timezone(&zone);
    let mut day = local.date_naive();
    // A week back at most: yesterday's morning, or last Monday's.
    for _ in 0..9 {
        let morning = NaiveTime::from_hms_opt(HOUR, 0, 0).and_then(|at| zone.from_local_datetime(&day.and_time(at)).earliest());
        let due = morning.map(|at| Time(at.timestamp_millis()));
        if let Some(due) = due.filter(|due| *due <= now && (!weekly || day.weekday() == Weekday::Mon)) {
            return due;
        }
        let Some(before) = day.checked_sub_days(Days::new(1)) else { break };
        day = before;
    }
    now
}

/// Queues every digest that is due. After a time of standing still, each of them once.
///
/// # Errors
/// When the database can't be written.
pub async fn run(core: &Core) -> Result<()> {
    let (now, zone) = (core.now(), core.config.time_zone.parse().unwrap_or(chrono_tz::Europe::Amsterdam));
    let mut tx = core.db.begin().await?;
    for (digest, weekly) in [("daily", false), ("weekly", true)] {
        let due = last_due(now, zone, weekly);
        if core.config.mail.is_set() {
            for reader in notifications::digest_readers(&mut tx, digest, due).await? {
                if let Some(account) = accounts::by_actor(&mut tx, reader).await? {
                    queue_telling(core, &mut tx, &account, "digest", "").await?;
                }
            }
        }
        notifications::digests_considered(&mut tx, digest, due, now).await?;
    }
    core.commit(tx).await
}

/// What a notice or digest says to its reader now; none when nothing is left.
///
/// # Errors
/// When the database can't be read.
pub async fn written(core: &Core, conn: &mut Conn, mail: &Mail, reader: &Actor, account: &Account, lang: Lang) -> Result<Option<Ready>> {
    let digest = mail.kind == "digest";
    if !digest && mail.created_at.plus(STALE) <= core.now() {
        return Ok(None);
    }
    let found = if digest {
        if account.digest == "off" {
            Vec::new()
        } else {
            notifications::for_digest(conn, reader.id, core.now().plus(-OLDEST), MOST).await?
        }
    } else {
        let notice = match mail.reference.parse() {
            Ok(id) => notifications::by_id(conn, id).await?,
            Err(_) => None,
        };
        notice.into_iter().filter(|notice| notice.mail == "now" && notice.read_at.is_none()).collect()
    };
    let mut wanted: Vec<Notification> = Vec::new();
    for notice in found {
        // What they chose meanwhile counts.
        let choice = notifying::choice(conn, reader.id, notice.kind).await?.mail;
        if choice == "now" || (digest && choice == "digest") {
            wanted.push(notice);
        }
    }
    let mut lines = Vec::new();
    for line in noticing::lines(core, conn, reader, lang, wanted).await? {
        let about = About::of_notice(conn, reader.id, &line.notice, lang).await?;
        // What was overtaken since is not mailed any more.
        if about.as_ref().is_none_or(|about| about.holds(core, &line.notice.sentence)) {
            lines.push((line, about));
        }
    }
    let Some((first, about)) = lines.first() else { return Ok(None) };
    let what = if digest { What::Digest } else { What::Kind(first.notice.kind) };
    let Some(token) = unsubscribing::token(conn, reader.id, what).await? else { return Ok(None) };
    let stop = core.urls.at(&format!("/unsubscribe/{token}"));
    let region = region(conn).await?;
    let written =
        if digest { digest_of(core, &region, lang, &lines, &stop) } else { notice_of(core, &region, lang, (first, about.as_ref()), &stop) };
    let told = lines.iter().map(|(line, _)| line.notice.id).collect();
    let attached = about.as_ref().filter(|_| !digest).and_then(|about| about.attached(core, &first.notice.sentence));
    Ok(Some(Ready { address: account.email.clone(), written, told, unsubscribe: Some(token), attached }))
}

fn say(lang: Lang, key: &str, region: &str, n: usize) -> String {
    let mut args = FluentArgs::new();
    args.set("region", region.to_owned());
    args.set("n", n);
    lang.say(key, Some(&args))
}

fn words_of(core: &Core, lang: Lang, region: &str, line: &Line, about: Option<&About>, parts: &mut Vec<Part>) {
    parts.push(Part::Paragraph(line.sentence.clone()));
    parts.extend(about.map(|about| about.facts(core)).unwrap_or_default());
    if !line.excerpt.is_empty() {
        parts.push(Part::Quote(line.excerpt.clone()));
    }
    parts.push(Part::Link(say(lang, "mail-see", region, 0), core.urls.at(&line.path)));
}

fn notice_of(core: &Core, region: &str, lang: Lang, (line, about): (&Line, Option<&About>), stop: &str) -> Written {
    let mut parts = Vec::new();
    words_of(core, lang, region, line, about, &mut parts);
    parts.extend(about.map(About::links).unwrap_or_default());
    parts.push(Part::Foot(say(lang, &format!("mail-stop-{}", line.notice.kind.word()), region, 0), stop.to_owned()));
    parts.push(Part::Foot(say(lang, "mail-choose", region, 0), core.urls.at("/account/notifications")));
    lay_out(core, region, lang, &cut(&line.sentence, SUBJECT), &parts)
}

fn digest_of(core: &Core, region: &str, lang: Lang, lines: &[(Line, Option<About>)], stop: &str) -> Written {
    let mut parts = vec![Part::Paragraph(say(lang, "mail-digest", region, lines.len()))];
    // Threads in the order of the first thing that happened in each; what belongs to none comes last.
    let mut threads = Vec::new();
    for (id, title) in lines.iter().filter_map(|(line, _)| line.thread.as_ref()) {
        if !threads.iter().any(|(known, _)| known == &Some(*id)) {
            threads.push((Some(*id), title.clone()));
        }
    }
    if lines.iter().any(|(line, _)| line.thread.is_none()) {
        threads.push((None, say(lang, "mail-digest-other", region, 0)));
    }
    for (thread, title) in threads {
        parts.push(Part::Heading(title));
        for (line, about) in lines.iter().filter(|(line, _)| line.thread.as_ref().map(|(id, _)| *id) == thread) {
            words_of(core, lang, region, line, about.as_ref(), &mut parts);
        }
    }
    parts.push(Part::Foot(say(lang, "mail-stop-digest", region, 0), stop.to_owned()));
    parts.push(Part::Foot(say(lang, "mail-choose", region, 0), core.urls.at("/account/notifications")));
    lay_out(core, region, lang, &say(lang, "mail-digest.subject", region, lines.len()), &parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        Time::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn seven_in_the_morning_is_seven_in_summer_and_in_winter() {
        let zone = chrono_tz::Europe::Amsterdam;
        // Friday 20 November 2026, winter: seven is 06:00Z.
        assert_eq!(last_due(at("2026-11-20T06:00:00Z"), zone, false), at("2026-11-20T06:00:00Z"));
        assert_eq!(last_due(at("2026-11-20T05:59:59Z"), zone, false), at("2026-11-19T06:00:00Z"));
        assert_eq!(last_due(at("2026-11-20T09:00:00Z"), zone, true), at("2026-11-16T06:00:00Z"));
        // Summer: 05:00Z. The clock went forward on Sunday 28 March 2027.
        assert_eq!(last_due(at("2027-03-28T05:00:00Z"), zone, false), at("2027-03-28T05:00:00Z"));
        assert_eq!(last_due(at("2027-03-28T04:59:00Z"), zone, false), at("2027-03-27T06:00:00Z"));
        assert_eq!(last_due(at("2027-03-29T04:59:00Z"), zone, true), at("2027-03-22T06:00:00Z"));
        assert_eq!(last_due(at("2027-03-29T05:00:00Z"), zone, true), at("2027-03-29T05:00:00Z"));
        // And back on Sunday 25 October 2026.
        assert_eq!(last_due(at("2026-10-25T05:30:00Z"), zone, false), at("2026-10-24T05:00:00Z"));
        assert_eq!(last_due(at("2026-10-25T06:00:00Z"), zone, false), at("2026-10-25T06:00:00Z"));
    }
}
