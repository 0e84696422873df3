-- name: add_spend
-- Adds to what a key spent on a day.
INSERT INTO key_spend (key_hash, day, nusd, requests, tokens)
VALUES (:key_hash, :day, :nusd, :requests, :tokens)
ON CONFLICT (key_hash, day) DO UPDATE
SET nusd = nusd + excluded.nusd, requests = requests + excluded.requests,
    tokens = tokens + excluded.tokens;

-- name: spend_windows
-- What every key spent in all and since the start of the day, week and month. Reads the whole table.
SELECT key_hash, sum(nusd) AS total,
       sum(CASE WHEN day >= :day THEN nusd ELSE 0 END) AS daily,
       sum(CASE WHEN day >= :week THEN nusd ELSE 0 END) AS weekly,
       sum(CASE WHEN day >= :month THEN nusd ELSE 0 END) AS monthly
FROM key_spend
GROUP BY key_hash;

-- name: total_spend
-- What all keys together ever spent. Reads the whole table.
SELECT coalesce(sum(nusd), 0) AS nusd FROM key_spend;

-- name: grant_credit
-- Appends a movement of credit.
INSERT INTO credits (created_ms, nusd, reason) VALUES (:created_ms, :nusd, :reason);

-- name: total_granted
-- All credit ever granted, less what was taken back. Reads the whole table.
SELECT coalesce(sum(nusd), 0) AS nusd FROM credits;

-- name: list_credits
-- The last movements of credit, newest first.
SELECT created_ms, nusd, reason FROM credits WHERE id > 0 ORDER BY id DESC LIMIT :limit;

-- name: daily_spend
-- What all keys spent on each day since one. Reads the whole table.
SELECT day, sum(nusd) AS nusd FROM key_spend WHERE day >= :since GROUP BY day ORDER BY day;

-- name: spend_of_day
-- What all keys together spent on a day, and what of it losers of hedges cost. Asked at the start
-- alone. Reads the whole table.
SELECT coalesce(sum(nusd), 0) AS nusd, coalesce(sum(requests), 0) AS requests,
       coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = :hedged), 0) AS hedge_nusd
FROM key_spend
WHERE day = :day;
