//! Pictures on the wire: `attachment`, `image` and `icon` from others in all their shapes, ours to them; and fetching one.

use serde_json::{Value, json};

use super::client::{Client, DEADLINE, Hop, REDIRECTS};
use super::{Federation, wire};
use crate::error::{Error, Result};
use crate::model::names::{clean, cut};
use crate::model::picture::LONGEST_ALT;
use crate::model::urls::authority;
use crate::model::{Attachment, FileHash};
use crate::ops::attaching::{ArrivedPicture, MOST_ARRIVED};

/// How much of a list of attachments is looked at.
const LOOKED_AT: usize = 32;

/// The pictures that come with a post: `Image` and `Document` with the type of a picture, in `attachment` and `image`.
pub fn read(client: &Client, object: &Value) -> Vec<ArrivedPicture> {
    // What its writer would show only to who asks for it stays at its home.
    if object.get("sensitive") == Some(&Value::Bool(true)) {
        return Vec::new();
    }
    let mut found: Vec<ArrivedPicture> = Vec::new();
    for field in ["attachment", "image"] {
        for value in many(object.get(field)).iter().take(LOOKED_AT) {
            if found.len() < MOST_ARRIVED
                && let Some(picture) = one(client, value, field == "image")
                && found.iter().all(|known| known.url != picture.url)
            {
                found.push(picture);
            }
        }
    }
    found
}

fn many(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(list)) => list,
        Some(Value::Null) | None => &[],
        Some(one) => std::slice::from_ref(one),
    }
}

fn one(client: &Client, value: &Value, bare: bool) -> Option<ArrivedPicture> {
    let said = media_type(value);
    let is_picture = match wire::kind(value) {
        "Image" => said.is_empty() || said.starts_with("image/"),
        "Document" | "Link" => said.starts_with("image/"),
        _ => bare && value.is_string(),
    };
    let url = is_picture.then(|| address(client, value)).flatten()?;
    let length = |field: &str| value.get(field).and_then(Value::as_i64).filter(|length| (1..=100_000).contains(length));
    let size = length("width").zip(length("height"));
    let alt = [wire::text(value, "name"), wire::text(value, "summary")].into_iter().find(|text| !text.is_empty());
    Some(ArrivedPicture {
        url,
        media_type: if said.is_empty() { "image/jpeg".into() } else { cut(&said, 60) },
        alt: cut(&clean(&alt.unwrap_or_default()), LONGEST_ALT),
        width: size.map(|(width, _)| width),
        height: size.map(|(_, height)| height),
    })
}

fn media_type(value: &Value) -> String {
    let said = wire::text(value, "mediaType");
    // Where the address is a list, its entries say.
    let inner = || many(value.get("url")).iter().map(|link| wire::text(link, "mediaType")).find(|said| !said.is_empty());
    if said.is_empty() { inner().unwrap_or_default() } else { said }.to_ascii_lowercase()
}

/// The first address that we would ask: the thing itself, its `url` or `href`, or those of an entry of its `url`.
fn address(client: &Client, value: &Value) -> Option<String> {
    let own = |value: &Value| match value {
        Value::String(address) => Some(address.clone()),
        Value::Object(fields) => ["href", "url"].iter().find_map(|field| fields.get(*field).and_then(Value::as_str)).map(str::to_owned),
        _ => None,
    };
    let nested = many(value.get("url")).iter().filter(|link| link.is_object()).take(LOOKED_AT).filter_map(own);
    own(value).into_iter().chain(many(value.get("url")).iter().filter_map(Value::as_str).map(str::to_owned)).chain(nested).find_map(
        |address| {
            let address = address.split('#').next().unwrap_or_default().to_owned();
            client.check_url(&address).ok().map(|_| address)
        },
    )
}

/// Where another server's actor has its picture.
pub fn icon(client: &Client, document: &Value) -> Option<String> {
    many(document.get("icon")).iter().take(LOOKED_AT).find_map(|icon| {
        let said = media_type(icon);
        if said.is_empty() || said.starts_with("image/") { address(client, icon) } else { None }
    })
}

/// Scheme and authority of an id.
fn origin(id: &str) -> &str {
    let end = id.match_indices('/').nth(2).map_or(id.len(), |(at, _)| at);
    &id[..end]
}

/// The pictures of a post of ours. `url` is a string and nothing is null: one wrong type and Lemmy drops the whole post.
pub fn write(post_id: &str, pictures: &[Attachment]) -> Value {
    let ours = pictures.iter().filter(|picture| picture.file_hash.is_some());
    ours.map(|picture| {
        let mut image = json!({"type": "Image", "url": format!("{}{}", origin(post_id), picture.path()), "mediaType": picture.media_type});
        if let Value::Object(fields) = &mut image {
            if !picture.alt.is_empty() {
                fields.insert("name".into(), picture.alt.clone().into());
            }
            for (name, length) in [("width", picture.width), ("height", picture.height)] {
                fields.extend(length.map(|length| (name.to_owned(), length.into())));
            }
        }
        image
    })
    .collect()
}

/// The picture of an actor of ours; faces are always JPEG.
pub fn write_icon(actor_id: &str, hash: &FileHash) -> Value {
    json!({"type": "Image", "mediaType": "image/jpeg", "url": format!("{}/files/{hash}", origin(actor_id))})
}

impl Federation {
    /// The bytes of a picture of another server. Every server on the way must be one that we speak with.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for servers that we don't speak with; [`Error::Remote`] and its like for what goes wrong there.
    pub async fn picture(&self, text: &str) -> Result<Vec<u8>> {
        let follow = async {
            let mut url = self.client.check_url(text)?;
            for _ in 0..=REDIRECTS {
                if self.core.urls.is_ours(url.as_str()) {
                    return Err(Error::Bad("that is an address of ours".into()));
                }
                if !self.core.may_federate_with(&authority(&url)).await? {
                    return Err(Error::Forbidden("error-host-refused"));
                }
                match self.client.get_picture(&url).await? {
                    Hop::Arrived(bytes) => return Ok(bytes),
                    Hop::Elsewhere(next) => url = next,
                }
            }
            Err(Error::Remote(format!("{text}: redirects too often")))
        };
        let in_time = tokio::time::timeout(DEADLINE, follow).await;
        in_time.map_err(|_| Error::Remote(format!("{text}: no answer within {} s", DEADLINE.as_secs())))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::Clock;

    #[test]
    fn pictures_come_in_many_shapes() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::new(&Config::default(), Clock::System, crate::federation::schemes::Schemes::new(None)).unwrap();
        let at = |n: u32| format!("https://media.example/{n}.png");
        let urls = |object: Value| read(&client, &object).into_iter().map(|picture| picture.url).collect::<Vec<_>>();
        assert_eq!(urls(json!({"attachment": {"type": "Image", "url": at(1)}})), [at(1)]);
        assert_eq!(
            urls(
                json!({"attachment": [{"type": "Document", "mediaType": "image/png", "url": at(1)}, {"type": "Document", "mediaType": "application/pdf", "url": at(2)}]})
            ),
            [at(1)]
        );
        assert_eq!(
            urls(json!({"attachment": [{"type": "Image", "url": [{"type": "Link", "href": at(1), "mediaType": "image/webp"}]}]})),
            [at(1)]
        );
        assert_eq!(
            urls(json!({"attachment": [{"type": "Link", "href": at(1), "mediaType": "image/png"}, {"type": "Link", "href": at(2)}]})),
            [at(1)]
        );
        assert_eq!(urls(json!({"image": at(1), "attachment": [{"type": "Image", "url": at(1)}]})), [at(1)]);
        assert_eq!(urls(json!({"image": {"type": "Image", "url": at(3)}})), [at(3)]);
        for nothing in [
            json!({"attachment": null}),
            json!({"attachment": "x", "image": 7}),
            json!({"attachment": [{"type": "PropertyValue", "name": "Rol", "value": "x"}]}),
            json!({"attachment": [{"type": "Image", "url": "https://10.0.0.1/x.png"}, {"type": "Image", "url": "file:///etc/passwd"}, {"type": "Image", "url": "javascript:x"}]}),
            json!({"sensitive": true, "attachment": [{"type": "Image", "url": at(1)}]}),
        ] {
            assert_eq!(urls(nothing.clone()), Vec::<String>::new(), "{nothing}");
        }
        let many: Vec<Value> =
            (0..40).map(|n| json!({"type": "Image", "url": at(n), "name": "x".repeat(9_000), "width": -1, "height": 5})).collect();
        let read = read(&client, &json!({"attachment": many}));
        assert_eq!((read.len(), read[0].alt.len(), read[0].width, read[0].height), (8, 1_500, None, None));

        let icon = |value: Value| super::icon(&client, &json!({"icon": value}));
        for shape in [
            json!(at(1)),
            json!({"type": "Image", "url": at(1)}),
            json!([{"type": "Image", "url": at(1)}, {"type": "Image", "url": at(2)}]),
            json!({"type": "Image", "url": [{"href": at(1)}]}),
        ] {
            assert_eq!(icon(shape.clone()), Some(at(1)), "{shape}");
        }
        assert_eq!(icon(json!({"type": "Image", "mediaType": "text/html", "url": at(1)})), None);
        assert_eq!(icon(Value::Null), None);
    }
}
