-- The same tables and columns as ../sqlite/0009_events.sql; a test compares the two.
-- Events: when and where, who comes, series of them, and who would like one.

-- A post of kind `event` has one row here. Of another server's event it holds what its home says.
CREATE TABLE event (
    post_id BIGINT NOT NULL PRIMARY KEY REFERENCES post (id),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT,
    -- The name of a time zone of the IANA database.
    zone TEXT NOT NULL,
    -- `planned`, `moved` or `cancelled`.
    status TEXT NOT NULL,
    place_name TEXT NOT NULL,
    place_street TEXT NOT NULL,
    place_postcode TEXT NOT NULL,
    place_town TEXT NOT NULL,
    -- Whether one can take part from anywhere; the link is for attendees alone, and known at its home only.
    online BOOLEAN NOT NULL,
    online_link TEXT NOT NULL,
    capacity BIGINT,
    -- `open`, `approval`, `elsewhere` or `none`.
    sign_up TEXT NOT NULL,
    sign_up_link TEXT NOT NULL,
    sign_up_until BIGINT,
    contact TEXT NOT NULL,
    -- How many come, as its home says; for one of ours they are counted.
    told_attending BIGINT,
    -- How often it changed in a way that calendars must notice (RFC 5545 3.8.7.4).
    sequence BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    series_id BIGINT,
    -- The id of its series on the wire, and when the series has it, whatever became of it alone.
    series TEXT,
    occurs_at BIGINT,
    -- The ids of the question it came from and of the report of it; either may not be known here.
    question TEXT,
    report TEXT,
    report_asked_at BIGINT,
    -- Copied from its post, so that the lists of the agenda each walk one index: whose it is, and whether it was removed.
    group_id BIGINT NOT NULL,
    author_id BIGINT NOT NULL,
    gone BOOLEAN NOT NULL
);
CREATE INDEX event_by_start ON event (starts_at, post_id, gone);
CREATE INDEX event_by_group ON event (group_id, starts_at, post_id, gone);
CREATE INDEX event_by_author ON event (author_id, starts_at, post_id, gone);
CREATE INDEX event_by_question ON event (question) WHERE question IS NOT NULL;
CREATE INDEX event_by_report ON event (report) WHERE report IS NOT NULL;
CREATE INDEX event_by_series ON event (series) WHERE series IS NOT NULL;
CREATE UNIQUE INDEX event_occurrence ON event (series_id, occurs_at) WHERE series_id IS NOT NULL;
CREATE INDEX event_unreported ON event (ends_at) WHERE report_asked_at IS NULL AND report IS NULL;

-- Who organises it besides its author.
CREATE TABLE organiser (
    post_id BIGINT NOT NULL REFERENCES post (id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    -- Copied from the event.
    starts_at BIGINT NOT NULL,
    PRIMARY KEY (post_id, actor_id)
);
CREATE INDEX organiser_actor ON organiser (actor_id, starts_at, post_id);

-- What somebody said to an event: an actor, or somebody without an account, by e-mail.
CREATE TABLE attendee (
    id BIGINT NOT NULL PRIMARY KEY,
    post_id BIGINT NOT NULL REFERENCES post (id),
    actor_id BIGINT REFERENCES actor (id),
    -- Of who has no account; empty for others.
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    -- `yes`, `maybe` or `no`.
    answer TEXT NOT NULL,
    -- What became of a yes: `unconfirmed` (by e-mail, link not followed yet), `sent` (its home has not answered), `asked`
    -- (an organiser decides), `waiting`, `in`, `refused`; `out` for what is no yes.
    state TEXT NOT NULL,
    remark TEXT NOT NULL,
    -- Whether other attendees may see that they come.
    visible BOOLEAN NOT NULL,
    -- The id of the Join on the wire; empty for one that never crossed a border.
    ap_id TEXT NOT NULL,
    -- The link that the home of another server's event gave them.
    online_link TEXT NOT NULL,
    -- Their place in the line: when they began to wait.
    since BIGINT NOT NULL,
    -- When the Join or Leave was last said or heard; the newest counts.
    at BIGINT NOT NULL,
    -- The date of the answer that stands, of the home of another server's event; an older one comes too late.
    answered_at BIGINT,
    reminded_at BIGINT,
    -- Copied from the event.
    starts_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX attendee_actor ON attendee (post_id, actor_id) WHERE actor_id IS NOT NULL;
CREATE UNIQUE INDEX attendee_email ON attendee (post_id, email) WHERE email <> '';
CREATE INDEX attendee_of ON attendee (actor_id, post_id) WHERE actor_id IS NOT NULL;
-- What stands in somebody's own agenda.
CREATE INDEX attendee_agenda ON attendee (actor_id, starts_at, post_id) WHERE answer <> 'no' AND state <> 'refused';
CREATE INDEX attendee_line ON attendee (post_id, state, since, id);
CREATE INDEX attendee_join ON attendee (ap_id) WHERE ap_id <> '';
CREATE INDEX attendee_open ON attendee (state, at) WHERE state IN ('unconfirmed', 'sent');

-- Events that come again and again. Each is an event of its own; this is what the next ones are made of.
CREATE TABLE series (
    id BIGINT NOT NULL PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    group_id BIGINT NOT NULL REFERENCES actor (id),
    author_id BIGINT NOT NULL REFERENCES actor (id),
    -- RFC 5545 3.3.10, without DTSTART.
    rule TEXT NOT NULL,
    -- The first one as the clock on the wall says, `2026-12-03T10:00`, in `zone`.
    starts_local TEXT NOT NULL,
    zone TEXT NOT NULL,
    -- JSON of everything that an event is made of.
    template TEXT NOT NULL,
    -- Up to when occurrences have been made.
    made_until BIGINT NOT NULL,
    ended_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX series_open ON series (made_until) WHERE ended_at IS NULL;

-- Who would be interested in a session about a question; the newest word of each counts.
CREATE TABLE interest (
    post_id BIGINT NOT NULL REFERENCES post (id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    active BOOLEAN NOT NULL,
    ap_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (post_id, actor_id)
);
CREATE INDEX interest_actor ON interest (actor_id);

-- A calendar that somebody subscribes to at a secret address; only its hash is kept.
CREATE TABLE calendar (
    token_hash TEXT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES account (actor_id),
    created_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX calendar_actor ON calendar (actor_id);

-- Whether people without an account may sign up for a group's events by e-mail.
ALTER TABLE group_page ADD COLUMN guests BOOLEAN NOT NULL DEFAULT FALSE;

-- When the event begins that is about a topic; of what is no event, none.
ALTER TABLE post_topic ADD COLUMN starts_at BIGINT;
CREATE INDEX post_topic_agenda ON post_topic (topic_id, starts_at, post_id) WHERE starts_at IS NOT NULL;
