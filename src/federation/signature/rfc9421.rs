//! RFC 9421, HTTP Message Signatures. Scheme and authority are those of `public_url`, whatever a proxy says about them.

use axum::http::Method;
use axum::http::request::Parts;
use sfv::{BareItem, Dictionary, InnerList, ListEntry, ListSerializer, Parser};

use super::{Algorithm, Claim, MOST_SIGNED, check_age, check_host, digest, refuse, seconds, text, value_of};
use crate::error::{Doubt, Error, Result};
use crate::model::{Time, Urls};

/// Most signatures on one request.
const MOST_SIGNATURES: usize = 4;

fn unreadable(name: &str) -> Error {
    Error::Signature(format!("the {name} header can't be read").into())
}

/// Reads and checks `Signature-Input` and `Signature`.
///
/// # Errors
/// [`Error::Signature`] with the rule that was broken.
pub fn read(parts: &Parts, body: &[u8], ours: &Urls, now: Time, usable: &dyn Fn(&str) -> bool) -> Result<Claim> {
    let dictionary = |name: &str| -> Result<Dictionary> {
        Parser::new(text(&parts.headers, name).unwrap_or_default()).parse().map_err(|_| unreadable(name))
    };
    let (inputs, signatures) = (dictionary("signature-input")?, dictionary("signature")?);
    if inputs.len() > MOST_SIGNATURES || signatures.len() > MOST_SIGNATURES {
        return refuse(format!("more than {MOST_SIGNATURES} signatures"));
    }
    let chosen = inputs.iter().find_map(|(label, input)| {
        let (ListEntry::InnerList(input), Some(ListEntry::Item(signature))) = (input, signatures.get(label)) else { return None };
        let key_id = string(input, "keyid").filter(|key_id| usable(key_id))?;
        Some((input, key_id, signature.bare_item.as_byte_sequence()?))
    });
    let Some((input, key_id, signature)) = chosen else { return refuse("no signature has a keyid that can be looked up") };
    let components = components(input)?;
    let covers = |name: &str| components.contains(&name);
    let target = covers("@target-uri")
        || (covers("@authority") && covers("@path") && (covers("@query") || parts.uri.query().is_none_or(str::is_empty)));
    if !covers("@method") || !target {
        return refuse("@method and @target-uri (or @authority, @path and @query) must be signed");
    }
    if let Some(host) = text(&parts.headers, "host") {
        check_host(host, ours.authority())?;
    }
    check_time(input, now)?;
    if !body.is_empty() || parts.method == Method::POST {
        if !covers("content-digest") {
            return refuse("content-digest must be signed");
        }
        if !parts.headers.contains_key("content-digest") {
            return refuse(Doubt::of("digest", "there is no Content-Digest header"));
        }
    }
    digest::check(&parts.headers, body)?;
    let algorithms = match string(input, "alg") {
        Some("rsa-v1_5-sha256") => vec![Algorithm::RsaSha256],
        Some("ed25519") => vec![Algorithm::Ed25519],
        // The key's kind decides.
        None if !input.params.contains_key("alg") => vec![Algorithm::RsaSha256, Algorithm::Ed25519],
        other => return refuse(Doubt::of("algorithm", format!("the algorithm {other:?} is not accepted"))),
    };
    let base = signature_base(parts, ours, input, &components)?;
    Ok(Claim { key_id: key_id.to_owned(), algorithms, signature: signature.to_vec(), signing_strings: vec![base] })
}

fn string<'a>(input: &'a InnerList, name: &str) -> Option<&'a str> {
    input.params.get(name).and_then(BareItem::as_string).map(sfv::StringRef::as_str)
}

/// What is covered. Names with parameters (`;sf`, `;key`, `;bs`, `;req`) are for other uses than ours.
fn components(input: &InnerList) -> Result<Vec<&str>> {
    let mut names = Vec::new();
    for item in &input.items {
        let name = match item.bare_item.as_string() {
            Some(name) if item.params.is_empty() => name.as_str(),
            _ => return refuse("a signed component has parameters or no name"),
        };
        if names.contains(&name) || names.len() == MOST_SIGNED || name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return refuse("the signed components are too many, one is there twice, or one is in capitals");
        }
        if matches!(name, "signature" | "signature-input") {
            return refuse("a signature can't sign itself");
        }
        names.push(name);
    }
    Ok(names)
}

fn check_time(input: &InnerList, now: Time) -> Result<()> {
    let time = |name: &str| match input.params.get(name) {
        None => Ok(None),
        Some(value) => match value.as_integer().and_then(|count| seconds(i64::from(count))) {
            Some(time) => Ok(Some(time)),
            None => refuse(format!("{name} is no time")),
        },
    };
    let Some(created) = time("created")? else { return refuse("created is missing") };
    check_age(created, time("expires")?, now)
}

/// The text that was signed (2.5).
fn signature_base(parts: &Parts, ours: &Urls, input: &InnerList, components: &[&str]) -> Result<String> {
    let (path, query) = (Some(parts.uri.path()).filter(|path| !path.is_empty()).unwrap_or("/"), parts.uri.query());
    let target = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let mut base = String::new();
    for name in components {
        let value = match *name {
            "@method" => parts.method.as_str().to_owned(),
            "@target-uri" => format!("{}{target}", ours.base()),
            "@authority" => ours.authority().to_owned(),
            "@scheme" => ours.base().split(':').next().unwrap_or_default().to_owned(),
            "@request-target" => target.clone(),
            "@path" => path.to_owned(),
            "@query" => format!("?{}", query.unwrap_or_default()),
            other if other.starts_with('@') => return refuse(format!("{other} can't be signed in a request")),
            header => value_of(&parts.headers, header)?,
        };
        base.extend(["\"", name, "\": ", &value, "\n"]);
    }
    let mut parameters = ListSerializer::new();
    parameters.members([&ListEntry::InnerList(input.clone())]);
    let parameters = parameters.finish().ok_or_else(|| unreadable("Signature-Input"))?;
    base.extend(["\"@signature-params\": ", &parameters]);
    Ok(base)
}

/// What a server asks for in `Accept-Signature` (5.1), as far as we can do it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub components: Vec<String>,
    pub nonce: Option<String>,
    pub tag: Option<String>,
}

/// Components that we can sign when somebody asks for them, besides those we always sign.
const ON_REQUEST: [&str; 7] = ["@authority", "@path", "@query", "@scheme", "@request-target", "date", "host"];
/// Longest nonce that we give back.
const LONGEST_NONCE: usize = 200;

impl Wanted {
    /// Reads an `Accept-Signature` header; nothing when it is none that we could satisfy.
    #[must_use]
    pub fn read(header: &str) -> Option<Self> {
        let wishes: Dictionary = Parser::new(header).parse().ok()?;
        wishes.values().find_map(|wish| {
            let ListEntry::InnerList(wish) = wish else { return None };
            let names = components(wish).ok()?;
            let ours = ["@method", "@target-uri", "content-digest", "content-type"];
            let extra = names.iter().filter(|name| !ours.contains(name));
            if !extra.clone().all(|name| ON_REQUEST.contains(name)) || !matches!(string(wish, "alg"), None | Some("rsa-v1_5-sha256")) {
                return None;
            }
            let short = |name| string(wish, name).filter(|text| text.len() <= LONGEST_NONCE).map(str::to_owned);
            Some(Self { components: extra.map(|name| (*name).to_owned()).collect(), nonce: short("nonce"), tag: short("tag") })
        })
    }
}

/// A request of ours that is to be signed.
#[derive(Debug)]
pub struct Outgoing<'a> {
    pub method: &'a str,
    pub url: &'a url::Url,
    pub host: &'a str,
    pub at: Time,
    pub key_id: &'a str,
    /// `Content-Digest` and `Content-Type`, where there is a body.
    pub body: Option<(&'a str, &'a str)>,
}

/// What is signed of a request of ours, and the value of `Signature-Input` without its label.
///
/// # Errors
/// When a key id or what a peer asked for can't be written in a header.
pub fn write(request: &Outgoing<'_>, wanted: &Wanted) -> Result<(String, String)> {
    let broken = |error: sfv::Error| Error::Internal(format!("a signature can't be written: {error}"));
    let (url, path) = (request.url, request.url.path());
    let mut lines: Vec<(&str, String)> = vec![("@method", request.method.to_ascii_uppercase()), ("@target-uri", url.to_string())];
    if let Some((digest, kind)) = request.body {
        lines.extend([("content-digest", digest.to_owned()), ("content-type", kind.to_owned())]);
    }
    for name in &wanted.components {
        let value = match name.as_str() {
            "@authority" | "host" => request.host.to_owned(),
            "@path" => path.to_owned(),
            "@query" => format!("?{}", url.query().unwrap_or_default()),
            "@scheme" => url.scheme().to_owned(),
            "@request-target" => url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")),
            "date" => request.at.http_date(),
            _ => continue,
        };
        lines.push((name, value));
    }
    let mut list = ListSerializer::new();
    let mut inner = list.inner_list();
    for (name, _) in &lines {
        let _ = inner.bare_item(sfv::StringRef::from_str(name).map_err(broken)?);
    }
    let key = |name: &'static str| sfv::KeyRef::from_str(name).map_err(broken);
    let text = |text| sfv::StringRef::from_str(text).map_err(broken);
    let created = sfv::Integer::try_from(request.at.0 / 1_000).map_err(|_| Error::Internal("a time that can't be written".into()))?;
    let mut parameters = inner
        .finish()
        .parameter(key("created")?, created)
        .parameter(key("keyid")?, text(request.key_id)?)
        .parameter(key("alg")?, text("rsa-v1_5-sha256")?);
    for (name, value) in [("nonce", &wanted.nonce), ("tag", &wanted.tag)] {
        if let Some(value) = value {
            parameters = parameters.parameter(key(name)?, text(value)?);
        }
    }
    let _ = parameters.finish();
    let input = list.finish().ok_or_else(|| Error::Internal("nothing to sign".into()))?;
    let mut base = String::new();
    for (name, value) in &lines {
        base.extend(["\"", *name, "\": ", value.as_str(), "\n"]);
    }
    base.extend(["\"@signature-params\": ", &input]);
    Ok((base, input))
}

/// The two headers, for a signature in base64.
#[must_use]
pub fn headers(input: &str, signature: &str) -> [(String, String); 2] {
    [("signature-input".into(), format!("sig1={input}")), ("signature".into(), format!("sig1=:{signature}:"))]
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::federation::signature::PublicKey;

    /// The keys of appendix B.1.
    const RSA: &str = "-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw
WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq
MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg
kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P
uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ
PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB
-----END RSA PUBLIC KEY-----";
    const ED25519: &str = "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=";

    fn parts() -> Parts {
        let digest = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
        axum::http::Request::builder()
            .method("POST")
            .uri("/foo?param=Value&Pet=dog")
            .header("Date", "Tue, 20 Apr 2021 02:07:55 GMT")
            .header("Content-Type", "application/json")
            .header("Content-Digest", digest)
            .header("Content-Length", "18")
            .header("Forwarded", "for=192.0.2.123;host=example.com;proto=https")
            .body(())
            .unwrap()
            .into_parts()
            .0
    }

    fn based(base_url: &str, input: &str) -> String {
        let inputs: Dictionary = Parser::new(input).parse().unwrap();
        let Some(ListEntry::InnerList(list)) = inputs.values().next() else { panic!("no list") };
        let ours = Urls::new(&Url::parse(base_url).unwrap());
        signature_base(&parts(), &ours, list, &components(list).unwrap()).unwrap()
    }

    fn bytes(base64: &str) -> Vec<u8> {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.decode(base64).unwrap()
    }

    #[test]
    fn the_ed25519_example_of_the_standard_is_signed_as_it_says() {
        let input = "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"";
        let base = based("https://example.com", input);
        let expected = "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"@authority\": example.com\n\"content-type\": application/json\n\"content-length\": 18\n\"@signature-params\": (\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"";
        assert_eq!(base, expected);
        let key = PublicKey::Ed25519(bytes(ED25519)[12..].try_into().unwrap());
        let signature = bytes("wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==");
        assert!(key.made(&signature, Algorithm::Ed25519, base.as_bytes()));
        assert!(!key.made(&signature, Algorithm::RsaSha256, base.as_bytes()));
        assert!(!key.made(&signature, Algorithm::Ed25519, base.replace("POST", "PUT").as_bytes()));
    }

    #[test]
    fn the_rsa_example_of_the_standard_is_signed_as_it_says() {
        // Section 4.3, the signature of the proxy: the one example with rsa-v1_5-sha256.
        let input = "proxy_sig=(\"@method\" \"@authority\" \"@path\" \"content-digest\" \"content-type\" \"content-length\" \"forwarded\");created=1618884480;keyid=\"test-key-rsa\";alg=\"rsa-v1_5-sha256\";expires=1618884540";
        let base = based("https://origin.host.internal.example", input);
        let signature = bytes(
            "S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==",
        );
        assert!(PublicKey::from_pem(RSA).unwrap().made(&signature, Algorithm::RsaSha256, base.as_bytes()), "{base}");
    }

    #[test]
    fn what_a_server_asks_for_is_done_as_far_as_we_can() {
        let wanted = Wanted::read("sig1=(\"@method\" \"@path\" \"content-digest\");created;nonce=\"a\";tag=\"t\"").unwrap();
        assert_eq!(wanted, Wanted { components: vec!["@path".into()], nonce: Some("a".into()), tag: Some("t".into()) });
        for wish in ["", "x", "sig1=(\"cookie\")", "sig1=(\"@method\");alg=\"hmac-sha256\"", "sig1=(\"date\";sf)"] {
            assert_eq!(Wanted::read(wish), None, "{wish}");
        }
        let two = "a=(\"cookie\"), b=(\"@method\")";
        assert_eq!(Wanted::read(two), Some(Wanted::default()), "the first that we can do");
    }

    #[test]
    fn what_we_write_is_what_we_read() {
        let url = Url::parse("https://example.com/foo?param=Value&Pet=dog").unwrap();
        let digest = parts().headers["content-digest"].to_str().unwrap().to_owned();
        let outgoing = Outgoing {
            method: "post",
            url: &url,
            host: "example.com",
            at: Time(1_618_884_473_000),
            key_id: "https://example.com/u/sanne#main-key",
            body: Some((&digest, "application/json")),
        };
        let wanted = Wanted { components: vec!["@authority".into(), "@query".into()], nonce: Some("a\\\"b".into()), tag: None };
        let (base, input) = write(&outgoing, &wanted).unwrap();
        assert_eq!(base, based("https://example.com", &format!("sig1={input}")));
    }
}
