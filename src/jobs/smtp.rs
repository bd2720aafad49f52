//! One conversation with the mail server. In two steps, so that what comes before the words are handed over (whose failure
//! says that nothing arrived) is apart from the handing over (after which nobody but the server knows).

use std::net::IpAddr;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};

use crate::config::{Config, Security};
use crate::model::names::{clean_line, cut};
use crate::ops::sending::Refusal;

/// The server answers each command within this time.
const PATIENCE: Duration = Duration::from_secs(30);
/// It takes the whole mail within this time.
const LONG_PATIENCE: Duration = Duration::from_mins(1);
/// What is kept of what a server says.
const SAID: usize = 300;

/// A conversation in which the server has agreed to take a mail for one address.
pub struct Agreed(AsyncSmtpConnection);

/// What the server said, on one line.
fn said(error: &SmtpError) -> String {
    cut(&clean_line(&error.to_string()), SAID)
}

/// Waits for one step; a server that says nothing is away.
async fn step<T>(patience: Duration, work: impl Future<Output = Result<T, SmtpError>>) -> Result<T, Trouble> {
    match tokio::time::timeout(patience, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(Trouble { permanent: error.is_permanent(), answered: error.status().is_some(), text: said(&error) }),
        Err(_) => Err(Trouble { permanent: false, answered: false, text: "the mail server does not answer".into() }),
    }
}

/// Why a step failed.
struct Trouble {
    permanent: bool,
    /// Whether the server said no, or said nothing that can be read.
    answered: bool,
    text: String,
}

impl Trouble {
    /// Before the recipient is named, a final no is about us.
    fn about_us(self, doing: &str) -> Refusal {
        let text = format!("{doing}: {}", self.text);
        if self.permanent { Refusal::Ours(text) } else { Refusal::Later(text) }
    }

    /// The recipient is refused: for good, unless the reason is policy (5.7.x: relaying, logging in), which is about us.
    fn about_address(self) -> Refusal {
        let policy = ["530", "535", "538"].iter().any(|code| self.text.contains(&format!("({code})"))) || self.text.contains(": 5.7.");
        match (self.permanent, policy) {
            (false, _) => Refusal::Later(self.text),
            (true, true) => Refusal::Ours(self.text),
            (true, false) => Refusal::Address(self.text),
        }
    }
}

fn tls(config: &Config) -> Result<TlsParameters, Refusal> {
    let mut builder = TlsParameters::builder(config.mail.server.clone());
    let file = &config.federation.extra_ca_file;
    if !file.is_empty() {
        let pem = std::fs::read(file).map_err(|error| Refusal::Ours(format!("federation.extra_ca_file: can't read {file}: {error}")))?;
        let certificate =
            Certificate::from_pem(&pem).map_err(|error| Refusal::Ours(format!("federation.extra_ca_file: {}", said(&error))))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|error| Refusal::Ours(said(&error)))
}

/// Who we say we are.
fn hello(config: &Config) -> ClientId {
    let url = config.url();
    let host = url.host_str().unwrap_or("localhost").trim_matches(['[', ']']).to_owned();
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ClientId::Ipv4(ip),
        Ok(IpAddr::V6(ip)) => ClientId::Ipv6(ip),
        Err(_) => ClientId::Domain(host),
    }
}

/// Connects, makes it private and logs in.
async fn connect(config: &Config) -> Result<AsyncSmtpConnection, Refusal> {
    let settings = &config.mail;
    let (name, security) = (hello(config), settings.security());
    let server = (settings.server.trim_matches(['[', ']']).to_owned(), settings.port());
    let at_once = if security == Security::Tls { Some(tls(config)?) } else { None };
    let connecting = AsyncSmtpConnection::connect_tokio1(server, Some(PATIENCE), &name, at_once, None);
    let mut connection = step(PATIENCE, connecting).await.map_err(|trouble| trouble.about_us("connecting"))?;
    if security == Security::StartTls {
        // Without it nothing is said: neither the password nor a mail goes in the clear.
        if !connection.can_starttls() {
            return Err(Refusal::Ours("the mail server does not offer STARTTLS".into()));
        }
        step(PATIENCE, connection.starttls(tls(config)?, &name)).await.map_err(|trouble| trouble.about_us("STARTTLS"))?;
    }
    if !settings.username.is_empty() {
        let credentials = Credentials::new(settings.username.clone(), settings.password.0.clone());
        step(PATIENCE, connection.auth(DEFAULT_MECHANISMS, &credentials)).await.map_err(|trouble| trouble.about_us("logging in"))?;
    }
    Ok(connection)
}

/// Connects and logs in, says goodbye, and sends nothing.
///
/// # Errors
/// Why the server would take no mail of ours.
pub async fn greet(config: &Config) -> Result<(), Refusal> {
    Agreed(connect(config).await?).end().await;
    Ok(())
}

/// Connects, logs in and names the recipient.
///
/// # Errors
/// Why the server won't take a mail for this address. Nothing was handed over.
pub async fn agree(config: &Config, to: &str) -> Result<Agreed, Refusal> {
    let to: Address = to.parse().map_err(|_| Refusal::Address("not an address that mail can go to".into()))?;
    let from: Address = config.mail.from.parse().map_err(|_| Refusal::Ours("mail.from is not an address".into()))?;
    let mut connection = connect(config).await?;
    let mut options = Vec::new();
    if !to.to_string().is_ascii() {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Refusal::Content("the mail server takes no addresses with letters outside ASCII".into()));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    step(PATIENCE, connection.command(Mail::new(Some(from), options))).await.map_err(|trouble| trouble.about_us("the sender"))?;
    step(PATIENCE, connection.command(Rcpt::new(to, Vec::new()))).await.map_err(Trouble::about_address)?;
    Ok(Agreed(connection))
}

impl Agreed {
    /// Hands over the words; gives what the server said.
    ///
    /// # Errors
    /// [`Refusal::Unsure`] when they left and no answer came.
    pub async fn hand_over(mut self, message: &[u8]) -> Result<String, Refusal> {
        step(PATIENCE, self.0.command(Data)).await.map_err(|trouble| {
            // Not a word has left yet.
            if trouble.permanent { Refusal::Content(trouble.text) } else { Refusal::Later(trouble.text) }
        })?;
        let answer = step(LONG_PATIENCE, self.0.message(message)).await.map_err(|trouble| match trouble {
            Trouble { answered: false, text, .. } => Refusal::Unsure(text),
            Trouble { permanent: true, text, .. } => Refusal::Content(text),
            Trouble { text, .. } => Refusal::Later(text),
        })?;
        self.end().await;
        let words: Vec<&str> = answer.message().collect();
        Ok(cut(&clean_line(&format!("{} {}", answer.code(), words.join(" "))), SAID))
    }

    /// There is nothing to hand over after all.
    pub async fn end(mut self) {
        // What the server says to goodbye changes nothing.
        let _ = tokio::time::timeout(Duration::from_secs(5), self.0.quit()).await;
    }
}
