//! File by file, what comes of it.

use super::Then::{self, Answers, Asks, Chosen, Comments, Event, Fails, Follows, Gone, Ignored, Leaves, Refused, Says, TakesIn, Useful};
use super::all_of;
use crate::on_both;
use crate::support::On;

const PANEL: &str = "Wie kent een goed jongerenpanel?";
const TRANSPORT: &str = "Hoe regelen jullie vervoer?";

const MASTODON: [(&str, Then); 17] = [
    ("follow", Follows),
    ("undo-follow", Leaves),
    ("follow-again", Follows),
    ("undo-follow-id", Leaves),
    ("follow-person", Refused),
    ("follow-instance", Refused),
    ("create-mention", Asks("Hoe houden jullie jongeren in beeld na hun achttiende?")),
    ("create-reply", Answers("een panel")),
    ("update-reply", Says("een vast panel")),
    ("delete-reply", Gone),
    ("like", Useful(1)),
    ("undo-like", Useful(0)),
    ("announce-by-person", Ignored("boost by a person")),
    ("create-poll", Asks("Wat gebruiken jullie om jongeren te bereiken?")),
    ("poll-vote", Ignored("a vote in a poll")),
    ("create-direct", Fails("is not public")),
    ("create-picture-only", Asks("Foto van een versleten schommel")),
];

const LEMMY: [(&str, Then); 18] = [
    ("follow", Follows),
    ("accept", TakesIn),
    ("announce-create-page", Asks(PANEL)),
    ("announce-page", Ignored("this version")),
    ("announce-create-comment", Answers("Amersfoort")),
    ("announce-like", Useful(1)),
    ("announce-dislike", Ignored("not a kind of activity")),
    ("announce-undo-dislike", Useful(0)),
    ("announce-update-page", Says("echt meebeslist")),
    ("announce-delete-comment", Gone),
    ("create-page", Asks(TRANSPORT)),
    ("create-comment", Answers("een eigen bus")),
    ("update-comment", Says("twee eigen bussen")),
    ("like", Useful(1)),
    ("undo-like", Useful(0)),
    ("delete-comment-tombstone", Gone),
    ("delete-page", Gone),
    ("undo-follow", Leaves),
];

const PIEFED: [(&str, Then); 21] = [
    ("follow", Follows),
    ("accept", TakesIn),
    ("announce-create-page", Asks(PANEL)),
    ("announce-list", Useful(1)),
    ("announce-collection", Useful(1)),
    ("announce-choose", Chosen(true)),
    ("announce-undo-choose-by-stranger", Fails("only-asker")),
    ("announce-undo-choose", Chosen(false)),
    ("announce-update-page", Says("echt meebeslist")),
    ("announce-delete-comment", Gone),
    ("create-page", Asks(TRANSPORT)),
    ("create-comment", Answers("een eigen bus")),
    ("choose-by-stranger", Fails("only-asker")),
    ("choose", Chosen(true)),
    ("undo-choose", Chosen(false)),
    ("like", Useful(1)),
    ("undo-like", Useful(0)),
    ("update-comment", Says("twee eigen bussen")),
    ("delete-comment", Gone),
    ("delete-page", Gone),
    ("undo-follow", Leaves),
];

const MBIN: [(&str, Then); 17] = [
    ("follow", Follows),
    ("accept", TakesIn),
    ("announce-create-page", Asks(PANEL)),
    ("announce-create-comment", Answers("Amersfoort")),
    ("announce-like", Ignored("one's own")),
    ("announce-undo-like", Ignored("one's own")),
    ("announce-update-page", Says("echt meebeslist")),
    ("announce-delete-comment", Gone),
    ("create-page", Asks(TRANSPORT)),
    ("create-comment", Answers("een eigen bus")),
    ("like", Useful(1)),
    ("undo-like", Useful(0)),
    ("announce-by-person", Ignored("boost by a person")),
    ("update-comment", Says("twee eigen bussen")),
    ("delete-comment", Gone),
    ("delete-page", Gone),
    ("undo-follow", Leaves),
];

const NODEBB: [(&str, Then); 18] = [
    ("follow", Follows),
    ("accept", TakesIn),
    ("announce-article", Asks(PANEL)),
    ("announce-create-article", Ignored("this version")),
    ("announce-create-note", Answers("Amersfoort")),
    ("announce-like", Ignored("one's own")),
    ("announce-undo-like", Ignored("one's own")),
    ("announce-update-article", Says("echt meebeslist")),
    ("announce-delete-note", Gone),
    ("create-article", Asks(TRANSPORT)),
    ("create-note", Answers("een eigen bus")),
    ("create-note-same-but-fragment", Answers("op de fiets")),
    ("like", Useful(1)),
    ("undo-like", Useful(0)),
    ("update-note", Says("twee eigen bussen")),
    ("delete-note", Gone),
    ("delete-article", Gone),
    ("undo-follow", Leaves),
];

const DISCOURSE: [(&str, Then); 14] = [
    ("follow", Follows),
    ("accept", TakesIn),
    ("announce-create-article", Asks(PANEL)),
    ("announce-note", Answers("Amersfoort")),
    ("announce-like", Ignored("one's own")),
    ("announce-update-article", Says("echt meebeslist")),
    ("announce-delete-note", Gone),
    ("create-article", Asks(TRANSPORT)),
    ("create-note", Answers("een eigen bus")),
    ("like", Useful(1)),
    ("undo-like", Useful(0)),
    ("update-note", Says("twee eigen bussen")),
    ("delete-note", Gone),
    ("undo-follow", Leaves),
];

const MOBILIZON: [(&str, Then); 11] = [
    ("follow", Follows),
    ("accept", TakesIn),
    ("announce-event", Event("Werksessie speelruimte")),
    ("announce-comment", Comments("Ik kom ook.")),
    ("create-comment", Answers("een eigen bus")),
    ("create-event", Event("Werksessie speelruimte")),
    ("update-event", Event("Werksessie verplaatst")),
    ("join", Ignored("no event")),
    ("event-for-nobody-here", Ignored("not for a group")),
    ("delete-comment", Gone),
    ("undo-follow", Leaves),
];

const GANCIO: [(&str, Then); 7] = [
    ("follow", Follows),
    ("create-event", Ignored("not for a group")),
    ("update-event", Ignored("not for a group")),
    ("create-event-two-places", Ignored("not for a group")),
    ("announce-create-event", Ignored("boost by a person")),
    ("delete-event", Ignored("stays out")),
    ("undo-follow", Leaves),
];

const GOTOSOCIAL: [(&str, Then); 8] = [
    ("follow", Follows),
    ("create-reply", Answers("een eigen bus")),
    ("create-mention", Asks(TRANSPORT)),
    ("like", Useful(1)),
    ("undo-like", Useful(0)),
    ("update-reply", Says("twee eigen bussen")),
    ("delete-reply", Gone),
    ("undo-follow", Leaves),
];

const WORDPRESS: [(&str, Then); 9] = [
    ("follow", Follows),
    ("create-comment", Answers("een eigen bus")),
    ("update-comment", Says("twee eigen bussen")),
    ("delete-comment", Gone),
    ("create-article", Asks(TRANSPORT)),
    ("like", Useful(1)),
    ("undo-like", Useful(0)),
    ("announce-by-person", Ignored("boost by a person")),
    ("undo-follow", Leaves),
];

const MISSKEY: [(&str, Then); 11] = [
    ("follow", Follows),
    ("create-reply", Answers("een eigen bus")),
    ("create-mention", Asks("Hoe regelen jullie vervoer")),
    ("like-with-reaction", Useful(1)),
    ("undo-like", Useful(0)),
    ("emoji-react", Useful(1)),
    ("undo-emoji-react", Useful(0)),
    ("renote", Ignored("boost by a person")),
    ("update-reply", Says("twee eigen bussen")),
    ("delete-reply", Gone),
    ("undo-follow", Leaves),
];

const PIXELFED: [(&str, Then); 8] = [
    ("follow", Follows),
    ("create-reply", Answers("een eigen bus")),
    ("create-picture-only", Asks("De bus van het dorp")),
    ("like", Useful(1)),
    ("undo-like", Useful(0)),
    ("announce-by-person", Ignored("boost by a person")),
    ("delete-reply", Gone),
    ("undo-follow", Leaves),
];

on_both! {
    async fn mastodon(on: On) { Box::pin(all_of(on, "mastodon", &MASTODON)).await; }
    async fn lemmy_0_19(on: On) { Box::pin(all_of(on, "lemmy-0.19", &LEMMY)).await; }
    async fn lemmy_1_0(on: On) { Box::pin(all_of(on, "lemmy-1.0", &LEMMY)).await; }
    async fn piefed(on: On) { Box::pin(all_of(on, "piefed", &PIEFED)).await; }
    async fn mbin(on: On) { Box::pin(all_of(on, "mbin", &MBIN)).await; }
    async fn nodebb(on: On) { Box::pin(all_of(on, "nodebb", &NODEBB)).await; }
    async fn discourse(on: On) { Box::pin(all_of(on, "discourse", &DISCOURSE)).await; }
    async fn mobilizon(on: On) { Box::pin(all_of(on, "mobilizon", &MOBILIZON)).await; }
    async fn gancio(on: On) { Box::pin(all_of(on, "gancio", &GANCIO)).await; }
    async fn gotosocial(on: On) { Box::pin(all_of(on, "gotosocial", &GOTOSOCIAL)).await; }
    async fn wordpress(on: On) { Box::pin(all_of(on, "wordpress", &WORDPRESS)).await; }
    async fn misskey(on: On) { Box::pin(all_of(on, "misskey", &MISSKEY)).await; }
    async fn pixelfed(on: On) { Box::pin(all_of(on, "pixelfed", &PIXELFED)).await; }
}
