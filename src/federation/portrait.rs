//! How a member of ours and their posts look to other servers, for somebody who takes their things along.

use serde_json::{Value, json};

use super::outbox::Gathered;
use super::{Federation, actor, create};
use crate::db::posts;
use crate::model::Actor;
use crate::ops::exporting::Portrayer;
use crate::ops::finding::Found;

impl Portrayer for Federation {
    fn person(&self, member: &Actor) -> String {
        actor::write(member, &[], &self.core.urls.instance_actor()).to_string()
    }

    fn outbox<'a>(&'a self, member: &'a Actor) -> Found<'a, String> {
        Box::pin(async move {
            let mut conn = self.core.db.conn();
            let mut items: Vec<Value> = Vec::new();
            let mut written = posts::standing_of(&mut conn, member.id).await?;
            written.sort_by_key(|post| (post.published_at, post.id));
            for post in written {
                let gathered = Gathered::of(&mut conn, post).await?;
                let mut item =
                    create::build("Create", &format!("{}#create", gathered.post.ap_id), &gathered.written(self.core.urls.base()));
                if let Value::Object(fields) = &mut item {
                    fields.shift_remove("@context");
                }
                items.push(item);
            }
            let collection = json!({
                "@context": super::context(),
                "id": "outbox.json",
                "type": "OrderedCollection",
                "attributedTo": member.ap_id,
                "totalItems": items.len(),
                "orderedItems": items,
            });
            Ok(collection.to_string())
        })
    }
}
