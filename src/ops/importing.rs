//! Lists of rules about servers as files: ours, and those that Mastodon writes.

use std::collections::{BTreeMap, BTreeSet};

use super::Core;
use super::administering::{host_of, put_rule, require};
use super::auditing::{Who, record};
use crate::db::hosts::{self, HostRule};
use crate::db::settings::{self, key};
use crate::db::{Conn, Tx, peers};
use crate::error::{Error, Result};
use crate::model::Actor;
use crate::model::names::{clean, cut};

/// Rules in one file, and bytes.
pub const MOST: usize = 5_000;
pub const LARGEST: usize = 200 * 1024;
/// Longest reason that is kept.
const LONGEST_REASON: usize = 2_000;

/// A line of a file as a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it stands in the file.
    pub number: usize,
    pub host: String,
    pub block: bool,
    pub reason: String,
}

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    pub lines: Vec<Line>,
    /// Lines that can't be used: the number and the server as it stands there.
    pub unread: Vec<(usize, String)>,
    /// Servers that are only limited there; we know no such thing.
    pub limited: usize,
}

/// Reads a file: with the columns `host`, `rule`, `reason`, or those of Mastodon (`#domain`, `#severity`, `#public_comment`;
/// its list of allowed servers has `#domain` alone). None when it is neither.
#[must_use]
pub fn read(text: &str) -> Option<Listed> {
    let text = text.trim_start_matches('\u{FEFF}');
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let columns: Vec<String> = reader.headers().ok()?.iter().map(|name| name.trim_start_matches('#').to_lowercase()).collect();
    let column = |name: &str| columns.iter().position(|column| column == name);
    let host_at = column("host").or_else(|| column("domain"))?;
    let (rule_at, severity_at) = (column("rule"), column("severity"));
    let reason_at = column("reason").or_else(|| column("public_comment"));
    if column("host").is_some() && rule_at.is_none() {
        return None;
    }
    let (mut found, mut seen) = (Listed::default(), BTreeSet::new());
    for (number, record) in reader.records().enumerate() {
        let number = number + 2;
        let Ok(record) = record else {
            found.unread.push((number, String::new()));
            continue;
        };
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
        let typed = cell(Some(host_at));
        let block = match (rule_at, severity_at) {
            (Some(_), _) => match cell(rule_at).to_lowercase().as_str() {
                "block" => Some(true),
                "allow" => Some(false),
                _ => None,
            },
            (None, Some(_)) => match cell(severity_at).to_lowercase().as_str() {
                "suspend" => Some(true),
                "silence" | "limit" | "noop" | "none" => {
                    found.limited += 1;
                    continue;
                }
                _ => None,
            },
            (None, None) => Some(false),
        };
        // What spreadsheets were told is no formula.
        let reason = cut(&clean(cell(reason_at).trim_start_matches('\'')), LONGEST_REASON);
        match (host_of(typed).filter(|host| host.contains('.') && !host.contains('*')), block) {
            (Some(host), Some(block)) if found.lines.len() < MOST => {
                // Of two lines about the same server the first counts.
                if seen.insert(host.clone()) {
                    found.lines.push(Line { number, host, block, reason });
                }
            }
            _ => found.unread.push((number, cut(&clean(typed), 100))),
        }
    }
    Some(found)
}

/// What will become of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Blocks,
    Allows,
    /// A rule turns into its opposite.
    Turns,
}

/// What will change.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// With each whether people here have to do with that server, which a block ends.
    pub changes: Vec<(Line, Change, bool)>,
    /// Rules that are there already.
    pub same: usize,
    pub unread: Vec<(usize, String)>,
    pub limited: usize,
}

/// What a file would change.
///
/// # Errors
/// When the database can't be read.
pub async fn plan(core: &Core, conn: &mut Conn, listed: Listed) -> Result<Plan> {
    let known: BTreeMap<String, bool> =
        hosts::rules(conn).await?.into_iter().map(|rule: HostRule| (rule.host.clone(), rule.blocks())).collect();
    let ended: BTreeSet<String> = peers::with_follows(conn).await?.into_iter().collect();
    let mut plan = Plan { unread: listed.unread, limited: listed.limited, ..Plan::default() };
    for line in listed.lines {
        if line.host == core.urls.authority() {
            plan.unread.push((line.number, line.host));
            continue;
        }
        let change = match known.get(&line.host) {
            Some(block) if *block == line.block => {
                plan.same += 1;
                continue;
            }
            Some(_) => Change::Turns,
            None if line.block => Change::Blocks,
            None => Change::Allows,
        };
        let ends = line.block && ended.contains(&line.host);
        plan.changes.push((line, change, ends));
    }
    Ok(plan)
}

/// Keeps a file to be looked at before it is used.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer.
pub async fn keep(core: &Core, tx: &mut Tx, by: &Actor, text: &str) -> Result<()> {
    require(core, tx, by).await?;
    settings::set(tx, key::RULES_DRAFT, text).await
}

/// Uses the file that was looked at. Says how many rules changed.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer; [`Error::Conflict`] when another file was put in its place.
pub async fn apply(core: &Core, tx: &mut Tx, by: &Actor, seen: &str) -> Result<usize> {
    require(core, tx, by).await?;
    let text = settings::get(tx, key::RULES_DRAFT).await?.filter(|text| !text.is_empty()).ok_or(Error::Conflict)?;
    if super::members::token_hash(&text) != seen {
        return Err(Error::Conflict);
    }
    let plan = plan(core, tx, read(&text).ok_or(Error::Conflict)?).await?;
    settings::set(tx, key::RULES_DRAFT, "").await?;
    for (line, ..) in &plan.changes {
        put_rule(core, tx, by, &line.host, line.block, &line.reason).await?;
    }
    for (line, ..) in &plan.changes {
        record(core, tx, Who::Member(by), if line.block { "host.block" } else { "host.allow" }, &line.host, &line.reason).await?;
    }
    record(core, tx, Who::Member(by), "hosts.import", "", &plan.changes.len().to_string()).await?;
    Ok(plan.changes.len())
}

/// Every rule that administrators made, as rows of a file; written down, because a list like this leaves the house.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer.
pub async fn export(core: &Core, tx: &mut Tx, by: &Actor) -> Result<Vec<Vec<String>>> {
    require(core, tx, by).await?;
    let mut rows = vec![["host", "rule", "reason"].map(str::to_owned).to_vec()];
    rows.extend(hosts::rules(tx).await?.into_iter().map(|rule| vec![rule.host, rule.rule, rule.reason]));
    record(core, tx, Who::Member(by), "hosts.export", "", &(rows.len() - 1).to_string()).await?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(text: &str) -> Vec<(String, bool, String)> {
        read(text).unwrap().lines.into_iter().map(|line| (line.host, line.block, line.reason)).collect()
    }

    #[test]
    fn our_own_file_reads() {
        let text = "\u{FEFF}host,rule,reason\r\nbuur.example,allow,\"Onze buren, al jaren\"\r\nReclame.example,block,Reclame\nraar.example,misschien,x\n";
        assert_eq!(
            hosts(text),
            [("buur.example".into(), false, "Onze buren, al jaren".into()), ("reclame.example".into(), true, "Reclame".into())]
        );
        assert_eq!(read(text).unwrap().unread, [(4, "raar.example".to_owned())]);
    }

    #[test]
    fn so_do_those_of_mastodon() {
        let text = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
            slecht.example,suspend,TRUE,TRUE,\"spam, en meer\",FALSE\nmatig.example,silence,FALSE,FALSE,,FALSE\nver***en.example,suspend,TRUE,TRUE,,TRUE\n\
            slecht.example,suspend,TRUE,TRUE,nog eens,FALSE\n";
        assert_eq!(hosts(text), [("slecht.example".into(), true, "spam, en meer".into())]);
        let found = read(text).unwrap();
        assert_eq!((found.limited, found.unread.as_slice()), (1, &[(4, "ver***en.example".to_owned())][..]));
        assert_eq!(hosts("#domain\nbuur.example\n"), [("buur.example".into(), false, String::new())]);
    }

    #[test]
    fn what_is_no_list_does_not_read() {
        for text in ["", "zomaar tekst", "naam,adres\na,b\n", "host\nx.example\n", "\u{0}\u{1}"] {
            assert!(read(text).is_none(), "{text:?}");
        }
        let huge = (0..6_000).fold("host,rule,reason\n".to_owned(), |list, n| list + format!("h{n}.example,block,\n").as_str());
        assert_eq!(read(&huge).unwrap().lines.len(), MOST);
    }
}
