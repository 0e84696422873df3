-- name: add_use_minute
-- Adds what a model, provider, key or app used in a minute.
INSERT INTO use_minutes (
    kind, at, name, requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read,
    cost_nusd, prompt_nusd, completion_nusd
) VALUES (
    :kind, :at, :name, :requests, :failed, :unpriced, :prompt_tok, :completion_tok, :reasoning,
    :cache_read, :cost_nusd, :prompt_nusd, :completion_nusd
)
ON CONFLICT (kind, at, name) DO UPDATE SET
    requests = use_minutes.requests + excluded.requests, failed = use_minutes.failed +
    excluded.failed, unpriced = use_minutes.unpriced + excluded.unpriced, prompt_tok =
    use_minutes.prompt_tok + excluded.prompt_tok, completion_tok = use_minutes.completion_tok +
    excluded.completion_tok, reasoning = use_minutes.reasoning + excluded.reasoning, cache_read =
    use_minutes.cache_read + excluded.cache_read, cost_nusd = use_minutes.cost_nusd +
    excluded.cost_nusd, prompt_nusd = use_minutes.prompt_nusd + excluded.prompt_nusd,
    completion_nusd = use_minutes.completion_nusd + excluded.completion_nusd;

-- name: add_use_hour
-- Adds the same by hour, with attempts.
INSERT INTO use_hours (
    kind, at, name, requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read,
    cost_nusd, prompt_nusd, completion_nusd, attempts, served, faults, rate_limited, tool_answers
) VALUES (
    :kind, :at, :name, :requests, :failed, :unpriced, :prompt_tok, :completion_tok, :reasoning,
    :cache_read, :cost_nusd, :prompt_nusd, :completion_nusd, :attempts, :served, :faults,
    :rate_limited, :tool_answers
)
ON CONFLICT (kind, at, name) DO UPDATE SET
    requests = use_hours.requests + excluded.requests, failed = use_hours.failed + excluded.failed,
    unpriced = use_hours.unpriced + excluded.unpriced, prompt_tok = use_hours.prompt_tok +
    excluded.prompt_tok, completion_tok = use_hours.completion_tok + excluded.completion_tok,
    reasoning = use_hours.reasoning + excluded.reasoning, cache_read = use_hours.cache_read +
    excluded.cache_read, cost_nusd = use_hours.cost_nusd + excluded.cost_nusd, prompt_nusd =
    use_hours.prompt_nusd + excluded.prompt_nusd, completion_nusd = use_hours.completion_nusd +
    excluded.completion_nusd, attempts = use_hours.attempts + excluded.attempts, served =
    use_hours.served + excluded.served, faults = use_hours.faults + excluded.faults, rate_limited =
    use_hours.rate_limited + excluded.rate_limited, tool_answers = use_hours.tool_answers +
    excluded.tool_answers;

-- name: add_use_day
-- Adds the same by day.
INSERT INTO use_days (
    kind, at, name, requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read,
    cost_nusd, prompt_nusd, completion_nusd, attempts, served, faults, rate_limited, tool_answers
) VALUES (
    :kind, :at, :name, :requests, :failed, :unpriced, :prompt_tok, :completion_tok, :reasoning,
    :cache_read, :cost_nusd, :prompt_nusd, :completion_nusd, :attempts, :served, :faults,
    :rate_limited, :tool_answers
)
ON CONFLICT (kind, at, name) DO UPDATE SET
    requests = use_days.requests + excluded.requests, failed = use_days.failed + excluded.failed,
    unpriced = use_days.unpriced + excluded.unpriced, prompt_tok = use_days.prompt_tok +
    excluded.prompt_tok, completion_tok = use_days.completion_tok + excluded.completion_tok,
    reasoning = use_days.reasoning + excluded.reasoning, cache_read = use_days.cache_read +
    excluded.cache_read, cost_nusd = use_days.cost_nusd + excluded.cost_nusd, prompt_nusd =
    use_days.prompt_nusd + excluded.prompt_nusd, completion_nusd = use_days.completion_nusd +
    excluded.completion_nusd, attempts = use_days.attempts + excluded.attempts, served =
    use_days.served + excluded.served, faults = use_days.faults + excluded.faults, rate_limited =
    use_days.rate_limited + excluded.rate_limited, tool_answers = use_days.tool_answers +
    excluded.tool_answers;

-- name: add_use_month
-- Adds the same by month.
INSERT INTO use_months (
    kind, at, name, requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read,
    cost_nusd, prompt_nusd, completion_nusd, attempts, served, faults, rate_limited, tool_answers
) VALUES (
    :kind, :at, :name, :requests, :failed, :unpriced, :prompt_tok, :completion_tok, :reasoning,
    :cache_read, :cost_nusd, :prompt_nusd, :completion_nusd, :attempts, :served, :faults,
    :rate_limited, :tool_answers
)
ON CONFLICT (kind, at, name) DO UPDATE SET
    requests = use_months.requests + excluded.requests, failed = use_months.failed +
    excluded.failed, unpriced = use_months.unpriced + excluded.unpriced, prompt_tok =
    use_months.prompt_tok + excluded.prompt_tok, completion_tok = use_months.completion_tok +
    excluded.completion_tok, reasoning = use_months.reasoning + excluded.reasoning, cache_read =
    use_months.cache_read + excluded.cache_read, cost_nusd = use_months.cost_nusd +
    excluded.cost_nusd, prompt_nusd = use_months.prompt_nusd + excluded.prompt_nusd, completion_nusd
    = use_months.completion_nusd + excluded.completion_nusd, attempts = use_months.attempts +
    excluded.attempts, served = use_months.served + excluded.served, faults = use_months.faults +
    excluded.faults, rate_limited = use_months.rate_limited + excluded.rate_limited, tool_answers =
    use_months.tool_answers + excluded.tool_answers;

-- name: add_endpoint_day
-- Adds what a day taught of one endpoint.
INSERT INTO endpoint_days (
    day, model, provider, endpoint, requests, failed, unpriced, prompt_tok, completion_tok,
    reasoning, cache_read, cost_nusd, prompt_nusd, completion_nusd, attempts, served, faults,
    rate_limited, tool_answers
) VALUES (
    :day, :model, :provider, :endpoint, :requests, :failed, :unpriced, :prompt_tok, :completion_tok,
    :reasoning, :cache_read, :cost_nusd, :prompt_nusd, :completion_nusd, :attempts, :served,
    :faults, :rate_limited, :tool_answers
)
ON CONFLICT (model, day, endpoint) DO UPDATE SET
    requests = endpoint_days.requests + excluded.requests, failed = endpoint_days.failed +
    excluded.failed, unpriced = endpoint_days.unpriced + excluded.unpriced, prompt_tok =
    endpoint_days.prompt_tok + excluded.prompt_tok, completion_tok = endpoint_days.completion_tok +
    excluded.completion_tok, reasoning = endpoint_days.reasoning + excluded.reasoning, cache_read =
    endpoint_days.cache_read + excluded.cache_read, cost_nusd = endpoint_days.cost_nusd +
    excluded.cost_nusd, prompt_nusd = endpoint_days.prompt_nusd + excluded.prompt_nusd,
    completion_nusd = endpoint_days.completion_nusd + excluded.completion_nusd, attempts =
    endpoint_days.attempts + excluded.attempts, served = endpoint_days.served + excluded.served,
    faults = endpoint_days.faults + excluded.faults, rate_limited = endpoint_days.rate_limited +
    excluded.rate_limited, tool_answers = endpoint_days.tool_answers + excluded.tool_answers;

-- name: add_asked_hour
-- Adds what became of an hour's requests for a model.
INSERT INTO asked_hours (
    hour, model, served, failed
) VALUES (
    :hour, :model, :served, :failed
)
ON CONFLICT (model, hour) DO UPDATE SET
    served = asked_hours.served + excluded.served, failed = asked_hours.failed + excluded.failed;

-- name: name_app
-- Notes an app; an empty title leaves the one before.
INSERT INTO apps (app, title, first_day) VALUES (:app, :title, :first_day)
ON CONFLICT (app) DO UPDATE
SET title = CASE excluded.title WHEN '' THEN apps.title ELSE excluded.title END;

-- name: prune_use_minutes
-- Deletes one helping of the oldest.
DELETE FROM use_minutes
WHERE (kind, at, name) IN (SELECT kind, at, name FROM use_minutes
    WHERE kind IN ('model', 'provider', 'key', 'app') AND at < :before
    LIMIT :limit);

-- name: prune_use_hours
-- Deletes one helping of the oldest.
DELETE FROM use_hours
WHERE (kind, at, name) IN (SELECT kind, at, name FROM use_hours
    WHERE kind IN ('model', 'provider', 'key', 'app') AND at < :day * 24
    LIMIT :limit);

-- name: prune_use_days
-- Deletes one helping of the oldest.
DELETE FROM use_days
WHERE (kind, at, name) IN (SELECT kind, at, name FROM use_days
    WHERE kind IN ('model', 'provider', 'key', 'app') AND at < :day
    LIMIT :limit);

-- name: prune_use_months
-- Deletes one helping of the oldest.
DELETE FROM use_months
WHERE (kind, at, name) IN (SELECT kind, at, name FROM use_months
    WHERE kind IN ('model', 'provider', 'key', 'app') AND at < :day - 31
    LIMIT :limit);

-- name: prune_endpoint_days
-- Deletes one helping of the oldest days of endpoints.
DELETE FROM endpoint_days
WHERE (model, day, endpoint) IN (SELECT model, day, endpoint FROM endpoint_days
    WHERE day < :day LIMIT :limit);

-- name: prune_asked_hours
-- Deletes one helping of the oldest hours of requests.
DELETE FROM asked_hours
WHERE (model, hour) IN (SELECT model, hour FROM asked_hours WHERE hour < :day * 24 LIMIT :limit);
