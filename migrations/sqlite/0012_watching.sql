-- The same tables and columns as ../postgres/0012_watching.sql; a test compares the two.
-- That each process can write, and the way to what is thrown away in time.

-- When the process with this slot last showed that it can write.
CREATE TABLE heartbeat (
    slot INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX tombstone_old ON tombstone (at);
CREATE INDEX deed_old ON deed (at);
CREATE INDEX submission_old ON submission (created_at);
CREATE INDEX token_old ON token (expires_at);
CREATE INDEX useful_withdrawn ON useful (at) WHERE active = FALSE;
CREATE INDEX interest_withdrawn ON interest (at) WHERE active = FALSE;
CREATE INDEX attendee_withdrawn ON attendee (at) WHERE answer = 'no';
CREATE INDEX attendee_guest ON attendee (starts_at) WHERE email <> '';
