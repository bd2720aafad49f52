//! A region in which much was removed, reported, refused and hidden, by the forms that people use for it.

use std::collections::BTreeMap;

use image::ImageFormat;
use meent::db::Db;
use meent::db::jobs::{self, JobKind};
use meent::db::notifications::{self, Choice, NoticeKind};
use meent::model::{Actor, Clock, JobId, Post, Time};
use serde_json::json;

use super::Secret;
use crate::support::gallery::red_and_blue;
use crate::support::peer::{Peer, Stranger};
use crate::support::people::PASSWORD;
use crate::support::smtp::{Smtp, Tls};
use crate::support::visitor::{Page, Visitor};
use crate::support::{On, START, TestApp};

/// Those as whom everything is read: a visitor, a member whom none of it concerns, the author, who reported, a moderator of
/// another group, the moderator, the administrator.
pub const READERS: [&str; 7] = ["lars", "sanne", "noor", "vera", "omar", "bram", "guest"];
/// Every member.
const MEMBERS: [&str; 6] = ["lars", "sanne", "noor", "vera", "omar", "bram"];
/// The password with which mail is sent.
const MAIL_PASSWORD: &str = "zqpostwachtwoord";

pub struct World {
    pub app: TestApp,
    pub smtp: Smtp,
    pub peer: Peer,
    pub stranger: Stranger,
    people: BTreeMap<&'static str, Actor>,
    /// Removed by a moderator, deleted by its author, and one that stands.
    removed: Post,
    deleted: Post,
    standing: Post,
    answer: Post,
    /// A session of the author, and what its browser calls itself.
    session: String,
    invitation: String,
}

/// Opens a page and sends the form on it.
pub async fn fill(visitor: &mut Visitor, page: &str, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Page {
    let opened = visitor.get(page).await;
    assert_eq!(opened.status, 200, "{page}: {}", opened.body);
    let value = |name: &str| if opened.body.contains(&format!("name=\"{name}\" value=\"")) { opened.value(name) } else { String::new() };
    let (csrf, once) = (value("csrf"), value("once"));
    let mut all = vec![("csrf", csrf.as_str())];
    if !once.is_empty() {
        all.push(("once", &once));
    }
    all.extend(fields);
    if files.is_empty() { visitor.post(path, &all).await } else { visitor.upload(path, &all, files).await }
}

impl World {
    pub async fn build(on: On) -> Self {
        let smtp = Smtp::start_with(Tls::Later, Some(("regio", MAIL_PASSWORD)), 0);
        let app = TestApp::start_with(on, "a", &Clock::manual(START), |config| smtp.configure(config)).await;
        let mut people = BTreeMap::new();
        for (name, shown, admin) in [
            ("bram", "Bram de Wit", true),
            ("omar", "Omar Hadi", false),
            ("vera", "Vera Blom", false),
            ("sanne", "Sanne Bakker", false),
            ("lars", "Lars Smit", false),
            ("gijs", "Gijs Mol", false),
            // Nobody sees these names by what they do: they report, follow, find useful, and are suspended.
            ("noor", "Zqnoor Jansen", false),
            ("wim", "Zqwim Kok", false),
            ("finn", "Zqfinn Prins", false),
            ("tess", "Zqtess Vos", false),
        ] {
            people.insert(name, app.somebody(name, shown, admin).await);
        }
        let group = app.group("jeugd", "Jeugdhulp", &people["omar"]).await;
        let small = app.group("wmo", "Zqkleinegroep", &people["vera"]).await;
        for name in ["sanne", "lars", "gijs"] {
            app.join(&people[name], &group).await;
        }
        app.join(&people["sanne"], &small).await;
        let peer = Peer::start("elders").await;
        let stranger = peer.actor("Person", "/u/stranger");
        assert_eq!(stranger.sends(&app, &stranger.says("Follow", 1, &json!(group.ap_id))).await, 202);
        let standing = app.ask(&people["lars"], &group, "Hoe plannen jullie?", "Wij zoeken een rooster.").await;
        let answer = app.reply(&people["sanne"], &standing, "Het zqantwoord is dit.").await;
        app.choose(&people["lars"], &answer, true).await;
        let session = String::new();
        let (removed, deleted) = (standing.clone(), standing.clone());
        let mut world = Self { app, smtp, peer, stranger, people, removed, deleted, standing, answer, session, invitation: String::new() };
        let mut sanne = world.visit("sanne").await;
        world.removed = world.asks(&mut sanne, "zqweg", "zqoudezin").await;
        world.deleted = world.asks(&mut sanne, "zqwis", "zqwiszin").await;
        let mut gijs = world.visit("gijs").await;
        let about = [
            ("display_name", "Gijs Mol"),
            ("organisation", "Zqgijsgemeente"),
            ("role", "Zqgijsrol"),
            ("about", "Zqgijsverhaal"),
            ("topics", "zqgijskunde"),
        ];
        fill(&mut gijs, "/profile", "/profile", &about, &[]).await.leads_to();
        world.settle().await;
        world
    }

    /// Asks something with a picture and a topic, and takes a sentence out of it again.
    async fn asks(&self, visitor: &mut Visitor, word: &str, old: &str) -> Post {
        // No two pictures are alike.
        let width = 200 + u32::try_from(word.bytes().map(usize::from).sum::<usize>() % 97).unwrap();
        let picture = red_and_blue(width, 120, ImageFormat::Png);
        let (title, body) = (format!("{word}titel wie helpt?"), format!("Hier staat {word}tekst voor @lars. En {old} ook."));
        let (alt, topic) = (format!("{word}foto van boven"), format!("{word}thema"));
        let fields = [("title", title.as_str()), ("body", &body), ("topics", &topic), ("alt1", &alt), ("action", "ask")];
        let sent = fill(visitor, "/c/jeugd/ask", "/c/jeugd/ask", &fields, &[("file1", "foto.png", &picture)]).await;
        let path = sent.leads_to().to_owned();
        self.app.clock.advance(Time::MINUTE);
        let body = format!("Hier staat {word}tekst voor @lars.");
        let slot = visitor.get(&format!("{path}/edit")).await;
        let picture = slot.value("picture1");
        let fields = [("title", title.as_str()), ("body", &body), ("topics", &topic), ("alt1", &alt), ("picture1", &picture)];
        fill(visitor, &format!("{path}/edit"), &format!("{path}/edit"), &fields, &[]).await.leads_to();
        self.app.post(&format!("{}{path}", self.app.core.urls.base())).await
    }

    pub fn member(&self, who: &str) -> Option<&Actor> {
        self.people.get(who)
    }

    pub async fn visit(&self, who: &str) -> Visitor {
        Visitor::logged_in(&self.app, &self.people[who]).await
    }

    async fn settle(&self) {
        while self.app.run_jobs().await {}
    }

    /// Whose address it is.
    pub fn reader_at(&self, address: &str) -> &'static str {
        let name = address.strip_suffix("@voorbeeld.example").unwrap_or_else(|| panic!("a mail to {address}"));
        let known = self.people.keys().find(|known| **known == name).copied();
        known.unwrap_or_else(|| match name {
            "zqwachtend" => "waiting",
            "zqgeweigerd" => "refused",
            "zqgenodigd" => "invited",
            _ => panic!("a mail to {address}"),
        })
    }

    /// Somebody asks to become a member, and confirms the address.
    async fn registers(&self, name: &str, word: &str) {
        let mut guest = Visitor::of(&self.app);
        let (email, why, shown) = (format!("{name}@voorbeeld.example"), format!("Omdat {word}motief."), format!("{word}naam"));
        let fields = [
            ("display_name", shown.as_str()),
            ("name", name),
            ("email", &email),
            ("organisation", ""),
            ("motivation", &why),
            ("password", PASSWORD),
        ];
        fill(&mut guest, "/register", "/register", &fields, &[]).await.leads_to();
        let path = self.app.mails_to(&email).await[0].path(&self.app);
        let token = path.split("token=").nth(1).unwrap().to_owned();
        assert_eq!(fill(&mut guest, &path, "/register/confirm", &[("token", &token)], &[]).await.status, 200);
    }

    async fn first(&self, statement: &str) -> String {
        self.strings(statement).await.into_iter().next().unwrap_or_else(|| panic!("nothing for {statement}"))
    }

    /// Everything that has to stay where it belongs.
    pub async fn plant(&mut self) {
        let app = &self.app;
        let (mut sanne, mut noor, mut omar, mut bram) =
            (self.visit("sanne").await, self.visit("noor").await, self.visit("omar").await, self.visit("bram").await);
        // Lars hears everything at once, Vera follows the author and gets it in a digest.
        let mut tx = app.core.db.begin().await.unwrap();
        for kind in NoticeKind::ALL {
            for (who, mail) in [("lars", "now"), ("sanne", "now"), ("omar", "now"), ("bram", "now"), ("noor", "now"), ("vera", "digest")] {
                notifications::choose(&mut tx, self.people[who].id, &Choice { kind, on_page: true, mail: mail.into() }).await.unwrap();
            }
        }
        jobs::enqueue(&mut tx, JobId(app.core.ids.next()), JobKind::Digest, "", app.core.now()).await.unwrap();
        app.core.commit(tx).await.unwrap();
        let mut vera = self.visit("vera").await;
        fill(&mut vera, "/account/notifications", "/account/notifications", &[("digest", "daily")], &[]).await.leads_to();
        let mut wim = self.visit("wim").await;
        for visitor in [&mut vera, &mut wim] {
            for path in ["/u/sanne", self.removed.path().as_str(), "/topic/zqwegthema"] {
                fill(visitor, path, &format!("{path}/follow"), &[("on", "1")], &[]).await.leads_to();
            }
        }
        let (standing, answer) = (self.standing.path(), format!("/post/{}", self.answer.id));
        for path in [&standing, &answer] {
            fill(&mut wim, &standing, &format!("/post/{}/useful", path.rsplit('/').next().unwrap()), &[("on", "1")], &[]).await.leads_to();
        }

        // An event with a link for who comes; Lars does, and tells the organisers something.
        let session = crate::events::filled(&[("online", "1"), ("online_link", "https://overleg.example/zqdeelnamelink")]);
        fill(&mut vera, "/c/jeugd/event/new", "/c/jeugd/event/new", &session, &[]).await.leads_to();
        let event = self.first("SELECT CAST(post_id AS TEXT) FROM event").await;
        let mut lars = self.visit("lars").await;
        let (page, said) = (format!("/post/{event}"), [("rsvp", "yes"), ("remark", "Ik eet zqdieet")]);
        fill(&mut lars, &page, &format!("{page}/attend"), &said, &[]).await.leads_to();

        // Removed before anybody was told, after it was told, and as the chosen answer; deleted by the author.
        let unheard = self.asks(&mut sanne, "zqstil", "zqstilzin").await;
        let unsaid = self.asks(&mut sanne, "zqkort", "zqkortzin").await;
        app.reply(&self.people["lars"], &self.removed, "Ik zoek dat uit.").await;
        for post in [&self.removed, &unheard, &self.answer] {
            let path = format!("/post/{}", post.id);
            fill(&mut noor, &format!("{path}/report"), &format!("{path}/report"), &[("reason", "Er staat zqmelding in")], &[])
                .await
                .leads_to();
            fill(&mut omar, &format!("{path}/remove"), &format!("{path}/remove"), &[("reason", "Dit is zqwegreden")], &[]).await.leads_to();
        }
        for post in [&self.deleted, &unsaid] {
            fill(&mut sanne, &format!("{}/delete", post.path()), &format!("{}/delete", post.path()), &[], &[]).await.leads_to();
        }
        // A report that led to nothing, and one about a member.
        fill(&mut noor, &format!("{standing}/report"), &format!("{standing}/report"), &[("reason", "Of zqtweede")], &[]).await.leads_to();
        let report = self.first("SELECT CAST(id AS TEXT) FROM report WHERE state = 'open' ORDER BY id DESC").await;
        let path = format!("/reports/{report}/close");
        fill(&mut omar, &path, &path, &[("outcome", "nothing"), ("note", "Zie zqnotitie")], &[]).await.leads_to();
        fill(&mut noor, "/u/lars/report", "/u/lars/report", &[("reason", "Wegens zqlidmelding")], &[]).await.leads_to();
        // An objection, and its answer.
        let objection = self.first("SELECT CAST(id AS TEXT) FROM moderation WHERE act = 'remove' ORDER BY id").await;
        let path = format!("/objections/{objection}");
        fill(&mut sanne, &path, &path, &[("words", "Maar zqbezwaar dan")], &[]).await.leads_to();
        fill(&mut bram, &path, &path, &[("decision", "reject"), ("answer", "Nee, zqweerwoord")], &[]).await.leads_to();
        // Suspended from the group, and from the region.
        let fields = [("who", "finn"), ("days", "7"), ("reason", "Om zqgroepschors")];
        fill(&mut omar, "/c/jeugd/suspend?q=finn", "/c/jeugd/suspend", &fields, &[]).await.leads_to();
        fill(&mut bram, "/admin/members/tess", "/admin/members/tess/suspend", &[("days", "7"), ("reason", "Om zqschors")], &[])
            .await
            .leads_to();
        // Who wants to come in, who may not, and who is asked.
        fill(&mut bram, "/admin/settings", "/admin/settings", &[("registration", "approval")], &[]).await.leads_to();
        self.registers("zqgeweigerd", "zqnee").await;
        let id = self.first("SELECT CAST(id AS TEXT) FROM registration WHERE state = 'waiting'").await;
        let path = format!("/admin/registrations/{id}/refuse");
        fill(&mut bram, &path, &path, &[("reason", "Want zqafwijzing")], &[]).await.leads_to();
        self.registers("zqwachtend", "zqwacht").await;
        let fields = [("email", "zqgenodigd@voorbeeld.example"), ("note", "Kom erbij, zqnoot"), ("days", "14")];
        let page = fill(&mut bram, "/admin/invitations/person", "/admin/invitations/person", &fields, &[]).await;
        page.body
            .split("/invite/")
            .nth(1)
            .and_then(|rest| rest.split(['"', '<', '&']).next())
            .expect("a link")
            .clone_into(&mut self.invitation);
        // A group that was proposed and refused.
        let fields =
            [("title", "Zqvoorstel"), ("name", "zqvoorstel"), ("about", "Over zqvoorstelinhoud"), ("reason", "Want zqvoorstelreden")];
        fill(&mut sanne, "/groups/propose", "/groups/propose", &fields, &[]).await.leads_to();
        let id = self.first("SELECT CAST(id AS TEXT) FROM group_proposal").await;
        fill(&mut bram, "/admin/groups", &format!("/admin/groups/{id}/refuse"), &[("reason", "Nee: zqvoorstelnee")], &[]).await.leads_to();
        let fields =
            [("title", "Zqwachtgroep"), ("name", "zqwachtgroep"), ("about", "Over zqwachtinhoud"), ("reason", "Want zqwachtreden")];
        fill(&mut sanne, "/groups/propose", "/groups/propose", &fields, &[]).await.leads_to();
        // Another server is blocked.
        let fields = [("host", "zqblok.example"), ("rule", "block"), ("reason", "Wegens zqblokreden")];
        fill(&mut bram, "/admin/federation", "/admin/federation", &fields, &[]).await.leads_to();
        // Somebody leaves, and their words stay.
        let mut gijs = self.visit("gijs").await;
        app.ask(&self.people["gijs"], &app.actor(&app.core.urls.group("jeugd")).await, "Van Gijs", "Dit blijft.").await;
        fill(&mut gijs, "/account/close", "/account/close", &[("words", "keep"), ("password", PASSWORD)], &[]).await.leads_to();
        // What was looked at and never sent.
        let fields = [
            ("title", "Zqklad wie weet"),
            ("body", "Nog zqkladtekst"),
            ("alt1", "zqkladfoto"),
            ("topics", "zqkladthema"),
            ("action", "preview"),
        ];
        let picture = red_and_blue(330, 70, ImageFormat::Png);
        let page = fill(&mut sanne, "/c/jeugd/ask", "/c/jeugd/ask", &fields, &[("file1", "klad.png", &picture)]).await;
        assert!(page.status == 200 && page.body.contains("zqkladtekst"), "{}", page.body);
        let fields = [("login", "sanne"), ("password", PASSWORD), ("next", "/")];
        let mut browser = Visitor::of(app);
        browser.post_with("/login", &fields, &[("sec-fetch-site", "same-origin"), ("user-agent", "zqbladeraar/1.0")]).await.leads_to();
        self.session.clone_from(&browser.cookies["meent"]);
        // Something that is told to everybody who is told of the rest.
        let group = app.actor(&app.core.urls.group("jeugd")).await;
        app.ask(&self.people["sanne"], &group, "Zqblijft dit?", "Ja, met @lars erbij.").await;
        self.settle().await;
        app.clock.advance(Time::DAY);
        self.settle().await;
    }

    /// What stands there before anything is planted, and is public.
    pub fn standing() -> Vec<Secret> {
        let words = ["zqwegtitel", "zqwegtekst", "zqwegfoto", "zqwegthema", "zqoudezin", "zqwistitel", "zqwistekst", "zqantwoord"];
        let of_profile = ["zqgijsgemeente", "zqgijsrol", "zqgijsverhaal", "zqgijskunde"];
        let all = words.into_iter().chain(of_profile);
        all.map(|word| Secret { what: "what stands", word: word.into(), may: vec!["guest"], must: true })
            .chain(words.into_iter().filter(|word| !word.contains("zin")).map(|word| Secret {
                what: "what stands",
                word: word.into(),
                may: vec!["server"],
                must: true,
            }))
            .collect()
    }

    /// Everything that was planted, and who may find it.
    pub async fn secrets(&mut self) -> Vec<Secret> {
        let mut secrets = Vec::new();
        let mut add = |what: &'static str, words: &[&str], may: &[&'static str]| {
            for word in words {
                secrets.push(Secret { what, word: (*word).to_owned(), may: may.to_vec(), must: !may.is_empty() });
            }
        };
        let removed = ["zqwegtitel", "zqwegtekst", "zqstiltitel", "zqstiltekst", "zqantwoord"];
        add("what a moderator removed", &removed, &["sanne", "omar", "bram"]);
        add(
            "what its author deleted",
            &["zqwistitel", "zqwistekst", "zqwisfoto", "zqwiszin", "zqkorttitel", "zqkorttekst", "zqkortfoto", "zqkortzin"],
            &[],
        );
        add("a topic that only what was deleted had", &["zqwisthema", "zqkortthema", "zqkladthema"], &[]);
        add("why somebody reported", &["zqmelding", "zqtweede"], &["noor", "omar", "bram"]);
        add("why somebody reported a member", &["zqlidmelding"], &["noor", "bram"]);
        add("who reported", &["zqnoor", "/u/noor"], &["noor", "omar", "bram"]);
        add("what moderators noted", &["zqnotitie"], &["omar", "bram"]);
        add("why it was removed", &["zqwegreden"], &[MEMBERS.as_slice(), &["inbox"]].concat());
        add("an objection", &["zqbezwaar", "zqweerwoord"], &["sanne", "omar", "bram"]);
        add("why somebody is suspended", &["zqschors"], &[MEMBERS.as_slice(), &["finn", "tess"]].concat());
        // From a group: the servers that follow it hear who, and why; who asks them for it by id does not.
        add("why somebody is suspended from a group", &["zqgroepschors"], &[MEMBERS.as_slice(), &["finn", "tess", "inbox"]].concat());
        add("who is suspended from the group", &["zqfinn", "/u/finn"], &["omar", "bram", "finn", "inbox"]);
        add("who is suspended", &["zqtess", "/u/tess"], &["bram", "tess"]);
        add("who follows, and finds useful", &["zqwim"], &["bram", "wim"]);
        add("who follows, and finds useful", &["/u/wim"], &["bram", "wim", "inbox"]);
        add("who waits, and why", &["zqwachtmotief", "zqwachtnaam", "zqwachtend@voorbeeld.example"], &["bram", "waiting"]);
        add("who was refused", &["zqneemotief", "zqneenaam", "zqgeweigerd@voorbeeld.example"], &["bram", "refused"]);
        add("why somebody was refused", &["zqafwijzing"], &["bram", "refused"]);
        add("who is invited", &["zqgenodigd@voorbeeld.example", "zqnoot"], &["bram", "invited"]);
        add("a proposal", &["zqvoorstelreden", "zqvoorstelnee"], &["sanne", "bram"]);
        add("what a proposed group is about", &["zqvoorstelinhoud"], &["sanne", "bram"]);
        add("a proposal that waits", &["zqwachtreden", "zqwachtinhoud"], &["sanne", "bram"]);
        add("who is blocked, and why", &["zqblok.example", "zqblokreden"], &["bram"]);
        add("the profile of who left", &["zqgijsgemeente", "zqgijsrol", "zqgijsverhaal", "zqgijskunde", "gijs mol"], &["gijs"]);
        add("the address of who left", &["gijs@voorbeeld.example"], &["gijs"]);
        add("a draft", &["zqkladtekst", "zqklad wie", "zqkladfoto"], &[]);
        add("the password for mail", &[MAIL_PASSWORD], &[]);
        add("the link to take part in an event", &["zqdeelnamelink"], &["vera", "lars", "omar", "bram"]);
        add("what somebody told the organisers of an event", &["zqdieet"], &["vera", "lars", "omar", "bram"]);
        add("a session", &[&self.session, "zqbladeraar"], &[]);
        for (name, email) in [
            ("lars", "lars@voorbeeld.example"),
            ("sanne", "sanne@voorbeeld.example"),
            ("omar", "omar@voorbeeld.example"),
            ("bram", "bram@voorbeeld.example"),
            ("noor", "noor@voorbeeld.example"),
        ] {
            add("an address", &[email], &[name, "bram"]);
        }
        // Vera followed it by that name while it stood, and has to be able to stop.
        add("the topic of what a moderator removed", &["zqwegthema"], &["vera", "wim"]);
        // Nobody sees these any more; or what held them was looked at while it stood.
        let nowhere = ["zqnotitie", "zqneemotief", "zqvoorstelreden", "zqvoorstelinhoud", "gijs@voorbeeld.example", "gijs mol"];
        for secret in &mut secrets {
            secret.must &= !nowhere.contains(&secret.word.as_str()) && !secret.word.starts_with("zqgijs");
        }
        // Of these, who may see the words may also see the rest; nothing shows it to them at present.
        let rest = ["zqwegfoto", "zqstilfoto", "zqstilthema", "zqoudezin", "zqstilzin"];
        let theirs = ["sanne", "omar", "bram"];
        secrets.extend(rest.map(|word| Secret {
            what: "what belongs to what a moderator removed",
            word: word.into(),
            may: theirs.to_vec(),
            must: false,
        }));
        // Nobody ever sees these, and what gives them away stands in the database.
        let settings = "SELECT value FROM setting WHERE key IN ('form_key', 'unsubscribe', 'setup_token')";
        let nobody = [
            ("a setting that is secret", settings),
            ("the hash of a session", "SELECT token_hash FROM session"),
            ("the hash of a link", "SELECT token_hash FROM token"),
            ("the hash of an invitation", "SELECT token_hash FROM invitation"),
            ("the hash of a password", "SELECT password_hash FROM account"),
            ("the private half of a key for proofs", "SELECT private_key FROM multikey WHERE private_key IS NOT NULL"),
            ("the hash of a waiting password", "SELECT password_hash FROM registration"),
            (
                "a private key",
                "SELECT SUBSTR(private_key_pem, 200, 40) FROM actor WHERE private_key_pem IS NOT NULL AND LOWER(kind) = 'person'",
            ),
        ];
        for (what, statement) in nobody {
            let found = self.strings(statement).await;
            assert!(!found.is_empty(), "{what}: {statement}");
            secrets.extend(found.into_iter().filter(|word| word.len() > 12).map(|word| Secret {
                what,
                word,
                may: Vec::new(),
                must: false,
            }));
        }
        let hidden = "SELECT hash FROM file WHERE NOT EXISTS (SELECT 1 FROM attachment a JOIN post p ON p.id = a.post_id WHERE a.file_hash = file.hash AND p.deleted_at IS NULL)";
        let hashes = self.strings(hidden).await;
        assert!(hashes.len() >= 3, "{hashes:?}");
        secrets.extend(hashes.into_iter().map(|word| Secret {
            what: "a picture that is not shown",
            word,
            may: theirs.to_vec(),
            must: false,
        }));
        let invited = Secret { what: "the link of an invitation", word: self.invitation.clone(), may: vec!["invited"], must: true };
        secrets.push(invited);
        for mail in self.smtp.mails() {
            if mail.headers.iter().any(|(name, _)| name == "list-unsubscribe") {
                let who = self.reader_at(&mail.recipients[0]);
                secrets.push(Secret { what: "a link that stops mail", word: mail.unsubscribe_path(), may: vec![who], must: false });
            }
        }
        secrets
    }

    /// The first column of what a statement gives.
    pub async fn strings(&self, statement: &str) -> Vec<String> {
        let statement = sqlx::AssertSqlSafe(statement.to_owned());
        match &self.app.core.db {
            Db::Sqlite { read, .. } => sqlx::query_scalar(statement).fetch_all(read).await,
            Db::Postgres(pool, _) => sqlx::query_scalar(statement).fetch_all(pool).await,
        }
        .expect("texts")
    }

    /// The first two columns of what a statement gives.
    pub async fn pairs(&self, statement: &str) -> Vec<(String, String)> {
        let statement = sqlx::AssertSqlSafe(statement.to_owned());
        match &self.app.core.db {
            Db::Sqlite { read, .. } => sqlx::query_as(statement).fetch_all(read).await,
            Db::Postgres(pool, _) => sqlx::query_as(statement).fetch_all(pool).await,
        }
        .expect("texts")
    }

    async fn ids(&self, table: &str) -> Vec<String> {
        self.strings(&format!("SELECT CAST(id AS TEXT) FROM {table} ORDER BY id")).await
    }

    /// The paths of a route, with everything that there is in place of its parameters. Nothing secret: what is asked for comes
    /// back in the page.
    pub async fn filled(&self, route: &str) -> Vec<String> {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let (values, parameter) = match route {
            _ if !route.contains('{') => return vec![route.to_owned()],
            _ if route.starts_with("/post/{id}") || route.starts_with("/comment/{id}") => (self.ids("post").await, "{id}"),
            _ if route.starts_with("/notifications/{id}") => (self.ids("notification").await, "{id}"),
            _ if route.starts_with("/reports/{id}") => (self.ids("report").await, "{id}"),
            _ if route.starts_with("/objections/{id}") => (self.ids("moderation").await, "{id}"),
            _ if route.starts_with("/admin/registrations/{id}") => (self.ids("registration").await, "{id}"),
            _ if route.starts_with("/admin/invitations/{id}") => (self.ids("invitation").await, "{id}"),
            _ if route.starts_with("/admin/groups/{id}") => (self.ids("group_proposal").await, "{id}"),
            _ if route.starts_with("/admin/mail/{id}") => (self.ids("mail").await, "{id}"),
            _ if route.starts_with("/files/remote/{id}") => (self.ids("attachment").await, "{id}"),
            _ if route.starts_with("/files/icon/{id}") => (self.ids("actor").await, "{id}"),
            _ if route.starts_with("/files/{hash}") => (self.strings("SELECT hash FROM file").await, "{hash}"),
            _ if route.starts_with("/c/{handle}") => (texts(&["jeugd", "wmo"]), "{handle}"),
            _ if route.starts_with("/u/{handle}") => (texts(&["sanne", "omar", "lars", "vera", "bram", "gijs"]), "{handle}"),
            _ if route.starts_with("/admin/members/{name}") => {
                (self.strings("SELECT name FROM actor WHERE LOWER(kind) = 'person'").await, "{name}")
            }
            _ if route.starts_with("/topic/{name}") => (texts(&["nergens"]), "{name}"),
            _ if route.starts_with("/invite/{token}") || route.starts_with("/unsubscribe/{token}") => (texts(&["verzonnen"]), "{token}"),
            _ if route.starts_with("/sign-up/{id}") => (texts(&["verzonnen"]), "{token}"),
            _ if route.starts_with("/series/{id}") => (self.ids("series").await, "{id}"),
            _ if route.starts_with("/calendar/{file}") => (texts(&["verzonnen.ics"]), "{file}"),
            _ if route.starts_with("/admin/federation/{name}") => (vec![self.peer.host.clone()], "{name}"),
            _ if route.starts_with("/groups/region/{host}") => (vec![self.peer.host.clone()], "{host}"),
            _ => panic!("what stands in {route}?"),
        };
        let moderator = self.people["omar"].id.to_string();
        let search = if route == "/c/{handle}/suspend" { "?q=lars" } else { "" };
        values
            .into_iter()
            .map(|value| format!("{}{search}", route.replace(parameter, &value).replace("{size}", "small").replace("{id}", &moderator)))
            .collect()
    }

    /// Where the documents of the federation begin.
    pub async fn documents(&self) -> Vec<String> {
        let host = self.app.host();
        let mut paths: Vec<String> = [
            "/",
            "/actor",
            "/actor/outbox",
            "/actor/groups",
            "/actor/groups?page=1",
            "/actor/regions",
            "/actor/regions?page=1",
            "/.well-known/nodeinfo",
            "/nodeinfo/2.0",
            "/nodeinfo/2.1",
            "/.well-known/host-meta",
            "/.well-known/host-meta.json",
        ]
        .map(str::to_owned)
        .into();
        let parts = [
            "",
            "/outbox",
            "/outbox?page=1",
            "/followers",
            "/following",
            "/featured",
            "/moderators",
            "/context",
            "/context?page=1",
            "/replies",
            "/replies?page=1",
            "/likes",
        ];
        for name in ["sanne", "omar", "lars", "vera", "bram", "gijs"] {
            paths.push(format!("/.well-known/webfinger?resource=acct:{name}@{host}"));
            paths.extend(parts.map(|part| format!("/u/{name}{part}")));
        }
        for name in ["jeugd", "wmo"] {
            paths.push(format!("/.well-known/webfinger?resource=acct:{name}@{host}"));
            paths.extend(parts.map(|part| format!("/c/{name}{part}")));
        }
        for id in self.ids("post").await {
            paths.extend(parts.iter().flat_map(|part| [format!("/post/{id}{part}"), format!("/comment/{id}{part}")]));
        }
        let base = self.app.core.urls.base();
        paths.extend(self.strings("SELECT ap_id FROM activity").await.iter().filter_map(|id| id.strip_prefix(base).map(str::to_owned)));
        paths
    }

    pub async fn finish(self) {
        self.settle().await;
        self.app.finish().await;
    }
}
