//! The dashboard and the alert rules ask for figures that a real instance has, with labels and values that these have.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::Watched;
use crate::support::given;

fn read(path: &str) -> String {
    std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every figure that is shown, with each of its labels and the values that these have.
type Shown = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

fn shown(text: &str) -> Shown {
    let mut shown = Shown::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let Some((series, _)) = line.rsplit_once(' ') else { continue };
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let known = shown.entry(name.to_owned()).or_default();
        for (label, value) in labels.trim_end_matches('}').split("\",").filter_map(|pair| pair.split_once("=\"")) {
            known.entry(label.to_owned()).or_default().insert(value.trim_end_matches('"').to_owned());
        }
    }
    shown
}

/// A label, how it is compared, and the value.
type Selector = (String, String, String);

/// What an expression asks for: the names of figures, each with its selectors.
fn asked(expression: &str) -> Vec<(String, Vec<Selector>)> {
    let mut found = Vec::new();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    for (at, _) in ["meent_", "process_", "up{"].iter().flat_map(|start| expression.match_indices(start)) {
        if expression[..at].chars().next_back().is_some_and(is_name) {
            continue;
        }
        let rest = &expression[at..];
        let name: String = rest.chars().take_while(|c| is_name(*c)).collect();
        let selectors = rest[name.len()..].strip_prefix('{').and_then(|rest| rest.split('}').next()).unwrap_or_default();
        let selectors = selectors.split("\",").filter_map(|pair| {
            let (label, value) = pair.trim().split_once('=').or_else(|| pair.trim().split_once("!~"))?;
            let negative = label.ends_with('!');
            let kind = if negative {
                "!="
            } else if value.starts_with('~') {
                "=~"
            } else {
                "="
            };
            Some((label.trim_end_matches('!').to_owned(), kind.to_owned(), value.trim_start_matches('~').trim_matches('"').to_owned()))
        });
        found.push((name, selectors.collect()));
    }
    found
}

/// The labels by which an expression groups.
fn grouped(expression: &str) -> Vec<String> {
    let lists = ["by (", "without ("].iter().flat_map(|word| expression.split(*word).skip(1));
    lists.filter_map(|rest| rest.split(')').next()).flat_map(|list| list.split(',')).map(|label| label.trim().to_owned()).collect()
}

/// What an expression asks for that is not there.
fn missing(shown: &Shown, expression: &str) -> Vec<String> {
    let mut missing = Vec::new();
    // What Prometheus adds to everything it scrapes.
    let added = |label: &str| matches!(label, "instance" | "job");
    let asked = asked(expression);
    for (name, selectors) in &asked {
        if name == "up" {
            continue;
        }
        let Some(labels) = shown.get(name) else {
            missing.push(format!("no {name} for: {expression}"));
            continue;
        };
        for (label, kind, value) in selectors.iter().filter(|(label, ..)| !added(label)) {
            match labels.get(label) {
                None => missing.push(format!("{name} has no label {label}: {expression}")),
                Some(values) if kind != "=~" && label != "host" && !values.contains(value) => {
                    missing.push(format!("{name} never has {label}={value}, only {values:?}: {expression}"));
                }
                Some(_) => {}
            }
        }
    }
    for label in grouped(expression).iter().filter(|label| !added(label)) {
        let known = asked.iter().any(|(name, _)| shown.get(name).is_some_and(|labels| labels.contains_key(label)));
        if !known {
            missing.push(format!("nothing has the label {label}: {expression}"));
        }
    }
    missing
}

fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value) {
                    ("expr", Value::String(text)) => found.push(text.clone()),
                    ("query", Value::String(text)) if text.starts_with("label_values") => found.push(text.clone()),
                    _ => expressions(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| expressions(value, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dashboard_and_the_rules_ask_for_what_there_is() {
    let watched = Watched::start(&[]);
    // A first round of tidying has measured, and a few requests failed and did not.
    watched.figures(&["meent_lane_depth", "meent_bytes{", "meent_jobs_total{", "meent_tidied_timestamp_seconds 1"]).await;
    assert!(watched.get("/health/ready").contains("\"ready\""));
    assert!(watched.get("/nergens").starts_with("HTTP/1.1 404"));
    let text = watched.figures(&["status=\"4xx\""]).await;
    // What does not happen to a healthy process: requests and jobs that fail.
    let body = text.split("\r\n\r\n").nth(1).expect("a body");
    let mut shown = shown(body);
    for (name, label, value) in [("meent_http_request_seconds_count", "status", "5xx"), ("meent_jobs_total", "outcome", "failed")] {
        shown.get_mut(name).and_then(|labels| labels.get_mut(label)).expect("a label").insert(value.to_owned());
    }

    let rules = read("docs/monitoring/alerts.yml");
    let rules: Vec<&str> = rules.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).collect();
    assert!(rules.len() > 12, "{}", rules.len());
    let mut wrong: Vec<String> = rules.iter().flat_map(|rule| missing(&shown, rule)).collect();
    let mut panels = Vec::new();
    expressions(&serde_json::from_str(&read("docs/monitoring/grafana.json")).expect("JSON"), &mut panels);
    assert!(panels.len() > 25, "{}", panels.len());
    wrong.extend(panels.iter().flat_map(|expression| missing(&shown, expression)));
    assert!(wrong.is_empty(), "{wrong:#?}\n{body}");
    // And every figure of ours is on the dashboard or in a rule, or is the sum or the count of one that is.
    let used: String = rules.into_iter().map(str::to_owned).chain(panels).collect();
    let unused: Vec<&String> = shown.keys().filter(|name| name.starts_with("meent_") && !used.contains(name.as_str())).collect();
    let known = [
        "meent_received_lag_seconds_count",
        "meent_received_lag_seconds_sum",
        "meent_deliveries_waiting",
        "meent_deliveries_oldest_seconds",
        "meent_said_waiting",
    ];
    assert!(unused.iter().all(|name| known.contains(&name.as_str())), "{unused:?}");
    // Prometheus' own judgement of how figures are named and written.
    judge(&["check", "metrics"], body);
}

#[test]
fn prometheus_reads_the_rules_and_they_fire_when_they_should() {
    let root = env!("CARGO_MANIFEST_DIR");
    judge(&["check", "rules", &format!("{root}/docs/monitoring/alerts.yml")], "");
    judge(&["test", "rules", &format!("{root}/tests/monitoring/alerts.yml")], "");
}

/// Runs `promtool`; it must have nothing to say.
fn judge(arguments: &[&str], input: &str) {
    let mut child = Command::new(given("MEENT_TEST_PROMTOOL"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool starts");
    child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("writing");
    let output = child.wait_with_output().expect("it ends");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{arguments:?}: {said}");
}
