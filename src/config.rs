//! Every setting, its default and its check. `config.example.toml` holds the same keys with a line of explanation each;
//! a test compares the two.

mod backup;
mod files;
mod keep;
mod mail;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};
use url::{Host, Url};

pub use backup::Backup;
pub use files::Files;
pub use keep::Keep;
pub use mail::{Mail, Secret, Security};

/// What is wrong with a configuration, in a sentence that names the key.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

/// With whom this instance exchanges messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FederationMode {
    /// Anyone, minus blocks.
    Open,
    /// Only hosts on the allow list.
    Allowlist,
    /// Nobody.
    Closed,
}

impl FederationMode {
    /// The word in configuration, database and forms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Allowlist => "allowlist",
            Self::Closed => "closed",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Open, Self::Allowlist, Self::Closed].into_iter().find(|mode| mode.word() == word)
    }
}

/// Who may become a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationMode {
    /// Anybody with an e-mail address.
    Open,
    /// Anybody asks, an administrator decides.
    Approval,
    /// Whom an administrator invites.
    #[default]
    Invite,
}

impl RegistrationMode {
    /// The word in configuration, database and forms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approval => "approval",
            Self::Invite => "invite",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Open, Self::Approval, Self::Invite].into_iter().find(|mode| mode.word() == word)
    }
}

/// The settings, as read and checked. An empty text means "not set".
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub public_url: String,
    pub listen: String,
    pub database_url: String,
    pub data_dir: PathBuf,
    pub time_zone: String,
    pub server: Server,
    pub federation: Federation,
    pub files: Files,
    pub keep: Keep,
    pub registration: Registration,
    pub mail: Mail,
    pub backup: Backup,
    pub log: Log,
    pub metrics: Metrics,
    pub health: Health,
}

/// `[server]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    pub trusted_proxies: Vec<IpNet>,
    pub page_memory_mb: u64,
    /// Seconds.
    pub shutdown_delay: i64,
}

/// `[federation]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Federation {
    pub mode: String,
    pub allow: Vec<String>,
    pub block: Vec<String>,
    pub loopback: bool,
    pub allow_networks: Vec<IpNet>,
    pub extra_ca_file: String,
    pub proxy: String,
    pub remote_days: String,
}

/// `[registration]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Registration {
    pub mode: String,
}

/// `[log]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub format: String,
    pub level: String,
}

/// `[metrics]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    pub listen: String,
}

/// `[health]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Health {
    pub disk_free_mb: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            public_url: "http://localhost:8080".into(),
            listen: "127.0.0.1:8080".into(),
            database_url: String::new(),
            data_dir: "data".into(),
            time_zone: "Europe/Amsterdam".into(),
            server: Server::default(),
            federation: Federation::default(),
            files: Files::default(),
            keep: Keep::default(),
            registration: Registration::default(),
            mail: Mail::default(),
            backup: Backup::default(),
            log: Log::default(),
            metrics: Metrics::default(),
            health: Health::default(),
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self { trusted_proxies: Vec::new(), page_memory_mb: 32, shutdown_delay: 0 }
    }
}

impl Default for Health {
    fn default() -> Self {
        Self { disk_free_mb: 100 }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: "text".into(), level: "info".into() }
    }
}

/// Longest `server.shutdown_delay`, in seconds.
const LONGEST_DELAY: i64 = 300;
/// Keys whose value may also be read from the file named in `MEENT_..._FILE`.
const SECRETS: [&str; 4] = ["MEENT_DATABASE_URL", "MEENT_MAIL__PASSWORD", "MEENT_FILES__ACCESS_KEY", "MEENT_FILES__SECRET_KEY"];

impl Config {
    /// Where the settings are read from: the file named, or the first that exists of `./config.toml` and
    /// `/etc/meent/config.toml`.
    #[must_use]
    pub fn file(named: Option<&Path>) -> Option<PathBuf> {
        match named {
            Some(path) => Some(path.to_owned()),
            None => ["config.toml", "/etc/meent/config.toml"].into_iter().map(PathBuf::from).find(|path| path.exists()),
        }
    }

    /// Reads that file, lays the environment over it and checks the whole.
    ///
    /// # Errors
    /// A sentence that names the key.
    pub fn load(file: Option<&Path>, environment: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let text = match file {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|error| ConfigError(format!("can't read the configuration file {}: {error}", path.display())))?,
            None => String::new(),
        };
        Self::parse(&text, environment)
    }

    /// The same from text.
    ///
    /// # Errors
    /// A sentence that names the key.
    pub fn parse(text: &str, environment: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        if environment.contains_key("DANGER_FEDERATION_ALLOW_LOCAL_IP") {
            return Err(ConfigError(
                "DANGER_FEDERATION_ALLOW_LOCAL_IP is set: it would switch off the check of addresses that outgoing requests may reach. Unset it; federation.allow_networks names ranges that may be reached".into(),
            ));
        }
        let mut table: Table = text.parse().map_err(|error| ConfigError(format!("the configuration file is not TOML: {error}")))?;
        lay_over(&mut table, environment)?;
        let config: Self =
            Value::Table(table).try_into().map_err(|error: toml::de::Error| ConfigError(format!("configuration: {}", error.message())))?;
        config.checked()
    }

    fn checked(mut self) -> Result<Self, ConfigError> {
        let url = Url::parse(&self.public_url).map_err(|error| ConfigError(format!("public_url is not a URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(ConfigError("public_url must be http:// or https:// and a host, without a path".into()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ConfigError("public_url must not hold a name or password".into()));
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(ConfigError("public_url must be https://, except for a name on this machine (localhost)".into()));
        }
        if self.federation.loopback && !is_loopback(&url) {
            return Err(ConfigError("federation.loopback is for servers on one machine; it needs a public_url on localhost".into()));
        }
        url.as_str().trim_end_matches('/').clone_into(&mut self.public_url);
        self.listen
            .parse::<SocketAddr>()
            .map_err(|_| ConfigError(format!("listen must be an address and a port, like 127.0.0.1:8080; it is \"{}\"", self.listen)))?;
        if !self.metrics.listen.is_empty() {
            self.metrics
                .listen
                .parse::<SocketAddr>()
                .map_err(|_| ConfigError("metrics.listen must be an address and a port, like 127.0.0.1:9464".into()))?;
        }
        if self.time_zone.parse::<chrono_tz::Tz>().is_err() {
            return Err(ConfigError(format!("time_zone \"{}\" is not a name like Europe/Amsterdam", self.time_zone)));
        }
        if !self.federation.mode.is_empty() && FederationMode::from_word(&self.federation.mode).is_none() {
            return Err(ConfigError(format!("federation.mode must be open, allowlist or closed; it is \"{}\"", self.federation.mode)));
        }
        if !["", "30", "90", "365", "never"].contains(&self.federation.remote_days.as_str()) {
            return Err(ConfigError(format!(
                "federation.remote_days must be 30, 90, 365 or never; it is \"{}\"",
                self.federation.remote_days
            )));
        }
        if self.server.page_memory_mb > 4_096 {
            return Err(ConfigError(format!("server.page_memory_mb must be from 0 to 4096; it is {}", self.server.page_memory_mb)));
        }
        self.files.check()?;
        if !(0..=LONGEST_DELAY).contains(&self.server.shutdown_delay) {
            return Err(ConfigError(format!(
                "server.shutdown_delay must be from 0 to {LONGEST_DELAY} seconds; it is {}",
                self.server.shutdown_delay
            )));
        }
        if !self.registration.mode.is_empty() && RegistrationMode::from_word(&self.registration.mode).is_none() {
            return Err(ConfigError(format!("registration.mode must be open, approval or invite; it is \"{}\"", self.registration.mode)));
        }
        if !matches!(self.log.format.as_str(), "text" | "json") {
            return Err(ConfigError(format!("log.format must be text or json; it is \"{}\"", self.log.format)));
        }
        if !self.federation.extra_ca_file.is_empty() && !Path::new(&self.federation.extra_ca_file).exists() {
            return Err(ConfigError(format!("federation.extra_ca_file: there is no file {}", self.federation.extra_ca_file)));
        }
        if !self.federation.proxy.is_empty() && Url::parse(&self.federation.proxy).is_err() {
            return Err(ConfigError("federation.proxy is not a URL".into()));
        }
        self.mail.check()?;
        self.keep.check()?;
        if self.health.disk_free_mb < 0 {
            return Err(ConfigError(format!("health.disk_free_mb must be 0 or more; it is {}", self.health.disk_free_mb)));
        }
        self.backup.check()?;
        if self.database_url.is_empty() {
            self.database_url = format!("sqlite:{}", self.data_dir.join("meent.db").display());
        }
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| self.database_url.starts_with(scheme)) {
            return Err(ConfigError("database_url must begin with sqlite: or postgres:".into()));
        }
        for hosts in [&mut self.federation.allow, &mut self.federation.block] {
            for host in hosts {
                *host = host.trim().to_ascii_lowercase();
            }
        }
        Ok(self)
    }

    /// `public_url`, read.
    #[must_use]
    pub fn url(&self) -> Url {
        // Checked when it was read; a default that does not parse would show in every test.
        Url::parse(&self.public_url).unwrap_or_else(|_| Url::from_directory_path("/").unwrap_or_else(|()| unreachable!("a constant path")))
    }

    /// Whether this instance may federate at all: not when its name means nothing outside this machine.
    #[must_use]
    pub fn can_federate(&self) -> bool {
        self.federation.loopback || !is_loopback(&self.url())
    }

    /// The federation mode that the file or the environment fixes.
    #[must_use]
    pub fn fixed_mode(&self) -> Option<FederationMode> {
        FederationMode::from_word(&self.federation.mode)
    }

    /// Who may become a member, where the file or the environment fixes it.
    #[must_use]
    pub fn fixed_registration(&self) -> Option<RegistrationMode> {
        RegistrationMode::from_word(&self.registration.mode)
    }

    /// Whether pages go over https: decides the cookie's name and HSTS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// Whether a URL names this machine: `localhost`, `*.localhost`, 127.0.0.0/8 or `::1`.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Lays `MEENT_A__B=value` over `a.b`, each value read as the type that the default has.
fn lay_over(table: &mut Table, environment: &BTreeMap<String, String>) -> Result<(), ConfigError> {
    let defaults = Table::try_from(Config::default()).map_err(|error| ConfigError(error.to_string()))?;
    for (name, value) in environment {
        let Some(mut key) = name.strip_prefix("MEENT_") else { continue };
        let mut value = value.clone();
        if let Some(secret) = name.strip_suffix("_FILE").filter(|secret| SECRETS.contains(secret)) {
            key = secret.trim_start_matches("MEENT_");
            let text = std::fs::read_to_string(&value).map_err(|error| ConfigError(format!("{name}: can't read {value}: {error}")))?;
            text.trim_end().clone_into(&mut value);
        }
        let path: Vec<String> = key.to_ascii_lowercase().split("__").map(str::to_owned).collect();
        let default = path.iter().try_fold(&Value::Table(defaults.clone()), |at, part| at.get(part)).cloned();
        let Some(default) = default.filter(|default| !default.is_table()) else {
            return Err(ConfigError(format!("the environment sets {name}, but there is no setting {}", path.join("."))));
        };
        let wrong = |kind: &str| ConfigError(format!("{name} must be {kind}; it is \"{value}\""));
        let read = match default {
            Value::Boolean(_) => Value::Boolean(value.parse().map_err(|_| wrong("true or false"))?),
            Value::Integer(_) => Value::Integer(value.parse().map_err(|_| wrong("a whole number"))?),
            Value::Array(_) => Value::Array(
                value.split(',').map(str::trim).filter(|part| !part.is_empty()).map(|part| Value::String(part.to_owned())).collect(),
            ),
            _ => Value::String(value.clone()),
        };
        let Some((last, folders)) = path.split_last() else { continue };
        let mut at = &mut *table;
        for folder in folders {
            at = at
                .entry(folder.clone())
                .or_insert_with(|| Value::Table(Table::new()))
                .as_table_mut()
                .ok_or_else(|| ConfigError(format!("{folder} must be a section")))?;
        }
        at.insert(last.clone(), read);
    }
    Ok(())
}
