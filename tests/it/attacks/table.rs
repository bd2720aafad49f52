//! The table of docs/ATTACKS.md and the tests are one: every rule has its row, every test of a rule stands in it, and every
//! test that it names is there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The numbers of the rules there are.
fn rules() -> Vec<u32> {
    (1..=16).chain(20..=49).chain(53..=64).chain(70..=84).chain(90..=100).collect()
}

/// Every test named after rules, with their numbers: `t_03_06_...`, `t_40_to_46_...`.
fn tests() -> BTreeMap<String, Vec<u32>> {
    let mut found = BTreeMap::new();
    for folder in ["tests/it", "src"] {
        read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    }
    found
}

fn read_folder(folder: &Path, found: &mut BTreeMap<String, Vec<u32>>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            read_folder(&entry, found);
        } else if entry.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&entry).expect("text");
            for name in text.split("fn t_").skip(1).filter_map(|rest| rest.split('(').next()).map(|rest| format!("t_{rest}")) {
                if name.as_bytes()[2..].first().is_some_and(u8::is_ascii_digit) {
                    let numbers = numbers(&name);
                    found.insert(name, numbers);
                }
            }
        }
    }
}

fn numbers(name: &str) -> Vec<u32> {
    let parts: Vec<&str> = name.split('_').skip(1).collect();
    if let [first, "to", last, ..] = parts.as_slice() {
        return (first.parse().expect("a number")..=last.parse().expect("a number")).collect();
    }
    parts.iter().map_while(|part| part.parse().ok()).collect()
}

#[test]
fn every_rule_has_its_tests_in_the_table_and_every_test_is_there() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ATTACKS.md")).expect("the table");
    let tests = tests();
    let mut wrong = Vec::new();
    let mut rows: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for row in text.lines().filter(|line| line.starts_with("| T-")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [rule, meaning, named, status] = cells.as_slice() else { panic!("not four cells: {row}") };
        let number: u32 = rule.trim_start_matches("T-").parse().expect("a number");
        let named: BTreeSet<String> = named.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        assert!(!meaning.is_empty() && !status.is_empty(), "{row}");
        let concerns = !status.starts_with("does not concern");
        if concerns && !named.iter().any(|name| tests.get(name).is_some_and(|numbers| numbers.contains(&number))) {
            wrong.push(format!("{rule} has no test of its own"));
        }
        assert!(rows.insert(number, named).is_none(), "{rule} stands there twice");
    }
    wrong.extend(rules().iter().filter(|rule| !rows.contains_key(rule)).map(|rule| format!("T-{rule:02} is missing")));
    for (number, named) in &rows {
        wrong.extend(named.iter().filter(|name| !tests.contains_key(*name)).map(|name| format!("T-{number:02}: there is no test {name}")));
    }
    for (name, numbers) in &tests {
        for number in numbers {
            if rows.get(number).is_none_or(|named| !named.contains(name)) {
                wrong.push(format!("T-{number:02} does not name {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
