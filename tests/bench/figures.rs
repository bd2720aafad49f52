//! Measurements, each as a ratio to a limit that is measured in the same run.
//!
//!     cargo bench                          everything, one after the other
//!     cargo bench --bench figures -- NAME  one of: inbox, delivery, fairness, regions, agenda, pages, million, processes
//!
//! With `STATEMENTS=1` in the environment it says what each SQL statement took.
//!
//! SQLite on the disk of the temporary folder; everything stays on loopback and ends by itself.

mod agenda;
mod delivery;
mod fairness;
mod filling;
mod inbox;
mod million;
mod pages;
mod processes;
mod regions;
mod statements;
mod support;

fn main() {
    meent::app::open_files::raise_limit();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut names: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with("--")).collect();
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    if names.first().is_some_and(|name| name == "receive") {
        return runtime.block_on(delivery::receive());
    }
    if names.is_empty() {
        names = ["inbox", "delivery", "fairness", "regions", "agenda", "pages", "million", "processes"].map(str::to_owned).to_vec();
    }
    let listens = support::environment("STATEMENTS").is_some();
    if listens {
        statements::listen();
    }
    for name in names {
        println!("\n## {name}");
        match name.as_str() {
            "inbox" => runtime.block_on(inbox::measure()),
            "delivery" => runtime.block_on(delivery::measure()),
            "fairness" => runtime.block_on(fairness::measure()),
            "regions" => runtime.block_on(regions::measure()),
            "agenda" => runtime.block_on(agenda::measure()),
            "pages" => runtime.block_on(pages::measure()),
            "million" => runtime.block_on(million::measure()),
            "processes" => runtime.block_on(processes::measure()),
            other => eprintln!("there is no measurement {other:?}"),
        }
        if listens {
            statements::report();
        }
    }
}
