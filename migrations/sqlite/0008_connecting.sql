-- The same tables and columns as ../postgres/0008_connecting.sql; a test compares the two.
-- Connecting with other instances, lists of regions, and what administrators write down about a server.

-- A request to connect. One that we sent (`out`) and one that came in (`in`) for each server, at most.
CREATE TABLE connection (
    host TEXT NOT NULL,
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    -- How the other region calls itself.
    name TEXT NOT NULL,
    words TEXT NOT NULL,
    answer TEXT NOT NULL,
    -- The id of the request on the wire.
    ap_id TEXT NOT NULL,
    by_id INTEGER,
    asked_at INTEGER NOT NULL,
    answered_at INTEGER,
    -- When administrators were last told of it.
    told_at INTEGER,
    -- What still has to be said: `offer`, `undo`, `accept`, `reject` or nothing; and when it was said.
    unsaid TEXT NOT NULL,
    said_at INTEGER,
    error TEXT,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (host, direction)
) STRICT;
CREATE INDEX connection_state ON connection (direction, state, asked_at);

-- A list of regions that we read.
CREATE TABLE region_list (
    address TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    by_id INTEGER,
    added_at INTEGER NOT NULL,
    read_at INTEGER,
    error TEXT
) STRICT;

-- What a list says of a region; with an empty `list`, what the region says of itself.
CREATE TABLE region (
    list TEXT NOT NULL,
    host TEXT NOT NULL,
    name TEXT NOT NULL,
    about TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (list, host)
) STRICT;
CREATE INDEX region_host ON region (host);

-- What administrators write down about a server.
CREATE TABLE peer_note (
    host TEXT NOT NULL PRIMARY KEY,
    note TEXT NOT NULL,
    by_id INTEGER,
    at INTEGER NOT NULL
) STRICT;
