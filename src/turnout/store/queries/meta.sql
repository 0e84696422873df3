-- name: get_fact
-- One fact about this installation.
SELECT value FROM meta WHERE name = :name;

-- name: set_fact
-- Writes one fact about this installation.
INSERT INTO meta (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;
