-- name: insert_generation
-- Stores a record; whoever calls has made sure in the same transaction that the id is new.
INSERT INTO generations (id, key_hash, created_ms, state, model, provider, endpoint, cost_nusd,
                         prompt_tok, completion_tok, app, body)
VALUES (:id, :key_hash, :created_ms, :state, :model, :provider, :endpoint, :cost_nusd,
        :prompt_tok, :completion_tok, :app, :body);

-- name: known_generations
-- Those of the given ids (a JSON array) that are stored already.
SELECT id FROM generations WHERE id IN (SELECT value FROM json_each(:ids));

-- name: find_generation
-- One record by its id.
SELECT body FROM generations WHERE id = :id;

-- name: list_generations
-- A page of records older than a cursor, newest first.
SELECT body FROM generations
WHERE (created_ms, id) < (:before_ms, :before_id)
ORDER BY created_ms DESC, id DESC
LIMIT :limit;

-- name: prune_generations
-- Deletes one helping of the oldest records; sums in key_spend stay as they are.
DELETE FROM generations
WHERE id IN (SELECT id FROM generations WHERE created_ms < :before_ms
             ORDER BY created_ms LIMIT :limit);

-- name: newest_generation
-- When the last record was accepted; NULL when there is none.
SELECT max(created_ms) AS created_ms FROM generations;
