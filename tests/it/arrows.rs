//! Who may use whom: the picture in `src/lib.rs`, checked.

use std::path::{Path, PathBuf};

/// What each part may use of ours. `config`, `error`, `metrics` and `log` are for everybody.
const MAY_USE: [(&str, &[&str]); 15] = [
    ("model", &[]),
    ("db", &["model"]),
    ("storage", &["model"]),
    ("ops", &["db", "storage", "model"]),
    ("federation", &["ops", "db", "model"]),
    ("web", &["ops", "db", "model"]),
    ("jobs", &["federation", "ops", "db", "model"]),
    ("app", &["web", "federation", "jobs", "ops", "db", "storage", "model"]),
    ("app", &["web", "federation", "jobs", "ops", "db", "model"]),
    ("doctor", &["federation", "jobs", "ops", "db", "model"]),
    ("demo", &["app", "web", "federation", "jobs", "ops", "db", "model"]),
    ("config", &[]),
    ("error", &["model"]),
    ("log", &[]),
    ("metrics", &[]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_arrow_points_against_the_picture() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let (mut wrong, mut looked_at) = (Vec::new(), 0);
    for file in files {
        let relative = file.strip_prefix(&root).expect("below src").to_owned();
        let part = relative.iter().next().and_then(|first| first.to_str()).unwrap_or_default().trim_end_matches(".rs").to_owned();
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == part) else {
            assert!(matches!(part.as_str(), "main" | "lib" | "commands"), "{part} has no place in the picture");
            continue;
        };
        let text = std::fs::read_to_string(&file).expect("a source");
        for (number, line) in text.lines().enumerate() {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                let fine = used == part
                    || allowed.contains(&used.as_str())
                    || matches!(used.as_str(), "config" | "error" | "metrics" | "log" | "");
                looked_at += 1;
                if !fine {
                    wrong.push(format!("src/{}:{}: {part} must not use {used}", relative.display(), number + 1));
                }
            }
            let sql = ["sqlx::query(", "sqlx::query_as("].iter().any(|call| line.contains(call));
            if sql && part != "db" {
                wrong.push(format!("src/{}:{}: SQL belongs in db", relative.display(), number + 1));
            }
        }
    }
    assert!(looked_at > 100, "only {looked_at} imports were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_says_what_it_is() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let silent: Vec<_> = files.into_iter().filter(|file| !std::fs::read_to_string(file).expect("a source").starts_with("//!")).collect();
    assert!(silent.is_empty(), "{silent:?}");
}
