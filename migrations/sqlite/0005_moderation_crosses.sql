-- The same tables and columns as ../postgres/0005_moderation_crosses.sql; a test compares the two.
-- What moderators do is said to other servers, and they to us.

-- The newest word about something in a group: whether a thread is locked (`lock`) or pinned (`pin`), whether somebody moderates
-- (`moderator`) or is suspended (`block`), and whether a reply is an answer (`answer`). Words arrive in any order, also about what
-- is not known here yet; `said` is the id of the activity.
CREATE TABLE group_word (
    group_id INTEGER NOT NULL REFERENCES actor (id),
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    stands INTEGER NOT NULL,
    at INTEGER NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (group_id, what, subject)
) STRICT;
CREATE INDEX group_word_said ON group_word (said);

-- Such activities (the group, a blank, the id) and reports (the id) that have had their effect, or were taken back: a group may
-- pass one on more than once, and most software does not date them.
CREATE TABLE deed (
    ap_id TEXT NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT;

-- Who came first: the first moderator of a group is not removed by a later one.
ALTER TABLE moderator ADD COLUMN position INTEGER NOT NULL DEFAULT 0;

-- The id of the Flag with which another server reported it.
ALTER TABLE report ADD COLUMN flag TEXT;
CREATE INDEX report_flag ON report (flag) WHERE flag IS NOT NULL;

-- Where an actor keeps things, and where it went. `known_as` are the ids it says it had before, one on a line.
CREATE TABLE whereabouts (
    actor_id INTEGER NOT NULL PRIMARY KEY REFERENCES actor (id),
    featured TEXT,
    known_as TEXT NOT NULL,
    moved_to TEXT,
    moved_at INTEGER
) STRICT;
