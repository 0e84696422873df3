-- name: insert_content
-- Keeps what was asked and answered.
INSERT OR REPLACE INTO contents (id, created_ms, prompt, completion, reasoning, cut)
VALUES (:id, :created_ms, :prompt, :completion, :reasoning, :cut);

-- name: find_content
-- What was asked and answered in one generation.
SELECT * FROM contents WHERE id = :id;

-- name: prune_contents
-- Deletes one helping of the oldest contents.
DELETE FROM contents
WHERE id IN (SELECT id FROM contents WHERE created_ms < :before_ms
             ORDER BY created_ms LIMIT :limit);
