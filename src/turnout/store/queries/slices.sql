-- name: slices_of_minutes
-- A kind's minutes, summed by step and name as far as those are asked for.
SELECT CASE :grain WHEN '' THEN 0 ELSE at END AS step,
       CASE WHEN :by_first THEN name ELSE '' END AS first, '' AS second,
       sum(requests) AS requests, sum(failed) AS failed, sum(prompt_tok) AS prompt_tok,
       sum(completion_tok) AS completion_tok, sum(reasoning) AS reasoning, sum(cache_read) AS
       cache_read, sum(cost_nusd) AS cost_nusd
FROM use_minutes
WHERE kind = :kind AND at >= :since AND at < :until
  AND (:only_first IS NULL OR name IN (SELECT value FROM json_each(:only_first)))
  AND (:but_first IS NULL OR name NOT IN (SELECT value FROM json_each(:but_first)))
GROUP BY 1, 2;

-- name: slices_of_hours
-- A kind's hours, summed by step and name as far as those are asked for.
SELECT CASE :grain WHEN '' THEN 0 ELSE at END AS step,
       CASE WHEN :by_first THEN name ELSE '' END AS first, '' AS second,
       sum(requests) AS requests, sum(failed) AS failed, sum(prompt_tok) AS prompt_tok,
       sum(completion_tok) AS completion_tok, sum(reasoning) AS reasoning, sum(cache_read) AS
       cache_read, sum(cost_nusd) AS cost_nusd
FROM use_hours
WHERE kind = :kind AND at >= :since AND at < :until
  AND (:only_first IS NULL OR name IN (SELECT value FROM json_each(:only_first)))
  AND (:but_first IS NULL OR name NOT IN (SELECT value FROM json_each(:but_first)))
GROUP BY 1, 2;

-- name: slices_of_days
-- A kind's days, summed by step and name as far as those are asked for.
SELECT CASE :grain
         WHEN '' THEN 0
         WHEN 'week' THEN at - (at + 3) % 7 -- 1970-01-01 was a Thursday
         WHEN 'month' THEN CAST(julianday(at * 86400, 'unixepoch', 'start of month')
                                - 2440587.5 AS INTEGER)
         ELSE at
       END AS step,
       CASE WHEN :by_first THEN name ELSE '' END AS first, '' AS second,
       sum(requests) AS requests, sum(failed) AS failed, sum(prompt_tok) AS prompt_tok,
       sum(completion_tok) AS completion_tok, sum(reasoning) AS reasoning, sum(cache_read) AS
       cache_read, sum(cost_nusd) AS cost_nusd
FROM use_days
WHERE kind = :kind AND at >= :since AND at < :until
  AND (:only_first IS NULL OR name IN (SELECT value FROM json_each(:only_first)))
  AND (:but_first IS NULL OR name NOT IN (SELECT value FROM json_each(:but_first)))
GROUP BY 1, 2;

-- name: slices_by_provider
-- Models at providers, by day.
SELECT CASE :grain
         WHEN '' THEN 0
         WHEN 'week' THEN day - (day + 3) % 7 -- 1970-01-01 was a Thursday
         WHEN 'month' THEN CAST(julianday(day * 86400, 'unixepoch', 'start of month')
                                - 2440587.5 AS INTEGER)
         ELSE day
       END AS step,
       CASE WHEN :by_first THEN model ELSE '' END AS first,
       CASE WHEN :by_second THEN provider ELSE '' END AS second,
       sum(requests) AS requests, sum(failed) AS failed, sum(prompt_tok) AS prompt_tok,
       sum(completion_tok) AS completion_tok, sum(reasoning) AS reasoning, sum(cache_read) AS
       cache_read, sum(cost_nusd) AS cost_nusd
FROM endpoint_days
WHERE day >= :since AND day < :until
  AND (:only_first IS NULL OR model IN (SELECT value FROM json_each(:only_first)))
  AND (:but_first IS NULL OR model NOT IN (SELECT value FROM json_each(:but_first)))
  AND (:only_second IS NULL OR provider IN (SELECT value FROM json_each(:only_second)))
  AND (:but_second IS NULL OR provider NOT IN (SELECT value FROM json_each(:but_second)))
GROUP BY 1, 2, 3;

-- name: slices_by_key
-- Models of keys, by day.
SELECT CASE :grain
         WHEN '' THEN 0
         WHEN 'week' THEN day - (day + 3) % 7 -- 1970-01-01 was a Thursday
         WHEN 'month' THEN CAST(julianday(day * 86400, 'unixepoch', 'start of month')
                                - 2440587.5 AS INTEGER)
         ELSE day
       END AS step,
       CASE WHEN :by_first THEN model ELSE '' END AS first,
       CASE WHEN :by_second THEN key_hash ELSE '' END AS second,
       sum(requests) AS requests, sum(failed) AS failed, sum(text_in + cache_read + cache_write +
       cache_write_1h + image_in + audio_in + video_in) AS prompt_tok, sum(text_out + reasoning +
       audio_out + image_out) AS completion_tok, sum(reasoning) AS reasoning, sum(cache_read) AS
       cache_read, sum(cost_nusd) AS cost_nusd
FROM key_days
WHERE day >= :since AND day < :until
  AND (:only_first IS NULL OR model IN (SELECT value FROM json_each(:only_first)))
  AND (:but_first IS NULL OR model NOT IN (SELECT value FROM json_each(:but_first)))
  AND (:only_second IS NULL OR key_hash IN (SELECT value FROM json_each(:only_second)))
  AND (:but_second IS NULL OR key_hash NOT IN (SELECT value FROM json_each(:but_second)))
GROUP BY 1, 2, 3;

-- name: slices_by_app
-- Models of apps, by day.
SELECT CASE :grain
         WHEN '' THEN 0
         WHEN 'week' THEN day - (day + 3) % 7 -- 1970-01-01 was a Thursday
         WHEN 'month' THEN CAST(julianday(day * 86400, 'unixepoch', 'start of month')
                                - 2440587.5 AS INTEGER)
         ELSE day
       END AS step,
       CASE WHEN :by_first THEN model ELSE '' END AS first,
       CASE WHEN :by_second THEN app ELSE '' END AS second,
       sum(requests) AS requests, sum(0) AS failed, sum(text_in + cache_read + cache_write +
       cache_write_1h + image_in + audio_in + video_in) AS prompt_tok, sum(text_out + reasoning +
       audio_out + image_out) AS completion_tok, sum(reasoning) AS reasoning, sum(cache_read) AS
       cache_read, sum(cost_nusd) AS cost_nusd
FROM app_days
WHERE day >= :since AND day < :until
  AND (:only_first IS NULL OR model IN (SELECT value FROM json_each(:only_first)))
  AND (:but_first IS NULL OR model NOT IN (SELECT value FROM json_each(:but_first)))
  AND (:only_second IS NULL OR app IN (SELECT value FROM json_each(:only_second)))
  AND (:but_second IS NULL OR app NOT IN (SELECT value FROM json_each(:but_second)))
GROUP BY 1, 2, 3;

-- name: model_tokens_by_step
-- Models by their tokens in each step, most first.
SELECT CASE :grain
         WHEN '' THEN 0
         WHEN 'week' THEN at - (at + 3) % 7 -- 1970-01-01 was a Thursday
         WHEN 'month' THEN CAST(julianday(at * 86400, 'unixepoch', 'start of month')
                                - 2440587.5 AS INTEGER)
         ELSE at
       END AS at, name AS model, sum(prompt_tok + completion_tok) AS tokens
FROM use_days
WHERE kind = 'model' AND at >= :since AND at < :until AND name <> ''
  AND (NOT :with_tools OR tool_answers > 0)
GROUP BY 1, 2
ORDER BY 1, tokens DESC, name;
