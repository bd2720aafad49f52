-- The same tables and columns as ../sqlite/0002_community.sql; a test compares the two.
-- Members, groups, moderation, mail and files.

ALTER TABLE account ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE account ADD COLUMN digest TEXT NOT NULL DEFAULT 'weekly';
ALTER TABLE account ADD COLUMN digest_at BIGINT;
ALTER TABLE account ADD COLUMN mail_bounces BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN mail_paused_at BIGINT;
-- The day a member was last seen: sessions go, the figures need it.
ALTER TABLE account ADD COLUMN seen_at BIGINT;
-- The group whose moderator removed it; without one its author did, for good.
ALTER TABLE tombstone ADD COLUMN group_id BIGINT;
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
-- `icon_file` is the hash of a file of ours, `icon_url` where another server keeps its picture.
ALTER TABLE actor ADD COLUMN icon_file TEXT;
ALTER TABLE actor ADD COLUMN icon_url TEXT;
CREATE INDEX actor_icon_file ON actor (icon_file) WHERE icon_file IS NOT NULL;
CREATE INDEX activity_about ON activity (about) WHERE post_id IS NULL;
CREATE INDEX actor_icon_url ON actor (icon_url) WHERE icon_url IS NOT NULL;
ALTER TABLE post ADD COLUMN locked_at BIGINT;
ALTER TABLE post ADD COLUMN pinned_at BIGINT;
-- What a comment on a practice says of it: `works`, `partly` or `not`.
ALTER TABLE post ADD COLUMN tried TEXT;
-- Since when it is decided here, not by its author's server, whether a reply is an answer or a comment.
ALTER TABLE post ADD COLUMN moved_at BIGINT;
CREATE INDEX post_pinned ON post (group_id, pinned_at) WHERE pinned_at IS NOT NULL;
-- Without what starts threads: SQLite would read all of those by this index instead of by one in the right order.
DROP INDEX post_parent;
CREATE INDEX post_parent ON post (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX post_waiting ON post (published_at, id) WHERE parent_id IS NULL AND kind = 'question' AND accepted_id IS NULL AND deleted_at IS NULL;
CREATE INDEX post_tried ON post (root_id) WHERE tried IS NOT NULL;

CREATE INDEX useful_actor ON useful (actor_id, at) WHERE active = TRUE;

-- Replies of which the asker or a moderator said whether they are answers (`answer`) or comments (`comment`), by id: the
-- question's home says it of replies that may not have arrived here yet.
CREATE TABLE moved (
    question_id BIGINT NOT NULL REFERENCES post (id),
    ap_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (question_id, ap_id)
);

-- Somebody who wants to become a member, until that is decided.
CREATE TABLE registration (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    display_name TEXT NOT NULL,
    organisation TEXT NOT NULL,
    motivation TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    language TEXT NOT NULL,
    invitation_id BIGINT,
    token_hash TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    confirmed_at BIGINT,
    decided_by BIGINT,
    decided_at BIGINT,
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX registration_waiting ON registration (state, id);
CREATE INDEX registration_email ON registration (email);
-- A name is held by one person at a time.
CREATE UNIQUE INDEX registration_name ON registration (name) WHERE state IN ('new', 'waiting');

CREATE TABLE invitation (
    id BIGINT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    organisation TEXT NOT NULL,
    note TEXT NOT NULL,
    group_id BIGINT REFERENCES actor (id),
    maximum BIGINT NOT NULL,
    used BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    created_by BIGINT NOT NULL REFERENCES actor (id),
    created_at BIGINT NOT NULL
);

-- A link in a mail: a new password, a new address, unsubscribing.
CREATE TABLE token (
    token_hash TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES account (actor_id),
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX token_actor ON token (actor_id, purpose);

-- A mail on its way. Its words go when it has been sent; one with a `reference` is written at that moment.
CREATE TABLE mail (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    actor_id BIGINT,
    address TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    plain TEXT NOT NULL,
    html TEXT NOT NULL,
    reference TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    claimed_by BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX mail_due ON mail (next_at) WHERE state = 'new';
CREATE INDEX mail_state ON mail (state, id);

-- What a member is told. One unread row gathers what is alike (`useful` on one post).
CREATE TABLE notification (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    kind TEXT NOT NULL,
    post_id BIGINT REFERENCES post (id),
    from_id BIGINT REFERENCES actor (id),
    group_id BIGINT REFERENCES actor (id),
    sentence TEXT NOT NULL,
    detail TEXT NOT NULL,
    on_page BOOLEAN NOT NULL,
    mail TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX notification_of ON notification (actor_id, id);
CREATE INDEX notification_unread ON notification (actor_id) WHERE read_at IS NULL AND on_page = TRUE;
CREATE INDEX notification_post ON notification (post_id);
-- One unread line for everybody who finds a post useful, also when two do so at once.
CREATE UNIQUE INDEX notification_useful ON notification (actor_id, post_id) WHERE kind = 'useful' AND read_at IS NULL;
CREATE INDEX notification_digest ON notification (actor_id, id) WHERE mail = 'digest';

-- How a member wants to be told of a kind of thing; without a row, as the kind's default says.
CREATE TABLE notify_choice (
    actor_id BIGINT NOT NULL REFERENCES account (actor_id),
    kind TEXT NOT NULL,
    on_page BOOLEAN NOT NULL,
    mail TEXT NOT NULL,
    PRIMARY KEY (actor_id, kind)
);

-- What a member follows besides groups: a post that starts a thread, a topic, another member.
CREATE TABLE watch (
    actor_id BIGINT NOT NULL REFERENCES account (actor_id),
    kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (actor_id, kind, subject_id)
);
CREATE INDEX watch_subject ON watch (kind, subject_id);

CREATE TABLE topic (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    shown TEXT NOT NULL
);
CREATE TABLE post_topic (
    post_id BIGINT NOT NULL REFERENCES post (id),
    topic_id BIGINT NOT NULL REFERENCES topic (id),
    PRIMARY KEY (post_id, topic_id)
);
CREATE INDEX post_topic_topic ON post_topic (topic_id, post_id);
-- What a group is about, and what a member knows.
CREATE TABLE actor_topic (
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    topic_id BIGINT NOT NULL REFERENCES topic (id),
    PRIMARY KEY (actor_id, topic_id)
);
CREATE INDEX actor_topic_topic ON actor_topic (topic_id, actor_id);

-- What a group of ours says on its page besides its title and description.
CREATE TABLE group_page (
    group_id BIGINT NOT NULL PRIMARY KEY REFERENCES actor (id),
    purpose TEXT NOT NULL,
    carried_by TEXT NOT NULL,
    rules_source TEXT NOT NULL,
    rules_html TEXT NOT NULL,
    agreed_source TEXT NOT NULL,
    agreed_html TEXT NOT NULL,
    review_at BIGINT
);

CREATE TABLE group_proposal (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    about TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_by BIGINT NOT NULL REFERENCES actor (id),
    state TEXT NOT NULL,
    decided_by BIGINT,
    decided_at BIGINT,
    answer TEXT NOT NULL,
    group_id BIGINT REFERENCES actor (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX group_proposal_state ON group_proposal (state, id);

-- The groups that other regions offer.
CREATE TABLE peer_group (
    ap_id TEXT NOT NULL PRIMARY KEY,
    host TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    about TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX peer_group_host ON peer_group (host, title);
ALTER TABLE peer ADD COLUMN groups_at BIGINT;

-- A version of a post before it was edited.
CREATE TABLE revision (
    post_id BIGINT NOT NULL REFERENCES post (id),
    at BIGINT NOT NULL,
    title TEXT NOT NULL,
    source TEXT,
    html TEXT NOT NULL,
    PRIMARY KEY (post_id, at)
);

-- A picture on disk, named by the hash of its bytes. Without anybody who uses it (`unused_at`) it goes.
CREATE TABLE file (
    hash TEXT NOT NULL PRIMARY KEY,
    media_type TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    owner_id BIGINT,
    created_at BIGINT NOT NULL,
    unused_at BIGINT
);
CREATE INDEX file_unused ON file (unused_at) WHERE unused_at IS NOT NULL;

-- A picture with a post: a file of ours, or the address at another server.
CREATE TABLE attachment (
    id BIGINT NOT NULL PRIMARY KEY,
    post_id BIGINT NOT NULL REFERENCES post (id),
    position BIGINT NOT NULL,
    file_hash TEXT,
    remote_url TEXT,
    media_type TEXT NOT NULL,
    alt TEXT NOT NULL,
    width BIGINT,
    height BIGINT
);
CREATE INDEX attachment_post ON attachment (post_id, position);
CREATE INDEX attachment_file ON attachment (file_hash);
CREATE INDEX attachment_url ON attachment (remote_url) WHERE remote_url IS NOT NULL;

-- What was fetched of another server's pictures.
CREATE TABLE remote_file (
    url TEXT NOT NULL PRIMARY KEY,
    file_hash TEXT,
    error TEXT,
    fetched_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL
);
CREATE INDEX remote_file_used ON remote_file (used_at);
CREATE INDEX remote_file_hash ON remote_file (file_hash);

-- Who somebody reported, and what became of it. Who reported is for moderators only.
CREATE TABLE report (
    id BIGINT NOT NULL PRIMARY KEY,
    reporter_id BIGINT NOT NULL REFERENCES actor (id),
    post_id BIGINT REFERENCES post (id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    group_id BIGINT REFERENCES actor (id),
    reason TEXT NOT NULL,
    words TEXT NOT NULL,
    state TEXT NOT NULL,
    handled_by BIGINT,
    handled_at BIGINT,
    note TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX report_state ON report (state, id);
CREATE INDEX report_group ON report (group_id, state, id);

-- What moderators did: the log that members can read. Without a group it was for the whole instance.
CREATE TABLE moderation (
    id BIGINT NOT NULL PRIMARY KEY,
    group_id BIGINT REFERENCES actor (id),
    by_id BIGINT NOT NULL REFERENCES actor (id),
    act TEXT NOT NULL,
    post_id BIGINT REFERENCES post (id),
    actor_id BIGINT REFERENCES actor (id),
    reason TEXT NOT NULL,
    until BIGINT,
    report_id BIGINT REFERENCES report (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX moderation_group ON moderation (group_id, id);
CREATE INDEX moderation_post ON moderation (post_id);
CREATE INDEX moderation_actor ON moderation (actor_id, id);

-- Somebody objects to what was done to them; once for each thing.
CREATE TABLE objection (
    moderation_id BIGINT NOT NULL PRIMARY KEY REFERENCES moderation (id),
    by_id BIGINT NOT NULL REFERENCES actor (id),
    words TEXT NOT NULL,
    state TEXT NOT NULL,
    answer TEXT NOT NULL,
    decided_by BIGINT,
    decided_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX objection_state ON objection (state, moderation_id);

-- Who may not write for a time: in a group, or (`group_id` of the instance's own actor) anywhere here.
CREATE TABLE suspension (
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    group_id BIGINT NOT NULL REFERENCES actor (id),
    until BIGINT,
    moderation_id BIGINT NOT NULL REFERENCES moderation (id),
    PRIMARY KEY (actor_id, group_id)
);

-- The words of what a moderator removed: `post` holds nothing of them, so that no list can leak them.
CREATE TABLE removed_words (
    post_id BIGINT NOT NULL PRIMARY KEY REFERENCES post (id),
    moderation_id BIGINT NOT NULL REFERENCES moderation (id),
    title TEXT NOT NULL,
    source TEXT,
    html TEXT NOT NULL,
    summary TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Servers that an administrator allows or blocks.
CREATE TABLE host_rule (
    host TEXT NOT NULL PRIMARY KEY,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_id BIGINT,
    created_at BIGINT NOT NULL
);

-- What administrators and the command line did. Each row holds the hash of the one before it.
CREATE TABLE audit (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TRIGGER audit_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
