//! `pg_dump` and `pg_restore`: where they are, and running them. The password reaches them through their environment, where
//! other users of the machine can't see it.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use percent_encoding::percent_decode_str;

use super::{Stage, Watch};
use crate::config::Config;
use crate::error::{Error, Result};

const BLOCK: usize = 256 * 1024;

/// The programs, and where they connect to.
#[derive(Clone)]
pub(super) struct Programs {
    /// None: where the system finds them.
    folder: Option<PathBuf>,
    environment: Vec<(&'static str, String)>,
    database: String,
}

/// The same database server, another database.
pub(super) fn with_database(database_url: &str, name: &str) -> Result<String> {
    let mut url = parsed(database_url)?;
    url.set_path(name);
    Ok(url.into())
}

fn parsed(database_url: &str) -> Result<url::Url> {
    // What it says might hold the password.
    url::Url::parse(database_url).map_err(|_| Error::Bad("database_url is not one that we read".into()))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl Programs {
    /// Those for PostgreSQL of this major version: `pg_dump` refuses a server that is newer than itself, and what a newer one
    /// writes an older server may not read.
    pub fn new(config: &Config, database_url: &str, major: i64) -> Result<Self> {
        let url = parsed(database_url)?;
        let set = Path::new(&config.backup.postgres_programs);
        let usual = [format!("/usr/lib/postgresql/{major}/bin"), format!("/usr/pgsql-{major}/bin")].map(PathBuf::from);
        let folder = if config.backup.postgres_programs.is_empty() {
            usual.into_iter().find(|folder| folder.join("pg_dump").exists())
        } else {
            Some(set.to_owned())
        };
        let mut environment = Vec::new();
        if let Some(host) = url.host_str().filter(|host| !host.is_empty()) {
            environment.push(("PGHOST", decoded(host.trim_matches(['[', ']']))));
        }
        if let Some(port) = url.port() {
            environment.push(("PGPORT", port.to_string()));
        }
        if !url.username().is_empty() {
            environment.push(("PGUSER", decoded(url.username())));
        }
        if let Some(password) = url.password() {
            environment.push(("PGPASSWORD", decoded(password)));
        }
        let mut database = decoded(url.path().trim_start_matches('/'));
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "sslmode" | "ssl-mode" => environment.push(("PGSSLMODE", value.into_owned())),
                "sslrootcert" | "ssl-root-cert" | "ssl-ca" => environment.push(("PGSSLROOTCERT", value.into_owned())),
                "sslcert" | "ssl-cert" => environment.push(("PGSSLCERT", value.into_owned())),
                "sslkey" | "ssl-key" => environment.push(("PGSSLKEY", value.into_owned())),
                "host" | "hostaddr" => environment.push(("PGHOST", value.into_owned())),
                "port" => environment.push(("PGPORT", value.into_owned())),
                "user" => environment.push(("PGUSER", value.into_owned())),
                "password" => environment.push(("PGPASSWORD", value.into_owned())),
                "dbname" => database = value.into_owned(),
                _ => {}
            }
        }
        Ok(Self { folder, environment, database })
    }

    fn start(&self, program: &str, arguments: &[String], change: impl FnOnce(&mut Command)) -> Result<Child> {
        let path = self.folder.as_ref().map_or_else(|| PathBuf::from(program), |folder| folder.join(program));
        let mut command = Command::new(&path);
        command.args(arguments).envs(self.environment.iter().map(|(name, value)| (*name, value))).env("PGAPPNAME", "meent backup");
        command.stderr(Stdio::piped());
        change(&mut command);
        command.spawn().map_err(|error| {
            let here = path.display();
            Error::Unavailable(if error.kind() == std::io::ErrorKind::NotFound {
                format!("{here} is not on this machine. Install PostgreSQL's client programs (Debian: postgresql-client), or name their folder in backup.postgres_programs")
            } else {
                format!("can't start {here}: {error}")
            })
        })
    }

    /// The database as it was at a shared moment, in the form that `pg_restore` reads.
    pub fn dump(&self, moment: &str, into: &mut dyn Write, watch: &Watch) -> Result<()> {
        let arguments =
            ["--format=custom".into(), "--no-password".into(), format!("--snapshot={moment}"), format!("--dbname={}", self.database)];
        let mut child = self.start("pg_dump", &arguments, |command| {
            command.stdin(Stdio::null()).stdout(Stdio::piped());
        })?;
        let said = child.stderr.take().map(listen);
        let copied =
            child.stdout.take().map_or(Ok(()), |mut from| pour(&mut from, into, &|done| watch.at(Stage::Database, done, 0), watch));
        end("pg_dump", child, said, copied)
    }

    /// Puts a dump into the database, all of it or nothing.
    pub fn restore(&self, from: &mut dyn Read, size: u64, watch: &Watch) -> Result<()> {
        let arguments: Vec<String> =
            ["--format=custom", "--no-password", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
                .into_iter()
                .map(str::to_owned)
                .chain([format!("--dbname={}", self.database)])
                .collect();
        let mut child = self.start("pg_restore", &arguments, |command| {
            command.stdin(Stdio::piped()).stdout(Stdio::null());
        })?;
        let said = child.stderr.take().map(listen);
        let copied =
            child.stdin.take().map_or(Ok(()), |mut into| pour(from, &mut into, &|done| watch.at(Stage::PuttingBack, done, size), watch));
        end("pg_restore", child, said, copied)
    }
}

/// Copies all of it, a block at a time, and tells how many bytes so far.
fn pour(from: &mut dyn Read, into: &mut dyn Write, tell: &dyn Fn(u64), watch: &Watch) -> Result<()> {
    let (mut block, mut done) = (vec![0; BLOCK], 0);
    loop {
        super::go_on(watch)?;
        let read = from.read(&mut block).map_err(failed)?;
        if read == 0 {
            return Ok(());
        }
        into.write_all(&block[..read]).map_err(failed)?;
        done += read as u64;
        tell(done);
    }
}

/// A pipe that broke, or a file that can't be read or written.
#[expect(clippy::needless_pass_by_value, reason = "map_err gives it away")]
fn failed(error: std::io::Error) -> Error {
    Error::Unavailable(error.to_string())
}

/// Reads what a program complains of while it works: it would wait for us otherwise.
fn listen(mut from: ChildStderr) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut said = Vec::new();
        // What can't be read was not said.
        let _ = from.read_to_end(&mut said);
        String::from_utf8_lossy(&said).into_owned()
    })
}

fn end(program: &str, mut child: Child, said: Option<std::thread::JoinHandle<String>>, copied: Result<()>) -> Result<()> {
    if copied.is_err() {
        // It may have ended by itself: then what it said tells more than the pipe that broke.
        let _ = child.kill();
    }
    let status = child.wait().map_err(failed)?;
    let said = said.and_then(|said| said.join().ok()).unwrap_or_default();
    let said = said.trim();
    match copied {
        Err(error) if said.is_empty() => Err(error),
        Ok(()) if status.success() => Ok(()),
        _ => Err(Error::Unavailable(format!("{program} failed: {}", said.lines().take(5).collect::<Vec<_>>().join("; ")))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_get_what_the_address_says_and_nobody_sees_the_password() {
        let address = "postgres://meent:ge%20heim@db.example:5433/regio?sslmode=verify-full";
        let programs = Programs::new(&Config::default(), address, 17).unwrap();
        let of = |name: &str| programs.environment.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
        assert_eq!((of("PGHOST"), of("PGPORT"), of("PGUSER")), (Some("db.example"), Some("5433"), Some("meent")));
        assert_eq!((of("PGPASSWORD"), of("PGSSLMODE"), programs.database.as_str()), (Some("ge heim"), Some("verify-full"), "regio"));
        assert_eq!(with_database(address, "proef").unwrap(), "postgres://meent:ge%20heim@db.example:5433/proef?sslmode=verify-full");
    }
}
