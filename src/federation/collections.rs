//! Collections: reading those of others page by page, and writing ours.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{Federation, wire};
use crate::db::posts::Listed;
use crate::error::{Error, Result};
use crate::model::Time;
use crate::model::urls::same_origin;

/// Most items we look at on one page.
const LONGEST_PAGE: usize = 2_000;
/// Items on a page of ours.
pub const PAGE: i64 = 50;

/// A page of another server's collection.
#[derive(Debug, Default)]
pub struct RemotePage {
    /// Ids, or whole objects.
    pub items: Vec<Value>,
    pub next: Option<String>,
    /// Whether it calls itself a collection, or a page of one.
    pub is_collection: bool,
    /// How many items it says there are.
    pub total: Option<i64>,
    /// Where it tells how new its items are: of those that were changed, since when.
    pub versions: Option<HashMap<String, Time>>,
    /// Whether it is the first page of a collection, reached by way of that.
    pub is_first: bool,
    /// Whether there were more items than we look at.
    pub cut: bool,
}

impl Federation {
    /// Reads a page; of a collection that has pages, the first. Everything stays on the collection's own server.
    ///
    /// # Errors
    /// As [`Federation::fetch_by_id`].
    pub async fn read_page(&self, address: &str) -> Result<RemotePage> {
        let document = self.fetch_document(address).await?;
        if items_of(&document).is_none()
            && let Some(first) = document.get("first").filter(|first| !first.is_object())
        {
            let first = wire::id(first).filter(|id| same_origin(id, address)).ok_or_else(|| astray(address))?;
            let mut page = self.page_in(&self.fetch_document(first).await?, address);
            page.total = page.total.or(total_of(&document));
            page.is_first = true;
            return Ok(page);
        }
        Ok(self.page_in(&document, address))
    }

    /// The items of a collection that was fetched, or that stands in a document from `address`; of one whose first page
    /// stands in it, those of that page.
    pub fn page_in(&self, document: &Value, address: &str) -> RemotePage {
        let inner = document.get("first").filter(|first| first.is_object() && items_of(document).is_none()).unwrap_or(document);
        let items = items_of(inner).unwrap_or_default();
        let next = wire::field_id(inner, "next")
            .filter(|next| same_origin(next, address) && *next != address && self.client.check_url(next).is_ok());
        let versions = inner.get("meent:versions").and_then(Value::as_array).map(|list| {
            let version = |one| Some((wire::id(one)?.to_owned(), wire::time(one, "updated")?));
            list.iter().take(LONGEST_PAGE).filter_map(version).collect()
        });
        RemotePage {
            next: next.map(str::to_owned),
            is_collection: wire::kind(document).contains("Collection"),
            total: total_of(document),
            versions,
            is_first: !std::ptr::eq(inner, document),
            cut: items.len() > LONGEST_PAGE,
            items: items.into_iter().take(LONGEST_PAGE).collect(),
        }
    }

    /// A document that need not name itself as it was asked for: a page.
    async fn fetch_document(&self, address: &str) -> Result<Value> {
        let url = self.client.check_url(address)?;
        if !self.core.may_federate_with(&crate::model::urls::authority(&url)).await? {
            return Err(Error::Forbidden("error-host-refused"));
        }
        self.leaves().await?;
        Ok(self.client.fetch(address, self.instance().await?).await?.1)
    }
}

fn total_of(document: &Value) -> Option<i64> {
    document.get("totalItems").and_then(Value::as_i64)
}

fn astray(address: &str) -> Error {
    Error::Remote(format!("{address}: its pages lie on another server"))
}

fn items_of(document: &Value) -> Option<Vec<Value>> {
    match document.get("orderedItems").or_else(|| document.get("items"))? {
        Value::Array(items) => Some(items.clone()),
        Value::Null => None,
        one => Some(vec![one.clone()]),
    }
}

/// A collection of which only the size is told.
pub fn counted(id: &str, total: i64) -> Value {
    json!({"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "OrderedCollection", "totalItems": total})
}

/// A small collection, whole.
pub fn whole(id: &str, items: &[String]) -> Value {
    json!({"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "OrderedCollection", "totalItems": items.len(), "orderedItems": items})
}

/// A collection with pages; `attributed_to` says whose it is.
pub fn paged(id: &str, total: i64, first: &str, attributed_to: Option<&str>) -> Value {
    let mut collection = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "OrderedCollection", "totalItems": total, "first": first});
    if let (Some(owner), Value::Object(fields)) = (attributed_to, &mut collection) {
        fields.insert("attributedTo".into(), owner.into());
    }
    collection
}

/// A page of ours.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a, Item> {
    #[serde(rename = "@context")]
    context: &'static str,
    id: &'a str,
    r#type: &'static str,
    part_of: &'a str,
    ordered_items: &'a [Item],
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

impl<'a, Item> Page<'a, Item> {
    fn of(id: &'a str, part_of: &'a str, ordered_items: &'a [Item], next: Option<&'a str>) -> Self {
        Self { context: "https://www.w3.org/ns/activitystreams", id, r#type: "OrderedCollectionPage", part_of, ordered_items, next }
    }
}

/// One page.
pub fn page(id: &str, part_of: &str, items: &[Value], next: Option<&str>) -> Value {
    json!(Page::of(id, part_of, items, next))
}

/// One page of what was said, as JSON: each item is the text that it is, for reading it again would take much more memory than its
/// bytes.
///
/// # Errors
/// Never with items that were read as JSON.
pub fn page_of_texts(id: &str, part_of: &str, items: &[Box<RawValue>], next: Option<&str>) -> Result<String> {
    serde_json::to_string(&Page::of(id, part_of, items, next)).map_err(|error| Error::Internal(error.to_string()))
}

/// Adds to a page which of its posts were changed, and when: who has them learns from it which to fetch again.
pub fn with_versions(mut page: Value, listed: &[Listed]) -> Value {
    let changed = listed.iter().filter(|post| post.updated_at > post.published_at);
    let versions: Vec<Value> = changed.map(|post| json!({"id": post.ap_id, "updated": post.updated_at.rfc3339()})).collect();
    if let Value::Object(fields) = &mut page {
        fields.insert("@context".into(), json!(["https://www.w3.org/ns/activitystreams", {"meent": "urn:meent:"}]));
        fields.insert("meent:versions".into(), versions.into());
    }
    page
}
