-- name: use_totals_of_minutes
-- Everybody of a kind over some minutes, most tokens first, '' included.
SELECT name,
       sum(requests) AS requests, sum(failed) AS failed, sum(unpriced) AS unpriced, sum(prompt_tok)
       AS prompt_tok, sum(completion_tok) AS completion_tok, sum(reasoning) AS reasoning,
       sum(cache_read) AS cache_read, sum(cost_nusd) AS cost_nusd, sum(prompt_nusd) AS prompt_nusd,
       sum(completion_nusd) AS completion_nusd
FROM use_minutes
WHERE kind = :kind AND at >= :since AND at < :until
GROUP BY name
ORDER BY sum(prompt_tok + completion_tok) DESC, name
LIMIT :limit;

-- name: use_series_of_minutes
-- The named ones of a kind (a JSON array), minute by minute.
SELECT at, name, requests, prompt_tok + completion_tok AS tokens, cost_nusd
FROM use_minutes
WHERE kind = :kind AND at >= :since AND at < :until
  AND name IN (SELECT value FROM json_each(:names))
ORDER BY at, name;

-- name: use_sums_of_minutes
-- Everybody of a kind together, minute by minute.
SELECT at, sum(requests) AS requests, sum(prompt_tok + completion_tok) AS tokens,
       sum(cost_nusd) AS cost_nusd
FROM use_minutes
WHERE kind = :kind AND at >= :since AND at < :until
GROUP BY at
ORDER BY at;

-- name: use_totals_of_hours
-- Everybody of a kind over some hours, most tokens first, '' included.
SELECT name,
       sum(requests) AS requests, sum(failed) AS failed, sum(unpriced) AS unpriced, sum(prompt_tok)
       AS prompt_tok, sum(completion_tok) AS completion_tok, sum(reasoning) AS reasoning,
       sum(cache_read) AS cache_read, sum(cost_nusd) AS cost_nusd, sum(prompt_nusd) AS prompt_nusd,
       sum(completion_nusd) AS completion_nusd, sum(attempts) AS attempts, sum(served) AS served,
       sum(faults) AS faults, sum(rate_limited) AS rate_limited, sum(tool_answers) AS tool_answers
FROM use_hours
WHERE kind = :kind AND at >= :since AND at < :until
GROUP BY name
ORDER BY sum(prompt_tok + completion_tok) DESC, name
LIMIT :limit;

-- name: use_series_of_hours
-- The named ones of a kind (a JSON array), hour by hour.
SELECT at, name, requests, prompt_tok + completion_tok AS tokens, cost_nusd
FROM use_hours
WHERE kind = :kind AND at >= :since AND at < :until
  AND name IN (SELECT value FROM json_each(:names))
ORDER BY at, name;

-- name: use_sums_of_hours
-- Everybody of a kind together, hour by hour.
SELECT at, sum(requests) AS requests, sum(prompt_tok + completion_tok) AS tokens,
       sum(cost_nusd) AS cost_nusd
FROM use_hours
WHERE kind = :kind AND at >= :since AND at < :until
GROUP BY at
ORDER BY at;

-- name: use_totals_of_days
-- Everybody of a kind over some days, most tokens first, '' included.
SELECT name,
       sum(requests) AS requests, sum(failed) AS failed, sum(unpriced) AS unpriced, sum(prompt_tok)
       AS prompt_tok, sum(completion_tok) AS completion_tok, sum(reasoning) AS reasoning,
       sum(cache_read) AS cache_read, sum(cost_nusd) AS cost_nusd, sum(prompt_nusd) AS prompt_nusd,
       sum(completion_nusd) AS completion_nusd, sum(attempts) AS attempts, sum(served) AS served,
       sum(faults) AS faults, sum(rate_limited) AS rate_limited, sum(tool_answers) AS tool_answers
FROM use_days
WHERE kind = :kind AND at >= :since AND at < :until
GROUP BY name
ORDER BY sum(prompt_tok + completion_tok) DESC, name
LIMIT :limit;

-- name: use_series_of_days
-- The named ones of a kind (a JSON array), day by day.
SELECT at, name, requests, prompt_tok + completion_tok AS tokens, cost_nusd
FROM use_days
WHERE kind = :kind AND at >= :since AND at < :until
  AND name IN (SELECT value FROM json_each(:names))
ORDER BY at, name;

-- name: use_sums_of_days
-- Everybody of a kind together, day by day.
SELECT at, sum(requests) AS requests, sum(prompt_tok + completion_tok) AS tokens,
       sum(cost_nusd) AS cost_nusd
FROM use_days
WHERE kind = :kind AND at >= :since AND at < :until
GROUP BY at
ORDER BY at;

-- name: use_totals_of_months
-- Everybody of a kind over some months, most tokens first, '' included.
SELECT name,
       sum(requests) AS requests, sum(failed) AS failed, sum(unpriced) AS unpriced, sum(prompt_tok)
       AS prompt_tok, sum(completion_tok) AS completion_tok, sum(reasoning) AS reasoning,
       sum(cache_read) AS cache_read, sum(cost_nusd) AS cost_nusd, sum(prompt_nusd) AS prompt_nusd,
       sum(completion_nusd) AS completion_nusd, sum(attempts) AS attempts, sum(served) AS served,
       sum(faults) AS faults, sum(rate_limited) AS rate_limited, sum(tool_answers) AS tool_answers
FROM use_months
WHERE kind = :kind AND at >= :since AND at < :until
GROUP BY name
ORDER BY sum(prompt_tok + completion_tok) DESC, name
LIMIT :limit;

-- name: use_series_of_months
-- The named ones of a kind (a JSON array), month by month.
SELECT at, name, requests, prompt_tok + completion_tok AS tokens, cost_nusd
FROM use_months
WHERE kind = :kind AND at >= :since AND at < :until
  AND name IN (SELECT value FROM json_each(:names))
ORDER BY at, name;

-- name: use_sums_of_months
-- Everybody of a kind together, month by month.
SELECT at, sum(requests) AS requests, sum(prompt_tok + completion_tok) AS tokens,
       sum(cost_nusd) AS cost_nusd
FROM use_months
WHERE kind = :kind AND at >= :since AND at < :until
GROUP BY at
ORDER BY at;

-- name: use_of_day_by_name
-- Every row of a kind over some days, for pages that draw all of them.
SELECT at, name, requests, served, faults
FROM use_days
WHERE kind = :kind AND at >= :since AND at < :until
ORDER BY name, at;

-- name: use_of_author_days
-- Models' tokens by author, day by day.
SELECT at, substr(name, 1, instr(name, '/') - 1) AS author,
       sum(prompt_tok + completion_tok) AS tokens
FROM use_days
WHERE kind = 'model' AND at >= :since AND at < :until AND name <> ''
GROUP BY at, author
ORDER BY at, author;

-- name: use_of_named_days
-- One of a kind, day by day.
SELECT at, name, requests, served, faults
FROM use_days
WHERE kind = :kind AND at >= :since AND at < :until AND name = :name
ORDER BY at;

-- name: endpoint_days_narrow
-- One model's endpoints, day by day, without histograms.
SELECT * FROM endpoint_days
WHERE model = :model AND day >= :since AND day < :until
ORDER BY day, endpoint;

-- name: endpoint_days_of_all
-- Every endpoint that was used, day by day.
SELECT day, model, provider, endpoint, requests, prompt_tok, completion_tok, reasoning, cache_read,
       cost_nusd
FROM endpoint_days
WHERE day >= :since AND day < :until AND requests > 0
ORDER BY day DESC, model, endpoint;

-- name: model_days_of_provider
-- What one provider served, day by day and model by model.
SELECT day, model, sum(prompt_tok + completion_tok) AS tokens
FROM endpoint_days
WHERE provider = :provider AND day >= :since AND day < :until
GROUP BY day, model;

-- name: endpoint_uptime_days
-- One provider's endpoints, day by day: what is judged.
SELECT day AS at, endpoint AS name, served, faults
FROM endpoint_days
WHERE provider = :provider AND day >= :since AND day < :until AND served + faults > 0;

-- name: endpoint_uptime_hours
-- One model's endpoints, hour by hour: what is judged.
SELECT hour AS at, endpoint AS name, served, faults
FROM endpoint_hours
WHERE model = :model AND hour >= :since AND hour < :until AND served + faults > 0
ORDER BY hour, endpoint;

-- name: asked_hours_of_model
-- What became of the requests for one model, hour by hour.
SELECT hour, served, failed
FROM asked_hours
WHERE model = :model AND hour >= :since AND hour < :until
ORDER BY hour;

-- name: key_days_by_model
-- What one key used, day by day and model by model, without what nobody served.
SELECT day, model, requests,
       text_in + cache_read + cache_write + cache_write_1h + image_in + audio_in + video_in
         AS prompt_tok,
       text_out + reasoning + audio_out + image_out AS completion_tok, reasoning, cache_read,
       cost_nusd
FROM key_days
WHERE key_hash = :key_hash AND day >= :since AND day < :until AND model <> ''
ORDER BY day DESC, model;

-- name: apps_of_model
-- Apps by their tokens at one model.
SELECT app_days.app AS app, apps.title AS title, sum(app_days.requests) AS requests,
       sum(text_in + cache_read + cache_write + cache_write_1h + image_in + audio_in + video_in
           + text_out + reasoning + audio_out + image_out) AS tokens
FROM app_days JOIN apps ON apps.app = app_days.app
WHERE app_days.model = :model AND day >= :since AND day < :until
GROUP BY app_days.app
ORDER BY tokens DESC, app_days.app
LIMIT :limit;

-- name: models_of_apps
-- How many models each app used.
SELECT app, count(DISTINCT model) AS models
FROM app_days
WHERE day >= :since AND day < :until
GROUP BY app;

-- name: use_of_app
-- What one app used, day by day and model by model.
SELECT day, model, requests,
       text_in + cache_read + cache_write + cache_write_1h + image_in + audio_in + video_in
         AS prompt_tok,
       text_out + reasoning + audio_out + image_out AS completion_tok
FROM app_days
WHERE app = :app AND day >= :since AND day < :until
ORDER BY day, model;

-- name: apps_named
-- Apps by their origins (a JSON array).
SELECT id, app, title FROM apps WHERE app IN (SELECT value FROM json_each(:names));

-- name: apps_numbered
-- Apps by their numbers (a JSON array of decimal texts).
SELECT id, app, title FROM apps
WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(:numbers));

-- name: keys_named
-- Names of keys by their hashes (a JSON array).
SELECT hash, name, label FROM keys WHERE hash IN (SELECT value FROM json_each(:names));
