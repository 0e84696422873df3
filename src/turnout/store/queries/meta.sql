-- name: get_fact
-- One fact about this installation.
SELECT value FROM meta WHERE name = :name;

-- name: set_fact
-- Writes one fact about this installation.
INSERT INTO meta (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: add_to_fact
-- Adds to a fact that is a whole number; one that is not there is 0.
INSERT INTO meta (name, value) VALUES (:name, :more)
ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + CAST(excluded.value AS INTEGER);
