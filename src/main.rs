//! The command line: arguments, configuration, then the app.

mod commands;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use meent::app::{App, open_files};
use meent::config::Config;
use meent::db::{self, Db};
use meent::demo;
use meent::doctor;
use meent::error::{Error, Result};
use meent::model::names::{About, Email, Line, Name, Password, Refused, Title};
use meent::model::{Clock, names};
use meent::ops::auditing::{self, Who};
use meent::ops::keys::KeyMaker;
use meent::ops::{founding, members, passwords, relocating, setting_up};
use meent::storage::Storage;
use meent::web::theme;
use tokio::net::TcpSocket;
use tokio_util::sync::CancellationToken;

/// Connections that may wait until they are taken.
const WAITING_CONNECTIONS: u32 = 1_024;

/// A federated discussion server for municipalities and regions.
#[derive(Debug, Parser)]
#[command(name = "meent", version, about)]
struct Arguments {
    /// The configuration file; else ./config.toml or /etc/meent/config.toml, where there is one.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the instance (also without a command).
    Serve,
    /// Members.
    #[command(subcommand)]
    Member(MemberCommand),
    /// Groups.
    #[command(subcommand)]
    Group(GroupCommand),
    /// Themes.
    #[command(subcommand)]
    Theme(ThemeCommand),
    /// Mail.
    #[command(subcommand)]
    Mail(MailCommand),
    /// The log of what administrators and the command line did.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Pictures and where they lie.
    #[command(subcommand)]
    Files(FilesCommand),
    /// Copies everything but the configuration into one file, while the server runs.
    Backup {
        /// A file that is not there yet.
        file: PathBuf,
    },
    /// Puts a backup back where nothing is.
    Restore {
        file: PathBuf,
        /// Only tries it, in a temporary place, and compares what is there with what the backup says.
        #[arg(long)]
        verify: bool,
    },
    /// Moves from SQLite to PostgreSQL; killed half-way, it goes on when run again.
    Copy {
        /// The empty database it goes to: `postgres://USER:PASSWORD@HOST/NAME`.
        #[arg(long)]
        to: String,
    },
    /// Three regions on this machine that follow each other, with threads and events, until Ctrl-C.
    Demo(demo::Options),
    /// Brings the database up to this binary; the server does so itself when it starts.
    Migrate {
        /// Only says what has been applied.
        #[arg(long, conflicts_with = "rehearse")]
        status: bool,
        /// Tries it on a copy of the database, and says how long it takes and how much room it needs.
        #[arg(long)]
        rehearse: bool,
    },
    /// Looks whether everything is as it should be, and says what to do. Status 0: all is well, 1: warnings, 2: failures.
    Doctor {
        /// Prints what it found as JSON, for monitoring.
        #[arg(long)]
        json: bool,
    },
    /// Asks the running server whether it is ready; for the health check of a container. Status 0 or 1.
    Ready,
}

#[derive(Debug, Subcommand)]
enum MemberCommand {
    /// Adds a member.
    Add {
        /// Lower-case letters, digits and underscores, 3 to 30.
        name: String,
        #[arg(long)]
        email: String,
        /// Makes the member an administrator.
        #[arg(long)]
        admin: bool,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Gives a member a new password and ends their sessions.
    Password {
        name: String,
        #[command(flatten)]
        password: PasswordSource,
    },
}

/// Where a password comes from.
#[derive(Debug, clap::Args)]
struct PasswordSource {
    /// Reads the password (at least 12 characters) from standard input.
    #[arg(long, required = true)]
    password_stdin: bool,
}

impl PasswordSource {
    fn read(&self) -> Result<Password> {
        debug_assert!(self.password_stdin, "the only source there is");
        let mut typed = String::new();
        std::io::stdin().read_to_string(&mut typed).map_err(|error| Error::Bad(format!("can't read the password: {error}")))?;
        parsed("password", Password::parse(typed.trim_end_matches(['\r', '\n'])))
    }
}

#[derive(Debug, Subcommand)]
enum MailCommand {
    /// Sends a test mail at once, with the settings in [mail], and says what the mail server said.
    Test {
        /// Where it goes.
        address: String,
    },
}

#[derive(Debug, Subcommand)]
enum GroupCommand {
    /// Adds a group.
    Add {
        /// Lower-case letters, digits and underscores, 3 to 30.
        name: String,
        #[arg(long)]
        title: String,
        /// What the group is for, in Markdown.
        #[arg(long, default_value = "")]
        description: String,
        /// The name of the member who moderates it; else the first administrator.
        #[arg(long)]
        moderator: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Walks the chain of hashes: says how many entries there are and the last hash, or the first entry that does not fit.
    Verify,
}

#[derive(Debug, Subcommand)]
enum FilesCommand {
    /// Copies every picture from the folder in `data_dir` to the store in [files]. What is there already is passed over.
    Move {
        /// From the store to the folder.
        #[arg(long)]
        back: bool,
        /// Removes each where it was, once it has been copied.
        #[arg(long)]
        remove: bool,
    },
}

#[derive(Debug, Subcommand)]
enum ThemeCommand {
    /// Measures whether a theme's colours can be read wherever our pages lay one on another (WCAG 2.2 AA).
    Check {
        /// A CSS file with design tokens.
        file: PathBuf,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let environment: BTreeMap<String, String> =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect();
    let file = Config::file(arguments.config.as_deref());
    let config = match &arguments.command {
        Some(Command::Demo(_)) => demo::configuration(&environment),
        _ => Config::load(file.as_deref(), &environment),
    };
    let config = match (config, &arguments.command) {
        (Ok(config), _) => config,
        (Err(error), Some(Command::Doctor { json })) => return doctor::unreadable(&error, &Clock::System, *json),
        (Err(error), _) => return complain(&error.to_string()),
    };
    meent::log::start(&config);
    // The one TLS implementation; every client takes it from here.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        return complain("TLS was set up twice");
    }
    open_files::raise_limit();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&format!("can't start threads: {error}")),
    };
    if let Some(Command::Doctor { json }) = arguments.command {
        return runtime.block_on(doctor::run(&config, file.as_deref(), &Clock::System, json));
    }
    match runtime.block_on(run(arguments.command.unwrap_or(Command::Serve), config, &environment)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&sentence(&error)),
    }
}

fn complain(why: &str) -> ExitCode {
    eprintln!("meent: {why}");
    ExitCode::FAILURE
}

/// What went wrong, for the person at the command line.
fn sentence(error: &Error) -> String {
    match error {
        Error::Invalid(fields) => fields
            .iter()
            .map(|(field, why)| {
                let why = match why {
                    Refused::Empty => "is empty".into(),
                    Refused::TooShort(least) => format!("must have at least {least} characters"),
                    Refused::TooLong(most) => format!("must have at most {most} characters"),
                    Refused::Characters => "may only have lower-case letters, digits and underscores".into(),
                    Refused::Taken => "is taken".into(),
                    Refused::Email => "is not an e-mail address".into(),
                    Refused::Guessable => "is easy to guess; a sentence of four unrelated words is better".into(),
                    Refused::Wrong => "is not right".into(),
                    // What nothing at the command line asks for.
                    other => format!("does not pass: {other:?}"),
                };
                format!("{field} {why}")
            })
            .collect::<Vec<_>>()
            .join("; "),
        Error::Internal(text) | Error::Unavailable(text) | Error::Bad(text) => text.clone(),
        other => other.to_string(),
    }
}

async fn run(command: Command, config: Config, environment: &BTreeMap<String, String>) -> Result<()> {
    match command {
        Command::Serve => serve(config).await,
        Command::Demo(options) => {
            let stop = CancellationToken::new();
            tokio::spawn(stop_on_signal(stop.clone()));
            demo::run(&options, environment, &stop).await
        }
        Command::Theme(ThemeCommand::Check { file }) => check_theme(&file),
        Command::Audit(AuditCommand::Verify) => verify_audit(config).await,
        Command::Files(FilesCommand::Move { back, remove }) => move_files(config, back, remove).await,
        Command::Backup { file } => commands::keeping::backup(config, &file).await,
        Command::Restore { file, verify: true } => commands::keeping::verify(&config, &file).await,
        Command::Restore { file, verify: false } => commands::keeping::restore(&config, &file).await,
        Command::Copy { to } => commands::keeping::copy(&config, &to).await,
        Command::Migrate { rehearse: true, .. } => doctor::rehearse(&config).await,
        Command::Migrate { status, .. } => migrate(config, status).await,
        Command::Ready => doctor::ready(&config).await,
        // Answered before this, with a status of its own.
        Command::Doctor { .. } => Ok(()),
        Command::Mail(MailCommand::Test { address }) => test_mail(config, &address).await,
        Command::Member(MemberCommand::Add { name, email, admin, password }) => {
            add_member(config, &name, &email, admin, &password.read()?).await
        }
        Command::Member(MemberCommand::Password { name, password }) => set_password(config, &name, &password.read()?).await,
        Command::Group(GroupCommand::Add { name, title, description, moderator }) => {
            add_group(config, &name, &title, &description, moderator).await
        }
    }
}

/// Prints every pair of colours with its contrast; fails when one is too low.
fn check_theme(file: &Path) -> Result<()> {
    let text = std::fs::read_to_string(file).map_err(|error| Error::Bad(format!("can't read {}: {error}", file.display())))?;
    println!("{} tokens are used of this file.", theme::tokens(&text).matches(';').count());
    let measured = theme::check(&text);
    for pair in &measured {
        let contrast = pair.contrast.map_or_else(|| "not computable".to_owned(), |contrast| format!("{contrast:.2}"));
        println!(
            "{} {contrast:>6} (at least {}) {}: {} on {}",
            if pair.passes() { "ok " } else { "LOW" },
            pair.least,
            pair.place,
            pair.front,
            pair.back
        );
    }
    match measured.iter().filter(|pair| !pair.passes()).count() {
        0 => Ok(()),
        low => Err(Error::Bad(format!("{low} of {} pairs of colours have too little contrast", measured.len()))),
    }
}

async fn serve(config: Config) -> Result<()> {
    let listen = config.listen.clone();
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Error::Unavailable(format!(
            "{listen} is in use by another program (perhaps Meent runs already). Stop it, or set `listen` to another port"
        )),
        _ => Error::Unavailable(format!("can't listen on {listen}: {error}")),
    };
    // First the port: who starts it twice hears that before anything else happens. Nobody is let in before there is somebody to
    // answer: behind a proxy they go to another process until then.
    let address: SocketAddr = listen.parse().map_err(|error| Error::Bad(format!("listen: {error}")))?;
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.map_err(failed)?;
    socket.set_reuseaddr(true).and_then(|()| socket.bind(address)).map_err(failed)?;
    let app = App::open(config, Clock::System, KeyMaker::Generate).await?;
    app.check_storage().await?;
    let listener = socket.listen(WAITING_CONNECTIONS).map_err(failed)?;
    // Whoever started it may read no further: it serves all the same.
    let _ = writeln!(std::io::stdout(), "Meent {} listens on {}", env!("CARGO_PKG_VERSION"), app.core.urls.base());
    if let Some(link) = setting_up::new_link(&app.core).await? {
        let told = format!("\nThis instance has no administrator yet. Open this link to set it up (it works once):\n\n  {link}\n");
        let _ = writeln!(std::io::stdout(), "{told}");
    }
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    app.serve(listener, stop).await
}

async fn stop_on_signal(stop: CancellationToken) {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::error!(%error, "can't hear SIGTERM");
            return;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping: finishing what is under way");
    stop.cancel();
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    // Asked twice: nothing that was accepted is lost by ending here.
    std::process::exit(1);
}

async fn migrate(config: Config, status: bool) -> Result<()> {
    let db = Db::open(&config.database_url).await?;
    if !status {
        db.migrate().await?;
        write_down(&db, "database.migrate", "").await?;
    }
    for (version, name, applied) in db.migrations().await? {
        println!("{version:04} {name}: {}", if applied { "applied" } else { "not applied" });
    }
    db.close().await;
    Ok(())
}

/// Copies every picture to where it shall lie, and says how far it is.
async fn move_files(config: Config, back: bool, remove: bool) -> Result<()> {
    let store = Storage::open(&config)?;
    if !store.is_bucket() {
        return Err(Error::Bad("files.store is not set: it names the store that pictures are moved to, or back from".into()));
    }
    let folder = Storage::folder(&config.data_dir.join("files"))?;
    let (from, to) = if back { (store, folder) } else { (folder, store) };
    to.check(&format!("tmp/check-{}", members::random_token())).await?;
    let db = Db::open(&config.database_url).await?;
    db.migrate().await?;
    println!("From {from} to {to}. It may be stopped and begun again.");
    let moved = relocating::copy(&db, &from, &to, remove, |progress| println!("{progress}")).await;
    let outcome = match moved {
        Ok(done) => {
            for hash in &done.broken {
                println!("{hash} is not what its name says and was not copied");
            }
            println!("Done: {done}");
            write_down(&db, "files.move", if back { "to the folder" } else { "to the store" }).await
        }
        Err(error) => Err(error),
    };
    db.close().await;
    outcome
}

/// Writes down what the command line did, for commands that start no instance.
async fn write_down(db: &Db, act: &str, detail: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    auditing::record_at(&mut tx, Clock::System.now(), auditing::Who::CommandLine, act, "", detail).await?;
    tx.commit().await
}

async fn verify_audit(config: Config) -> Result<()> {
    let db = Db::open(&config.database_url).await?;
    db.migrate().await?;
    let found = auditing::verify(&mut db.conn()).await?;
    let outcome = match &found {
        auditing::Chain::Whole { entries, last } => {
            println!("The audit log is whole: {entries} entries, the last has the hash {last}");
            write_down(&db, "audit.verify", "whole").await
        }
        auditing::Chain::Broken { seq, why } => {
            write_down(&db, "audit.verify", &format!("broken at {seq}")).await?;
            Err(Error::Bad(format!("the audit log is broken at entry {seq}: {why}")))
        }
    };
    db.close().await;
    outcome
}

fn parsed<T>(field: &'static str, outcome: std::result::Result<T, names::Refused>) -> Result<T> {
    outcome.map_err(|why| Error::field(field, why))
}

async fn add_member(config: Config, name: &str, email: &str, admin: bool, password: &Password) -> Result<()> {
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

async fn set_password(config: Config, name: &str, password: &Password) -> Result<()> {
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

async fn test_mail(config: Config, address: &str) -> Result<()> {
    let address = parsed("address", Email::parse(address))?;
    let app = App::open_beside(config, Clock::System, KeyMaker::Generate).await?;
    let outcome = meent::jobs::test_mail(&app.core, address.as_str()).await;
    app.close().await?;
    println!("The mail server took it: {}", outcome?);
    Ok(())
}

async fn add_group(config: Config, name: &str, title: &str, description: &str, moderator: Option<String>) -> Result<()> {
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
