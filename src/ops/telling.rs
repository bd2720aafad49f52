//! Who is told when something happens to a post, here or elsewhere. One event tells one person once: what concerns them
//! most.

use super::Core;
use super::notifying::{Notice, tell, tell_all};
use crate::db::notifications::{self, NoticeKind};
use crate::db::{Tx, actors, posts};
use crate::error::Result;
use crate::model::{Actor, ActorId, ActorKind, Post, PostKind, Time, mentions};

/// What happened longer ago is history that came in late, not news.
const NEWS: i64 = 7 * Time::DAY;

/// Whether something said at `at` is still news.
pub(super) fn is_news(core: &Core, at: Time) -> bool {
    at.plus(NEWS) > core.now()
}

/// A post that has come in, written here or elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct News<'a> {
    pub post: &'a Post,
    /// Who started the thread, and who wrote what it replies to.
    pub asker: ActorId,
    pub replied: Option<ActorId>,
    /// The ids of those whom its server says it names.
    pub mentioned: &'a [String],
}

/// A post has come in. Its topics must be known by now.
///
/// # Errors
/// When the database can't be written.
pub async fn of_post(core: &Core, tx: &mut Tx, post: &Post, mentioned: &[String]) -> Result<()> {
    if !is_news(core, post.published_at) {
        return Ok(());
    }
    let asker = if post.is_root() { post.author_id } else { posts::by_id(tx, post.root_id).await?.author_id };
    let replied = match post.parent_id {
        Some(parent) if parent != post.root_id => Some(posts::by_id(tx, parent).await?.author_id),
        Some(_) => Some(asker),
        None => None,
    };
    of_posts(core, tx, &[News { post, asker, replied, mentioned }]).await
}

/// The same of several at once, in their order.
///
/// # Errors
/// When the database can't be written.
pub async fn of_posts(core: &Core, tx: &mut Tx, news: &[News<'_>]) -> Result<()> {
    let news: Vec<News<'_>> = news.iter().filter(|one| is_news(core, one.post.published_at)).copied().collect();
    if news.is_empty() {
        return Ok(());
    }
    let people = named_in(core, tx, &news).await?;
    let mut subjects: Vec<(usize, &str, i64)> = Vec::new();
    for (place, News { post, .. }) in news.iter().enumerate() {
        subjects.push((place, "member", post.author_id.0));
        subjects.extend((!post.is_root()).then_some((place, "post", post.root_id.0)));
    }
    let mut watching = notifications::watchers_of(tx, &subjects).await?;
    let mut notices: Vec<Notice<'_>> = Vec::new();
    for ((place, one), named) in news.iter().enumerate().zip(people) {
        let post = one.post;
        if post.is_root() {
            let place = i64::try_from(place).unwrap_or_default();
            watching.extend(notifications::watchers_of_topics(tx, post.id).await?.into_iter().map(|who| (place, who)));
        }
        let watching = watching.iter().filter(|(of, _)| usize::try_from(*of) == Ok(place)).map(|(_, who)| *who);
        for (to, kind, sentence) in concerned(one, &named, watching) {
            notices.push(Notice {
                to,
                kind,
                sentence,
                post: Some(post.id),
                from: Some(post.author_id),
                group: Some(post.group_id),
                detail: "",
            });
        }
    }
    tell_all(core, tx, &notices).await
}

/// Whom a post concerns, each once: the first thing that concerns somebody is what they are told.
fn concerned(news: &News<'_>, named: &[ActorId], watching: impl Iterator<Item = ActorId>) -> Vec<(ActorId, NoticeKind, &'static str)> {
    let post = news.post;
    let commented = news.replied.filter(|_| post.kind == PostKind::Comment);
    let answered = (post.kind == PostKind::Answer).then_some((news.asker, NoticeKind::Answer, "notice-answer"));
    // Other servers name whom a comment is to by themselves, ours among them: that is no more than a comment.
    let named = named.iter().copied().filter(|named| post.local || commented != Some(*named));
    let sentence = if post.is_root() { "notice-new-thread" } else { "notice-new-reply" };
    let told = answered
        .into_iter()
        .chain(named.map(|who| (who, NoticeKind::Mention, "notice-mention")))
        .chain(commented.map(|author| (author, NoticeKind::Comment, "notice-comment")))
        .chain(watching.map(|who| (who, NoticeKind::Watched, sentence)));
    let mut done: Vec<(ActorId, NoticeKind, &'static str)> = Vec::new();
    for notice in told {
        if done.iter().all(|(to, ..)| *to != notice.0) {
            done.push(notice);
        }
    }
    done
}

/// The members of ours whom each of these posts names.
async fn named_in(core: &Core, tx: &mut Tx, news: &[News<'_>]) -> Result<Vec<Vec<ActorId>>> {
    let said_of = |one: &News<'_>| -> Vec<String> {
        let ours = one.mentioned.iter().filter(|id| !one.post.local && core.urls.is_ours(id));
        ours.take(20).cloned().collect()
    };
    let said: Vec<Vec<String>> = news.iter().map(said_of).collect();
    let known = if said.iter().any(|ids| !ids.is_empty()) {
        actors::of_ap_ids(tx, said.iter().flatten().map(String::as_str)).await?
    } else {
        Vec::new()
    };
    let mut people = Vec::new();
    for (one, ids) in news.iter().zip(&said) {
        let mut found: Vec<Actor> = ids.iter().filter_map(|id| known.iter().find(|actor| actor.ap_id == *id)).cloned().collect();
        for handle in mentions::named(&one.post.html).into_iter().filter(|_| one.post.local) {
            if handle.host.as_deref().is_none_or(|host| host == core.urls.authority()) {
                found.extend(actors::local_by_name(tx, &handle.name).await?);
            }
        }
        people.push(found.into_iter().filter(|actor| actor.kind == ActorKind::Person && actor.local).map(|actor| actor.id).collect());
    }
    Ok(people)
}

/// A question has another chosen answer than before, or none any more.
///
/// # Errors
/// When the database can't be written.
pub async fn of_choice(core: &Core, tx: &mut Tx, before: &Post, after: &Post) -> Result<()> {
    if before.accepted_id == after.accepted_id {
        return Ok(());
    }
    if let Some(answer) = before.accepted_id {
        let answer = posts::by_id(tx, answer).await?;
        if let Some(notice) = notifications::unread_of(tx, answer.author_id, NoticeKind::Accepted, answer.id).await? {
            notifications::delete(tx, notice.id).await?;
        }
    }
    let Some(answer) = after.accepted_id.filter(|_| is_news(core, after.accepted_at.unwrap_or(after.updated_at))) else { return Ok(()) };
    let answer = posts::by_id(tx, answer).await?;
    // Chosen, taken back and chosen again: told once.
    if notifications::was_told(tx, answer.author_id, NoticeKind::Accepted, answer.id).await? {
        return Ok(());
    }
    let notice = Notice {
        to: answer.author_id,
        kind: NoticeKind::Accepted,
        sentence: "notice-accepted",
        post: Some(answer.id),
        from: after.accepted_by,
        group: Some(answer.group_id),
        detail: "",
    };
    tell(core, tx, notice).await
}

/// Somebody finds a post useful since `at`, or no longer. Never says who.
///
/// # Errors
/// When the database can't be written.
pub async fn of_useful(core: &Core, tx: &mut Tx, post: &Post, active: bool, at: Time) -> Result<()> {
    if active && is_news(core, at) {
        let notice = Notice {
            to: post.author_id,
            kind: NoticeKind::Useful,
            sentence: "notice-useful",
            post: Some(post.id),
            from: None,
            group: Some(post.group_id),
            detail: "",
        };
        tell(core, tx, notice).await?;
    }
    let Some(notice) = notifications::unread_of(tx, post.author_id, NoticeKind::Useful, post.id).await? else { return Ok(()) };
    if active {
        // A word from elsewhere may bear an earlier date than its arrival.
        notifications::began(tx, notice.id, at).await
    } else if notifications::useful_since(tx, post.id, notice.created_at).await? == 0 {
        // Everybody who made it news took it back before it was read.
        notifications::delete(tx, notice.id).await
    } else {
        Ok(())
    }
}
