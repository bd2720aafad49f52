//! The command line: arguments, configuration, then the app.

mod commands;

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use commands::arguments::{Arguments, AuditCommand, Command, FilesCommand, GroupCommand, MailCommand, MemberCommand, ThemeCommand};
use commands::{keeping, people, upkeep};
use meent::app::{App, open_files};
use meent::config::Config;
use meent::error::{Error, Result};
use meent::model::Clock;
use meent::model::names::Refused;
use meent::ops::keys::KeyMaker;
use meent::ops::setting_up;
use meent::{demo, doctor};
use tokio::net::TcpSocket;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Connections that may wait until they are taken.
const WAITING_CONNECTIONS: u32 = 1_024;

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
        Command::Demo(options) => demo::run(&options, environment, &stop_on_signal()?).await,
        Command::Theme(ThemeCommand::Check { file }) => upkeep::check_theme(&file),
        Command::Audit(AuditCommand::Verify) => upkeep::verify_audit(config).await,
        Command::Files(FilesCommand::Move { back, remove }) => upkeep::move_files(config, back, remove).await,
        Command::Backup { file } => keeping::backup(config, &file).await,
        Command::Restore { file, verify: true } => keeping::verify(&config, &file).await,
        Command::Restore { file, verify: false } => keeping::restore(&config, &file).await,
        Command::Copy { to } => keeping::copy(&config, &to).await,
        Command::Migrate { rehearse: true, .. } => doctor::rehearse(&config).await,
        Command::Migrate { status, .. } => upkeep::migrate(config, status).await,
        Command::Ready => doctor::ready(&config).await,
        // Answered before this, with a status of its own.
        Command::Doctor { .. } => Ok(()),
        Command::Mail(MailCommand::Test { address }) => people::test_mail(config, &address).await,
        Command::Member(MemberCommand::Add { name, email, admin, password }) => {
            people::add_member(config, &name, &email, admin, &password.read()?).await
        }
        Command::Member(MemberCommand::Password { name, password }) => people::set_password(config, &name, &password.read()?).await,
        Command::Group(GroupCommand::Add { name, title, description, moderator }) => {
            people::add_group(config, &name, &title, &description, moderator).await
        }
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
    // From before anybody hears that it runs: who stops it then has an orderly stop. Until here nothing was accepted.
    let stop = stop_on_signal()?;
    let listener = socket.listen(WAITING_CONNECTIONS).map_err(failed)?;
    // Whoever started it may read no further: it serves all the same.
    let _ = writeln!(std::io::stdout(), "Meent {} listens on {}", env!("CARGO_PKG_VERSION"), app.core.urls.base());
    if let Some(link) = setting_up::new_link(&app.core).await? {
        let told = format!("\nThis instance has no administrator yet. Open this link to set it up (it works once):\n\n  {link}\n");
        let _ = writeln!(std::io::stdout(), "{told}");
    }
    app.serve(listener, stop).await
}

/// What SIGTERM and Ctrl-C cancel, from the moment that this returns. A second one ends the process at once.
fn stop_on_signal() -> Result<CancellationToken> {
    let heard = |kind| signal(kind).map_err(|error| Error::Unavailable(format!("can't hear signals: {error}")));
    let (mut terminate, mut interrupt) = (heard(SignalKind::terminate())?, heard(SignalKind::interrupt())?);
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: finishing what is under way");
        stopped.cancel();
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        // Asked twice: nothing that was accepted is lost by ending here.
        std::process::exit(1);
    });
    Ok(stop)
}
