//! Passwords: which are too easy to guess, and hashing those that are not.

use super::Core;
use super::members::{blocking, hash_password};
use crate::db::settings::{self, key};
use crate::error::{Error, Result};
use crate::model::Time;
use crate::model::names::{Password, Refused};

/// So many guesses (as a power of ten) a password must withstand. The hash is slow and attempts are limited, so this
/// keeps out who tries lists and their usual variations, without asking for strange characters.
const GUESSES: f64 = 9.0;

/// What Dutch people use besides what the library's lists hold, the most frequent first.
const DUTCH: &str = "wachtwoord welkom gemeente hallo geheim inloggen beheer beheerder zomer winter lente herfst voorjaar najaar \
    januari februari maart april mei juni juli augustus september oktober november december maandag dinsdag woensdag donderdag \
    vrijdag zaterdag zondag nederland holland oranje amsterdam rotterdam utrecht denhaag eindhoven groningen tilburg almere breda \
    nijmegen arnhem haarlem enschede apeldoorn amersfoort zwolle leiden maastricht dordrecht zoetermeer gouda delft assen lelystad \
    middelburg feyenoord feijenoord ajax psv voetbal schaatsen fiets appeltaart stroopwafel kaas tulpen molen koning koningin \
    prinses schatje liefje lieverd liefde poes hond konijn vriend vrienden familie moeder vader oma opa kanjer knuffel vakantie \
    regio provincie wijkteam zorg jeugd jeugdzorg jeugdhulp sociaal domein samen samenwerken werk kantoor collega team afdeling \
    loket burgemeester wethouder ambtenaar stadhuis gemeentehuis meent qwerty azerty test tester toegang veilig veiligheid \
    computer laptop internet telefoon sleutel account gebruiker admin";

/// Refuses a password that is easy to guess, else hashes it; off the async threads.
///
/// # Errors
/// [`Error::Invalid`] for the field `password` when it is easy to guess.
pub async fn accept(core: &Core, password: &Password, about: &[&str]) -> Result<String> {
    check(core, password, about).await?;
    hash_password(password).await
}

/// Refuses a password that is easy to guess for somebody who knows its owner; `about` are the owner's name, address and
/// the like, as far as they are known.
///
/// # Errors
/// [`Error::Invalid`] for the field `password`.
pub async fn check(core: &Core, password: &Password, about: &[&str]) -> Result<()> {
    let region = settings::get(&mut core.db.conn(), key::REGION_NAME).await?.unwrap_or_default();
    let known: Vec<String> = about.iter().map(|text| (*text).to_owned()).chain([region]).collect();
    let (typed, year) = (password.clone(), year(core.now()));
    if blocking(move || is_guessable(typed.as_str(), &known, year)).await? {
        return Err(Error::field("password", Refused::Guessable));
    }
    Ok(())
}

fn year(now: Time) -> i32 {
    chrono::Datelike::year(&now.utc())
}

fn is_guessable(password: &str, known: &[String], year: i32) -> bool {
    let years: Vec<String> = (year - 15..=year + 1).rev().map(|year| year.to_string()).collect();
    let own = known.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).filter(|word| word.chars().count() > 2);
    let words: Vec<&str> = own.chain(years.iter().map(String::as_str)).chain(DUTCH.split_whitespace()).collect();
    // What stands between words makes them hardly harder to guess, but hides from the lists that they are words.
    let joined: String = password.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_' | '.' | ',')).collect();
    [password, joined.as_str()].iter().any(|text| zxcvbn::zxcvbn(text, &words).guesses_log10() < GUESSES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessable(password: &str) -> bool {
        let known = ["sanne", "sanne.bakker@gouda.example", "Sanne Bakker", "Gemeente Gouda", "Midden-Holland"].map(str::to_owned);
        is_guessable(password, &known, 2026)
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for password in [
            "welkom123456",
            "wachtwoord2026",
            "Gemeente2026!",
            "Welkom2026!!",
            "W3lkom2026!!",
            "password1234",
            "aaaaaaaaaaaa",
            "123456789012",
            "qwertyuiop12",
            "Zomer2026!!!",
            "sannebakker1",
            "SanneBakker2026",
            "middenholland",
            "MiddenHolland1!",
            "gemeentegouda",
            "GemeenteGouda2025",
            "abcdefghijkl",
            "welkomwelkom",
            "wachtwoordwachtwoord",
            "Rotterdam2026!",
            "sanne bakker 1",
            "gemeente-gouda-26",
            "welkom.welkom.welkom",
        ] {
            assert!(guessable(password), "{password}");
        }
    }

    #[test]
    fn a_sentence_or_what_a_password_manager_makes_is_fine() {
        for password in [
            "kruiwagen lantaarn viool mist",
            "correct paard batterij nietje",
            "kT7#pq!vX2mZ",
            "x9vq2lm8rtw4",
            "een lang genoeg wachtwoord",
            "drie-blauwe-olifanten-dansen",
            "ikfietsdagelijkslangsdekaasboer",
            "hwqxyz-4hdkfi-pqwmnb",
            "k-T7_pq.v X2,mZ",
        ] {
            assert!(!guessable(password), "{password}");
        }
    }
}
