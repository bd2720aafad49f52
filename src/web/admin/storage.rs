//! What lies here, how much of it, and what is thrown away after how long.

use std::borrow::Borrow;

use askama::Template;
use axum::extract::State;

use super::admin;
use crate::db::pruning::Size;
use crate::model::Time;
use crate::ops::health::{self, Disk};
use crate::ops::tidying::{self, Kept, Tidied};
use crate::ops::{backups, forgetting, sizes};
use crate::web::Web;
use crate::web::page::{Shown, html};
use crate::web::ui::Ui;

/// Something that is thrown away in time.
struct Line {
    word: &'static str,
    /// For how long it is kept, in words.
    kept: String,
    /// The key that says so; none where nobody can set it.
    key: Option<String>,
    /// How much was thrown away so far.
    gone: Option<u64>,
}

#[derive(Template)]
#[template(path = "admin/storage.html", config = "src/web/askama.toml")]
struct StoragePage {
    ui: Ui,
    sizes: Vec<Size>,
    tidied: Tidied,
    backed_up: Option<Time>,
    disk: Option<Disk>,
    lines: Vec<Line>,
}

impl StoragePage {
    /// Bytes as people read them: at most four figures and a unit.
    fn bytes(count: impl Borrow<i64>) -> String {
        let mut left = *count.borrow();
        for unit in ["B", "kB", "MB", "GB"] {
            if left < 10_000 {
                return format!("{left} {unit}");
            }
            left /= 1_000;
        }
        format!("{left} TB")
    }

    fn of_disk(count: impl Borrow<u64>) -> String {
        Self::bytes(i64::try_from(*count.borrow()).unwrap_or(i64::MAX))
    }

    fn total(&self) -> String {
        Self::bytes(self.sizes.iter().map(|size| size.bytes).sum::<i64>())
    }

    fn measured(&self) -> Option<Time> {
        self.sizes.iter().map(|size| size.at).min()
    }
}

fn line(ui: &Ui, web: &Web, tidied: &Tidied, word: &'static str, kept: Kept) -> Line {
    let days = kept.days(&web.core.config.keep);
    Line {
        word,
        kept: days.map_or_else(|| ui.t("storage-until"), |days| ui.n("storage-days", days)),
        key: if let Kept::Set(key, _) = kept { Some(format!("keep.{key}")) } else { None },
        // What failed and what was said in private are counted with the others of their table.
        gone: (!matches!(word, "said-votes" | "failed")).then(|| tidied.gone.get(word).copied().unwrap_or(0)),
    }
}

pub async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    admin(&ui)?;
    let core = &web.core;
    let tidied = tidying::so_far(core).await?;
    let mut lines: Vec<Line> = tidying::rules().map(|(word, kept)| line(&ui, &web, &tidied, word, kept)).collect();
    let threads = forgetting::remote_days(core).await?;
    lines.push(Line {
        word: "threads",
        kept: threads.map_or_else(|| ui.t("storage-always"), |days| ui.n("storage-days", days)),
        key: Some("federation.remote_days".into()),
        gone: Some(tidied.gone.get("threads").copied().unwrap_or(0)),
    });
    lines.push(Line {
        word: "remote-pictures",
        kept: ui.n("storage-days", core.config.files.remote_cache_days),
        key: Some("files.remote_cache_days".into()),
        gone: None,
    });
    let (sizes, backed_up, disk) = (sizes::last(core).await?, backups::last(core).await?, health::disk(core).await.ok());
    html(&StoragePage { ui, sizes, tidied, backed_up, disk, lines })
}
