//! Real processes, and waiting for what they do.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use meent::config::Config;
use meent::db::Db;

/// The binary with a configuration in its environment, and nothing else there.
pub fn meent(config: &Config) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meent"));
    command
        .env_clear()
        .env("MEENT_PUBLIC_URL", &config.public_url)
        .env("MEENT_LISTEN", &config.listen)
        .env("MEENT_DATABASE_URL", &config.database_url)
        .env("MEENT_DATA_DIR", &config.data_dir)
        .env("MEENT_FEDERATION__MODE", &config.federation.mode)
        .env("MEENT_FEDERATION__LOOPBACK", config.federation.loopback.to_string())
        .env("MEENT_FEDERATION__EXTRA_CA_FILE", &config.federation.extra_ca_file)
        .env("MEENT_MAIL__SERVER", &config.mail.server)
        .env("MEENT_MAIL__PORT", config.mail.port.to_string())
        .env("MEENT_MAIL__SECURITY", &config.mail.security)
        .env("MEENT_MAIL__FROM", &config.mail.from)
        .env("MEENT_MAIL__USERNAME", &config.mail.username)
        .env("MEENT_MAIL__PASSWORD", &config.mail.password.0)
        .env("MEENT_LOG__LEVEL", "warn");
    command
}

/// A real process with its configuration in the environment.
pub struct Running {
    pub config: Config,
    child: Option<Child>,
    /// More of its environment: where it gets its time from.
    pub environment: Vec<(&'static str, String)>,
    /// The set-up link it printed, when it has no administrator yet.
    pub link: Option<String>,
}

impl Running {
    /// Starts it, and waits until it answers.
    pub fn new(config: Config) -> Self {
        Self::with(config, Vec::new())
    }

    /// The same with more in its environment.
    pub fn with(config: Config, environment: Vec<(&'static str, String)>) -> Self {
        let mut running = Self { config, child: None, environment, link: None };
        running.start();
        running
    }

    pub fn start(&mut self) {
        let mut child = meent(&self.config)
            .envs(self.environment.iter().map(|(name, value)| (*name, value)))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        // It says so when it listens; where it has no administrator, the link follows.
        let mut lines = BufReader::new(child.stdout.as_mut().expect("its output is a pipe"));
        let mut said = String::new();
        lines.read_line(&mut said).expect("its output is text");
        assert!(said.contains("listens on"), "it says {said:?}");
        if self.config.federation.mode.is_empty() {
            while !said.contains("/setup?token=") && lines.read_line(&mut said).expect("its output is text") > 0 {}
            self.link = said.split_whitespace().find(|word| word.contains("/setup?token=")).map(str::to_owned);
        }
        self.child = Some(child);
    }

    /// `kill -9`, and the process is gone when this returns.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("a running process");
            child.wait().expect("it ends");
        }
    }

    /// Tells it to stop, and waits until it has, in good order.
    pub async fn terminate(&mut self) {
        let mut child = self.child.take().expect("a running process");
        let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
        assert!(told.success());
        let ended = tokio::task::spawn_blocking(move || child.wait()).await.expect("waiting").expect("it ends");
        assert!(ended.success(), "it stops in good order: {ended}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What a statement counts in the database of a process.
pub async fn count(db: &Db, statement: &'static str) -> i64 {
    let (count,): (i64,) = match db {
        Db::Sqlite { read, .. } => sqlx::query_as(statement).fetch_one(read).await,
        Db::Postgres(pool, _) => sqlx::query_as(statement).fetch_one(pool).await,
    }
    .expect("a count");
    count
}

/// Waits until `what` is at least `least`, looking ten times a second; after a minute and a half it gives up.
pub async fn until(name: &str, least: i64, mut what: impl AsyncFnMut() -> i64) {
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(100));
    let mut seen = 0;
    for _ in 0..900 {
        tick.tick().await;
        seen = what().await;
        if seen >= least {
            return;
        }
    }
    panic!("{name}: still {seen}, not {least}");
}
