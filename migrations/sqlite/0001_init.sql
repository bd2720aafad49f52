-- The same tables and columns as ../postgres/0001_init.sql; a test compares the two.
-- Times are milliseconds UTC. Ids are made by us and ordered in time.

CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- A server we know, by its authority (host and port). One outgoing lane each.
CREATE TABLE peer (
    host TEXT NOT NULL PRIMARY KEY,
    software TEXT,
    software_version TEXT,
    looked_up_at INTEGER,
    failures INTEGER NOT NULL,
    failing_since INTEGER,
    retry_at INTEGER NOT NULL,
    last_success_at INTEGER,
    last_error TEXT,
    claimed_by INTEGER
) STRICT;

-- Members, groups and the instance itself, local and remote.
CREATE TABLE actor (
    id INTEGER NOT NULL PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    local INTEGER NOT NULL,
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
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    fetched_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX actor_handle ON actor (host, name, kind);
CREATE UNIQUE INDEX actor_local_name ON actor (name) WHERE local = TRUE;
CREATE INDEX actor_by_key_id ON actor (key_id);

-- The private half of a local member.
CREATE TABLE account (
    actor_id INTEGER NOT NULL PRIMARY KEY REFERENCES actor (id),
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    admin INTEGER NOT NULL,
    language TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
    token_hash TEXT NOT NULL PRIMARY KEY,
    actor_id INTEGER NOT NULL REFERENCES account (actor_id),
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE login_attempt (
    key TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    since INTEGER NOT NULL
) STRICT;

CREATE TABLE follow (
    follower_id INTEGER NOT NULL REFERENCES actor (id),
    target_id INTEGER NOT NULL REFERENCES actor (id),
    state TEXT NOT NULL,
    ap_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (follower_id, target_id)
) STRICT;
CREATE INDEX follow_target ON follow (target_id, state);

CREATE TABLE moderator (
    group_id INTEGER NOT NULL REFERENCES actor (id),
    actor_id INTEGER NOT NULL REFERENCES actor (id),
    PRIMARY KEY (group_id, actor_id)
) STRICT;

-- Questions and the other kinds that start a thread, answers and comments.
CREATE TABLE post (
    id INTEGER NOT NULL PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    local INTEGER NOT NULL,
    kind TEXT NOT NULL,
    wire_type TEXT NOT NULL,
    group_id INTEGER NOT NULL REFERENCES actor (id),
    author_id INTEGER NOT NULL REFERENCES actor (id),
    root_id INTEGER NOT NULL,
    parent_id INTEGER REFERENCES post (id),
    title TEXT NOT NULL,
    source TEXT,
    html TEXT NOT NULL,
    summary TEXT NOT NULL,
    language TEXT NOT NULL,
    url TEXT NOT NULL,
    context TEXT,
    published_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    edited_at INTEGER,
    deleted_at INTEGER,
    deleted_by TEXT,
    accepted_ap_id TEXT,
    accepted_id INTEGER,
    accepted_by INTEGER,
    accepted_at INTEGER,
    accepts_at_home INTEGER NOT NULL,
    checked_at INTEGER
) STRICT;
CREATE INDEX post_thread ON post (root_id, published_at, id);
CREATE INDEX post_group ON post (group_id, published_at, id) WHERE parent_id IS NULL;
CREATE INDEX post_author ON post (author_id, published_at, id);
CREATE INDEX post_newest ON post (published_at, id) WHERE parent_id IS NULL;
CREATE INDEX post_parent ON post (parent_id);
CREATE INDEX post_context ON post (context) WHERE parent_id IS NULL;
CREATE INDEX post_accepted ON post (accepted_id) WHERE accepted_id IS NOT NULL;

-- One row per member and post, the newest word wins (`at`), so that order of arrival does not matter.
CREATE TABLE useful (
    post_id INTEGER NOT NULL REFERENCES post (id),
    actor_id INTEGER NOT NULL REFERENCES actor (id),
    active INTEGER NOT NULL,
    ap_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (post_id, actor_id)
) STRICT;

-- Ids that were deleted at their home: nothing with such an id is ever taken in again.
CREATE TABLE tombstone (
    ap_id TEXT NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT;

-- A form that was sent: the same form sent again leads to the same place.
CREATE TABLE submission (
    actor_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    location TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (actor_id, key)
) STRICT;

-- What was said by an actor of ours. `body` is made from the row by the worker.
CREATE TABLE activity (
    id INTEGER NOT NULL PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    actor_id INTEGER NOT NULL REFERENCES actor (id),
    verb TEXT NOT NULL,
    post_id INTEGER,
    target_id INTEGER,
    about TEXT NOT NULL,
    received TEXT,
    state TEXT NOT NULL,
    listed INTEGER NOT NULL,
    body TEXT,
    claimed_by INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX activity_new ON activity (id) WHERE state = 'new';
CREATE INDEX activity_post ON activity (post_id);
CREATE INDEX activity_outbox ON activity (actor_id, id) WHERE listed = TRUE;

-- One activity on its way to one inbox; gone when it has arrived or was given up.
CREATE TABLE delivery (
    activity_id INTEGER NOT NULL REFERENCES activity (id),
    inbox TEXT NOT NULL,
    host TEXT NOT NULL,
    about TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    last_error TEXT,
    PRIMARY KEY (activity_id, inbox)
) STRICT;
CREATE INDEX delivery_lane ON delivery (host, about, activity_id);
CREATE INDEX delivery_due ON delivery (next_at, host);

-- What arrived in an inbox. The body goes when it has been dealt with, the id stays: that is the replay guard.
CREATE TABLE received (
    id INTEGER NOT NULL PRIMARY KEY,
    ap_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    claimed_by INTEGER,
    received_at INTEGER NOT NULL,
    UNIQUE (actor, ap_id)
) STRICT;
CREATE INDEX received_new ON received (next_at, id) WHERE state = 'new';

CREATE TABLE job (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    run_at INTEGER NOT NULL,
    claimed_by INTEGER,
    last_error TEXT,
    UNIQUE (kind, subject)
) STRICT;
CREATE INDEX job_due ON job (run_at, id);

-- The history of a remote group on its way in.
CREATE TABLE backfill (
    group_id INTEGER NOT NULL PRIMARY KEY REFERENCES actor (id),
    state TEXT NOT NULL,
    cursor TEXT,
    error TEXT,
    started_at INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE TABLE backfill_item (
    group_id INTEGER NOT NULL REFERENCES actor (id),
    ap_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (group_id, ap_id)
) STRICT;
CREATE INDEX backfill_todo ON backfill_item (group_id, state, position);
