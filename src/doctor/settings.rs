//! The configuration: it was read and checked already; this is what it means.

use std::path::Path;

use super::report::Finding;
use crate::config::{Config, is_loopback};

const CHECK: &str = "configuration";

/// What the settings say of themselves. `file` is where they came from.
pub fn look(config: &Config, file: Option<&Path>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let from = file.map_or_else(|| "the defaults and the environment".to_owned(), |file| file.display().to_string());
    if is_loopback(&config.url()) && !config.federation.loopback {
        findings.push(Finding::warning(
            CHECK,
            format!(
                "public_url is {}, a name that means something on this machine only; other servers can't be reached with it.",
                config.public_url
            ),
            "Set public_url to the address that people will use, before set-up: it is permanent.",
        ));
    }
    if let Some(everybody) = config.server.trusted_proxies.iter().find(|network| network.prefix_len() == 0) {
        findings.push(Finding::failure(
            CHECK,
            format!("server.trusted_proxies holds {everybody}: anybody can say that a request comes from somebody else."),
            "Name only the addresses of your own reverse proxies, such as 127.0.0.1/32.",
        ));
    }
    if let Some(file) = file.filter(|file| holds_secret(config) && readable_by_all(file)) {
        findings.push(Finding::warning(
            CHECK,
            format!("{} can be read by everybody on this machine, and passwords that are set may stand in it.", file.display()),
            format!("chmod 640 {} and give it the group of the user that Meent runs as; or put secrets into files of their own (MEENT_MAIL__PASSWORD_FILE, MEENT_DATABASE_URL_FILE, MEENT_FILES__SECRET_KEY_FILE).", file.display()),
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(CHECK, format!("Read from {from}; {}.", config.public_url)));
    }
    findings
}

/// Whether a secret is set in the file itself, as far as the settings show.
fn holds_secret(config: &Config) -> bool {
    let in_address = url::Url::parse(&config.database_url).is_ok_and(|url| url.password().is_some());
    in_address || !config.mail.password.0.is_empty() || !config.files.secret_key.0.is_empty()
}

fn readable_by_all(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o004 != 0)
}
