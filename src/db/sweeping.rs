//! Throwing away what has expired, some at a time: one statement for each kind of thing. When is for `ops/tidying.rs`.

use super::{Tx, on};
use crate::error::Result;
use crate::model::Time;
use crate::model::ids::first_since;

/// What is thrown away in time. Each with the moment before which it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Sessions that ran out.
    Sessions,
    /// Wrong passwords, counted.
    LogIns,
    /// Links in mails that ran out.
    Tokens,
    /// Forms that were sent.
    Submissions,
    /// Mails that are over.
    Mails,
    /// What members were told.
    Notifications,
    /// That something was removed that is not here.
    Tombstones,
    /// That a word of moderators, or a report, was dealt with.
    Deeds,
    /// What was found useful, and taken back.
    Votes,
    /// Interest that was taken back.
    Interests,
    /// Sign-ups that were taken back.
    SignUps,
    /// People without an account who signed up for an event that began.
    Guests,
    /// Suspensions that are over.
    Suspensions,
    /// Topics that nothing and nobody is about.
    Topics,
    /// Invitations that ran out or were withdrawn, and that no registration waits for.
    Invitations,
    /// Proposals for groups that were decided.
    Proposals,
    /// Requests to connect that came to nothing.
    Connections,
    /// Groups that other regions offered.
    OfferedGroups,
    /// What regions said of themselves.
    Regions,
    /// Servers that nothing comes from or goes to, and that nobody wrote anything down about.
    Servers,
}

/// Throws away at most `limit` of a kind; says how many.
pub async fn sweep(tx: &mut Tx, kind: Kind, before: Time, limit: i64) -> Result<u64> {
    // Where ids say when a row was made, they are the index.
    let id = first_since(before);
    macro_rules! gone {
        ($statement:literal, $moment:expr) => {
            on!(tx, c => sqlx::query($statement).bind($moment).bind(limit).execute(c).await.map(|done| done.rows_affected()))?
        };
    }
    Ok(match kind {
        Kind::Sessions => {
            gone!("DELETE FROM session WHERE token_hash IN (SELECT s.token_hash FROM session s WHERE s.expires_at <= $1 LIMIT $2)", before)
        }
        Kind::LogIns => gone!("DELETE FROM login_attempt WHERE key IN (SELECT l.key FROM login_attempt l WHERE l.since <= $1 LIMIT $2)", before),
        Kind::Tokens => gone!("DELETE FROM token WHERE token_hash IN (SELECT t.token_hash FROM token t WHERE t.expires_at <= $1 LIMIT $2)", before),
        Kind::Submissions => gone!(
            "DELETE FROM submission WHERE (actor_id, key) IN (SELECT s.actor_id, s.key FROM submission s WHERE s.created_at < $1 LIMIT $2)",
            before
        ),
        Kind::Mails => gone!(
            "DELETE FROM mail WHERE id IN (SELECT m.id FROM mail m WHERE m.id < $1 AND m.state NOT IN ('new', 'sending') LIMIT $2)",
            id
        ),
        // What gathers what is alike is newer than its id.
        Kind::Notifications => on!(tx, c => sqlx::query(
            "DELETE FROM notification WHERE id IN (SELECT n.id FROM notification n WHERE n.id < $1 AND n.created_at < $2 LIMIT $3)")
            .bind(id).bind(before).bind(limit).execute(c).await.map(|done| done.rows_affected()))?,
        Kind::Tombstones => gone!(
            "DELETE FROM tombstone WHERE ap_id IN (SELECT t.ap_id FROM tombstone t WHERE t.at < $1
                AND NOT EXISTS (SELECT 1 FROM post p WHERE p.ap_id = t.ap_id) LIMIT $2)",
            before
        ),
        Kind::Deeds => gone!("DELETE FROM deed WHERE ap_id IN (SELECT d.ap_id FROM deed d WHERE d.at < $1 LIMIT $2)", before),
        Kind::Votes => gone!(
            "DELETE FROM useful WHERE (post_id, actor_id) IN (SELECT u.post_id, u.actor_id FROM useful u WHERE u.active = FALSE AND u.at < $1 LIMIT $2)",
            before
        ),
        Kind::Interests => gone!(
            "DELETE FROM interest WHERE (post_id, actor_id) IN (SELECT i.post_id, i.actor_id FROM interest i WHERE i.active = FALSE AND i.at < $1 LIMIT $2)",
            before
        ),
        Kind::SignUps => gone!(
            "DELETE FROM attendee WHERE id IN (SELECT t.id FROM attendee t WHERE t.answer = 'no' AND t.state = 'out' AND t.at < $1 LIMIT $2)",
            before
        ),
        Kind::Guests => gone!(
            "DELETE FROM attendee WHERE id IN (SELECT t.id FROM attendee t WHERE t.email <> '' AND t.starts_at < $1 LIMIT $2)",
            before
        ),
        Kind::Suspensions => gone!(
            "DELETE FROM suspension WHERE (actor_id, group_id) IN (SELECT s.actor_id, s.group_id FROM suspension s WHERE s.until < $1 LIMIT $2)",
            before
        ),
        Kind::Topics => gone!(
            "DELETE FROM topic WHERE id IN (SELECT t.id FROM topic t WHERE t.id < $1
                AND NOT EXISTS (SELECT 1 FROM post_topic x WHERE x.topic_id = t.id) AND NOT EXISTS (SELECT 1 FROM actor_topic y WHERE y.topic_id = t.id)
                AND NOT EXISTS (SELECT 1 FROM watch w WHERE w.kind = 'topic' AND w.subject_id = t.id) LIMIT $2)",
            id
        ),
        Kind::Invitations => gone!(
            "DELETE FROM invitation WHERE id IN (SELECT i.id FROM invitation i WHERE (i.expires_at < $1 OR i.revoked_at < $1)
                AND NOT EXISTS (SELECT 1 FROM registration r WHERE r.invitation_id = i.id) LIMIT $2)",
            before
        ),
        Kind::Proposals => {
            gone!("DELETE FROM group_proposal WHERE id IN (SELECT p.id FROM group_proposal p WHERE p.decided_at < $1 LIMIT $2)", before)
        }
        Kind::Connections => gone!(
            "DELETE FROM connection WHERE (host, direction) IN (SELECT k.host, k.direction FROM connection k
                WHERE k.state IN ('refused', 'withdrawn') AND k.unsaid = '' AND k.changed_at < $1 LIMIT $2)",
            before
        ),
        Kind::OfferedGroups => {
            gone!("DELETE FROM peer_group WHERE ap_id IN (SELECT g.ap_id FROM peer_group g WHERE g.seen_at < $1 LIMIT $2)", before)
        }
        Kind::Regions => gone!(
            "DELETE FROM region WHERE (list, host) IN (SELECT r.list, r.host FROM region r WHERE r.list = '' AND r.seen_at < $1 LIMIT $2)",
            before
        ),
        Kind::Servers => gone!(
            "DELETE FROM peer WHERE host IN (SELECT p.host FROM peer p WHERE p.claimed_by IS NULL
                AND COALESCE(p.looked_up_at, 0) < $1 AND COALESCE(p.last_success_at, 0) < $1 AND COALESCE(p.failing_since, 0) < $1
                AND COALESCE(p.given_up_at, 0) < $1 AND COALESCE(p.groups_at, 0) < $1
                AND NOT EXISTS (SELECT 1 FROM actor a WHERE a.host = p.host) AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.host = p.host)
                AND NOT EXISTS (SELECT 1 FROM host_rule h WHERE h.host = p.host) AND NOT EXISTS (SELECT 1 FROM peer_note n WHERE n.host = p.host)
                AND NOT EXISTS (SELECT 1 FROM connection k WHERE k.host = p.host) AND NOT EXISTS (SELECT 1 FROM missing_inbox m WHERE m.host = p.host)
                LIMIT $2)",
            before
        ),
    })
}
