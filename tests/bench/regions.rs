//! 400 regions in one process, real HTTP on loopback, each group followed by twenty others, 2 000 posts and answers: all
//! threads end the same everywhere. Every part has its time; what is not done by then is counted, and said.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use meent::db;
use meent::model::{Actor, Post};
use meent::ops::finding::Finder;
use meent::ops::following;

use super::support::{Instance, cpu_time, environment, memory};

const FOLLOWERS: usize = 20;
const THREADS: usize = 500;
const ANSWERS: usize = 3;
/// For making the regions known to each other, and for the posts to be everywhere.
const MOST: Duration = Duration::from_mins(10);
/// How often it is looked whether something is everywhere.
const LOOK: Duration = Duration::from_millis(200);

struct Region {
    instance: Instance,
    member: Actor,
    group: Actor,
}

/// How many regions; fewer where somebody only wants to see that it works.
fn regions() -> usize {
    environment("REGIONS").and_then(|count| count.parse().ok()).unwrap_or(400)
}

/// Which regions follow the group of this one.
fn followers(of: usize, count: usize) -> impl Iterator<Item = usize> {
    (1..=FOLLOWERS.min(count - 1)).map(move |step| (of + step) % count)
}

/// A thread as a reader sees it, the same words on every region; at its home it ends in a line break more, which nobody sees.
async fn reads(region: &Region, root: &str) -> Option<String> {
    let mut conn = region.instance.core.db.conn();
    let root = db::posts::by_ap_id(&mut conn, root).await.expect("a read")?;
    let thread = db::threads::whole(&mut conn, root.id, None).await.expect("a thread");
    let mut lines: Vec<String> = thread
        .iter()
        .map(|line| format!("{} {} {} {}", line.post.ap_id, line.post.kind.word(), line.post.title, line.post.html.trim_end()))
        .collect();
    lines.sort();
    Some(lines.join("\n"))
}

/// Bytes of all databases.
async fn database_bytes(regions: &[Region]) -> i64 {
    let mut bytes = 0;
    for region in regions {
        bytes += region.instance.database_bytes().await;
    }
    bytes
}

/// Whether a thread has all its answers.
fn is_whole(text: &str, count: usize) -> bool {
    text.lines().filter(|line| line.contains("/comment/")).count() >= ANSWERS.min(count - 1)
}

/// Looks now and then how much is missing, until nothing is or the time is over; gives what still is.
async fn settled(start: Instant, mut missing: impl AsyncFnMut() -> i64) -> i64 {
    loop {
        let left = missing().await;
        if left == 0 || start.elapsed() > MOST {
            return left;
        }
        tokio::time::sleep(LOOK).await;
    }
}

pub async fn measure() {
    let count = regions();
    let start = Instant::now();
    let regions: Vec<Region> = futures_util::stream::iter(0..count)
        .map(|number| async move {
            let instance = Instance::start(&format!("r{number}"), true).await;
            let member = instance.member("bram").await;
            let group = instance.group("ruimte", &member).await;
            Region { instance, member, group }
        })
        .buffered(4)
        .collect()
        .await;
    println!("{count} regions after {:.0?}, {:.0} MB", start.elapsed(), memory().0);

    let start = Instant::now();
    let mut follows = 0;
    for (number, home) in regions.iter().enumerate() {
        let handle = format!("@ruimte@{}", home.instance.core.urls.authority());
        futures_util::stream::iter(followers(number, count))
            .for_each_concurrent(4, |follower| {
                let (follower, handle) = (&regions[follower], &handle);
                async move {
                    let group = follower.instance.fed.find_group(handle).await.expect("the group is found");
                    let mut tx = follower.instance.core.db.begin().await.expect("a transaction");
                    following::join(&follower.instance.core, &mut tx, &follower.member, &group).await.expect("joining");
                    follower.instance.core.commit(tx).await.expect("a commit");
                }
            })
            .await;
        follows += followers(number, count).count();
    }
    let missing = settled(start, async || {
        let mut missing = 0;
        for (number, home) in regions.iter().enumerate() {
            let wanted = i64::try_from(followers(number, count).count()).expect("few");
            // Its founder is a member, too.
            let members = db::follows::count(&mut home.instance.core.db.conn(), home.group.id).await.expect("a count");
            missing += (wanted + 1 - members).max(0);
        }
        missing
    })
    .await;
    assert_eq!(missing, 0, "follows that were not answered");
    println!("{follows} follows after {:.0?}", start.elapsed());

    let before = database_bytes(&regions).await;
    let (start, cpu) = (Instant::now(), cpu_time());
    let mut questions: Vec<(usize, Post)> = Vec::new();
    for number in 0..THREADS {
        let home = &regions[number % count];
        questions.push((number % count, home.instance.ask(&home.member, &home.group, number).await));
    }
    // Each answer is written where its question has arrived.
    let mut answers: VecDeque<(usize, usize)> =
        (0..THREADS * ANSWERS).map(|number| (number / ANSWERS, number % ANSWERS)).filter(|(_, step)| *step < count - 1).collect();
    let (mut written, mut waited) = (start.elapsed(), 0);
    while let Some((thread, step)) = answers.pop_front() {
        let (home, question) = &questions[thread];
        let region = &regions[followers(*home, count).nth(step).expect("a follower")];
        let copy = db::posts::by_ap_id(&mut region.instance.core.db.conn(), &question.ap_id).await.expect("a read");
        if let Some(copy) = copy {
            region.instance.reply(&region.member, &copy, thread * ANSWERS + step).await;
            (written, waited) = (start.elapsed(), 0);
            continue;
        }
        answers.push_back((thread, step));
        waited += 1;
        assert!(start.elapsed() < MOST, "{} questions did not arrive", answers.len());
        if waited >= answers.len() {
            waited = 0;
            tokio::time::sleep(LOOK).await;
        }
    }
    let mut unequal: Vec<(usize, usize)> =
        (0..THREADS).flat_map(|thread| followers(questions[thread].0, count).map(move |follower| (thread, follower))).collect();
    let compared = unequal.len();
    let left = settled(start, async || {
        let mut still = Vec::new();
        let mut lacks: (usize, Option<String>) = (usize::MAX, None);
        for (thread, follower) in std::mem::take(&mut unequal) {
            let (home, question) = &questions[thread];
            if lacks.0 != thread {
                lacks = (thread, reads(&regions[*home], &question.ap_id).await.filter(|text| is_whole(text, count)));
            }
            if lacks.1.is_none() || reads(&regions[follower], &question.ap_id).await != lacks.1 {
                still.push((thread, follower));
            }
        }
        unequal = still;
        i64::try_from(unequal.len()).expect("few")
    })
    .await;
    let (time, spent) = (start.elapsed(), cpu_time() - cpu);
    let posts = THREADS * (1 + ANSWERS.min(count - 1));
    let mut activities = 0;
    for region in &regions {
        for state in ["done", "ignored", "failed"] {
            activities += db::received::count(&mut region.instance.core.db.conn(), state).await.expect("a count");
        }
    }
    let grown = database_bytes(&regions).await - before;
    let per_second = f64::from(u32::try_from(activities).expect("few")) / time.as_secs_f64();
    println!(
        "{posts} posts, {compared} copies of threads compared, {left} not the same, after {time:.0?} (the last was written after {written:.0?})"
    );
    println!("{activities} activities received, follows among them: {per_second:.0}/s, {:.1} processors busy", spent / time.as_secs_f64());
    let copies = posts * (FOLLOWERS.min(count - 1) + 1);
    println!(
        "databases: {:.0} kB more for each thousand posts kept ({copies} copies in all)",
        f64::from(i32::try_from(grown / 1_024).expect("few")) / f64::from(u32::try_from(copies).expect("few")) * 1_000.0
    );
    println!("memory: {:.0} MB", memory().1);
    futures_util::stream::iter(regions).for_each_concurrent(8, |region| region.instance.stop()).await;
    assert_eq!(left, 0, "threads that are not the same everywhere");
}
