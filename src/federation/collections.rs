//! Collections: reading those of others page by page, and writing ours.

use serde_json::{Value, json};

use super::{Federation, wire};
use crate::error::{Error, Result};
use crate::model::urls::same_origin;

/// Most items we look at on one page.
const LONGEST_PAGE: usize = 500;
/// Items on a page of ours.
pub const PAGE: i64 = 50;

/// A page of another server's collection.
#[derive(Debug)]
pub struct RemotePage {
    /// Ids, or whole objects.
    pub items: Vec<Value>,
    pub next: Option<String>,
}

impl Federation {
    /// Reads a page; of a collection that has pages, the first. Everything stays on the collection's own server.
    ///
    /// # Errors
    /// As [`Federation::fetch_by_id`].
    pub async fn read_page(&self, address: &str) -> Result<RemotePage> {
        let mut document = self.fetch_document(address).await?;
        if items_of(&document).is_none()
            && let Some(first) = document.get("first").cloned()
        {
            document = match &first {
                Value::Object(_) => first,
                other => self.fetch_document(wire::id(other).filter(|id| same_origin(id, address)).ok_or_else(|| astray(address))?).await?,
            };
        }
        let items = items_of(&document).unwrap_or_default();
        let next = wire::field_id(&document, "next")
            .filter(|next| same_origin(next, address) && *next != address && self.client.check_url(next).is_ok());
        let next = next.map(str::to_owned);
        Ok(RemotePage { items: items.into_iter().take(LONGEST_PAGE).collect(), next })
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

/// One page.
pub fn page(id: &str, part_of: &str, items: &[Value], next: Option<String>) -> Value {
    let mut page = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "OrderedCollectionPage", "partOf": part_of, "orderedItems": items});
    if let (Some(next), Value::Object(fields)) = (next, &mut page) {
        fields.insert("next".into(), next.into());
    }
    page
}
