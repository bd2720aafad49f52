//! Proofs that travel with an activity (FEP-8b32): ours hold, those of others spare us a fetch, and bent ones do nothing.

use meent::model::Time;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::signatures_rfc9421::{ed25519, multibase, with_multikey};
use super::{PUBLIC, Scene};
use crate::on_both;
use crate::support::On;
use crate::support::peer::{Peer, Stranger, get};

/// A group on one server that we follow, and Tom with an Ed25519 key on another.
struct Announced {
    scene: Scene,
    group: Stranger,
    other: Peer,
    tom: Stranger,
}

impl Announced {
    async fn start(on: On) -> Self {
        let scene = Scene::start(on).await;
        let group = scene.followed_group("/c/buren").await;
        let other = Peer::start("derden").await;
        let tom = other.actor("Person", "/u/tom");
        other.serve(&with_multikey(&tom, "Person"));
        Self { scene, group, other, tom }
    }

    /// A Create by Tom for the group, without a proof.
    fn create(&self, number: u32) -> Value {
        let mut post = self.scene.post_of(&self.tom, "Article", number, "Met bewijs.");
        post["audience"] = json!(self.group.id);
        post["to"] = json!([self.group.id, PUBLIC]);
        let mut create = self.tom.says("Create", number, &post);
        create["@context"] = json!(["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v1"]);
        create
    }

    /// Lets the group announce it; says what became of it, whether we have it, and how often its home was asked for it.
    async fn announce(&self, number: u32, create: &Value) -> (String, bool, usize) {
        let (state, _) = self.scene.outcome(&self.group, &self.group.says("Announce", number, create)).await;
        let path = create["object"]["id"].as_str().expect("an id").strip_prefix(&self.other.at("")).expect("there").to_owned();
        (state, self.scene.known(&create["object"]).await.is_some(), self.other.gets(&path))
    }

    fn options(&self, activity: &Value) -> Value {
        json!({
            "@context": activity["@context"], "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022",
            "verificationMethod": format!("{}#ed25519-key", self.tom.id), "proofPurpose": "assertionMethod",
            "created": self.scene.app.clock.now().utc().format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        })
    }
}

/// JCS of what these tests sign: objects in the order of their names, no numbers with fractions.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort();
            let parts: Vec<String> = names.into_iter().map(|name| format!("{}:{}", json!(name), canonical(&fields[name]))).collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// What is signed: two hashes.
fn hashes(activity: &Value, options: &Value) -> Vec<u8> {
    let hash = |value: &Value| Sha256::digest(canonical(value)).to_vec();
    [hash(options), hash(activity)].concat()
}

fn seal(activity: &Value, mut options: Value) -> Value {
    let signature = ed25519().sign(&hashes(activity, &options));
    options["proofValue"] = json!(meent::model::multikey::base58(signature.as_ref()));
    let mut sealed = activity.clone();
    sealed["proof"] = options;
    sealed
}

on_both! {
    async fn an_announced_activity_with_a_proof_of_its_actor_needs_no_visit(on: On) {
        let stage = Announced::start(on).await;
        let create = stage.create(1);
        let sealed = seal(&create, stage.options(&create));
        assert_eq!(stage.announce(1, &sealed).await, ("done".into(), true, 0));
        // With a proof that leaves out its context, and with one of two that holds.
        let create = stage.create(2);
        let mut sealed = seal(&create, stage.options(&create));
        sealed["proof"].as_object_mut().expect("an object").remove("@context");
        assert_eq!(stage.announce(2, &sealed).await, ("done".into(), true, 0));
        let create = stage.create(3);
        let mut sealed = seal(&create, stage.options(&create));
        sealed["proof"] = json!([{"type": "DataIntegrityProof", "cryptosuite": "bbs-2023"}, sealed["proof"]]);
        assert_eq!(stage.announce(3, &sealed).await, ("done".into(), true, 0));
        assert_eq!(stage.other.gets("/u/tom"), 1, "his key was fetched once");
        // He takes it back: a word that nobody else could have said either.
        stage.scene.later();
        let mut delete = stage.tom.says("Delete", 4, &sealed["object"]["id"]);
        delete["to"] = json!([PUBLIC]);
        let delete = seal(&delete, stage.options(&delete));
        assert_eq!(stage.scene.outcome(&stage.group, &stage.group.says("Announce", 4, &delete)).await.0, "done");
        assert!(stage.scene.copy(&sealed["object"]).await.is_deleted());
        stage.scene.finish().await;
    }
}

#[tokio::test]
async fn t_39_a_proof_that_does_not_hold_is_as_none() {
    type Bend = fn(&Announced, &Value, Value) -> Value;
    let stage = Announced::start(On::Sqlite).await;
    let bends: &[(&str, Bend)] = &[
        ("no proof", |_, create, _| create.clone()),
        ("other words", |_, create, options| {
            let mut sealed = seal(create, options);
            sealed["object"]["content"] = json!("<p>Verzonnen.</p>");
            sealed
        }),
        ("something added", |_, create, options| {
            let mut sealed = seal(create, options);
            sealed["object"]["summary"] = json!("Verzonnen.");
            sealed
        }),
        ("another purpose", |_, create, mut options| {
            options["proofPurpose"] = json!("authentication");
            seal(create, options)
        }),
        ("another suite", |_, create, mut options| {
            options["cryptosuite"] = json!("eddsa-rdfc-2022");
            seal(create, options)
        }),
        ("another type", |_, create, mut options| {
            options["type"] = json!("Ed25519Signature2020");
            seal(create, options)
        }),
        ("a key of somebody else on his server", |stage, create, mut options| {
            options["verificationMethod"] = json!(stage.other.at("/u/dief#ed25519-key"));
            seal(create, options)
        }),
        ("a key of the group", |stage, create, mut options| {
            options["verificationMethod"] = json!(format!("{}#ed25519-key", stage.group.id));
            seal(create, options)
        }),
        ("a key that speaks for itself", |_, create, mut options| {
            options["verificationMethod"] = json!(format!("did:key:{}#{}", multibase(), multibase()));
            seal(create, options)
        }),
        ("his RSA key", |stage, create, mut options| {
            options["verificationMethod"] = json!(stage.tom.key_id);
            seal(create, options)
        }),
        ("of the future", |stage, create, mut options| {
            options["created"] = json!(stage.scene.time(2 * Time::DAY));
            seal(create, options)
        }),
        ("without a date", |_, create, mut options| {
            options.as_object_mut().expect("an object").remove("created");
            seal(create, options)
        }),
        ("expired", |stage, create, mut options| {
            options["expires"] = json!(stage.scene.time(-Time::MINUTE));
            seal(create, options)
        }),
        ("without a context", |_, create, mut options| {
            let mut create = create.clone();
            create.as_object_mut().expect("an object").remove("@context");
            options.as_object_mut().expect("an object").remove("@context");
            seal(&create, options)
        }),
        ("another context than it says", |_, create, mut options| {
            options["@context"] = json!(["https://elders.example/ns"]);
            seal(create, options)
        }),
        ("three proofs", |_, create, options| {
            let mut sealed = seal(create, options);
            sealed["proof"] = json!([sealed["proof"], sealed["proof"], sealed["proof"]]);
            sealed
        }),
        ("no signature at all", |_, create, options| {
            let mut sealed = seal(create, options);
            sealed["proof"]["proofValue"] = json!("z");
            sealed
        }),
    ];
    let thief = stage.other.actor("Person", "/u/dief");
    stage.other.serve(&with_multikey(&thief, "Person"));
    for (number, (what, bend)) in (10..).zip(bends) {
        let create = stage.create(number);
        let bent = bend(&stage, &create, stage.options(&create));
        // Its home does not know it: then it is not there, whatever the group says.
        let (_, known, gets) = stage.announce(number, &bent).await;
        assert!(!known && gets >= 1, "{what}: it was believed");
        // Its home says what it really is.
        stage.other.serve(&create["object"]);
        stage.scene.later();
        stage.scene.app.run_jobs().await;
        let copy = stage.scene.known(&create["object"]).await;
        assert!(copy.is_some_and(|post| post.html.contains("Met bewijs")), "{what}: it was not asked for");
    }
    // A proof for something of another server than its actor's.
    let mut create = stage.create(90);
    create["id"] = json!(stage.scene.peer.at("/activiteit/90"));
    let sealed = seal(&create, stage.options(&create));
    assert!(!stage.announce(90, &sealed).await.1);
    stage.scene.wear_out().await;
    stage.scene.finish().await;
}

#[tokio::test]
async fn a_new_key_is_looked_up_and_forgeries_do_not_make_us_a_hammer() {
    let stage = Announced::start(On::Sqlite).await;
    // Known from before, without the key.
    stage.other.serve(&stage.tom.document("Person"));
    stage.scene.app.find(&stage.tom.id).await.ok();
    assert_eq!(stage.tom.sends(&stage.scene.app, &stage.tom.says("Listen", 1, &json!("x"))).await, 202);
    let before = stage.other.gets("/u/tom");
    stage.other.serve(&with_multikey(&stage.tom, "Person"));
    stage.scene.app.clock.advance(Time::HOUR);
    let create = stage.create(2);
    assert_eq!(stage.announce(2, &seal(&create, stage.options(&create))).await, ("done".into(), true, 0));
    assert_eq!(stage.other.gets("/u/tom"), before + 1);
    for number in 3..20 {
        let mut create = stage.create(number);
        let options = stage.options(&create);
        stage.other.serve(&create["object"]);
        create["published"] = json!("nooit");
        let mut forged = seal(&create, options);
        forged["published"] = json!("altijd");
        assert!(stage.announce(number, &forged).await.1, "its home has it");
    }
    assert!(stage.other.gets("/u/tom") <= before + 2, "{}", stage.other.gets("/u/tom"));
    stage.scene.finish().await;
}

#[tokio::test]
async fn what_we_say_carries_a_proof_that_holds() {
    let scene = Scene::start(On::Sqlite).await;
    scene.done(&scene.els, &scene.els.says("Follow", 1, &json!(scene.group.ap_id))).await;
    let post = scene.app.ask(&scene.bram, &scene.group, "Wie bewijst dit?", "Ik.").await;
    scene.app.run_jobs().await;
    let holds = async |activity: &Value| {
        let mut document = activity.clone();
        let mut options = document.as_object_mut().expect("an object").remove("proof").expect("a proof");
        let value = options.as_object_mut().expect("an object").remove("proofValue").expect("a value");
        assert_eq!(options["@context"], document["@context"]);
        let actor = activity["actor"].as_str().expect("an actor");
        let path = actor.strip_prefix(scene.app.core.urls.base()).expect("one of ours").to_owned();
        let listed = get(&scene.app, "GET", &path, "application/activity+json").await.json()["assertionMethod"][0].clone();
        assert_eq!((&listed["id"], &listed["controller"]), (&options["verificationMethod"], &json!(actor)));
        let key = meent::model::multikey::read_public(listed["publicKeyMultibase"].as_str().expect("a key")).expect("an Ed25519 key");
        let signature = meent::model::multikey::from_base58(value.as_str().expect("text")).expect("a signature");
        let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key);
        key.verify(&hashes(&document, &options), &signature).unwrap_or_else(|_| panic!("{activity}"));
    };
    let mut seen = Vec::new();
    for body in scene.peer.inbox() {
        let activity: Value = serde_json::from_str(&body).expect("JSON");
        holds(&activity).await;
        let inner = activity["object"].clone();
        if inner["actor"] == json!(scene.bram.ap_id) {
            // Passed on with the proof of who wrote it.
            holds(&inner).await;
            assert_eq!(inner["object"]["id"], json!(post.ap_id));
        }
        seen.push(activity["type"].as_str().unwrap_or_default().to_owned());
    }
    assert!(seen.contains(&"Accept".to_owned()) && seen.iter().filter(|kind| *kind == "Announce").count() == 2, "{seen:?}");
    scene.finish().await;
}
