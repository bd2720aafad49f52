//! The mail server: whether it lets us in. Nothing is sent.

use super::report::Finding;
use crate::config::Config;
use crate::jobs::greet_mail_server;
use crate::ops::sending::Refusal;

const CHECK: &str = "mail";

/// Connects, makes it private, logs in, says goodbye.
pub async fn look(config: &Config) -> Finding {
    let mail = &config.mail;
    if !mail.is_set() {
        return Finding::warning(
            CHECK,
            "No mail server is set: nobody is told of anything, and letters with links wait at /admin/mail to be passed on by hand.",
            "Set [mail] in the configuration, restart, and try it with `meent mail test ADDRESS`.",
        );
    }
    let server = format!("{}:{} ({})", mail.server, mail.port(), mail.security().word());
    let remedy = "Look at [mail]: server, port, security, username and password; an authority of your own goes into federation.extra_ca_file. `meent mail test ADDRESS` sends a mail at once.";
    match greet_mail_server(config).await {
        Ok(()) if mail.username.is_empty() => Finding::ok(CHECK, format!("{server} answers; it was not asked to let anybody in.")),
        Ok(()) => Finding::ok(CHECK, format!("{server} lets us in as {}.", mail.username)),
        Err(Refusal::Later(why) | Refusal::Ours(why) | Refusal::Address(why) | Refusal::Content(why) | Refusal::Unsure(why)) => {
            Finding::failure(CHECK, format!("{server} can't be used: {why}"), remedy)
        }
    }
}
