//! How many activities an inbox on SQLite keeps and works off, against what the disk under it can sync, measured in the
//! same run: `cargo bench --bench inbox`. A ratio of 1 would be one commit for each activity.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use meent::app::App;
use meent::config::Config;
use meent::db::{self, received::Received};
use meent::model::{Clock, ReceivedId};
use meent::ops::keys::KeyMaker;
use tempfile::TempDir;

const ACTIVITIES: u32 = 20_000;
/// As many senders as wait for an answer at the same time.
const AT_ONCE: usize = 256;

/// How often a second this disk syncs a small write.
fn syncs_per_second(folder: &TempDir) -> f64 {
    let mut file = File::create(folder.path().join("sync")).expect("a file");
    let (mut times, start) = (0_u32, Instant::now());
    while start.elapsed() < Duration::from_secs(2) {
        file.write_all(&[0; 4096]).expect("writing");
        file.sync_data().expect("syncing");
        times += 1;
    }
    f64::from(times) / start.elapsed().as_secs_f64()
}

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = TempDir::new().expect("a folder");
    let syncs = syncs_per_second(&folder);
    let environment = [("MEENT_DATA_DIR".to_owned(), folder.path().display().to_string())].into();
    let config = Config::parse("", &environment).expect("a configuration");
    let app = App::open(config, Clock::System, KeyMaker::Generate).await.expect("an instance");
    let (core, fed) = (app.core.clone(), app.federation.clone());

    let start = Instant::now();
    futures_util::stream::iter(0..ACTIVITIES)
        .for_each_concurrent(AT_ONCE, |number| {
            let (fed, core) = (fed.clone(), core.clone());
            async move {
                let now = core.now();
                let id = format!("https://elders.example/activities/dislike/{number}");
                let received = Received {
                    id: ReceivedId(core.ids.next()),
                    body: format!(
                        r#"{{"id":"{id}","type":"Dislike","actor":"https://elders.example/u/x","object":"https://elders.example/post/1"}}"#
                    ),
                    ap_id: id,
                    actor: "https://elders.example/u/x".into(),
                    state: "new".into(),
                    note: None,
                    attempts: 0,
                    next_at: now,
                    received_at: now,
                };
                fed.inbox.store(received).await.expect("kept");
            }
        })
        .await;
    let kept = f64::from(ACTIVITIES) / start.elapsed().as_secs_f64();

    let start = Instant::now();
    loop {
        let batch = fed.take_received().await.expect("a batch");
        if batch.is_empty() {
            break;
        }
        fed.process(batch).await.expect("worked off");
    }
    let worked = f64::from(ACTIVITIES) / start.elapsed().as_secs_f64();
    assert_eq!(db::received::count(&mut core.db.conn(), "ignored").await.expect("a count"), i64::from(ACTIVITIES));

    println!("disk: {syncs:.0} syncs/s");
    println!("kept before 202: {kept:.0}/s, {:.1} for each sync the disk could do", kept / syncs);
    println!("worked off: {worked:.0}/s, {:.1} for each sync the disk could do", worked / syncs);
    app.close().await.expect("closing");
}
