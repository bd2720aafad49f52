//! `[mail]`: the server that takes our mail, and its check.

use std::fmt;

use lettre::Address;
use serde::{Deserialize, Serialize};
use url::Host;

use super::ConfigError;

/// Something that no log and no page may show.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "not set" } else { "set, not shown" })
    }
}

/// How the conversation with the mail server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Begins in the clear and must become TLS before anything is said.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// In the clear; only to this machine.
    None,
}

impl Security {
    /// The word in the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::StartTls => "starttls",
            Self::Tls => "tls",
            Self::None => "none",
        }
    }

    #[must_use]
    fn from_word(word: &str) -> Option<Self> {
        [Self::StartTls, Self::Tls, Self::None].into_iter().find(|security| security.word() == word)
    }
}

/// `[mail]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    pub server: String,
    pub port: i64,
    pub security: String,
    pub username: String,
    pub password: Secret,
    pub from: String,
    pub reply_to: String,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            server: String::new(),
            port: 0,
            security: Security::StartTls.word().into(),
            username: String::new(),
            password: Secret::default(),
            from: String::new(),
            reply_to: String::new(),
        }
    }
}

impl Mail {
    /// Whether there is a server that takes our mail.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !self.server.is_empty()
    }

    /// How the conversation is kept private.
    #[must_use]
    pub fn security(&self) -> Security {
        Security::from_word(&self.security).unwrap_or(Security::StartTls)
    }

    /// The port: the one that was set, else the usual one.
    #[must_use]
    pub fn port(&self) -> u16 {
        match (u16::try_from(self.port).unwrap_or(0), self.security()) {
            (0, Security::StartTls) => 587,
            (0, Security::Tls) => 465,
            (0, Security::None) => 25,
            (port, _) => port,
        }
    }

    /// # Errors
    /// A sentence that names the key.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |text: String| Err(ConfigError(text));
        if Security::from_word(&self.security).is_none() {
            return wrong(format!("mail.security must be starttls, tls or none; it is \"{}\"", self.security));
        }
        if u16::try_from(self.port).is_err() {
            return wrong(format!("mail.port must be a port, 1 to 65535, or 0 for the usual one; it is {}", self.port));
        }
        for (key, address) in [("mail.from", &self.from), ("mail.reply_to", &self.reply_to)] {
            if !address.is_empty() && address.parse::<Address>().is_err() {
                return wrong(format!("{key} must be an e-mail address alone, like vragen@regio.example; it is \"{address}\""));
            }
        }
        if self.username.is_empty() != self.password.0.is_empty() {
            let (one, other) = if self.username.is_empty() { ("password", "username") } else { ("username", "password") };
            return wrong(format!("mail.{one} is set, but mail.{other} is not"));
        }
        if !self.is_set() {
            if !self.username.is_empty() {
                return wrong("mail.username is set, but mail.server is not".into());
            }
            return Ok(());
        }
        let host = Host::parse(&self.server).map_err(|_| {
            ConfigError(format!("mail.server must be the name of a server alone, like mail.regio.example; it is \"{}\"", self.server))
        })?;
        if self.from.is_empty() {
            return wrong("mail.from must be set when mail.server is: the address that our mail comes from".into());
        }
        let here = match host {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        };
        if self.security() == Security::None && !here {
            return wrong(format!(
                "mail.security is none, but mail.server ({}) is another machine: mails and the password would go there in the clear. Set starttls or tls",
                self.server
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Mail)) -> String {
        let mut mail = Mail { server: "mail.regio.example".into(), from: "vragen@regio.example".into(), ..Mail::default() };
        change(&mut mail);
        mail.check().expect_err("refused").to_string()
    }

    #[test]
    fn what_is_wrong_is_said_with_its_key() {
        assert!(refused(|mail| mail.security = "ssl".into()).starts_with("mail.security must be"));
        assert!(refused(|mail| mail.port = 99_999).starts_with("mail.port must be a port"));
        assert!(refused(|mail| mail.security = "none".into()).contains("in the clear"));
        assert!(refused(|mail| mail.from.clear()).starts_with("mail.from must be set"));
        assert!(refused(|mail| mail.from = "Vragen <vragen@regio.example>".into()).starts_with("mail.from must be an e-mail address"));
        assert!(refused(|mail| mail.reply_to = "niemand".into()).starts_with("mail.reply_to must be"));
        assert!(refused(|mail| mail.username = "meent".into()).contains("mail.password is not"));
        assert!(refused(|mail| mail.password = Secret("geheim".into())).contains("mail.username is not"));
        assert!(refused(|mail| mail.server = "mail.regio.example:587".into()).starts_with("mail.server must be the name"));
        let mail = Mail { server: "127.0.0.1".into(), from: "vragen@regio.example".into(), security: "none".into(), ..Mail::default() };
        assert!(mail.check().is_ok() && mail.port() == 25);
    }

    #[test]
    fn a_password_is_not_written_anywhere() {
        let mail = Mail { username: "meent".into(), password: Secret("heel geheim".into()), ..Mail::default() };
        assert!(!format!("{mail:?}").contains("geheim"));
    }
}
