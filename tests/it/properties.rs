//! What holds for every input: names, markup, cursors, handles, addresses.

use meent::model::names::{Body, Name, Title, clean, clean_line};
use meent::model::{Cursor, Handle, Time, markup};
use proptest::prelude::*;

use crate::fuzzing::targets::harmless;

/// Text with the pieces that attacks are made of.
fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        Just("<script>alert(1)</script>".to_owned()),
        Just("<img src=x onerror=alert(1)>".to_owned()),
        Just("<svg><style><img src=x onerror=alert(1)></style></svg>".to_owned()),
        Just("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">".to_owned()),
        Just("<a href=\"javascript:alert(1)\">x</a>".to_owned()),
        Just("[x](javascript:alert(1))".to_owned()),
        Just("[x](data:text/html;base64,PHNjcmlwdD4=)".to_owned()),
        Just("![x](https://e.example/\"onerror=\"alert(1))".to_owned()),
        Just("<p style=\"position:fixed\" class=\"button\" id=\"inhoud\">".to_owned()),
        Just("<iframe srcdoc=\"<script>x</script>\">".to_owned()),
        Just("\u{202E}\u{0}\u{feff}".to_owned()),
        Just("```\n<b>\n".to_owned()),
        Just("| a |\n|---|\n| <i>b</i> |\n".to_owned()),
        Just("<![CDATA[<script>]]>".to_owned()),
        Just("&lt;script&gt;".to_owned()),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn t_94_markdown_never_becomes_unsafe_html(source in nasty()) {
        let html = markup::markdown(&source);
        prop_assert!(harmless(&html).is_ok(), "{:?} in {html}", harmless(&html));
        // Cleaning what is clean changes nothing: there is no second reading.
        prop_assert_eq!(markup::html(&html), html.trim().to_owned());
    }

    #[test]
    fn t_94_foreign_html_never_stays_unsafe(source in nasty()) {
        let html = markup::html(&source);
        prop_assert!(harmless(&html).is_ok(), "{:?} in {html}", harmless(&html));
    }

    #[test]
    fn text_and_summaries_hold_no_markup_and_stay_within_bounds(source in nasty(), near in 20_usize..900) {
        let summary = markup::summary(&markup::markdown(&source), near);
        prop_assert!(summary.chars().count() <= near + 1);
        prop_assert!(!summary.contains('\n'));
        prop_assert!(markup::title_of(&markup::html(&source)).chars().count() <= 121);
    }

    #[test]
    fn cleaned_text_has_nothing_hidden_and_stays_as_it_is(text in any::<String>()) {
        let once = clean(&text);
        let hidden = once.chars().find(|c| *c == '\0' || ('\u{202A}'..='\u{202E}').contains(c) || ('\u{2066}'..='\u{2069}').contains(c));
        prop_assert_eq!(hidden, None);
        prop_assert_eq!(clean(&once), once.clone());
        prop_assert!(!clean_line(&text).contains('\n'));
    }

    #[test]
    fn names_are_what_every_peer_reads(text in any::<String>()) {
        if let Ok(name) = Name::parse(&text) {
            let name = name.as_str();
            prop_assert!((3..=30).contains(&name.len()));
            prop_assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
            let again = Name::parse(name).expect("itself");
            prop_assert_eq!(again.as_str(), name);
        }
    }

    #[test]
    fn every_good_name_is_taken(name in "[a-z0-9_]{3,30}") {
        prop_assert!(Name::parse(&name).is_ok());
        let handle: Handle = format!("@{name}@vragen.example").parse().expect("a handle");
        prop_assert_eq!(handle.to_string(), format!("{name}@vragen.example"));
    }

    #[test]
    fn handles_read_back_as_they_are_written(text in any::<String>()) {
        if let Ok(handle) = text.parse::<Handle>() {
            prop_assert_eq!(handle.to_string().parse::<Handle>().expect("itself"), handle);
        }
    }

    #[test]
    fn titles_and_texts_keep_their_measure(text in any::<String>()) {
        if let Ok(title) = Title::parse(&text) {
            prop_assert!((3..=200).contains(&title.as_str().chars().count()) && !title.as_str().contains('\n'));
        }
        if let Ok(body) = Body::parse(&text) {
            prop_assert!((1..=50_000).contains(&body.as_str().chars().count()));
        }
    }

    #[test]
    fn cursors_read_back_as_they_are_written(at in 0..i64::MAX, id in 0..i64::MAX) {
        let cursor = Cursor { at: Time(at), id };
        prop_assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
    }

    #[test]
    fn what_is_no_cursor_is_refused(text in any::<String>()) {
        if let Ok(cursor) = text.parse::<Cursor>() {
            // Leading zeros are the one other way to write the same place.
            prop_assert!(cursor.at.0 >= 0 && cursor.id >= 0 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-'));
        }
    }
}
