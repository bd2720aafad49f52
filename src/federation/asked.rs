//! What of the things our actors said is shown to whoever asks for them by id.

use serde_json::Value;

use super::{interest, wire};

/// Why a moderator removed something is for members and the servers that it was sent to, not for whoever asks.
#[must_use]
pub fn without_reason(body: String) -> String {
    fn strip(activity: &mut Value) -> bool {
        let mut found = false;
        if wire::kind(activity) == "Delete"
            && let Value::Object(fields) = activity
        {
            found = fields.shift_remove("summary").is_some();
        }
        found |= activity.get_mut("object").is_some_and(strip);
        // The proof was for the whole of it.
        if let (true, Value::Object(fields)) = (found, activity) {
            fields.shift_remove("proof");
        }
        found
    }
    let Ok(mut activity) = serde_json::from_str::<Value>(&body) else { return body };
    if strip(&mut activity) { activity.to_string() } else { body }
}

/// Whether an activity is between two servers: a vote, who follows which group, who comes to an event, who is interested in what, a
/// direct note, a suspension or a report; with what takes one
/// back, answers it or passes it on. Nobody looks those up: their addresses could be tried one by one.
#[must_use]
pub fn is_between_two(body: &str) -> bool {
    let activity: Value = serde_json::from_str(body).unwrap_or_default();
    let mut inner = Some(&activity);
    while let Some(activity) = inner {
        let kind = wire::kind(activity);
        let direct = kind == "Create" && wire::says_addressees(activity) && !wire::is_public(activity);
        let of_interest = matches!(kind, "Add" | "Remove") && interest::concerns(activity);
        if matches!(kind, "Like" | "EmojiReact" | "Dislike" | "Follow" | "Block" | "Flag" | "Join" | "Leave") || direct || of_interest {
            return true;
        }
        inner = activity.get("object");
    }
    false
}
