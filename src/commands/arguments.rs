//! What the command line understands.

use std::io::Read;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use meent::demo;
use meent::error::{Error, Result};
use meent::model::names::Password;

use super::parsed;

/// A federated discussion server for municipalities and regions.
#[derive(Debug, Parser)]
#[command(name = "meent", version, about)]
pub struct Arguments {
    /// The configuration file; else ./config.toml or /etc/meent/config.toml, where there is one.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
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
pub enum MemberCommand {
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
pub struct PasswordSource {
    /// Reads the password (at least 12 characters) from standard input.
    #[arg(long, required = true)]
    password_stdin: bool,
}

impl PasswordSource {
    pub fn read(&self) -> Result<Password> {
        debug_assert!(self.password_stdin, "the only source there is");
        let mut typed = String::new();
        std::io::stdin().read_to_string(&mut typed).map_err(|error| Error::Bad(format!("can't read the password: {error}")))?;
        parsed("password", Password::parse(typed.trim_end_matches(['\r', '\n'])))
    }
}

#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// Sends a test mail at once, with the settings in [mail], and says what the mail server said.
    Test {
        /// Where it goes.
        address: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum GroupCommand {
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
pub enum AuditCommand {
    /// Walks the chain of hashes: says how many entries there are and the last hash, or the first entry that does not fit.
    Verify,
}

#[derive(Debug, Subcommand)]
pub enum FilesCommand {
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
pub enum ThemeCommand {
    /// Measures whether a theme's colours can be read wherever our pages lay one on another (WCAG 2.2 AA).
    Check {
        /// A CSS file with design tokens.
        file: PathBuf,
    },
}
