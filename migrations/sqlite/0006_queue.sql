-- The same tables and columns as ../postgres/0006_queue.sql; a test compares the two.
-- Lanes that give a server up and take it back, an inbox that is fair to every server, and what is thrown away in time.

-- Since when nothing is sent to it any more, and how many deliveries were dropped then.
ALTER TABLE peer ADD COLUMN given_up_at INTEGER;
ALTER TABLE peer ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
-- Whether `missing_inbox` holds any of its inboxes.
ALTER TABLE peer ADD COLUMN missing INTEGER NOT NULL DEFAULT 0;

-- Inboxes that are not there (404), until they are again or their followers are dropped.
CREATE TABLE missing_inbox (
    inbox TEXT NOT NULL PRIMARY KEY,
    host TEXT NOT NULL,
    since INTEGER NOT NULL,
    times INTEGER NOT NULL
) STRICT;

-- The activity of ours that an announcement passes on: its words are kept once.
ALTER TABLE activity ADD COLUMN carries INTEGER;
CREATE INDEX activity_carries ON activity (carries) WHERE carries IS NOT NULL;
CREATE INDEX activity_old ON activity (created_at) WHERE listed = FALSE AND state <> 'new';

-- The server that sent it.
ALTER TABLE received ADD COLUMN host TEXT NOT NULL DEFAULT '';
DROP INDEX received_due;
CREATE INDEX received_waiting ON received (host, next_at, id) WHERE state = 'new' AND claimed_by IS NULL;
CREATE INDEX received_old ON received (received_at) WHERE state <> 'new';

-- How much lies in the tables of each family, as it was last measured.
CREATE TABLE size (
    family TEXT NOT NULL PRIMARY KEY,
    rows_kept INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
