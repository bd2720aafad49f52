//! `meent backup`, `meent restore` and `meent copy`: how far they are, and what came of it.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use meent::app::App;
use meent::config::Config;
use meent::error::{Error, Result};
use meent::model::Clock;
use meent::ops::auditing::{self, Who};
use meent::ops::keeping::archive::Checked;
use meent::ops::keeping::making::{self, Made};
use meent::ops::keeping::{Backup, Stage, Watch, Watcher, copying, note, restoring, routine, trial};
use meent::ops::keys::KeyMaker;

/// What a bar shows: the stage and the last step that was shown.
type Shown = Option<(Stage, u64)>;

/// Shows how far it is: a bar on a terminal, else a line now and then. Ends the work on Ctrl-C.
#[derive(Debug)]
struct Progress {
    terminal: bool,
    shown: Mutex<Shown>,
    stopped: AtomicBool,
}

impl Progress {
    fn start() -> Arc<Self> {
        let progress =
            Arc::new(Self { terminal: std::io::stderr().is_terminal(), shown: Mutex::new(None), stopped: AtomicBool::new(false) });
        let listening = progress.clone();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                listening.stopped.store(true, Ordering::Relaxed);
            }
        });
        progress
    }

    /// Leaves the line of the bar.
    fn end(&self) {
        if self.terminal && self.shown.lock().unwrap_or_else(PoisonError::into_inner).take().is_some() {
            eprintln!();
        }
    }
}

fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Database => "database",
        Stage::Pictures => "pictures",
        Stage::Reading => "reading it once more",
        Stage::Checking => "checking the backup",
        Stage::PuttingBack => "putting the database back",
        Stage::PicturesBack => "putting the pictures back",
        Stage::Comparing => "comparing",
        Stage::Rows => "copying rows",
    }
}

const CELLS: usize = 30;
const MEGABYTE: u64 = 1_000_000;

impl Watcher for Progress {
    fn at(&self, stage: Stage, done: u64, of: u64) {
        // Where nobody knows how much there is: megabytes.
        let step = (done * 100).checked_div(of).unwrap_or(done / MEGABYTE).min(if of > 0 { 100 } else { u64::MAX });
        let step = if self.terminal || of == 0 { step } else { step - step % 10 };
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown == Some((stage, step)) {
            return;
        }
        let begins = shown.is_none_or(|(before, _)| before != stage);
        let many = !self.terminal && of == 0 && !begins && !step.is_multiple_of(100);
        if many {
            return;
        }
        let told = if of > 0 { format!("{step:>3} %") } else { format!("{step} MB") };
        if self.terminal {
            let full = usize::try_from(if of > 0 { step } else { 0 }).unwrap_or(0) * CELLS / 100;
            let bar = format!("[{}{}]", "#".repeat(full), " ".repeat(CELLS - full));
            let start = if begins && shown.is_some() { "\n" } else { "\r" };
            eprint!("{start}{:<26} {bar} {told} ", name(stage));
            // A bar that can't be shown is no reason to stop.
            let _ = std::io::stderr().flush();
        } else {
            eprintln!("{}: {}", name(stage), told.trim());
        }
        *shown = Some((stage, step));
    }

    fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / MEGABYTE as f64)
}

fn rows(tables: &std::collections::BTreeMap<String, i64>) -> i64 {
    tables.values().sum()
}

/// Makes a backup beside a running server.
pub async fn backup(config: Config, file: &Path) -> Result<()> {
    let app = App::open_beside(config, Clock::System, KeyMaker::Generate).await?;
    let progress = Progress::start();
    let watch: Watch = progress.clone();
    let began = app.core.now();
    let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let made = making::make(&app.core, &path, &watch).await;
    progress.end();
    let (bytes, error) = made.as_ref().map_or_else(|error| (0, Some(routine::plain(error))), |made| (made.bytes, None));
    let detail = error.clone().unwrap_or_default();
    let lost = match &made {
        Ok(made) => routine::lost(&app.core, made).await?,
        Err(_) => 0,
    };
    let mut tx = app.core.db.begin().await?;
    note(&mut tx, &Backup { at: began, bytes, path: path.display().to_string(), error, lost }).await?;
    auditing::record(&app.core, &mut tx, Who::CommandLine, "backup.make", &path.display().to_string(), &detail).await?;
    app.core.commit(tx).await?;
    app.close().await?;
    tell_made(&made?);
    if lost > 0 {
        return Err(Error::Unavailable(format!("{lost} pictures that something shows are not there, and not in this backup")));
    }
    Ok(())
}

fn tell_made(made: &Made) {
    let contents = &made.contents;
    println!("{}: {}", made.path.display(), megabytes(made.bytes));
    println!(
        "{} rows in {} tables, {} pictures, of {}",
        rows(&contents.tables),
        contents.tables.len(),
        contents.pictures,
        made.began.rfc3339()
    );
    println!("SHA-256 {} (also in {}.sha256)", made.sha256, made.path.display());
    if !contents.missing.is_empty() {
        println!(
            "{} pictures stand in the database and were not there to be copied (thrown away meanwhile, or lost before); they are listed in contents.json in it",
            contents.missing.len()
        );
    }
    println!("It holds keys and passwords' hashes: keep it as safe as the server. The configuration is not in it: keep that too.");
}

/// Puts a backup back where nothing is.
pub async fn restore(config: &Config, file: &Path) -> Result<()> {
    let progress = Progress::start();
    let watch: Watch = progress.clone();
    let restored = restoring::restore(config, &Clock::System, file, &watch).await;
    progress.end();
    let restored = restored?;
    tell_checked(&restored.checked, "restored");
    let url = &restored.checked.head.public_url;
    println!("Everybody has to log in again, and links for a new password that were mailed no longer work.");
    if restored.mails > 0 {
        println!("{} mails that waited then may have gone out since: they wait at /admin/mail.", restored.mails);
    }
    if config.public_url != *url {
        println!("public_url is {}, but this is {url}: set it to that before you start Meent.", config.public_url);
    }
    println!("What other servers sent since the backup is fetched when Meent starts. See \"After a restore\" in docs/OPERATING.md.");
    Ok(())
}

/// Tries whether a backup could be put back.
pub async fn verify(config: &Config, file: &Path) -> Result<()> {
    let progress = Progress::start();
    let watch: Watch = progress.clone();
    let checked = trial::verify(config, &Clock::System, file, &watch).await;
    progress.end();
    tell_checked(&checked?, "restored into a temporary place and compared: it is whole");
    Ok(())
}

fn tell_checked(checked: &Checked, what: &str) {
    let (head, contents) = (&checked.head, &checked.contents);
    println!("The backup of {} of {} (Meent {}, {}) was {what}.", head.public_url, head.made_at.rfc3339(), head.made_by, head.database);
    println!("{} rows in {} tables, {} pictures.", rows(&contents.tables), contents.tables.len(), contents.pictures);
    if !contents.missing.is_empty() {
        println!("{} pictures were not there when it was made.", contents.missing.len());
    }
}

/// Moves from SQLite to PostgreSQL.
pub async fn copy(config: &Config, to: &str) -> Result<()> {
    let progress = Progress::start();
    let watch: Watch = progress.clone();
    let copied = copying::copy(config, to, Clock::System.now(), &watch).await;
    progress.end();
    let copied = copied.map_err(|error| match error {
        Error::Unavailable(why) if progress.stopped() => Error::Unavailable(format!("{why}. Run the same again to go on")),
        other => other,
    })?;
    println!("{} rows in {} tables were copied and compared: they are the same.", copied.rows, copied.tables);
    if !copied.again.is_empty() {
        println!("Changed since an earlier run, and copied anew: {}.", copied.again.join(", "));
    }
    println!(
        "Set database_url to that address and start Meent. The pictures stay where they are, in {}.",
        config.data_dir.join("files").display()
    );
    println!("Keep the old database until you are content, but never start Meent on it again: other servers know this instance once.");
    Ok(())
}
