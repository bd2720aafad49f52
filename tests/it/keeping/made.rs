//! A backup in a file, and what is done with one that is no good.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use image::ImageFormat;
use meent::app::App;
use meent::db::{self, Db, snapshots};
use meent::error::Error;
use meent::model::{Actor, Clock, FileHash, Post, Time};
use meent::ops::Core;
use meent::ops::keeping::archive::check;
use meent::ops::keeping::{Stage, Watcher, last_good_backup, making, restoring, routine, trial};
use meent::ops::keys::KeyMaker;
use tempfile::TempDir;

use super::{elsewhere, lying, meent, said, unwatched};
use crate::on_both;
use crate::support::gallery::red_and_blue;
use crate::support::process::count;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, key, read_thread};

/// A small region with a little of everything.
struct Region {
    app: TestApp,
    sanne: Actor,
    question: Post,
    picture: FileHash,
}

impl Region {
    async fn start(on: On) -> Self {
        let app = TestApp::start(on, "a", &Clock::manual(START)).await;
        let (sanne, omar) = (app.somebody("sanne", "Sanne Bakker", true).await, app.member("omar", "Omar Hadi").await);
        let group = app.group("jeugd", "Jeugdhulp in de regio", &omar).await;
        app.join(&sanne, &group).await;
        let mut visitor = Visitor::logged_in(&app, &sanne).await;
        let csrf = visitor.get("/c/jeugd/ask").await.value("csrf");
        let fields = [
            ("csrf", csrf.as_str()),
            ("once", "k1"),
            ("title", "Wie kent dit bord?"),
            ("body", "Het hangt in de hal."),
            ("action", "ask"),
            ("alt1", "Een bord"),
        ];
        let bytes = red_and_blue(700, 300, ImageFormat::Png);
        let sent = visitor.upload("/c/jeugd/ask", &fields, &[("file1", "bord.png", &bytes)]).await;
        let id = sent.leads_to().trim_start_matches("/post/").parse().expect("an id");
        let question = db::posts::by_id(&mut app.core.db.conn(), id).await.expect("the question");
        let answer = app.reply(&omar, &question, "Dat is van ons, met een ‘vreemd’ teken: \u{1F332}.").await;
        app.choose(&sanne, &answer, true).await;
        let picture = db::attachments::of(&mut app.core.db.conn(), question.id).await.expect("a list").remove(0).file_hash.expect("a file");
        std::fs::write(app.core.config.data_dir.join("theme.css"), ":root { --basis-color-accent-1-bg-default: #154273; }").unwrap();
        app.run_jobs().await;
        Self { app, sanne, question, picture }
    }

    fn files(&self) -> [std::path::PathBuf; 2] {
        let folder = self.app.core.config.data_dir.join("files").join(self.picture.folder());
        [folder.join(self.picture.as_str()), folder.join(format!("{}-small", self.picture))]
    }
}

on_both! {
    async fn what_an_instance_holds_comes_back_elsewhere(on: On) {
        let region = Region::start(on).await;
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("copy.tar");
        // A mail that waits, a session, and work in the hands of a process.
        let mut tx = region.app.core.db.begin().await.unwrap();
        db::deliveries::know(&mut tx, "elders.example").await.unwrap();
        tx.commit().await.unwrap();
        region.app.change("UPDATE peer SET claimed_by = 77").await;
        region.app.change("INSERT INTO mail (id, kind, address, language, subject, plain, html, reference, state, attempts, next_at, created_at) VALUES (1, 'mail-test', 'sanne@voorbeeld.example', 'nl', 'Dag', 'Dag', '', '', 'new', 0, 1, 1)").await;
        let made = making::make(&region.app.core, &file, &unwatched()).await.unwrap();
        assert_eq!((made.contents.pictures, made.contents.missing.len()), (1, 0));
        assert_eq!(made.contents.tables["post"], 2);
        // Whole, private, and nothing else is left there.
        assert_eq!(lying(folder.path()), [Path::new("copy.tar"), Path::new("copy.tar.sha256")]);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let summed = std::process::Command::new("sha256sum").args(["--check", "--strict", "copy.tar.sha256"]).current_dir(folder.path()).output().unwrap();
        assert!(summed.status.success(), "{}", said(&summed));
        let refused = making::make(&region.app.core, &file, &unwatched()).await.unwrap_err();
        assert!(refused.to_string().contains("is there already"), "{refused}");

        // Tried beside the running instance, which is left as it was.
        let before = lying(&region.app.core.config.data_dir);
        let tried = meent(&region.app.core.config, &["restore", "--verify", file.to_str().unwrap()]).await;
        assert!(tried.status.success() && said(&tried).contains("it is whole"), "{}", said(&tried));
        assert_eq!(lying(&region.app.core.config.data_dir), before);
        // Not over what is there.
        let over = meent(&region.app.core.config, &["restore", file.to_str().unwrap()]).await;
        assert!(!over.status.success() && said(&over).contains("only restored where nothing is"), "{}", said(&over));
        assert_eq!(lying(&region.app.core.config.data_dir), before);

        let there = elsewhere(on, &region.app.core.config, &folder).await;
        let restored = meent(&there, &["restore", file.to_str().unwrap()]).await;
        assert!(restored.status.success(), "{}", said(&restored));
        assert!(said(&restored).contains("1 mails that waited"), "{}", said(&restored));
        let pictures = |folder: &Path| lying(folder).into_iter().filter(|path| path.starts_with("files") || path.ends_with("theme.css")).collect::<Vec<_>>();
        assert_eq!(pictures(&there.data_dir), pictures(&region.app.core.config.data_dir));

        let back = App::open(there.clone(), Clock::manual(START), KeyMaker::Fixed(std::sync::Arc::new(key("a")))).await.unwrap();
        let host = region.app.host().to_owned();
        let here = read_thread(&region.app.core.db, &host, &region.question.ap_id).await;
        assert!(here.contains("chosen") && here.contains('\u{1F332}'));
        assert_eq!(read_thread(&back.core.db, &host, &region.question.ap_id).await, here);
        let large = meent::ops::files::read(&back.core, &region.picture, false).await.unwrap();
        assert_eq!(large, std::fs::read(&region.files()[0]).unwrap());
        let db = back.core.db.clone();
        assert_eq!(count(&db, "SELECT COUNT(*) FROM session").await, 0, "sessions that were ended since would be there again");
        assert_eq!(count(&db, "SELECT COUNT(*) FROM mail WHERE state = 'unsure'").await, 1);
        assert_eq!(count(&db, "SELECT COUNT(*) FROM peer WHERE claimed_by IS NOT NULL").await, 0);
        assert_eq!(count(&db, "SELECT COUNT(*) FROM audit WHERE act = 'backup.restore'").await, 1);
        let newest = count(&db, "SELECT MAX(id) FROM activity").await;
        assert!(back.core.ids.next() > newest);
        back.close().await.unwrap();
        // And the log is one chain.
        let log = meent(&there, &["audit", "verify"]).await;
        assert!(log.status.success(), "{}", said(&log));
        let _ = region.sanne;
        region.app.finish().await;
    }

    async fn a_picture_that_is_thrown_away_meanwhile_is_told(on: On) {
        let region = Region::start(on).await;
        let folder = TempDir::new().unwrap();
        for path in region.files() {
            std::fs::remove_file(path).unwrap();
        }
        let file = folder.path().join("copy.tar");
        let made = making::make(&region.app.core, &file, &unwatched()).await.unwrap();
        assert_eq!(made.contents.missing, [region.picture.to_string()]);
        // Something shows it all the same: it is lost.
        assert_eq!(routine::lost(&region.app.core, &made).await.unwrap(), 1);
        let checked = trial::verify(&region.app.core.config, &Clock::System, &file, &unwatched()).await.unwrap();
        assert_eq!(checked.contents.missing.len(), 1);
        region.app.finish().await;
    }
}

on_both! {
    async fn with_a_picture_lost_the_backups_that_have_it_stay(on: On) {
        let region = Region::start(on).await;
        let folder = TempDir::new().unwrap();
        let mut config = region.app.core.config.clone();
        config.backup.folder = folder.path().display().to_string();
        config.backup.keep = 1;
        let core = Core::new(config, region.app.core.db.clone(), region.app.clock.clone(), 9, KeyMaker::Generate).await.unwrap();
        let mut days = Vec::new();
        for day in 0..3 {
            routine::run(&core, &unwatched()).await.unwrap();
            let tars = lying(folder.path()).into_iter().filter(|path| path.extension().is_some_and(|end| end == "tar"));
            days.push(tars.count());
            region.app.clock.advance(Time::DAY);
            if day == 1 {
                for path in region.files() {
                    std::fs::remove_file(path).unwrap();
                }
            }
        }
        assert_eq!(days, [1, 1, 2], "the last one that has the picture stays beside the one that has not");
        assert_eq!(last_good_backup(&mut core.db.conn()).await.unwrap().unwrap().lost, 1);
        region.app.finish().await;
    }

    async fn what_a_killed_trial_left_goes_with_the_next_one(on: On) {
        let region = Region::start(on).await;
        let (folder, config) = (TempDir::new().unwrap(), &region.app.core.config);
        let file = folder.path().join("copy.tar");
        making::make(&region.app.core, &file, &unwatched()).await.unwrap();
        let before = lying(&config.data_dir);
        // One whose process died, and one of a process that lives.
        let token = "dead_".repeat(8) + "abc";
        let [dead, living, other] =
            [format!("verify-{token}"), format!("verify-{}", token.replace("dead", "live")), "verify-old-backup".into()].map(|name| config.data_dir.join(name));
        for place in [&dead, &living, &other] {
            std::fs::create_dir(place).unwrap();
            std::fs::write(place.join("meent.db"), b"keys").unwrap();
        }
        let lock = std::fs::File::open(&living).unwrap();
        lock.lock().unwrap();
        if on == On::Postgres {
            snapshots::create_database(&mut region.app.core.db.conn(), &format!("meent_verify_{token}")).await.unwrap();
        }
        trial::verify(config, &Clock::System, &file, &unwatched()).await.unwrap();
        assert!(!dead.exists() && living.join("meent.db").exists());
        drop(lock);
        trial::verify(config, &Clock::System, &file, &unwatched()).await.unwrap();
        // What has another name is somebody's.
        assert!(other.join("meent.db").exists());
        std::fs::remove_dir_all(&other).unwrap();
        assert_eq!(lying(&config.data_dir), before);
        if on == On::Postgres {
            assert_eq!(count(&region.app.core.db, "SELECT COUNT(*) FROM pg_database WHERE datname LIKE 'meent\\_verify\\_dead%'").await, 0);
        }
        region.app.finish().await;
    }
}

/// Says no as soon as the database is being copied.
#[derive(Debug, Default)]
struct Ends(std::sync::atomic::AtomicUsize);

impl Watcher for Ends {
    fn at(&self, stage: Stage, _: u64, _: u64) {
        assert_eq!(stage, Stage::Database, "it went on");
    }

    fn stopped(&self) -> bool {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        true
    }
}

#[tokio::test]
async fn a_copy_of_a_large_database_is_ended_half_way() {
    let region = Region::start(On::Sqlite).await;
    let folder = TempDir::new().unwrap();
    // Enough steps that SQLite asks while it copies.
    region.app.change("CREATE TABLE many (number INTEGER)").await;
    region
        .app
        .change("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000) INSERT INTO many SELECT i FROM n")
        .await;
    let watch = std::sync::Arc::new(Ends::default());
    let ended = making::make(&region.app.core, &folder.path().join("copy.tar"), &(watch.clone() as _)).await.unwrap_err();
    assert!(ended.to_string().contains("stopped before it was done"), "{ended}");
    assert!(watch.0.load(std::sync::atomic::Ordering::Relaxed) > 1, "SQLite itself asked, before we did");
    assert_eq!(lying(folder.path()), Vec::<std::path::PathBuf>::new());
    region.app.finish().await;
}

/// What a restore of a file says, and that it left nothing.
async fn refused(on: On, config: &meent::config::Config, file: &Path) -> String {
    let folder = TempDir::new().unwrap();
    let there = elsewhere(on, config, &folder).await;
    let error = restoring::restore(&there, &Clock::System, file, &unwatched()).await.unwrap_err();
    assert!(matches!(error, Error::Bad(_)), "{error:?}");
    if there.data_dir.exists() {
        assert_eq!(lying(&there.data_dir), Vec::<std::path::PathBuf>::new());
    }
    if on == On::Postgres {
        let db = Db::open(&there.database_url).await.unwrap();
        assert_eq!(snapshots::count_tables(&mut db.conn()).await.unwrap(), 0);
        db.close().await;
    }
    error.to_string()
}

on_both! {
    async fn what_is_no_good_is_refused_with_a_reason_and_leaves_nothing(on: On) {
        let region = Region::start(on).await;
        let config = region.app.core.config.clone();
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("copy.tar");
        making::make(&region.app.core, &file, &unwatched()).await.unwrap();
        let whole = std::fs::read(&file).unwrap();
        let bad = folder.path().join("bad.tar");
        for part in [10, 40, 70, 95] {
            std::fs::write(&bad, &whole[..whole.len() * part / 100]).unwrap();
            assert!(refused(on, &config, &bad).await.contains("is cut off"), "{part}");
        }
        // One bit, in the database, a picture, a name, the list at the end.
        let inside = |needle: &[u8]| whole.windows(needle.len()).position(|window| window == needle).unwrap();
        let database: &[u8] = if on == On::Sqlite { b"database.sqlite.gz" } else { b"database.pgdump" };
        let picture = format!("files/{}/{}", region.picture.folder(), region.picture);
        for at in [inside(database) + 512 + 300, inside(picture.as_bytes()) + 512 + 20, inside(picture.as_bytes()) + 9, inside(b"SHA256SUMS") + 512 + 3] {
            let mut broken = whole.clone();
            broken[at] ^= 1;
            std::fs::write(&bad, &broken).unwrap();
            assert!(refused(on, &config, &bad).await.contains("is damaged"), "{at}");
        }
        std::fs::write(&bad, b"Dit is geen back-up.".repeat(200)).unwrap();
        assert!(refused(on, &config, &bad).await.contains("is not a backup that Meent made"));
        std::fs::write(&bad, b"").unwrap();
        assert!(refused(on, &config, &bad).await.contains("is not a backup that Meent made"));
        assert!(refused(on, &config, &folder.path().join("nowhere.tar")).await.contains("can't read"));
        // A clock that is behind would give out the same ids again.
        let early = restoring::restore(&config, &Clock::manual(START.plus(-1)), &file, &unwatched()).await.unwrap_err();
        assert!(early.to_string().contains("set its clock right"), "{early}");
        assert!(check(&file, &unwatched()).is_ok());
        // The other database.
        let other = if on == On::Sqlite { On::Postgres } else { On::Sqlite };
        assert!(refused(other, &config, &file).await.contains("this backup is of"));
        region.app.finish().await;
    }
}
