//! `meent demo`: three regions on this machine that follow each other, filled with what professionals ask and answer, to look
//! around in. Everything in it is done by the same verbs and travels by the same HTTP as anywhere; nothing is put in place.
//!
//! `content` is who and what, `stage` the instances, `settling` and `playing` do what the content says, `travels` and `terminal`
//! show it, `place` is where it is kept. What belongs to real instances does not belong here.

mod content;
mod moments;
mod place;
mod playing;
mod settling;
mod stage;
mod terminal;
mod travels;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::{join_all, try_join_all};
use tokio_util::sync::CancellationToken;

use self::content::Content;
use self::place::{Note, Place};
use self::playing::{Played, Players, Script, live};
use self::stage::{Region, Serving, flow};
use self::terminal::{Ink, Terminal};
use crate::config::{Config, ConfigError};
use crate::db::received;
use crate::error::{Error, Result};
use crate::model::{Clock, Lang, Time};
use crate::ops::keys::KeyMaker;

/// Before anybody wrote anything, the regions were set up.
const BEFORE: i64 = 3 * Time::DAY;
/// What happens live begins so long after the start, and goes on so often.
const FIRST_STEP: Duration = Duration::from_secs(3);
const NEXT_STEP: Duration = Duration::from_secs(20);
/// How long a region may take to end.
const LAST: Duration = Duration::from_secs(8);

/// What can be asked of the demo.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The port of the first region; the others take the next that are free.
    #[arg(long)]
    port: Option<u16>,
    /// Keeps everything in this folder, and starts again from it.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// nl or en; else the language of your terminal.
    #[arg(long, value_parser = language)]
    language: Option<Lang>,
    /// Nothing happens but what you do yourself.
    #[arg(long)]
    quiet: bool,
}

fn language(text: &str) -> std::result::Result<Lang, String> {
    Lang::from_code(text).ok_or_else(|| "nl or en".to_owned())
}

/// The configuration that the log is started with. What is set for a real instance does not concern the demo.
///
/// # Errors
/// As [`Config::parse`].
pub fn configuration(environment: &BTreeMap<String, String>) -> std::result::Result<Config, ConfigError> {
    let concerns = |name: &str| name.starts_with("MEENT_LOG__") || name.starts_with("DANGER_");
    let mut environment: BTreeMap<String, String> =
        environment.iter().filter(|(name, _)| concerns(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    environment.entry("MEENT_LOG__LEVEL".into()).or_insert_with(|| "error".into());
    Config::parse("", &environment)
}

/// Runs the demo until `stop`.
///
/// # Errors
/// With a sentence for the person who started it.
pub async fn run(options: &Options, environment: &BTreeMap<String, String>, stop: &CancellationToken) -> Result<()> {
    let begun = Instant::now();
    let mut terminal = Terminal::new(terminal::language(options.language, environment), environment);
    let content = Content::read()?;
    let place = Place::of(options.keep.as_deref())?;
    let note = place.note()?;
    let listeners = match &note {
        Some(note) => stage::listen_again(&note.ports),
        None => stage::listen_anywhere(options.port, content.regions.len()),
    };
    let listeners = listeners.map_err(|port| Error::Unavailable(terminal.say("demo-port-taken", &[("port", &port.to_string())])))?;
    let hello = terminal.say("demo-hello", &[]);
    let hello = terminal.paint(Ink::Bold, &hello);
    Terminal::line(&hello);
    let (note, whole) = match note {
        Some(note) => (Some(note), true),
        None => match Box::pin(fill(&place, &content, &listeners, &mut terminal, stop)).await {
            Ok(note) => {
                let whole = note.is_some();
                (note, whole)
            }
            Err(error) => {
                // What went wrong says more than that its folder could not be removed, too.
                let _ = place.leave(false);
                return Err(error);
            }
        },
    };
    let outcome = match note {
        Some(note) => Box::pin(open_to_all(&place, &content, &listeners, note, options, begun, &mut terminal, stop)).await,
        None => Ok(()),
    };
    let left = place.leave(whole);
    let bye = terminal.say("demo-bye", &[]);
    Terminal::line(&bye);
    outcome.and(left)
}

/// Fills new regions with everything that happened in the last weeks; none when it was stopped meanwhile.
async fn fill(
    place: &Place,
    content: &Content,
    listeners: &[TcpListener],
    terminal: &mut Terminal,
    stop: &CancellationToken,
) -> Result<Option<Note>> {
    let now = Clock::System.now();
    let acts = Script::of(content, now, chrono_tz::Europe::Amsterdam);
    let begin = acts.first().map_or(now, |act| act.at).plus(-BEFORE);
    let clock = Clock::manual(begin);
    terminal.progress(0, acts.len());
    // One pair for each region, made now: pairs that were shipped could be anybody's.
    let keys = try_join_all(content.regions.iter().map(|_| KeyMaker::Generate.make()));
    let (keys, password) = tokio::join!(keys, settling::password_hash());
    let (keys, password) = (keys?, password?);
    let ended = CancellationToken::new();
    let (mut regions, mut serving) = (Vec::new(), Vec::new());
    for ((what, listener), pair) in content.regions.iter().zip(listeners).zip(keys) {
        let keys = KeyMaker::Fixed(Arc::new(pair));
        let app = stage::open(place.path(), &what.name, stage::port(listener), clock.clone(), keys).await?;
        regions.push(stage::region(&app, &what.name, &what.title));
        serving.push(stage::answer(app, listener, ended.clone())?);
    }
    let settled = regions.iter().enumerate().map(|(number, region)| settling::settle(region, content, number, terminal.lang(), &password));
    try_join_all(settled).await?;
    settling::join(&regions, content).await?;
    let mut players = Players { regions, content, today: now, known: BTreeMap::new() };
    for (number, act) in acts.iter().enumerate() {
        if stop.is_cancelled() {
            break;
        }
        clock.advance((act.at.0 - clock.now().0).max(0));
        if Box::pin(players.play(act)).await? == Played::TooEarly {
            flow(&players.regions).await?;
            if Box::pin(players.play(act)).await? == Played::TooEarly {
                return Err(Error::Internal(format!("in the demo, what {act:?} is about did not arrive")));
            }
        }
        terminal.progress(number, acts.len());
    }
    clock.advance((now.0 - clock.now().0).max(0));
    flow(&players.regions).await?;
    let mut travelled = 0;
    for region in &players.regions {
        for state in ["done", "ignored"] {
            travelled += received::count(&mut region.core.db.conn(), state).await?;
        }
    }
    let known = std::mem::take(&mut players.known);
    drop(players);
    ended.cancel();
    wait_for(serving).await?;
    if stop.is_cancelled() {
        return Ok(None);
    }
    terminal.progress(acts.len(), acts.len());
    let (posts, travelled) = (known.len().to_string(), travelled.to_string());
    let filled = terminal.say("demo-filled", &[("posts", &posts), ("travelled", &travelled)]);
    Terminal::line(&filled);
    let note = Note { ports: listeners.iter().map(stage::port).collect(), known, played: 0 };
    place.keep(&note)?;
    Ok(Some(note))
}

/// Waits until instances have ended.
async fn wait_for(serving: Vec<Serving>) -> Result<()> {
    // One that does not end in time ends with the process.
    for ended in join_all(serving.into_iter().map(|one| tokio::time::timeout(LAST, one))).await.into_iter().flatten() {
        ended.map_err(|error| Error::Internal(error.to_string()))??;
    }
    Ok(())
}

/// Runs the regions, says where they are, and shows what travels between them until `stop`.
async fn open_to_all(
    place: &Place,
    content: &Content,
    listeners: &[TcpListener],
    note: Note,
    options: &Options,
    begun: Instant,
    terminal: &mut Terminal,
    stop: &CancellationToken,
) -> Result<()> {
    let (sender, receiver) = travels::channel();
    let (mut regions, mut seen, mut serving) = (Vec::new(), Vec::new(), Vec::new());
    for (number, (what, listener)) in content.regions.iter().zip(listeners).enumerate() {
        let app = stage::open(place.path(), &what.name, stage::port(listener), Clock::System, KeyMaker::Generate).await?;
        let region = stage::region(&app, &what.name, &what.title);
        travels::listen(number, &region, &sender);
        seen.push(travels::Seen { title: what.title.clone(), core: app.core.clone() });
        serving.push(stage::run(app, listener, stop.clone())?);
        regions.push(region);
    }
    drop(sender);
    introduce(&regions, content, begun, terminal);
    let players = Players { regions, content, today: Clock::System.now(), known: note.known.clone() };
    tokio::join!(travels::show(receiver, &seen, terminal, stop), trickle(players, place, note, options.quiet, stop));
    drop(seen);
    wait_for(serving).await
}

/// Says where the regions are, who can log in and what to try.
fn introduce(regions: &[Region], content: &Content, begun: Instant, terminal: &mut Terminal) {
    let took = format!("{:.1}", begun.elapsed().as_secs_f64());
    let took = if terminal.lang() == Lang::Nl { took.replace('.', ",") } else { took };
    let mut lines = vec![terminal.paint(Ink::Good, &terminal.say("demo-ready", &[("seconds", &took)])), String::new()];
    let width = regions.iter().map(|region| region.title.chars().count()).max().unwrap_or_default();
    for (number, (region, what)) in regions.iter().zip(&content.regions).enumerate() {
        let title = terminal.paint(Ink::Region(number), &format!("{:<width$}", region.title));
        lines.push(format!("  {title}  {}", region.address()));
        let [admin, moderator, member] = what.accounts();
        let who = terminal.say("demo-accounts", &[("admin", admin), ("moderator", moderator), ("member", member)]);
        lines.push(format!("  {:<width$}  {who}", ""));
    }
    lines.push(String::new());
    lines.push(format!("  {}", terminal.say("demo-password", &[("password", settling::PASSWORD)])));
    lines.push(String::new());
    lines.push(terminal.paint(Ink::Bold, &terminal.say("demo-try", &[])));
    let of = |number: usize| regions.get(number).map_or("", |region| region.title.as_str());
    let member = |number: usize| content.regions.get(number).map_or("", |what| what.accounts()[2]);
    let admin = content.regions.get(2).map_or("", |what| what.accounts()[0]);
    let full = content.threads.iter().find(|thread| thread.event.as_ref().is_some_and(content::Event::is_full));
    let full = full.map_or("", |thread| thread.title.as_str());
    let filled = [("a", of(0)), ("b", of(1)), ("c", of(2)), ("asker", member(0)), ("helper", member(1)), ("admin", admin), ("full", full)];
    for step in 1..=5 {
        lines.push(format!("  {step}. {}", terminal.say(&format!("demo-step-{step}"), &filled)));
    }
    let names: Vec<String> = regions.iter().map(|region| format!("{}.localhost", region.name)).collect();
    lines.push(String::new());
    for key in ["demo-unknown", "demo-stop", "demo-below"] {
        lines.push(terminal.paint(Ink::Faint, &terminal.say(key, &[("names", &names.join(" "))])));
    }
    lines.push(String::new());
    for line in &lines {
        Terminal::line(line);
    }
}

/// Now and then somebody does something, so that there is something to see; until everything has happened, or `stop`.
async fn trickle(mut players: Players<'_>, place: &Place, mut note: Note, quiet: bool, stop: &CancellationToken) {
    let mut pause = FIRST_STEP;
    while let Some(step) = players.content.live.get(note.played).filter(|_| !quiet) {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = NEXT_STEP;
        match Box::pin(players.play(&live(step, note.played))).await {
            Ok(Played::TooEarly) => continue,
            Ok(Played::Done) => {}
            // A visitor may have removed what it is about.
            Err(error) => tracing::info!(%error, "a step of the demo was left out"),
        }
        note.played += 1;
        note.known.clone_from(&players.known);
        if let Err(error) = place.keep(&note) {
            error.log();
        }
    }
}
