//! Fills an instance with very many posts by a few statements, on either database: copies of a question, of an answer and of an
//! event that were made in the ordinary way.

use meent::db::{Db, events, settings, topics};
use meent::model::names::{Body, Title};
use meent::model::{Actor, Place, Plan, Post, SignUp, Tag, Time};
use meent::ops::planning::{self, Draft};
use meent::ops::{following, members};
use sqlx::{AssertSqlSafe, Executor};

use super::support::Instance;

/// A thread is begun so often, by day and night: with a million posts the first is of three years ago, with ten thousand of eleven
/// days ago.
const STEP: i64 = 3 * 365 * Time::DAY / 250_000;
/// Who wrote them.
const PEOPLE: usize = 20;

/// Runs a statement that has no place in the product.
pub async fn run(db: &Db, statement: String) {
    match db {
        Db::Sqlite { write, .. } => write.execute(AssertSqlSafe(statement)).await.map(drop),
        Db::Postgres(pool, _) => pool.execute(AssertSqlSafe(statement)).await.map(drop),
    }
    .expect("a statement");
}

/// Makes so many posts in threads of four: of ten threads one is a tip, of ten questions six are solved, of fifty threads one
/// question waits and one is an event; a third is about a topic, a seventh was found useful. Half of them stand in the group
/// `ruimte`, the others in eleven more. Gives the cookie of a member of `ruimte`, and a question with its answers.
pub async fn fill(instance: &Instance, posts: i64) -> (String, Post) {
    let core = &instance.core;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(instance.member(&format!("lid_{number}")).await);
    }
    let mut groups = vec![instance.group("ruimte", &people[0]).await];
    for number in 1..12 {
        groups.push(instance.group(&format!("groep_{number}"), &people[0]).await);
    }
    let question = instance.ask(&people[1], &groups[0], 1).await;
    let answer = instance.reply(&people[2], &question, 1).await;
    let event = event(instance, &people[1], &groups[0]).await;
    let (now, threads) = (core.now(), posts / 4);
    let (span, base) = (STEP * threads, core.urls.base());
    let list =
        |of: &[Actor]| of.iter().enumerate().map(|(place, actor)| format!(" WHEN {place} THEN {}", actor.id)).collect::<Vec<_>>().concat();
    let numbers = format!("WITH RECURSIVE n(i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {})", threads - 1);
    let same = "p.local, p.wire_type, p.source, p.html, p.language, p.context, p.accepts_at_home";
    let columns = "local, wire_type, source, html, language, context, accepts_at_home";
    let group = format!("CASE WHEN n.i % 2 = 0 THEN {} ELSE CASE n.i % 12{} END END", groups[0].id, list(&groups));
    let author = format!("CASE n.i % {PEOPLE}{} END", list(&people));
    // Questions and tips, the oldest first; every other of every fifty an event.
    let kind = "CASE WHEN n.i % 50 = 27 THEN 'event' WHEN n.i % 10 = 9 THEN 'tip' ELSE 'question' END";
    let solved = "CASE WHEN n.i % 10 < 6 AND n.i % 50 <> 27 THEN 1000 + n.i * 4 + 1 END";
    let at = format!("{} + n.i * {STEP}", now.0 - span);
    run(&core.db, format!(
        "INSERT INTO post (id, ap_id, url, kind, group_id, author_id, root_id, title, summary, published_at, updated_at, accepted_id, {columns})
         {numbers} SELECT 1000 + n.i * 4, '{base}/post/' || (1000 + n.i * 4), '{base}/post/' || (1000 + n.i * 4), {kind}, {group}, {author}, 1000 + n.i * 4,
            'Hoe meten jullie de staat van speeltoestel ' || n.i || '?', p.summary, {at}, {at}, {solved}, {same} FROM n, post p WHERE p.id = {}", question.id)).await;
    for reply in 1..4 {
        run(&core.db, format!(
            "INSERT INTO post (id, ap_id, url, kind, group_id, author_id, root_id, parent_id, title, summary, published_at, updated_at, {columns})
             SELECT r.id + {reply}, '{base}/comment/' || (r.id + {reply}), '{base}/comment/' || (r.id + {reply}),
                CASE WHEN r.kind = 'question' AND (r.id / 4) % 50 <> 8 THEN 'answer' ELSE 'comment' END, r.group_id, r.author_id, r.id, r.id, '', p.summary,
                r.published_at + {reply} * 60000, r.published_at + {reply} * 60000, {same}
             FROM post r, post p WHERE r.parent_id IS NULL AND r.id < 1000000000000 AND p.id = {}", answer.id)).await;
    }
    run(
        &core.db,
        format!(
            "INSERT INTO post_topic (post_id, topic_id, published_at) SELECT r.id, t.topic_id, r.published_at FROM post r, post_topic t
         WHERE r.parent_id IS NULL AND r.id < 1000000000000 AND r.id % 3 = 0 AND t.post_id = {}",
            event.id
        ),
    )
    .await;
    run(
        &core.db,
        format!(
            "INSERT INTO useful (post_id, actor_id, active, ap_id, at) SELECT r.id, {}, TRUE, 'useful ' || r.id, r.published_at FROM post r
         WHERE r.id < 1000000000000 AND r.id % 7 = 0",
            people[3].id
        ),
    )
    .await;
    // Two thirds of the events are over.
    let others = "zone, status, place_name, place_street, place_postcode, place_town, online, online_link, capacity, sign_up, sign_up_link, contact, sequence, gone";
    run(
        &core.db,
        format!(
            "INSERT INTO event (post_id, starts_at, ends_at, changed_at, group_id, author_id, {others})
         SELECT r.id, r.published_at + {third}, r.published_at + {third} + 3600000, r.published_at, r.group_id, r.author_id, e.{}
         FROM post r, event e WHERE r.kind = 'event' AND r.id < 1000000000000 AND e.post_id = {}",
            others.replace(", ", ", e."),
            event.id,
            third = span / 3
        ),
    )
    .await;
    run(&core.db, "UPDATE post_topic SET starts_at = (SELECT e.starts_at FROM event e WHERE e.post_id = post_topic.post_id)".into()).await;
    if matches!(core.db, Db::Postgres(..)) {
        run(&core.db, "VACUUM ANALYZE".into()).await;
    }
    let mut tx = core.db.begin().await.expect("a transaction");
    // In the busy group, and in one where the last word is long ago.
    for group in &groups[..2] {
        following::join(core, &mut tx, &people[5], group).await.expect("joining");
    }
    settings::set(&mut tx, settings::key::SET_UP, "yes").await.expect("a setting");
    let token = members::start_session(core, &mut tx, people[5].id).await.expect("a session");
    core.commit(tx).await.expect("a commit");
    (format!("meent={token}"), question)
}

/// An event of tomorrow, about one topic, with everything that the form asks for.
pub async fn event(instance: &Instance, member: &Actor, group: &Actor) -> Post {
    let core = &instance.core;
    let now = core.now();
    let plan = Plan {
        starts_at: now.plus(Time::DAY),
        ends_at: Some(now.plus(Time::DAY + Time::HOUR)),
        zone: "Europe/Amsterdam".into(),
        place: Place { name: "Huis van de Stad".into(), town: "Gouda".into(), ..Place::default() },
        online: true,
        online_link: String::new(),
        capacity: Some(40),
        sign_up: SignUp::Open,
        sign_up_link: String::new(),
        sign_up_until: None,
        contact: String::new(),
    };
    let (title, body) = (Title::parse("Ronde langs de speelplekken").expect("a title"), Body::parse("We lopen samen.").expect("a text"));
    let tags = [Tag::parse("speelplekken").expect("a topic")];
    let draft = Draft { title: &title, body: &body, plan: &plan, tags: &tags, organisers: &[], question: None, series: None };
    let mut tx = core.db.begin().await.expect("a transaction");
    let post = Box::pin(planning::plan(core, &mut tx, member, group, &draft, "nl")).await.expect("an event");
    assert!(
        events::of(&mut tx, post.id).await.expect("a read").is_some()
            && topics::of_post(&mut tx, post.id).await.expect("topics").len() == 1
    );
    core.commit(tx).await.expect("a commit");
    post
}
