//! A conversation among three instances over a bad post office: letters arrive in any order, more than once, after having
//! been lost, and in other forms. The threads end the same on all three.

use meent::db::activities;
use meent::db::deliveries::{self, Delivery};
use meent::db::{self, Db};
use meent::federation::letters;
use meent::model::{Actor, Clock, Time};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{On, START, TestApp, settle};

/// The post office, and everybody who uses it.
struct Office {
    apps: [TestApp; 3],
    clock: Clock,
    chance: StdRng,
    /// Counts the letters, so that each repeated one can have a name of its own.
    letters: usize,
}

impl Office {
    /// Every delivery that waits anywhere, with whose it is.
    async fn waiting(&self) -> Vec<(usize, Delivery)> {
        let mut found = Vec::new();
        for (number, app) in self.apps.iter().enumerate() {
            let text = "SELECT d.*, a.created_at AS said_at, CAST(1 AS BIGINT) AS in_lane FROM delivery d JOIN activity a ON a.id = d.activity_id ORDER BY d.activity_id, d.inbox";
            let of_one: Vec<Delivery> = match &app.core.db {
                Db::Sqlite { read, .. } => sqlx::query_as(text).fetch_all(read).await,
                Db::Postgres(pool, _) => sqlx::query_as(text).fetch_all(pool).await,
            }
            .expect("deliveries");
            found.extend(of_one.into_iter().map(|delivery| (number, delivery)));
        }
        found
    }

    /// Everybody works on what they have received, and says what they have to say; nothing is sent.
    async fn work(&self, only: Option<usize>) {
        for (number, app) in self.apps.iter().enumerate() {
            while only.is_none_or(|only| only == number) {
                let batch = app.fed.take_received().await.expect("a batch");
                let done =
                    Box::pin(app.fed.process(batch)).await.expect("worked on") + Box::pin(app.fed.make_outgoing()).await.expect("said");
                if done == 0 {
                    break;
                }
            }
        }
    }

    /// Brings one letter, or loses it for now. Says whether there was one.
    async fn bring(&mut self) -> bool {
        let waiting = self.waiting().await;
        if waiting.is_empty() {
            return false;
        }
        let (from, delivery) = &waiting[self.chance.gen_range(0..waiting.len())];
        let fate = self.chance.gen_range(0..10);
        if fate == 0 {
            return true;
        }
        let sender = &self.apps[*from];
        let (said, speaker) = activities::speaker(&mut sender.core.db.conn(), delivery.activity_id).await.expect("an activity");
        let text = letters::text(&mut sender.core.db.conn(), &said, &speaker).await.expect("a text");
        let to = self.apps.iter().position(|app| app.host() == delivery.host).expect("one of the three");
        if let Some(text) = text {
            self.letters += 1;
            let value: Value = serde_json::from_str(&text).expect("JSON");
            let mut forms = vec![value.clone()];
            match fate {
                1 | 2 => forms.insert(0, value.clone()),
                // As a server sends it that has lost its memory.
                3 => forms.push(self.renamed(&value)),
                4..=6 => forms.extend(self.other_forms(&value)),
                _ => {}
            }
            if self.chance.gen_bool(0.5) {
                forms.reverse();
            }
            for form in forms {
                let receiver = &self.apps[to];
                let signer: Actor = receiver.fed.actor(&speaker.ap_id).await.expect("the signer");
                let body = form.to_string();
                receiver.fed.take(&signer, form, body).await.expect("taken");
            }
        }
        // Lost again on the way back: it is sent once more.
        if fate != 2 {
            let sender = &self.apps[*from];
            let mut tx = sender.core.db.begin().await.expect("a transaction");
            deliveries::remove(&mut tx, &[(delivery.activity_id, &delivery.inbox)]).await.expect("removed");
            sender.core.commit(tx).await.expect("a commit");
        }
        if self.chance.gen_bool(0.4) {
            Box::pin(self.work(Some(to))).await;
        }
        true
    }

    fn renamed(&self, value: &Value) -> Value {
        let mut again = value.clone();
        again["id"] = json!(format!("{}?again={}", value["id"].as_str().expect("an id"), self.letters));
        again
    }

    /// An announced Create as others write it: the object itself, or only its id.
    fn other_forms(&self, value: &Value) -> Vec<Value> {
        let object = &value["object"]["object"];
        if value["type"] != "Announce" || value["object"]["type"] != "Create" || !object.is_object() {
            return Vec::new();
        }
        let mut with_object = self.renamed(value);
        with_object["object"] = object.clone();
        let mut with_id = value.clone();
        with_id["id"] = json!(format!("{}?named={}", value["id"].as_str().expect("an id"), self.letters));
        with_id["object"] = object["id"].clone();
        vec![with_object, with_id]
    }

    /// Letters are brought until somebody knows a post.
    async fn until_known(&mut self, who: usize, ap_id: &str) {
        for _ in 0..2_000 {
            Box::pin(self.work(None)).await;
            if db::posts::by_ap_id(&mut self.apps[who].core.db.conn(), ap_id).await.expect("a read").is_some() {
                return;
            }
            Box::pin(self.bring()).await;
            // What waits for what has not come yet looks again after a while.
            self.clock.advance(Time::SECOND);
        }
        panic!("{} never heard of {ap_id}", self.apps[who].name);
    }

    /// A few letters are brought, in whatever state that leaves things.
    async fn some(&mut self) {
        for _ in 0..self.chance.gen_range(0..4) {
            Box::pin(self.bring()).await;
        }
        self.clock.advance(7 * Time::SECOND);
    }

    /// Everything is brought, and what waits for something has time to try again.
    async fn all(&mut self) {
        for _ in 0..12 {
            while Box::pin(self.bring()).await {
                Box::pin(self.work(None)).await;
            }
            Box::pin(self.work(None)).await;
            self.clock.advance(2 * Time::HOUR);
        }
    }
}

/// A conversation; gives what it is about.
async fn talk(office: &mut Office, [anna, bram, cor]: &[Actor; 3], groups: &[Actor; 3]) -> Vec<String> {
    let question = office.apps[0].ask(anna, &groups[0], "Wie kent dit?", "De eerste woorden.").await.ap_id;
    let other = office.apps[1].ask(bram, &groups[1], "En wie dit?", "Daar gaat het om.").await.ap_id;
    Box::pin(office.some()).await;
    Box::pin(office.until_known(2, &question)).await;
    let of_anna = office.apps[0].post(&question).await;
    office.apps[0].edit(anna, &of_anna, Some("Wie kent dit ook?"), "De tweede woorden.").await;
    let answer = office.apps[2].reply(cor, &office.apps[2].post(&question).await, "Een antwoord van ver.").await;
    Box::pin(office.some()).await;
    Box::pin(office.until_known(1, &answer.ap_id)).await;
    let comment = office.apps[1].reply(bram, &office.apps[1].post(&answer.ap_id).await, "Een reactie.").await;
    office.apps[2].edit(cor, &answer, None, "Een beter antwoord van ver.").await;
    Box::pin(office.some()).await;
    Box::pin(office.until_known(0, &answer.ap_id)).await;
    office.apps[0].choose(anna, &office.apps[0].post(&answer.ap_id).await, true).await;
    for on in [true, false, true] {
        office.apps[0].useful(anna, &office.apps[0].post(&answer.ap_id).await, on).await;
        Box::pin(office.some()).await;
    }
    Box::pin(office.until_known(2, &comment.ap_id)).await;
    let deeper = office.apps[2].reply(cor, &office.apps[2].post(&comment.ap_id).await, "Dat klopt.").await;
    let passing = office.apps[2].reply(cor, &office.apps[2].post(&question).await, "Dit haal ik weer weg.").await;
    office.apps[2].remove(cor, &passing).await;
    Box::pin(office.some()).await;
    office.apps[1].useful(bram, &office.apps[1].post(&answer.ap_id).await, true).await;
    office.apps[1].remove(bram, &office.apps[1].post(&comment.ap_id).await).await;
    Box::pin(office.some()).await;
    Box::pin(office.until_known(0, &other)).await;
    let second = office.apps[0].reply(anna, &office.apps[0].post(&other).await, "Ik ken het.").await;
    Box::pin(office.until_known(1, &second.ap_id)).await;
    office.apps[1].choose(bram, &office.apps[1].post(&second.ap_id).await, true).await;
    office.apps[0].edit(anna, &second, None, "Ik ken het goed.").await;
    Box::pin(office.some()).await;
    office.apps[1].choose(bram, &office.apps[1].post(&second.ap_id).await, false).await;
    office.apps[2].edit(cor, &deeper, None, "Dat klopt helemaal.").await;
    vec![question, other]
}

/// What stands in a thread. Where something was removed, who has known it shows its place; who heard of the removal first has
/// never known it, and has nothing to show.
fn standing(thread: &str) -> String {
    thread.lines().filter(|line| !line.ends_with(" removed")).collect::<Vec<_>>().join("\n")
}

async fn case(on: On, seed: u64) {
    let clock = Clock::manual(START);
    let apps = [TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await, TestApp::start(on, "c", &clock).await];
    let [a, b, c] = &apps;
    let people = [a.member("anna", "Anna Vermeer").await, b.member("bram", "Bram de Wit").await, c.member("cor", "Cor Hendriks").await];
    let group = b.group("jeugd", "Jeugdhulp", &people[1]).await;
    let (of_a, of_c) = (a.find(&group.ap_id).await.expect("the group"), c.find(&group.ap_id).await.expect("the group"));
    a.join(&people[0], &of_a).await;
    c.join(&people[2], &of_c).await;
    settle(&[a, b, c]).await;
    let mut office = Office { apps, clock, chance: StdRng::seed_from_u64(seed), letters: 0 };
    let roots = Box::pin(talk(&mut office, &people, &[of_a, group, of_c])).await;
    Box::pin(office.all()).await;
    let [a, b, c] = office.apps;
    for root in &roots {
        let expected = standing(&b.reads(root).await);
        assert_eq!(standing(&a.reads(root).await), expected, "A and B, seed {seed}");
        assert_eq!(standing(&c.reads(root).await), expected, "C and B, seed {seed}");
    }
    let read = b.reads(&roots[0]).await;
    assert!(read.contains("De tweede woorden.") && read.contains("chosen") && read.contains("useful 2"), "seed {seed}: {read}");
    assert!(read.contains("Dat klopt helemaal.") && !read.contains("Dit haal ik weer weg."), "seed {seed}: {read}");
    assert!(!b.reads(&roots[1]).await.contains("chosen"), "seed {seed}");
    for app in [a, b, c] {
        app.finish().await;
    }
}

on_both! {
    async fn whatever_the_post_office_does_the_threads_are_equal(on: On) {
        for seed in 0..8 {
            Box::pin(case(on, seed)).await;
        }
    }
}
