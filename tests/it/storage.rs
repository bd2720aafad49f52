//! Pictures in a store that several machines share: when it is away, slow or refuses, and on the way into it and back.
//! What pictures do besides, `files.rs` looks at in a folder and in a bucket.

use std::process::{Command, Output};

use meent::config::Config;
use meent::db::files as rows;
use meent::model::{Actor, Clock, FileHash, Time};
use meent::ops::files;
use meent::storage::Storage;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::files::{form, landscape};
use crate::support::front::Front;
use crate::support::s3::{Bucket, environment};
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp};

/// Asks with a picture; gives the status, and what leads to the question.
async fn ask_with(app: &TestApp, who: &Actor, once: &str, bytes: &[u8]) -> (u16, String) {
    let mut visitor = Visitor::logged_in(app, who).await;
    let csrf = visitor.get("/c/jeugd/ask").await.value("csrf");
    let sent = visitor.upload("/c/jeugd/ask", &form(&csrf, once, &[("alt1", "Een bord")]), &[("file1", "bord.png", bytes)]).await;
    (sent.status, sent.header("location").to_owned())
}

async fn pictures(app: &TestApp) -> Vec<FileHash> {
    rows::after(&mut app.core.db.conn(), "", 100).await.unwrap().into_iter().map(|(hash,)| hash).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_away_or_slow_keeps_nobody_from_reading_and_writing_words() {
    let (bucket, front, clock) = (Bucket::new(), Front::start().await, Clock::manual(START));
    let app = TestApp::start_with(On::Postgres, "a", &clock, |config| {
        bucket.configure(config);
        config.files.endpoint = format!("http://{}", front.address);
    })
    .await;
    front.lead_to(&[([127, 0, 0, 1], bucket.port).into()]);
    let omar = app.member("omar", "Omar Hadi").await;
    app.group("jeugd", "Jeugdhulp in de regio", &omar).await;
    let (status, thread) = ask_with(&app, &omar, "a1", &landscape(400, 300)).await;
    assert_eq!(status, 303);
    let hash = pictures(&app).await.remove(0);
    let path = format!("/files/{hash}");
    let mut visitor = Visitor::logged_in(&app, &omar).await;
    assert_eq!(visitor.get(&path).await.status, 200);

    // Away.
    front.lead_to(&[]);
    let picture = visitor.get(&path).await;
    assert_eq!((picture.status, picture.header("retry-after"), picture.header("cache-control")), (503, "30", "no-store"));
    assert_eq!(visitor.get(&thread).await.status, 200);
    let page = visitor.get(&thread).await;
    let fields = [("csrf", page.value("csrf")), ("once", page.value("once")), ("body", "Bij ons niet.".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    visitor.post(&format!("{thread}/answer"), &fields).await.leads_to();
    assert_eq!(ask_with(&app, &omar, "a2", &landscape(410, 300)).await.0, 503);
    // What nobody uses any more is thrown away when the store is there again.
    clock.advance(2 * Time::DAY);
    assert!(files::tidy(&app.core).await.is_err());

    // There, and silent.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    front.lead_to(&[silent.local_addr().unwrap()]);
    let mut visitor = Visitor::logged_in(&app, &omar).await;
    assert_eq!(visitor.get(&path).await.status, 503);

    // Back.
    front.lead_to(&[([127, 0, 0, 1], bucket.port).into()]);
    assert_eq!(visitor.get(&path).await.status, 200);
    files::tidy(&app.core).await.unwrap();
    assert_eq!(pictures(&app).await, [hash]);
    assert_eq!(ask_with(&app, &omar, "a3", &landscape(410, 300)).await.0, 303);
    app.run_jobs().await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_belongs_to_nothing_goes_from_a_bucket_too() {
    let bucket = Bucket::new();
    // The store has a clock of its own, which is today's.
    let clock = Clock::manual(Clock::System.now());
    let app = TestApp::start_with(On::Postgres, "a", &clock, |config| bucket.configure(config)).await;
    let omar = app.member("omar", "Omar Hadi").await;
    app.group("jeugd", "Jeugdhulp in de regio", &omar).await;
    assert_eq!(ask_with(&app, &omar, "a1", &landscape(400, 300)).await.0, 303);
    let used = pictures(&app).await.remove(0);
    let orphan = FileHash::of(&[0xcd; 32]);
    for small in [true, false] {
        files::write(&app.core, &orphan, small, "weg".into()).await.unwrap();
    }
    app.core.storage.write("tmp/check-half", "half".into()).await.unwrap();
    files::sweep(&app.core, 0..256).await.unwrap();
    assert!(files::exists(&app.core, &orphan).await.unwrap(), "it is not a day old");
    clock.advance(25 * Time::HOUR);
    files::sweep(&app.core, 0..256).await.unwrap();
    assert!(files::exists(&app.core, &used).await.unwrap());
    assert!(!files::exists(&app.core, &orphan).await.unwrap());
    assert_eq!(app.core.storage.size("tmp/check-half").await.unwrap(), None);
    assert_eq!(pictures(&app).await, [used]);
    app.run_jobs().await;
    app.finish().await;
}

fn meent(config: &Config, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_meent"))
        .env_clear()
        .envs(environment(config))
        .env("MEENT_PUBLIC_URL", &config.public_url)
        .env("MEENT_LISTEN", "127.0.0.1:0")
        .env("MEENT_DATABASE_URL", &config.database_url)
        .env("MEENT_DATA_DIR", &config.data_dir)
        .env("MEENT_FEDERATION__LOOPBACK", "true")
        .args(arguments)
        .output()
        .expect("it ends")
}

#[test]
fn a_store_that_can_t_be_written_stops_the_start_with_a_sentence() {
    let (folder, bucket) = (TempDir::new().unwrap(), Bucket::new());
    let refused = |change: fn(&mut Config), expected: &str| {
        let mut config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
        config.database_url = format!("sqlite:{}", folder.path().join("meent.db").display());
        bucket.configure(&mut config);
        change(&mut config);
        let output = meent(&config, &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(expected) && !said.contains("panicked"), "{said}");
        assert!(!said.contains(&config.files.secret_key.0), "{said}");
    };
    refused(|config| config.files.secret_key.0 += "x", "the secret key does not fit the access key (files.secret_key)");
    refused(|config| config.files.access_key.0 = "AKIA0000000000000000".into(), "does not know this access key (files.access_key)");
    refused(|config| config.files.store = "s3://bestaat-niet".into(), "there is no such bucket");
    refused(|config| config.files.endpoint = "http://127.0.0.1:9".into(), "http://127.0.0.1:9 can't be reached (files.endpoint)");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_move_into_a_store_and_back() {
    let (bucket, clock) = (Bucket::new(), Clock::manual(START));
    let mut app = TestApp::start(On::Sqlite, "a", &clock).await;
    let omar = app.member("omar", "Omar Hadi").await;
    app.group("jeugd", "Jeugdhulp in de regio", &omar).await;
    for number in 0..5 {
        assert_eq!(ask_with(&app, &omar, &format!("m{number}"), &landscape(300 + number, 200)).await.0, 303);
    }
    app.run_jobs().await;
    let all = pictures(&app).await;
    let [first, second, third, ..] = all.as_slice() else { panic!("five pictures") };
    let mut config = app.core.config.clone();
    bucket.configure(&mut config);
    let (folder, store) = (app.core.storage.clone(), Storage::open(&config).unwrap());
    // One was copied before, one is not what its name says, one is nowhere.
    for small in [false, true] {
        let name = files::name(first, small);
        store.write(&name, folder.read(&name).await.unwrap().unwrap()).await.unwrap();
        folder.remove(&files::name(third, small)).await.unwrap();
    }
    let broken = files::name(second, false);
    let whole = folder.read(&broken).await.unwrap().unwrap();
    folder.write(&broken, "omgevallen".into()).await.unwrap();

    let moved = meent(&config, &["files", "move"]);
    let said = String::from_utf8_lossy(&moved.stdout).into_owned();
    assert!(moved.status.success(), "{}", String::from_utf8_lossy(&moved.stderr));
    assert!(said.contains("Done: 5 of 5 pictures: 2 copied") && said.contains("1 there already, 1 missing, 1 broken"), "{said}");
    assert!(said.contains(&format!("{second} is not what its name says")), "{said}");
    assert_eq!(store.size(&broken).await.unwrap(), None);
    assert!(folder.size(&files::name(&all[4], false)).await.unwrap().is_some(), "it stays where it was");
    // Mended and begun again: only what was left.
    folder.write(&broken, whole).await.unwrap();
    let again = meent(&config, &["files", "move", "--remove"]);
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(said.contains("1 copied") && said.contains("3 there already, 1 missing, 0 broken"), "{said}");
    assert_eq!(folder.size(&broken).await.unwrap(), None, "it was moved");
    assert!(store.size(&broken).await.unwrap().is_some());

    // The same instance, with its pictures in the store; and back.
    app.stop().await;
    let back = meent(&config, &["files", "move", "--back", "--remove"]);
    assert!(String::from_utf8_lossy(&back.stdout).contains("4 copied"), "{}", String::from_utf8_lossy(&back.stdout));
    for hash in all.iter().filter(|hash| *hash != third) {
        assert!(
            folder.size(&files::name(hash, true)).await.unwrap().is_some() && store.size(&files::name(hash, true)).await.unwrap().is_none()
        );
    }
    config.files = meent::config::Files::default();
    let nowhere = meent(&config, &["files", "move"]);
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("files.store is not set"));
}
