//! The day that everybody dreads: a server dies, and its backup is put back somewhere else.

use meent::db::{self, Db};
use meent::model::{Actor, Clock};
use tempfile::TempDir;

use super::{elsewhere, meent, said};
use crate::on_both;
use crate::support::process::{Running, count, until};
use crate::support::{On, TestApp, read_thread, settle};

/// Anna and Paul on A write in the group of Bram on B.
async fn writes(a: &TestApp, group: &Actor, people: &[Actor; 2], number: usize) -> String {
    let question = a.ask(&people[0], group, &format!("Vraag nummer {number}"), "Wie weet dit?").await;
    let answer = a.reply(&people[1], &question, &format!("Antwoord nummer {number}.")).await;
    a.choose(&people[0], &answer, true).await;
    a.run_jobs().await;
    question.ap_id
}

async fn all_of(a: &TestApp, db: &Db, roots: &[String], host: &str) {
    for root in roots {
        assert_eq!(read_thread(db, host, root).await, a.reads(root).await, "{root}");
    }
}

on_both! {
    async fn back_up_under_load_kill_restore_elsewhere_and_go_on(on: On) {
        let clock = Clock::System;
        let (a, mut prepared) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let people = [a.member("anna", "Anna Vermeer").await, a.member("paul", "Paul Smit").await];
        let bram = prepared.somebody("bram", "Bram de Wit", true).await;
        let home = prepared.group("jeugd", "Jeugdhulp", &bram).await;
        let group = a.find(&home.ap_id).await.expect("the group");
        for person in &people {
            a.join(person, &group).await;
        }
        settle(&[&a, &prepared]).await;
        let of_b = prepared.ask(&bram, &home, "Een vraag van hier", "Van voor de storing.").await;
        settle(&[&a, &prepared]).await;
        let config = prepared.core.config.clone();
        let host = prepared.host().to_owned();
        prepared.stop().await;
        let mut b = Running::new(config.clone());
        let old = Db::open(&config.database_url).await.unwrap();

        let mut roots = Vec::new();
        for number in 0..5 {
            roots.push(writes(&a, &group, &people, number).await);
        }
        until("the first are on B", 11, async || count(&old, "SELECT COUNT(*) FROM post").await).await;
        // The backup is made while more comes in.
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("b.tar");
        let path = file.to_str().unwrap();
        let arguments = ["backup", path];
        let backup = meent(&config, &arguments);
        let load = async {
            let mut more = Vec::new();
            for number in 5..15 {
                more.push(writes(&a, &group, &people, number).await);
            }
            more
        };
        let (made, more) = tokio::join!(backup, load);
        assert!(made.status.success(), "{}", said(&made));
        roots.extend(more);
        // And this is certainly not in it.
        for number in 15..18 {
            roots.push(writes(&a, &group, &people, number).await);
        }
        until("B before it dies", 37, async || count(&old, "SELECT COUNT(*) FROM post").await).await;
        until("and solved", 18, async || count(&old, "SELECT COUNT(*) FROM post WHERE accepted_id IS NOT NULL").await).await;
        let newest = count(&old, "SELECT MAX(id) FROM activity").await;
        b.kill();
        old.close().await;
        // While it is away.
        roots.push(writes(&a, &group, &people, 18).await);

        let there = elsewhere(on, &config, &folder).await;
        let tried = meent(&there, &["restore", "--verify", path]).await;
        assert!(tried.status.success(), "{}", said(&tried));
        let restored = meent(&there, &["restore", path]).await;
        assert!(restored.status.success(), "{}", said(&restored));
        let new = Db::open(&there.database_url).await.unwrap();
        let kept = count(&new, "SELECT COUNT(*) FROM post").await;
        assert!((11..37).contains(&kept), "{kept} posts were in the backup");
        // What was in the backup is served as it was.
        assert!(read_thread(&new, &host, &of_b.ap_id).await.contains("Van voor de storing."));

        let _b = Running::new(there.clone());
        let document = a.fed.fetch_by_id(&of_b.ap_id).await.expect("it is served");
        assert_eq!(document["name"], "Een vraag van hier");
        // What others sent after the backup comes back from where it was written, and what waited for it arrives.
        a.fed.wake_lanes().await.unwrap();
        until("B after it was put back", 39, async || {
            a.run_jobs().await;
            count(&new, "SELECT COUNT(*) FROM post").await
        })
        .await;
        until("and solved", 19, async || count(&new, "SELECT COUNT(*) FROM post WHERE accepted_id IS NOT NULL").await).await;
        all_of(&a, &new, &roots, &host).await;
        assert_eq!(count(&new, "SELECT COUNT(DISTINCT ap_id) FROM post").await, 39);

        // It goes on: what comes in is passed on to A again, under ids that were never given out before.
        let last = writes(&a, &group, &people, 19).await;
        until("B goes on", 1, async || {
            a.run_jobs().await;
            i64::from(db::posts::by_ap_id(&mut new.conn(), &last).await.unwrap().is_some())
        })
        .await;
        until("with new ids", newest + 1, async || count(&new, "SELECT MAX(id) FROM activity").await).await;
        until("nothing waits on B", 0, async || -count(&new, "SELECT COUNT(*) FROM delivery").await).await;
        until("nothing waits on A", 0, async || {
            a.run_jobs().await;
            -count(&a.core.db, "SELECT (SELECT COUNT(*) FROM delivery) + (SELECT COUNT(*) FROM received WHERE state = 'new')").await
        })
        .await;
        assert_eq!(count(&a.core.db, "SELECT COUNT(*) FROM received WHERE state = 'failed'").await, 0);
        new.close().await;
        a.finish().await;
    }
}
