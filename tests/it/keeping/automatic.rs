//! Backups that are made by themselves.

use meent::app::App;
use meent::jobs;
use meent::model::{Clock, Time};
use meent::ops::keeping::{last_backup, last_good_backup};
use meent::ops::keys::KeyMaker;
use tempfile::TempDir;

use super::lying;
use crate::on_both;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, key};

fn names(folder: &TempDir) -> Vec<String> {
    let names = lying(folder.path()).into_iter().map(|path| path.display().to_string());
    names.filter(|name| std::path::Path::new(name).extension().is_none_or(|end| end != "sha256")).collect()
}

on_both! {
    async fn one_a_day_by_one_process_and_the_last_good_one_stays(on: On) {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("van-voor-de-verhuizing.tar"), b"").unwrap();
        // What a process left that died while it made one.
        std::fs::write(folder.path().join(".meent-20261119-090000.tar.turn"), b"").unwrap();
        std::fs::write(folder.path().join(".meent-20261119-090000.tar.part"), b"half").unwrap();
        let clock = Clock::manual(START);
        let app = TestApp::start_with(on, "a", &clock, |config| {
            config.backup.folder = folder.path().display().to_string();
            config.backup.keep = 2;
        }).await;
        let admin = app.somebody("bram", "Bram de Wit", true).await;
        let second = App::open(app.core.config.clone(), clock.clone(), KeyMaker::Fixed(std::sync::Arc::new(key("a")))).await.unwrap();
        jobs::schedule_routine(&app.fed).await.unwrap();
        jobs::schedule_routine(&second.federation).await.unwrap();
        for _ in 0..4 {
            // Each as if it were alone.
            tokio::join!(app.run_jobs(), async { jobs::run_due(&second.federation).await.unwrap() });
            clock.advance(Time::DAY);
        }
        assert_eq!(names(&folder), ["meent-20261122-090000.tar", "meent-20261123-090000.tar", "van-voor-de-verhuizing.tar"]);
        let good = last_good_backup(&mut app.core.db.conn()).await.unwrap().expect("one was made");
        assert_eq!((good.at, &good.error), (START.plus(3 * Time::DAY), &None));
        assert!(good.bytes > 0);

        // Now it can't be written any more.
        let kept = TempDir::new().unwrap();
        std::fs::rename(folder.path(), kept.path().join("kept")).unwrap();
        std::fs::write(folder.path(), b"a file where the folder was").unwrap();
        app.run_jobs().await;
        let failed = last_backup(&mut app.core.db.conn()).await.unwrap().expect("it was tried");
        assert!(failed.error.is_some() && failed.at == START.plus(4 * Time::DAY), "{failed:?}");
        assert_eq!(last_good_backup(&mut app.core.db.conn()).await.unwrap(), Some(good));
        let mut visitor = Visitor::logged_in(&app, &admin).await;
        let page = visitor.get("/admin").await.body;
        assert!(page.contains("is niet gelukt") && page.contains(folder.path().to_str().unwrap()), "{page}");

        // Mended: within the hour there is one again.
        std::fs::remove_file(folder.path()).unwrap();
        std::fs::rename(kept.path().join("kept"), folder.path()).unwrap();
        clock.advance(Time::HOUR);
        app.run_jobs().await;
        assert_eq!(last_backup(&mut app.core.db.conn()).await.unwrap().unwrap().error, None);
        assert!(!visitor.get("/admin").await.body.contains("is niet gelukt"));
        assert!(folder.path().join("meent-20261124-100000.tar").exists());
        // And nobody makes one any more.
        clock.advance(3 * Time::DAY);
        let mut visitor = Visitor::logged_in(&app, &admin).await;
        let page = visitor.get("/admin").await.body;
        assert!(page.contains("De laatste goede reservekopie is van"), "{page}");
        second.close().await.unwrap();
        app.finish().await;
    }
}
