-- name: insert_session
-- Signs somebody in.
INSERT INTO sessions (hash, key_hash, created_ms, expires_ms)
VALUES (:hash, :key_hash, :created_ms, :expires_ms);

-- name: find_session
-- One session by the hash of its cookie, unless it has expired.
SELECT * FROM sessions WHERE hash = :hash AND expires_ms > :now_ms;

-- name: extend_session
-- Moves the end of a session that is in use.
UPDATE sessions SET expires_ms = :expires_ms WHERE hash = :hash;

-- name: delete_session
-- Signs somebody out.
DELETE FROM sessions WHERE hash = :hash;

-- name: delete_expired_sessions
-- Forgets sessions that have run out.
DELETE FROM sessions WHERE expires_ms <= :now_ms;

-- name: delete_other_sessions
-- Signs everybody out but the one who asks. Reads the whole table.
DELETE FROM sessions WHERE hash != :hash;

-- name: delete_surplus_sessions
-- Keeps the sessions that end last, that many of them.
DELETE FROM sessions
WHERE hash IN (SELECT hash FROM sessions ORDER BY expires_ms DESC LIMIT -1 OFFSET :kept);
