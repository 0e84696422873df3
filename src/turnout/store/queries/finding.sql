-- name: scan_generations
-- A stretch of records older than a cursor, newest first; the body of those that fit.
SELECT created_ms, id,
       CASE WHEN (:key_hash IS NULL OR key_hash = :key_hash)
            AND (:model IS NULL OR :model = CASE model WHEN '' THEN
                 json_extract(CAST(body AS TEXT), '$.requested') ELSE model END)
            AND (:provider IS NULL OR provider = :provider) AND (:app IS NULL OR app = :app)
            AND (:status IS NULL OR :status = CASE state WHEN 'succeeded' THEN 'ok'
                                                         WHEN 'cancelled' THEN 'cancelled'
                                                         ELSE 'error' END)
            THEN body END AS body
FROM generations
WHERE (created_ms, id) < (:before_ms, :before_id) AND created_ms >= :since_ms
ORDER BY created_ms DESC, id DESC
LIMIT :limit;

-- name: scan_generations_of_key
-- The same of one key's records.
SELECT created_ms, id,
       CASE WHEN (:key_hash IS NULL OR key_hash = :key_hash)
            AND (:model IS NULL OR :model = CASE model WHEN '' THEN
                 json_extract(CAST(body AS TEXT), '$.requested') ELSE model END)
            AND (:provider IS NULL OR provider = :provider) AND (:app IS NULL OR app = :app)
            AND (:status IS NULL OR :status = CASE state WHEN 'succeeded' THEN 'ok'
                                                         WHEN 'cancelled' THEN 'cancelled'
                                                         ELSE 'error' END)
            THEN body END AS body
FROM generations
WHERE key_hash = :key_hash AND (created_ms, id) < (:before_ms, :before_id) AND created_ms >= :since_ms
ORDER BY created_ms DESC, id DESC
LIMIT :limit;

-- name: scan_generations_of_model
-- The same of the records that one model served.
SELECT created_ms, id,
       CASE WHEN (:key_hash IS NULL OR key_hash = :key_hash)
            AND (:model IS NULL OR :model = CASE model WHEN '' THEN
                 json_extract(CAST(body AS TEXT), '$.requested') ELSE model END)
            AND (:provider IS NULL OR provider = :provider) AND (:app IS NULL OR app = :app)
            AND (:status IS NULL OR :status = CASE state WHEN 'succeeded' THEN 'ok'
                                                         WHEN 'cancelled' THEN 'cancelled'
                                                         ELSE 'error' END)
            THEN body END AS body
FROM generations
WHERE model = :model AND (created_ms, id) < (:before_ms, :before_id) AND created_ms >= :since_ms
ORDER BY created_ms DESC, id DESC
LIMIT :limit;

-- name: scan_generations_of_provider
-- The same of the records that one provider served.
SELECT created_ms, id,
       CASE WHEN (:key_hash IS NULL OR key_hash = :key_hash)
            AND (:model IS NULL OR :model = CASE model WHEN '' THEN
                 json_extract(CAST(body AS TEXT), '$.requested') ELSE model END)
            AND (:provider IS NULL OR provider = :provider) AND (:app IS NULL OR app = :app)
            AND (:status IS NULL OR :status = CASE state WHEN 'succeeded' THEN 'ok'
                                                         WHEN 'cancelled' THEN 'cancelled'
                                                         ELSE 'error' END)
            THEN body END AS body
FROM generations
WHERE provider = :provider AND (created_ms, id) < (:before_ms, :before_id) AND created_ms >= :since_ms
ORDER BY created_ms DESC, id DESC
LIMIT :limit;

-- name: scan_generations_of_app
-- The same of one app's records.
SELECT created_ms, id,
       CASE WHEN (:key_hash IS NULL OR key_hash = :key_hash)
            AND (:model IS NULL OR :model = CASE model WHEN '' THEN
                 json_extract(CAST(body AS TEXT), '$.requested') ELSE model END)
            AND (:provider IS NULL OR provider = :provider) AND (:app IS NULL OR app = :app)
            AND (:status IS NULL OR :status = CASE state WHEN 'succeeded' THEN 'ok'
                                                         WHEN 'cancelled' THEN 'cancelled'
                                                         ELSE 'error' END)
            THEN body END AS body
FROM generations
WHERE app = :app AND app != '' AND (created_ms, id) < (:before_ms, :before_id) AND created_ms >= :since_ms
ORDER BY created_ms DESC, id DESC
LIMIT :limit;

-- name: scan_generations_failed
-- The same of the records that failed.
SELECT created_ms, id,
       CASE WHEN (:key_hash IS NULL OR key_hash = :key_hash)
            AND (:model IS NULL OR :model = CASE model WHEN '' THEN
                 json_extract(CAST(body AS TEXT), '$.requested') ELSE model END)
            AND (:provider IS NULL OR provider = :provider) AND (:app IS NULL OR app = :app)
            AND (:status IS NULL OR :status = CASE state WHEN 'succeeded' THEN 'ok'
                                                         WHEN 'cancelled' THEN 'cancelled'
                                                         ELSE 'error' END)
            THEN body END AS body
FROM generations
WHERE state IN ('failed', 'interrupted') AND (created_ms, id) < (:before_ms, :before_id) AND created_ms >= :since_ms
ORDER BY created_ms DESC, id DESC
LIMIT :limit;

-- name: scan_generations_cancelled
-- The same of the records whose client left.
SELECT created_ms, id,
       CASE WHEN (:key_hash IS NULL OR key_hash = :key_hash)
            AND (:model IS NULL OR :model = CASE model WHEN '' THEN
                 json_extract(CAST(body AS TEXT), '$.requested') ELSE model END)
            AND (:provider IS NULL OR provider = :provider) AND (:app IS NULL OR app = :app)
            AND (:status IS NULL OR :status = CASE state WHEN 'succeeded' THEN 'ok'
                                                         WHEN 'cancelled' THEN 'cancelled'
                                                         ELSE 'error' END)
            THEN body END AS body
FROM generations
WHERE state = 'cancelled' AND (created_ms, id) < (:before_ms, :before_id) AND created_ms >= :since_ms
ORDER BY created_ms DESC, id DESC
LIMIT :limit;

-- name: scan_generations_by_id
-- The same of the records whose id has a beginning.
SELECT created_ms, id,
       CASE WHEN (:key_hash IS NULL OR key_hash = :key_hash)
            AND (:model IS NULL OR :model = CASE model WHEN '' THEN
                 json_extract(CAST(body AS TEXT), '$.requested') ELSE model END)
            AND (:provider IS NULL OR provider = :provider) AND (:app IS NULL OR app = :app)
            AND (:status IS NULL OR :status = CASE state WHEN 'succeeded' THEN 'ok'
                                                         WHEN 'cancelled' THEN 'cancelled'
                                                         ELSE 'error' END)
                 AND created_ms >= :since_ms AND (:until_ms IS NULL OR created_ms < :until_ms)
            THEN body END AS body
FROM generations
WHERE id >= :from_id AND id < :to_id
ORDER BY id DESC
LIMIT :limit;
