-- The Ed25519 keys of actors (FEP-521a): ours with their private half, those of others as their actors list them.
CREATE TABLE multikey (
    key_id TEXT NOT NULL PRIMARY KEY,
    actor_id INTEGER NOT NULL REFERENCES actor (id),
    public_key TEXT NOT NULL,
    private_key TEXT
) STRICT;
CREATE INDEX multikey_actor ON multikey (actor_id);

-- Which way of signing a server was seen to take: `cavage` or `rfc9421`.
CREATE TABLE peer_scheme (
    host TEXT NOT NULL PRIMARY KEY,
    scheme TEXT NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT;
