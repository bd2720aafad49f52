//! Proofs that go with an activity wherever it goes (FEP-8b32, `eddsa-jcs-2022`): whoever passes it on, the reader sees who
//! said it, and that not a letter was changed.

use ring::signature::Ed25519KeyPair;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::signature::{Algorithm, PublicKey, SKEW};
use super::wire;
use crate::error::{Error, Result};
use crate::model::urls::same_origin;
use crate::model::{Multikey, Time, multikey};

/// The terms of proofs.
pub const CONTEXT: &str = "https://w3id.org/security/data-integrity/v1";
const ACTIVITY_STREAMS: &str = "https://www.w3.org/ns/activitystreams";
const KIND: &str = "DataIntegrityProof";
const SUITE: &str = "eddsa-jcs-2022";
const PURPOSE: &str = "assertionMethod";
/// Most proofs on one activity.
const MOST: usize = 2;

/// A proof that says of itself what it has to; whether it holds, the key decides.
#[derive(Debug)]
pub struct Proof<'a> {
    pub key_id: &'a str,
    signature: Vec<u8>,
    /// What may have been signed: some leave out the context of a proof, and mean that of the document.
    signed: Vec<Vec<u8>>,
}

impl Proof<'_> {
    /// Whether this key made it.
    #[must_use]
    pub fn fits(&self, key: &PublicKey) -> bool {
        self.signed.iter().any(|signed| key.made(&self.signature, Algorithm::Ed25519, signed))
    }
}

/// The ids of the keys with which an activity says that it was sealed.
pub fn key_ids(activity: &Value) -> Vec<&str> {
    let proofs = match activity.get("proof") {
        Some(Value::Array(list)) if list.len() <= MOST => list.as_slice(),
        Some(Value::Array(_)) | None => &[],
        Some(one) => std::slice::from_ref(one),
    };
    proofs.iter().filter_map(|proof| proof.get("verificationMethod").and_then(Value::as_str)).collect()
}

/// The proofs on an activity that could show that `by` said it (T-39); none when there are more than two.
pub fn read<'a>(activity: &'a Value, by: &str, now: Time) -> Vec<Proof<'a>> {
    let proofs = match activity.get("proof") {
        Some(Value::Array(list)) if list.len() <= MOST => list.as_slice(),
        Some(Value::Array(_)) | None => &[],
        Some(one) => std::slice::from_ref(one),
    };
    let said_by_them = wire::field_id(activity, "actor") == Some(by) && wire::id(activity).is_some_and(|id| same_origin(id, by));
    if !said_by_them || activity.get("@context").is_none_or(Value::is_null) {
        return Vec::new();
    }
    proofs.iter().filter_map(|proof| read_one(activity, proof, by, now)).collect()
}

fn read_one<'a>(activity: &Value, proof: &'a Value, by: &str, now: Time) -> Option<Proof<'a>> {
    let fields = proof.as_object()?;
    let field = |name: &str| fields.get(name).and_then(Value::as_str);
    let time = |name: &str| match fields.get(name) {
        None => Some(None),
        Some(time) => time.as_str().and_then(Time::parse_rfc3339).map(Some),
    };
    let in_time = time("created")?.is_some_and(|created| created < now.plus(SKEW)) && time("expires")?.is_none_or(|expires| expires > now);
    let of_our_kind = field("type") == Some(KIND) && field("cryptosuite") == Some(SUITE) && field("proofPurpose") == Some(PURPOSE);
    let key_id = field("verificationMethod").filter(|key_id| same_origin(key_id, by))?;
    if !in_time || !of_our_kind {
        return None;
    }
    let signature = multikey::from_base58(field("proofValue")?)?;
    let mut document = activity.as_object()?.clone();
    document.shift_remove("proof");
    let mut options = fields.clone();
    options.shift_remove("proofValue");
    let signed = if let Some(context) = options.get("@context").cloned() {
        // The document may have been given more context on its way; what was signed is what the proof repeats.
        if !begins_with(document.get("@context")?, &context) {
            return None;
        }
        document.insert("@context".into(), context);
        vec![hashes(&document, &options)?]
    } else {
        let bare = hashes(&document, &options)?;
        options.insert("@context".into(), document.get("@context")?.clone());
        vec![bare, hashes(&document, &options)?]
    };
    Some(Proof { key_id, signature, signed })
}

/// Whether a context holds everything of another one, in the same order and at its beginning.
fn begins_with(whole: &Value, part: &Value) -> bool {
    fn list(context: &Value) -> &[Value] {
        context.as_array().map_or(std::slice::from_ref(context), Vec::as_slice)
    }
    list(whole).starts_with(list(part))
}

/// What is signed: the hash of the proof without its value, and that of the document without its proof.
fn hashes(document: &Map<String, Value>, options: &Map<String, Value>) -> Option<Vec<u8>> {
    let hash = |part: &Map<String, Value>| serde_json_canonicalizer::to_vec(part).ok().map(Sha256::digest);
    Some([hash(options)?, hash(document)?].concat())
}

/// Adds the terms of proofs to the context of an activity of ours.
pub fn with_context(mut activity: Value) -> Value {
    if let Some(context) = activity.get_mut("@context")
        && *context == ACTIVITY_STREAMS
    {
        *context = json!([ACTIVITY_STREAMS, CONTEXT]);
    }
    activity
}

/// Adds a proof to an activity of ours. What is already written stays as it is, to the letter: there may be something of
/// somebody else in it.
///
/// # Errors
/// When it is no JSON object with a context, or the key is none.
pub fn seal(body: &str, key: &Multikey, now: Time) -> Result<String> {
    let broken = |why: &str| Error::Internal(format!("no proof can be made with {}: {why}", key.key_id));
    let Ok(Value::Object(document)) = serde_json::from_str(body) else { return Err(broken("not an object")) };
    let context = document.get("@context").ok_or_else(|| broken("no context"))?;
    let seed = key.private_key.as_deref().and_then(multikey::read_private).ok_or_else(|| broken("no private key"))?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| broken("no key"))?;
    // In whole seconds: some write a time anew before they check.
    let created = now.utc().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut options = Map::new();
    for (name, value) in [
        ("@context", context.clone()),
        ("type", KIND.into()),
        ("cryptosuite", SUITE.into()),
        ("verificationMethod", key.key_id.clone().into()),
        ("proofPurpose", PURPOSE.into()),
        ("created", created.into()),
    ] {
        options.insert(name.into(), value);
    }
    let signed = hashes(&document, &options).ok_or_else(|| broken("not canonical"))?;
    options.insert("proofValue".into(), multikey::base58(pair.sign(&signed).as_ref()).into());
    let open = body.trim_end().strip_suffix('}').ok_or_else(|| broken("not an object"))?;
    Ok(format!("{open},\"proof\":{}}}", Value::Object(options)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ActorId;

    /// The key of the examples of vc-di-eddsa and of FEP-8b32.
    const PUBLIC: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
    const PRIVATE: &str = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq";
    const ALICE: &str = "https://server.example/users/alice";

    fn example() -> String {
        json!({
            "@context": [ACTIVITY_STREAMS, CONTEXT],
            "id": "https://server.example/activities/1", "type": "Create", "actor": ALICE,
            "object": {
                "id": "https://server.example/objects/1", "type": "Note", "attributedTo": ALICE, "content": "Hello world",
                "location": {"type": "Place", "longitude": -71.184_902, "latitude": 25.273_962},
            },
        })
        .to_string()
    }

    #[test]
    fn the_example_of_the_fep_gets_the_proof_that_it_says() {
        let key = Multikey {
            key_id: format!("{ALICE}#ed25519-key"),
            actor_id: ActorId(1),
            public_key: PUBLIC.into(),
            private_key: Some(PRIVATE.into()),
        };
        let now = Time::parse_rfc3339("2023-02-24T23:36:38Z").unwrap();
        let sealed = seal(&example(), &key, now).unwrap();
        let activity: Value = serde_json::from_str(&sealed).unwrap();
        let expected = "zLaewdp4H9kqtwyrLatK4cjY5oRHwVcw4gibPSUDYDMhi4M49v8pcYk3ZB6D69dNpAPbUmY8ocuJ3m9KhKJEEg7z";
        assert_eq!(activity["proof"]["proofValue"], expected);
        let proofs = read(&activity, ALICE, now);
        let [proof] = proofs.as_slice() else { panic!("{proofs:?}") };
        let public = PublicKey::from_multibase(PUBLIC).unwrap();
        assert!(proof.key_id == key.key_id && proof.fits(&public));
        assert!(!proof.fits(&PublicKey::Ed25519([1; 32])));
        assert!(read(&activity, "https://server.example/users/bob", now).is_empty(), "it is not his");
        assert!(seal("[]", &key, now).is_err() && seal("{}", &key, now).is_err());
    }

    #[test]
    fn the_example_of_the_standard_is_hashed_and_signed_as_it_says() {
        // vc-di-eddsa, B.3: eddsa-jcs-2022.
        let context = json!(["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"]);
        let document = json!({
            "@context": context, "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33", "type": ["VerifiableCredential", "AlumniCredential"],
            "name": "Alumni Credential", "description": "A minimum viable example of an Alumni Credential.",
            "issuer": "https://vc.example/issuers/5678", "validFrom": "2023-01-01T00:00:00Z",
            "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
        });
        let options = json!({
            "type": KIND, "cryptosuite": SUITE, "created": "2023-02-24T23:36:38Z", "proofPurpose": PURPOSE,
            "verificationMethod": format!("did:key:{PUBLIC}#{PUBLIC}"), "@context": context,
        });
        let hashed = hashes(document.as_object().unwrap(), options.as_object().unwrap()).unwrap();
        let hex = hashed.iter().fold(String::new(), |hex, byte| hex + format!("{byte:02x}").as_str());
        let expected = "66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19";
        assert_eq!(hex, expected);
        let signature =
            multikey::from_base58("z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX").unwrap();
        assert!(PublicKey::from_multibase(PUBLIC).unwrap().made(&signature, Algorithm::Ed25519, &hashed));
    }

    #[test]
    fn what_is_written_stays_to_the_letter() {
        let key = Multikey { key_id: "x#y".into(), actor_id: ActorId(1), public_key: PUBLIC.into(), private_key: Some(PRIVATE.into()) };
        let body = "{ \"@context\":\"https://www.w3.org/ns/activitystreams\", \"object\":{\"b\" : 1.50,\"a\":\"\\u00e9\"}}";
        let sealed = seal(body, &key, Time(0)).unwrap();
        assert!(sealed.starts_with(body.strip_suffix('}').unwrap()), "{sealed}");
        let context = with_context(json!({"@context": ACTIVITY_STREAMS}));
        assert_eq!(context["@context"], json!([ACTIVITY_STREAMS, CONTEXT]));
    }
}
