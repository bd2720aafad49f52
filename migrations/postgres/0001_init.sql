-- The same tables and columns as ../sqlite/0001_init.sql; a test compares the two.
-- Times are milliseconds UTC. Ids are made by us and ordered in time.

CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- A server we know, by its authority (host and port). One outgoing lane each.
CREATE TABLE peer (
    host TEXT NOT NULL PRIMARY KEY,
    software TEXT,
    software_version TEXT,
    looked_up_at BIGINT,
    failures BIGINT NOT NULL,
    failing_since BIGINT,
    retry_at BIGINT NOT NULL,
    last_success_at BIGINT,
    last_error TEXT,
    claimed_by BIGINT
);

-- Members, groups and the instance itself, local and remote.
CREATE TABLE actor (
    id BIGINT NOT NULL PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    local BOOLEAN NOT NULL,
    host TEXT NOT NULL,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    about_source TEXT NOT NULL,
    about_html TEXT NOT NULL,
    organisation TEXT NOT NULL,
    role TEXT NOT NULL,
    url TEXT NOT NULL,
    inbox TEXT NOT NULL,
    shared_inbox TEXT,
    outbox TEXT,
    followers TEXT,
    moderators TEXT,
    key_id TEXT NOT NULL,
    public_key_pem TEXT NOT NULL,
    private_key_pem TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    fetched_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX actor_handle ON actor (host, name, kind);
CREATE UNIQUE INDEX actor_local_name ON actor (name) WHERE local = TRUE;
CREATE INDEX actor_by_key_id ON actor (key_id);

-- The private half of a local member.
CREATE TABLE account (
    actor_id BIGINT NOT NULL PRIMARY KEY REFERENCES actor (id),
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    admin BOOLEAN NOT NULL,
    language TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE session (
    token_hash TEXT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES account (actor_id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE login_attempt (
    key TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL
);

CREATE TABLE follow (
    follower_id BIGINT NOT NULL REFERENCES actor (id),
    target_id BIGINT NOT NULL REFERENCES actor (id),
    state TEXT NOT NULL,
    ap_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (follower_id, target_id)
);
CREATE INDEX follow_target ON follow (target_id, state);

CREATE TABLE moderator (
    group_id BIGINT NOT NULL REFERENCES actor (id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    PRIMARY KEY (group_id, actor_id)
);

-- Questions and the other kinds that start a thread, answers and comments.
CREATE TABLE post (
    id BIGINT NOT NULL PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    local BOOLEAN NOT NULL,
    kind TEXT NOT NULL,
    wire_type TEXT NOT NULL,
    group_id BIGINT NOT NULL REFERENCES actor (id),
    author_id BIGINT NOT NULL REFERENCES actor (id),
    root_id BIGINT NOT NULL,
    parent_id BIGINT REFERENCES post (id),
    title TEXT NOT NULL,
    source TEXT,
    html TEXT NOT NULL,
    summary TEXT NOT NULL,
    language TEXT NOT NULL,
    url TEXT NOT NULL,
    context TEXT,
    published_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    edited_at BIGINT,
    deleted_at BIGINT,
    deleted_by TEXT,
    accepted_ap_id TEXT,
    accepted_id BIGINT,
    accepted_by BIGINT,
    accepted_at BIGINT,
    accepts_at_home BOOLEAN NOT NULL,
    checked_at BIGINT
);
CREATE INDEX post_thread ON post (root_id, published_at, id);
CREATE INDEX post_group ON post (group_id, published_at, id) WHERE parent_id IS NULL;
CREATE INDEX post_author ON post (author_id, published_at, id);
CREATE INDEX post_newest ON post (published_at, id) WHERE parent_id IS NULL;
CREATE INDEX post_parent ON post (parent_id);
CREATE INDEX post_context ON post (context) WHERE parent_id IS NULL;
CREATE INDEX post_accepted ON post (accepted_id) WHERE accepted_id IS NOT NULL;

-- One row per member and post, the newest word wins (`at`), so that order of arrival does not matter.
CREATE TABLE useful (
    post_id BIGINT NOT NULL REFERENCES post (id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    active BOOLEAN NOT NULL,
    ap_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (post_id, actor_id)
);

-- Ids that were deleted at their home: nothing with such an id is ever taken in again.
CREATE TABLE tombstone (
    ap_id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);

-- A form that was sent: the same form sent again leads to the same place.
CREATE TABLE submission (
    actor_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    location TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (actor_id, key)
);

-- What was said by an actor of ours. `body` is made from the row by the worker.
CREATE TABLE activity (
    id BIGINT NOT NULL PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    verb TEXT NOT NULL,
    post_id BIGINT,
    target_id BIGINT,
    about TEXT NOT NULL,
    received TEXT,
    state TEXT NOT NULL,
    listed BOOLEAN NOT NULL,
    body TEXT,
    claimed_by BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX activity_new ON activity (id) WHERE state = 'new';
CREATE INDEX activity_post ON activity (post_id);
CREATE INDEX activity_outbox ON activity (actor_id, id) WHERE listed = TRUE;

-- One activity on its way to one inbox; gone when it has arrived or was given up.
CREATE TABLE delivery (
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    inbox TEXT NOT NULL,
    host TEXT NOT NULL,
    about TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    last_error TEXT,
    PRIMARY KEY (activity_id, inbox)
);
CREATE INDEX delivery_lane ON delivery (host, about, activity_id);
CREATE INDEX delivery_due ON delivery (next_at, host);

-- What arrived in an inbox. The body goes when it has been dealt with, the id stays: that is the replay guard.
CREATE TABLE received (
    id BIGINT NOT NULL PRIMARY KEY,
    ap_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    claimed_by BIGINT,
    received_at BIGINT NOT NULL,
    UNIQUE (actor, ap_id)
);
CREATE INDEX received_new ON received (next_at, id) WHERE state = 'new';

CREATE TABLE job (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    claimed_by BIGINT,
    last_error TEXT,
    UNIQUE (kind, subject)
);
CREATE INDEX job_due ON job (run_at, id);

-- The history of a remote group on its way in.
CREATE TABLE backfill (
    group_id BIGINT NOT NULL PRIMARY KEY REFERENCES actor (id),
    state TEXT NOT NULL,
    cursor TEXT,
    error TEXT,
    started_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE TABLE backfill_item (
    group_id BIGINT NOT NULL REFERENCES actor (id),
    ap_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    PRIMARY KEY (group_id, ap_id)
);
CREATE INDEX backfill_todo ON backfill_item (group_id, state, position);
