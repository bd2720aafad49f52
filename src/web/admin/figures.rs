//! The community manager's figures, on a page and as a file.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{admin, csv_file};
use crate::model::Time;
use crate::ops::figures::{self, Answering, FEWEST, Figures};
use crate::web::Web;
use crate::web::page::{PageError, Shown, html};
use crate::web::ui::Ui;

#[derive(Template)]
#[template(path = "admin/figures.html", config = "src/web/askama.toml")]
struct FiguresPage {
    ui: Ui,
    it: Figures,
}

/// A wait in words: hours, and from two days on days.
fn wait(ui: &Ui, median: Option<i64>) -> String {
    match median {
        None => "–".to_owned(),
        Some(wait) if wait < Time::HOUR => ui.t("figures-soon"),
        Some(wait) if wait < 2 * Time::DAY => ui.n("figures-hours", wait / Time::HOUR),
        Some(wait) => ui.n("figures-days", wait / Time::DAY),
    }
}

impl FiguresPage {
    fn wait(&self, answering: &Answering) -> String {
        wait(&self.ui, answering.median)
    }

    fn share(answering: &Answering) -> String {
        if answering.answers == 0 { "–".to_owned() } else { format!("{} %", answering.from_elsewhere * 100 / answering.answers) }
    }
}

pub async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    admin(&ui)?;
    let it = figures::figures(&web.core).await?;
    html(&FiguresPage { ui, it })
}

/// The same as a table: what is counted, for what, and how much.
pub async fn csv(State(web): State<Web>, ui: Ui) -> Result<Response, PageError> {
    admin(&ui)?;
    let it = figures::figures(&web.core).await?;
    let mut rows = vec![["csv-what", "csv-which", "csv-count"].iter().map(|key| ui.t(key)).collect::<Vec<_>>()];
    let mut add = |what: &str, which: &str, count: String| rows.push(vec![ui.t(what), which.to_owned(), count]);
    let of = |add: &mut dyn FnMut(&str, &str, String), which: &str, answering: &Answering| {
        add("figures-questions", which, answering.questions.to_string());
        add("figures-unanswered", which, answering.unanswered.to_string());
        add("figures-median-hours", which, answering.median.map_or_else(String::new, |wait| (wait / Time::HOUR).to_string()));
        add("figures-answers", which, answering.answers.to_string());
        add("figures-elsewhere", which, answering.from_elsewhere.to_string());
    };
    let everything = ui.t("figures-everything");
    add("figures-members", &everything, it.count.to_string());
    if let Some(members) = it.members {
        add("figures-active", &everything, members.active.to_string());
        add("figures-followers", &everything, members.followers.to_string());
        add("figures-silent", &everything, members.silent().to_string());
    }
    of(&mut add, &everything, &it.answering);
    for group in &it.groups {
        add("figures-members", &group.title, group.members.members.to_string());
        add("figures-active", &group.title, group.members.active.to_string());
        add("figures-followers", &group.title, group.members.followers.to_string());
        add("figures-silent", &group.title, group.members.silent().to_string());
        of(&mut add, &group.title, &group.answering);
    }
    for month in &it.months {
        let which = format!("{}-{:02}", month.year, month.month);
        add("figures-writers", &which, month.writers.to_string());
        of(&mut add, &which, &month.answering);
    }
    Ok(csv_file("figures.csv", &rows)?)
}
