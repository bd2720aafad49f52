-- The same tables, columns and indexes as ../postgres/0013_memory.sql; a test compares the two.
-- What lists of a million posts need.

-- The questions that stand open and have no answer that stands. The triggers below keep it, whoever writes `post`.
CREATE TABLE waiting (
    post_id INTEGER NOT NULL PRIMARY KEY REFERENCES post (id) ON DELETE CASCADE,
    group_id INTEGER NOT NULL,
    published_at INTEGER NOT NULL
) STRICT;
INSERT INTO waiting (post_id, group_id, published_at) SELECT p.id, p.group_id, p.published_at FROM post p
    WHERE p.parent_id IS NULL AND p.kind = 'question' AND p.deleted_at IS NULL AND p.accepted_id IS NULL AND p.locked_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM post r WHERE r.root_id = p.id AND r.kind = 'answer' AND r.deleted_at IS NULL);
CREATE INDEX waiting_newest ON waiting (published_at, post_id);
CREATE INDEX waiting_group ON waiting (group_id, published_at, post_id);

-- What is new has no answers yet: those come in after it.
CREATE TRIGGER waiting_asked AFTER INSERT ON post
    WHEN NEW.kind = 'question' AND NEW.parent_id IS NULL AND NEW.deleted_at IS NULL AND NEW.accepted_id IS NULL AND NEW.locked_at IS NULL
BEGIN
    INSERT INTO waiting (post_id, group_id, published_at) VALUES (NEW.id, NEW.group_id, NEW.published_at) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER waiting_answered AFTER INSERT ON post WHEN NEW.kind = 'answer' AND NEW.deleted_at IS NULL BEGIN
    DELETE FROM waiting WHERE post_id = NEW.root_id;
END;
CREATE TRIGGER waiting_changed AFTER UPDATE OF kind, deleted_at, accepted_id, locked_at ON post
    WHEN (NEW.kind IN ('question', 'answer') OR OLD.kind IN ('question', 'answer'))
        AND (NEW.kind <> OLD.kind OR NEW.deleted_at IS NOT OLD.deleted_at OR NEW.accepted_id IS NOT OLD.accepted_id OR NEW.locked_at IS NOT OLD.locked_at)
BEGIN
    DELETE FROM waiting WHERE post_id = NEW.root_id;
    INSERT INTO waiting (post_id, group_id, published_at) SELECT p.id, p.group_id, p.published_at FROM post p
        WHERE p.id = NEW.root_id AND p.parent_id IS NULL AND p.kind = 'question' AND p.deleted_at IS NULL AND p.accepted_id IS NULL AND p.locked_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM post r WHERE r.root_id = p.id AND r.kind = 'answer' AND r.deleted_at IS NULL)
        ON CONFLICT DO NOTHING;
END;

-- How many threads a group has is counted in this index alone.
CREATE INDEX post_standing ON post (group_id, parent_id, deleted_at) WHERE parent_id IS NULL AND deleted_at IS NULL;
-- What stands at the top of a group is few: it is looked for among those alone, in the order of the list.
DROP INDEX post_pinned;
CREATE INDEX post_pinned ON post (group_id, published_at, id) WHERE pinned_at IS NOT NULL;
-- Nothing reads the open questions by group or by date any more.
DROP INDEX post_open;
DROP INDEX post_waiting;

-- When what is about a topic was published: the list of a topic is read in that order.
ALTER TABLE post_topic ADD COLUMN published_at INTEGER NOT NULL DEFAULT 0;
UPDATE post_topic SET published_at = (SELECT p.published_at FROM post p WHERE p.id = post_topic.post_id);
CREATE INDEX post_topic_newest ON post_topic (topic_id, published_at, post_id);
