//! Events: the form, what the page of one shows at its top, signing up, and who comes.

mod attendees;
pub mod block;
mod calling_off;
mod edit;
mod form;
mod guest;
mod moments;
mod new;
mod read;

use axum::Router;
use axum::routing::{get, post};

use super::ui::Ui;
use super::{Web, uploads};
use crate::db::lists::ThreadCard;
use crate::model::EventStatus;

pub use moments::span;

/// Every page of this part.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{handle}/event/new", get(new::show).post(new::plan).layer(uploads::limit()))
        .route("/post/{id}/event/edit", get(edit::show).post(edit::change).layer(uploads::limit()))
        .route("/post/{id}/event/cancel", get(calling_off::show).post(calling_off::cancel))
        .route("/post/{id}/attend", post(block::attend))
        .route("/post/{id}/attendees", get(attendees::show).post(attendees::decide))
        .route("/post/{id}/attendees.csv", get(attendees::csv))
        .route("/post/{id}/sign-up", get(guest::show).post(guest::sign_up))
        .route("/sign-up/{id}/{token}", get(guest::standing).post(guest::change))
}

/// When and where an event in a list of threads is, in the region's own time; nothing for what is no event.
#[must_use]
pub fn on_card(ui: &Ui, card: &ThreadCard) -> Option<String> {
    let mut line = span(ui.lang, ui.zone(), card.event_starts_at?, card.event_ends_at);
    for place in [&card.event_place, &card.event_town].into_iter().flatten().filter(|place| !place.is_empty()) {
        line.push_str(", ");
        line.push_str(place);
    }
    if let Some(status) = card.event_status.filter(|status| *status != EventStatus::Planned) {
        line.push_str(" · ");
        line.push_str(&ui.t(format!("event-status-{}", status.word())));
    }
    Some(line)
}
