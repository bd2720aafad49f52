-- The same tables and columns as ../sqlite/0008_connecting.sql; a test compares the two.
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
    by_id BIGINT,
    asked_at BIGINT NOT NULL,
    answered_at BIGINT,
    -- When administrators were last told of it.
    told_at BIGINT,
    -- What still has to be said: `offer`, `undo`, `accept`, `reject` or nothing; and when it was said.
    unsaid TEXT NOT NULL,
    said_at BIGINT,
    error TEXT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (host, direction)
);
CREATE INDEX connection_state ON connection (direction, state, asked_at);

-- A list of regions that we read.
CREATE TABLE region_list (
    address TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    by_id BIGINT,
    added_at BIGINT NOT NULL,
    read_at BIGINT,
    error TEXT
);

-- What a list says of a region; with an empty `list`, what the region says of itself.
CREATE TABLE region (
    list TEXT NOT NULL,
    host TEXT NOT NULL,
    name TEXT NOT NULL,
    about TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (list, host)
);
CREATE INDEX region_host ON region (host);

-- What administrators write down about a server.
CREATE TABLE peer_note (
    host TEXT NOT NULL PRIMARY KEY,
    note TEXT NOT NULL,
    by_id BIGINT,
    at BIGINT NOT NULL
);
