-- The same indexes as ../sqlite/0013_memory.sql; a test compares the two.
-- What finished pages are kept by, and what lists of a million posts need.

-- Every process counts up after it committed something that visitors can see: the others notice that it is further than they know.
CREATE SEQUENCE change_count;
SELECT setval('change_count', 1);
