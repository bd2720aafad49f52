-- The same tables and columns as ../postgres/0007_completeness.sql; a test compares the two.
-- How far the comparison of another server's thread with its home is, and what the last one found.
CREATE TABLE thread_check (
    root_id INTEGER NOT NULL PRIMARY KEY REFERENCES post (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    viewed_at INTEGER,
    begun_at INTEGER,
    walks INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    told INTEGER,
    outcome TEXT NOT NULL,
    elsewhere INTEGER NOT NULL,
    unreached INTEGER NOT NULL
) STRICT;
CREATE INDEX thread_check_viewed ON thread_check (viewed_at);

-- What a comparison that is under way has found listed, and what it still has to fetch.
CREATE TABLE thread_item (
    root_id INTEGER NOT NULL REFERENCES post (id) ON DELETE CASCADE,
    ap_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    version INTEGER,
    PRIMARY KEY (root_id, ap_id)
) STRICT;
CREATE INDEX thread_item_todo ON thread_item (root_id, state, attempts, position);

-- Replies of ours that a thread's home lacked, and how often they were said again.
CREATE TABLE said_again (
    post_id INTEGER NOT NULL PRIMARY KEY REFERENCES post (id) ON DELETE CASCADE,
    times INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- Pages of a thread's collection follow the order in which its posts came in.
CREATE INDEX post_arrival ON post (root_id, id);
CREATE INDEX post_changed ON post (updated_at);
