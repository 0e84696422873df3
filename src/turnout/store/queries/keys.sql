-- name: insert_key
-- Stores a new key; its secret is not among the columns.
INSERT INTO keys (hash, label, name, management, disabled, limit_nusd, limit_reset, expires_ms,
                  created_ms, updated_ms, last_used_ms, creator)
VALUES (:hash, :label, :name, :management, :disabled, :limit_nusd, :limit_reset, :expires_ms,
        :created_ms, :updated_ms, :last_used_ms, :creator);

-- name: update_key
-- Overwrites what an operator may change of a key.
UPDATE keys
SET name = :name, disabled = :disabled, limit_nusd = :limit_nusd, limit_reset = :limit_reset,
    expires_ms = :expires_ms, updated_ms = :updated_ms
WHERE hash = :hash;

-- name: touch_key
-- Moves a key's last use forward, never back.
UPDATE keys
SET last_used_ms = max(coalesce(last_used_ms, 0), :used_ms)
WHERE hash = :hash;

-- name: delete_key
-- Forgets a key; what it spent stays in key_spend.
DELETE FROM keys WHERE hash = :hash;

-- name: find_key
-- One key by the hash of its secret.
SELECT * FROM keys WHERE hash = :hash;

-- name: all_keys
-- Every key, for the keyring in memory. Reads the whole table.
SELECT * FROM keys;

-- name: list_keys
-- A page of keys, newest first.
SELECT * FROM keys
WHERE (:include_disabled OR NOT disabled)
  AND (:include_expired OR expires_ms IS NULL OR expires_ms > :now_ms)
ORDER BY created_ms DESC, hash DESC
LIMIT :limit OFFSET :offset;
