//! The fuzz targets under a property-test runner: a few hundred inputs each as part of the suite, and with `FUZZ_SECONDS`
//! in the environment for so long (see "Fuzzing" in the README).

use std::fmt;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

#[path = "../fuzz/targets.rs"]
pub mod targets;

/// An input that takes longer is a way to keep us busy. Only looked at when there is time.
const SLOW: Duration = Duration::from_secs(3);

#[expect(clippy::disallowed_methods, reason = "how long to go on is said by who starts it")]
fn seconds() -> u64 {
    std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// An input, shown as text where it is one.
#[derive(Clone)]
struct Input(Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match std::str::from_utf8(&self.0) {
            Ok(text) => write!(f, "{text:?}"),
            Err(_) => write!(f, "b\"{}\"", self.0.escape_ascii()),
        }
    }
}

fn run(name: &str, strategy: BoxedStrategy<Vec<u8>>, target: fn(&[u8])) {
    let strategy = strategy.prop_map(Input);
    let config = Config { cases: 300, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    let (begin, until) = (Instant::now(), Duration::from_secs(seconds()));
    let mut rounds = 0_u64;
    loop {
        // Each round another one: a runner remembers that it has run.
        let outcome = TestRunner::new(config.clone()).run(&strategy, |Input(input)| {
            let took = || {
                let one = Instant::now();
                target(&input);
                one.elapsed()
            };
            let once = took();
            // On a busy machine anything takes long once; what is slow is slow each time.
            prop_assert!(until.is_zero() || once < SLOW || took() < SLOW || took() < SLOW, "{once:?} for {} bytes", input.len());
            Ok(())
        });
        if let Err(error) = outcome {
            panic!("{name}: {error}");
        }
        rounds += 1;
        if begin.elapsed() >= until {
            break;
        }
    }
    if !until.is_zero() {
        eprintln!("{name}: {} inputs in {:?}, none of them bad", rounds * 300, begin.elapsed());
    }
}

/// Pieces of a language in any order, with anything between them.
fn pieces(known: &'static [&'static str], most: usize) -> BoxedStrategy<Vec<u8>> {
    let known = proptest::sample::select(known).prop_map(|piece| piece.as_bytes().to_vec());
    let repeated = (known.clone(), 1..200_usize).prop_map(|(piece, times)| piece.repeat(times));
    let text = any::<String>().prop_map(String::into_bytes);
    let bytes = proptest::collection::vec(any::<u8>(), 0..20);
    let piece = prop_oneof![12 => known, 1 => repeated, 2 => text, 1 => bytes];
    proptest::collection::vec(piece, 0..most).prop_map(|pieces| pieces.concat()).boxed()
}

const SIGNATURE: &[&str] = &[
    "keyId=\"https://elders.example/u/els#main-key\"",
    "algorithm=\"hs2019\"",
    "algorithm=\"rsa-sha256\"",
    "algorithm=\"ed25519\"",
    "headers=\"(request-target) host date digest\"",
    "headers=\"(request-target) (created) (expires) host digest content-type\"",
    "headers=\"",
    "(request-target)",
    " host",
    " date",
    " digest",
    " (created)",
    " authorization",
    "\"",
    ",",
    ", ",
    "=",
    ";",
    "\\",
    "created=1795165200",
    "created=99999999999999999999",
    "expires=1795165500",
    "expires=-1",
    "created=\"1795165200\"",
    "signature=\"AAAA\"",
    "signature=\"\"",
    "signature=\"%%\"",
    "\n",
    "\nDate: Fri, 20 Nov 2026 09:00:00 GMT",
    "\nDate: 20 Nov",
    "\nDate: ",
    "\nHost: vragen.example",
    "\nHost: ",
    "\nDigest: SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",
    "\nDigest: sha-256=x,",
    "\nSignature-Input: sig1=(\"@method\" \"@target-uri\" \"content-digest\");created=1795165200;keyid=\"https://elders.example/u/els#main-key\";alg=\"rsa-v1_5-sha256\"",
    "\nSignature-Input: sig1=(",
    "\nSignature-Input: ",
    "\nContent-Digest: sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:",
    "\nAuthorization: Signature keyId=\"x\"",
    "sig1=:AAAA:",
    "sig1=(\"@authority\" \"@path\" \"@query\");created=1",
];

const HTML: &[&str] = &[
    "<p>",
    "</p>",
    "<br>",
    "<a href=\"https://a.example/\">",
    "<a href=\"javascript:x\">",
    "<a href='//x'>",
    "</a>",
    "<b>",
    "</b>",
    "<i class=x>",
    "<em\n>",
    "<code/>",
    "<pre>",
    "</pre>",
    "<blockquote>",
    "<ul><li>",
    "<ol start=\"3\">",
    "<ol start=x>",
    "</ol>",
    "<h1>",
    "<h6>",
    "<table>",
    "<td>",
    "<tr>",
    "</table>",
    "<svg>",
    "</svg>",
    "<math>",
    "<mtext>",
    "<mglyph>",
    "<style>",
    "</style>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<template>",
    "<iframe srcdoc=\"",
    "<img src=x onerror=x>",
    "<span class=\"mention\">",
    "</span>",
    "@mayor",
    "@burgemeester@stad.example",
    "https://stad.example/",
    "www.stad.example",
    "&lt;",
    "&amp;lt;",
    "&#x3c;",
    "&#0;",
    "&nbsp;",
    "\u{202E}",
    "\u{0}",
    "\u{feff}",
    "\"",
    "'",
    ">",
    "<",
    "=",
    "<a href=\"mailto:a@b.example\">",
    "<a href=\"data:text/html,x\">",
    "<noscript>",
    "<form>",
    "<select>",
    "<option>",
    "<plaintext>",
    "<frameset>",
];

const MARKDOWN: &[&str] = &[
    "# ",
    "###### ",
    "> ",
    "- ",
    "1. ",
    "\n",
    "\n\n",
    "```",
    "`",
    "*",
    "**",
    "_",
    "~~",
    "[",
    "](",
    ")",
    "![",
    "](https://a.example/x)",
    "](javascript:x)",
    "[x]: https://b.example",
    "<https://c.example>",
    "<script>",
    "<b>",
    "https://d.example/?a=b&c=d",
    "www.e.example",
    "a@b.example",
    "|",
    "|---|",
    "| a | b |\n",
    "\\",
    "&lt;",
    "&#x3c;",
    "    ",
    "\t",
    "---\n",
    "===\n",
    "\u{202E}",
    "\u{0}",
    "@burgemeester@stad.example",
    "(",
    ":",
    "<",
    ">",
    "\"",
    "'",
    "<!--",
    "[^1]",
    "- [ ] ",
];

const KINDS: &[&str] = &["Create", "Update", "Delete", "Like", "Undo", "Announce", "ChooseAnswer", "Follow", "Accept"];

const FIELDS: &[&str] = &[
    "id",
    "type",
    "attributedTo",
    "to",
    "cc",
    "audience",
    "name",
    "summary",
    "content",
    "contentMap",
    "mediaType",
    "source",
    "published",
    "updated",
    "tag",
    "attachment",
    "image",
    "url",
    "context",
    "inReplyTo",
    "replies",
    "language",
    "acceptedAnswer",
    "meent:acceptedBy",
    "meent:kind",
    "meent:edited",
    "meent:tried",
    "meent:answers",
    "meent:comments",
    "commentsEnabled",
    "startTime",
    "endTime",
    "timezone",
    "location",
    "joinMode",
    "externalParticipationUrl",
    "maximumAttendeeCapacity",
    "participantCount",
    "eventStatus",
    "meent:signUpUntil",
    "meent:series",
    "participationMessage",
    "target",
    "sensitive",
    "@context",
    "object",
    "actor",
    "@graph",
    "",
];

const TEXTS: &[&str] = &[
    "https://elders.example/u/els",
    "https://derden.example/u/x",
    "https://vragen.example/c/jeugd",
    "http://elders.example/x",
    "https://10.0.0.1/",
    "https://elders.example:444/x",
    "x",
    "2026-11-20T08:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "-0001-01-01T00:00:00+23:59",
    "+262143-12-31T23:59:59Z",
    "text/markdown",
    "question",
    "announcement",
    "event",
    "external",
    "America/Argentina/Buenos_Aires",
    "works",
    "Image",
    "Mention",
    "Hashtag",
    "as:Public",
    "<script>x</script>",
    "<p onclick=x>\u{202E}a</p>",
    "\u{0}",
    "#onderwerp",
    "image/png",
    "nl",
];

const KEYS: &[&str] = &[
    "type",
    "id",
    "href",
    "url",
    "name",
    "mediaType",
    "content",
    "value",
    "width",
    "height",
    "nl",
    "en",
    "identifier",
    "first",
    "items",
    "summary",
    "@id",
    "object",
];

/// A body made of good ones and of what does not belong there.
fn body() -> BoxedStrategy<Vec<u8>> {
    let id = |path: &str| format!("https://elders.example{path}");
    let public = "https://www.w3.org/ns/activitystreams#Public";
    let note = json!({"id": id("/comment/1"), "type": "Note", "attributedTo": id("/u/els"), "to": [public, "https://vragen.example/c/jeugd"], "content": "<p>Wij wel.</p>", "published": "2026-11-20T08:00:00Z", "inReplyTo": "https://vragen.example/post/1"});
    let article = json!({"id": id("/post/1"), "type": "Article", "attributedTo": id("/u/els"), "to": public, "cc": [], "name": "Wie weet dit?", "summary": "Wij niet.", "content": "<p>Wij niet.</p>", "published": "2026-11-20T08:00:00Z", "updated": "2026-11-20T08:30:00Z", "tag": [{"type": "Mention", "href": id("/u/tom")}, {"type": "Hashtag", "name": "#jeugd"}], "attachment": [{"type": "Image", "url": id("/1.png"), "name": "Een schema"}], "url": id("/vraag/1"), "context": id("/post/1/context"), "meent:answers": [id("/comment/1")]});
    let event = json!({"id": id("/post/2"), "type": "Event", "attributedTo": id("/u/els"), "to": [public, "https://vragen.example/c/jeugd"], "name": "Werksessie", "content": "<p>Samen kijken.</p>", "published": "2026-11-20T08:00:00Z", "startTime": "2026-12-08T13:30:00+01:00", "endTime": "2026-12-08T16:00:00", "timezone": "Europe/Amsterdam", "joinMode": "free", "attendees": id("/post/2/attendees"), "isOnline": true, "maximumAttendeeCapacity": 40, "participantCount": 3, "location": [{"type": "VirtualLocation", "url": id("/live")}, {"type": "Place", "name": "Stadskantoor", "address": {"streetAddress": "Plein 1", "addressLocality": "Amersfoort"}}], "attachment": [{"type": "Link", "href": id("/site")}]});
    let whole = prop_oneof![Just(note), Just(article), Just(event)];
    let field = proptest::sample::select(FIELDS);
    (whole, proptest::collection::vec((field, value()), 0..6), proptest::sample::select(KINDS).prop_map(str::to_owned), 0..4_u8, proptest::collection::vec((any::<u16>(), any::<u8>()), 0..3))
        .prop_map(|(mut object, changes, kind, wraps, flips)| {
            for (name, value) in changes {
                object[name] = value;
            }
            for _ in 0..wraps {
                object = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": "https://elders.example/a/1", "type": kind, "actor": "https://elders.example/u/els", "object": object});
            }
            let mut bytes = object.to_string().into_bytes();
            for (at, byte) in flips {
                let length = bytes.len();
                // Most stay whole: a body that is no JSON is soon done with.
                if byte % 4 == 0 {
                    bytes[usize::from(at) % length] = byte;
                }
            }
            bytes
        })
        .boxed()
}

/// Any JSON, with addresses, dates and markup among its texts.
fn value() -> BoxedStrategy<Value> {
    let text = prop_oneof![3 => proptest::sample::select(TEXTS).prop_map(str::to_owned), 1 => any::<String>()];
    let leaf = prop_oneof![
        4 => text.clone().prop_map(Value::String),
        1 => any::<i64>().prop_map(|number| json!(number)),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => Just(Value::Null),
    ];
    let key = prop_oneof![5 => proptest::sample::select(KEYS).prop_map(str::to_owned), 1 => any::<String>()];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            proptest::collection::vec((key.clone(), inner), 0..6).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
    .boxed()
}

#[test]
fn signature_headers() {
    run("signature", pieces(SIGNATURE, 14), targets::signature);
}

#[test]
fn inbound_json() {
    run("inbound", prop_oneof![4 => body(), 1 => value().prop_map(|value| value.to_string().into_bytes())].boxed(), targets::inbound);
}

#[test]
fn foreign_html() {
    run("html", pieces(HTML, 60), targets::html);
}

#[test]
fn markdown() {
    run("markdown", pieces(MARKDOWN, 80), targets::markdown);
}
