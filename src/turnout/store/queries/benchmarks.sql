-- name: put_imported_score
-- Stores what a source says of a model in a benchmark, over what it said before.
INSERT INTO benchmark_scores (kind, model, benchmark, percent, source, source_url, as_of, stored_ms)
VALUES ('imported', :model, :benchmark, :percent, :source, :source_url, :as_of, :stored_ms)
ON CONFLICT (model, benchmark, source) WHERE kind = 'imported' DO UPDATE
SET percent = excluded.percent, source_url = excluded.source_url, as_of = excluded.as_of,
    stored_ms = excluded.stored_ms;

-- name: add_run_score
-- Stores the score of one run through this gateway.
INSERT INTO benchmark_scores (kind, model, benchmark, percent, source, source_url, as_of, stored_ms,
                              tasks, cost_nusd)
VALUES ('run', :model, :benchmark, :percent, :source, NULL, :as_of, :stored_ms, :tasks, :cost_nusd);

-- name: benchmark_scores
-- All stored scores, oldest first. Reads the whole table.
SELECT kind, model, benchmark, percent, source, source_url, as_of, stored_ms, tasks, cost_nusd
FROM benchmark_scores
ORDER BY id;

-- name: spend_of_key
-- What one key ever spent, and in how many requests.
SELECT coalesce(sum(nusd), 0) AS nusd, coalesce(sum(requests), 0) AS requests
FROM key_spend
WHERE key_hash = :key_hash;
