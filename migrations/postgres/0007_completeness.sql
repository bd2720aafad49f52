-- The same tables and columns as ../sqlite/0007_completeness.sql; a test compares the two.
-- How far the comparison of another server's thread with its home is, and what the last one found.
CREATE TABLE thread_check (
    root_id BIGINT NOT NULL PRIMARY KEY REFERENCES post (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    viewed_at BIGINT,
    begun_at BIGINT,
    walks BOOLEAN NOT NULL,
    whole BOOLEAN NOT NULL,
    told BIGINT,
    outcome TEXT NOT NULL,
    elsewhere BIGINT NOT NULL,
    unreached BIGINT NOT NULL
);
CREATE INDEX thread_check_viewed ON thread_check (viewed_at);

-- What a comparison that is under way has found listed, and what it still has to fetch.
CREATE TABLE thread_item (
    root_id BIGINT NOT NULL REFERENCES post (id) ON DELETE CASCADE,
    ap_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    version BIGINT,
    PRIMARY KEY (root_id, ap_id)
);
CREATE INDEX thread_item_todo ON thread_item (root_id, state, attempts, position);

-- Replies of ours that a thread's home lacked, and how often they were said again.
CREATE TABLE said_again (
    post_id BIGINT NOT NULL PRIMARY KEY REFERENCES post (id) ON DELETE CASCADE,
    times BIGINT NOT NULL,
    at BIGINT NOT NULL
);

-- Pages of a thread's collection follow the order in which its posts came in.
CREATE INDEX post_arrival ON post (root_id, id);
CREATE INDEX post_changed ON post (updated_at);
