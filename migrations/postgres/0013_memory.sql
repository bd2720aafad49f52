-- The same tables, columns and indexes as ../sqlite/0013_memory.sql; a test compares the two.
-- What finished pages are kept by, and what lists of a million posts need.

-- Every process counts up after it committed something that visitors can see: the others notice that it is further than they know.
CREATE SEQUENCE change_count;
SELECT setval('change_count', 1);

-- The questions that stand open and have no answer that stands. The triggers below keep it, whoever writes `post`.
CREATE TABLE waiting (
    post_id BIGINT NOT NULL PRIMARY KEY REFERENCES post (id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL,
    published_at BIGINT NOT NULL
);
INSERT INTO waiting (post_id, group_id, published_at) SELECT p.id, p.group_id, p.published_at FROM post p
    WHERE p.parent_id IS NULL AND p.kind = 'question' AND p.deleted_at IS NULL AND p.accepted_id IS NULL AND p.locked_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM post r WHERE r.root_id = p.id AND r.kind = 'answer' AND r.deleted_at IS NULL);
CREATE INDEX waiting_newest ON waiting (published_at, post_id);
CREATE INDEX waiting_group ON waiting (group_id, published_at, post_id);

-- What is new has no answers yet: those come in after it.
CREATE FUNCTION waiting_asked() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO waiting (post_id, group_id, published_at) VALUES (NEW.id, NEW.group_id, NEW.published_at) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION waiting_answered() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM waiting WHERE post_id = NEW.root_id;
    RETURN NULL;
END $$;
CREATE FUNCTION waiting_changed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM waiting WHERE post_id = NEW.root_id;
    INSERT INTO waiting (post_id, group_id, published_at) SELECT p.id, p.group_id, p.published_at FROM post p
        WHERE p.id = NEW.root_id AND p.parent_id IS NULL AND p.kind = 'question' AND p.deleted_at IS NULL AND p.accepted_id IS NULL
            AND p.locked_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM post r WHERE r.root_id = p.id AND r.kind = 'answer' AND r.deleted_at IS NULL)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER waiting_asked AFTER INSERT ON post FOR EACH ROW
    WHEN (NEW.kind = 'question' AND NEW.parent_id IS NULL AND NEW.deleted_at IS NULL AND NEW.accepted_id IS NULL AND NEW.locked_at IS NULL)
    EXECUTE FUNCTION waiting_asked();
CREATE TRIGGER waiting_answered AFTER INSERT ON post FOR EACH ROW WHEN (NEW.kind = 'answer' AND NEW.deleted_at IS NULL)
    EXECUTE FUNCTION waiting_answered();
CREATE TRIGGER waiting_changed AFTER UPDATE OF kind, deleted_at, accepted_id, locked_at ON post FOR EACH ROW
    WHEN ((NEW.kind IN ('question', 'answer') OR OLD.kind IN ('question', 'answer'))
        AND (NEW.kind <> OLD.kind OR NEW.deleted_at IS DISTINCT FROM OLD.deleted_at OR NEW.accepted_id IS DISTINCT FROM OLD.accepted_id
            OR NEW.locked_at IS DISTINCT FROM OLD.locked_at))
    EXECUTE FUNCTION waiting_changed();

-- How many threads a group has is counted in this index alone.
CREATE INDEX post_standing ON post (group_id, parent_id, deleted_at) WHERE parent_id IS NULL AND deleted_at IS NULL;
-- What stands at the top of a group is few: it is looked for among those alone, in the order of the list.
DROP INDEX post_pinned;
CREATE INDEX post_pinned ON post (group_id, published_at, id) WHERE pinned_at IS NOT NULL;
-- Nothing reads the open questions by group or by date any more.
DROP INDEX post_open;
DROP INDEX post_waiting;

-- When what is about a topic was published: the list of a topic is read in that order.
ALTER TABLE post_topic ADD COLUMN published_at BIGINT NOT NULL DEFAULT 0;
UPDATE post_topic SET published_at = (SELECT p.published_at FROM post p WHERE p.id = post_topic.post_id);
CREATE INDEX post_topic_newest ON post_topic (topic_id, published_at, post_id);
