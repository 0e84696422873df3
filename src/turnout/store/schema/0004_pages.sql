-- Narrow sums for pages that look at everybody at once; written in the transaction of the generations
-- that they sum, as those of 0002. Definitions: docs/explain/measures.md.
--
-- kind is 'model', 'provider', 'key' or 'app'; name is the slug, hash or origin, '' for what has none:
-- so the requests of each kind add up to all requests. at counts from 1970-01-01, UTC. Attempts and
-- what becomes of them (from attempts on) are counted for models and providers only.

CREATE TABLE use_minutes (
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    name TEXT NOT NULL,
    requests INTEGER NOT NULL, failed INTEGER NOT NULL, unpriced INTEGER NOT NULL, prompt_tok
    INTEGER NOT NULL, completion_tok INTEGER NOT NULL, reasoning INTEGER NOT NULL, cache_read
    INTEGER NOT NULL, cost_nusd INTEGER NOT NULL, prompt_nusd INTEGER NOT NULL, completion_nusd
    INTEGER NOT NULL,
    PRIMARY KEY (kind, at, name)
) WITHOUT ROWID;

CREATE TABLE use_hours (
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    name TEXT NOT NULL,
    requests INTEGER NOT NULL, failed INTEGER NOT NULL, unpriced INTEGER NOT NULL, prompt_tok
    INTEGER NOT NULL, completion_tok INTEGER NOT NULL, reasoning INTEGER NOT NULL, cache_read
    INTEGER NOT NULL, cost_nusd INTEGER NOT NULL, prompt_nusd INTEGER NOT NULL, completion_nusd
    INTEGER NOT NULL, attempts INTEGER NOT NULL, served INTEGER NOT NULL, faults INTEGER NOT NULL,
    rate_limited INTEGER NOT NULL, tool_answers INTEGER NOT NULL,
    PRIMARY KEY (kind, at, name)
) WITHOUT ROWID;

CREATE TABLE use_days (
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    name TEXT NOT NULL,
    requests INTEGER NOT NULL, failed INTEGER NOT NULL, unpriced INTEGER NOT NULL, prompt_tok
    INTEGER NOT NULL, completion_tok INTEGER NOT NULL, reasoning INTEGER NOT NULL, cache_read
    INTEGER NOT NULL, cost_nusd INTEGER NOT NULL, prompt_nusd INTEGER NOT NULL, completion_nusd
    INTEGER NOT NULL, attempts INTEGER NOT NULL, served INTEGER NOT NULL, faults INTEGER NOT NULL,
    rate_limited INTEGER NOT NULL, tool_answers INTEGER NOT NULL,
    PRIMARY KEY (kind, at, name)
) WITHOUT ROWID;

-- at is the day on which the month begins.
CREATE TABLE use_months (
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    name TEXT NOT NULL,
    requests INTEGER NOT NULL, failed INTEGER NOT NULL, unpriced INTEGER NOT NULL, prompt_tok
    INTEGER NOT NULL, completion_tok INTEGER NOT NULL, reasoning INTEGER NOT NULL, cache_read
    INTEGER NOT NULL, cost_nusd INTEGER NOT NULL, prompt_nusd INTEGER NOT NULL, completion_nusd
    INTEGER NOT NULL, attempts INTEGER NOT NULL, served INTEGER NOT NULL, faults INTEGER NOT NULL,
    rate_limited INTEGER NOT NULL, tool_answers INTEGER NOT NULL,
    PRIMARY KEY (kind, at, name)
) WITHOUT ROWID;

-- The endpoints of models by day, without histograms: a fifth of the width of endpoint_hours.
CREATE TABLE endpoint_days (
    day INTEGER NOT NULL,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    requests INTEGER NOT NULL, failed INTEGER NOT NULL, unpriced INTEGER NOT NULL, prompt_tok
    INTEGER NOT NULL, completion_tok INTEGER NOT NULL, reasoning INTEGER NOT NULL, cache_read
    INTEGER NOT NULL, cost_nusd INTEGER NOT NULL, prompt_nusd INTEGER NOT NULL, completion_nusd
    INTEGER NOT NULL, attempts INTEGER NOT NULL, served INTEGER NOT NULL, faults INTEGER NOT NULL,
    rate_limited INTEGER NOT NULL, tool_answers INTEGER NOT NULL,
    PRIMARY KEY (model, day, endpoint)
) WITHOUT ROWID;

CREATE INDEX endpoint_days_by_day ON endpoint_days (day);
CREATE INDEX endpoint_days_by_provider ON endpoint_days (provider, day);

-- What became of requests in the end, by the model that was tried first. Requests that failed for
-- another reason than a fault of the provider tried last are in neither column.
CREATE TABLE asked_hours (
    hour INTEGER NOT NULL,
    model TEXT NOT NULL,
    served INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    PRIMARY KEY (model, hour)
) WITHOUT ROWID;

CREATE INDEX asked_hours_by_hour ON asked_hours (hour);

-- Every app that was ever seen, with the last title that it gave itself and a number that stays.
CREATE TABLE apps (
    id INTEGER PRIMARY KEY NOT NULL,
    app TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    first_day INTEGER NOT NULL
);

CREATE INDEX app_days_by_model ON app_days (model, day);

-- What happened before this schema: all but minutes and asked_hours, which cannot be known.
INSERT INTO use_hours (kind, at, name,
    requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read, cost_nusd,
    prompt_nusd, completion_nusd, attempts, served, faults, rate_limited, tool_answers)
SELECT 'model', hour, model,
    sum(requests), 0, sum(unpriced), sum(text_in + cache_read + cache_write + cache_write_1h +
    image_in + audio_in + video_in), sum(text_out + reasoning + audio_out + image_out),
    sum(reasoning), sum(cache_read), sum(cost_nusd), sum(prompt_nusd), sum(completion_nusd),
    sum(attempts), sum(served), sum(faults), sum(rate_limited), sum(tool_answers)
FROM endpoint_hours GROUP BY hour, model;

INSERT INTO use_days (kind, at, name,
    requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read, cost_nusd,
    prompt_nusd, completion_nusd, attempts, served, faults, rate_limited, tool_answers)
SELECT 'model', day, model,
    sum(requests), 0, sum(unpriced), sum(text_in + cache_read + cache_write + cache_write_1h +
    image_in + audio_in + video_in), sum(text_out + reasoning + audio_out + image_out),
    sum(reasoning), sum(cache_read), sum(cost_nusd), sum(prompt_nusd), sum(completion_nusd),
    sum(attempts), sum(served), sum(faults), sum(rate_limited), sum(tool_answers)
FROM model_days GROUP BY day, model;

INSERT INTO use_days (kind, at, name,
    requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read, cost_nusd,
    prompt_nusd, completion_nusd, attempts, served, faults, rate_limited, tool_answers)
SELECT 'model', day, '',
    sum(requests), sum(failed), sum(unpriced), sum(text_in + cache_read + cache_write +
    cache_write_1h + image_in + audio_in + video_in), sum(text_out + reasoning + audio_out +
    image_out), sum(reasoning), sum(cache_read), sum(cost_nusd), sum(prompt_nusd),
    sum(completion_nusd), 0, 0, 0, 0, 0
FROM key_days WHERE model = '' GROUP BY day;

INSERT INTO use_hours (kind, at, name,
    requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read, cost_nusd,
    prompt_nusd, completion_nusd, attempts, served, faults, rate_limited, tool_answers)
SELECT 'provider', hour, provider,
    sum(requests), 0, sum(unpriced), sum(text_in + cache_read + cache_write + cache_write_1h +
    image_in + audio_in + video_in), sum(text_out + reasoning + audio_out + image_out),
    sum(reasoning), sum(cache_read), sum(cost_nusd), sum(prompt_nusd), sum(completion_nusd),
    sum(attempts), sum(served), sum(faults), sum(rate_limited), sum(tool_answers)
FROM endpoint_hours GROUP BY hour, provider;

INSERT INTO use_days (kind, at, name,
    requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read, cost_nusd,
    prompt_nusd, completion_nusd, attempts, served, faults, rate_limited, tool_answers)
SELECT 'provider', day, provider,
    sum(requests), 0, sum(unpriced), sum(text_in + cache_read + cache_write + cache_write_1h +
    image_in + audio_in + video_in), sum(text_out + reasoning + audio_out + image_out),
    sum(reasoning), sum(cache_read), sum(cost_nusd), sum(prompt_nusd), sum(completion_nusd),
    sum(attempts), sum(served), sum(faults), sum(rate_limited), sum(tool_answers)
FROM model_days GROUP BY day, provider;

INSERT INTO use_days (kind, at, name,
    requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read, cost_nusd,
    prompt_nusd, completion_nusd, attempts, served, faults, rate_limited, tool_answers)
SELECT 'provider', day, '',
    sum(requests), sum(failed), sum(unpriced), sum(text_in + cache_read + cache_write +
    cache_write_1h + image_in + audio_in + video_in), sum(text_out + reasoning + audio_out +
    image_out), sum(reasoning), sum(cache_read), sum(cost_nusd), sum(prompt_nusd),
    sum(completion_nusd), 0, 0, 0, 0, 0
FROM key_days WHERE model = '' GROUP BY day;

INSERT INTO use_days (kind, at, name,
    requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read, cost_nusd,
    prompt_nusd, completion_nusd, attempts, served, faults, rate_limited, tool_answers)
SELECT 'key', day, key_hash,
    sum(requests), sum(failed), sum(unpriced), sum(text_in + cache_read + cache_write +
    cache_write_1h + image_in + audio_in + video_in), sum(text_out + reasoning + audio_out +
    image_out), sum(reasoning), sum(cache_read), sum(cost_nusd), sum(prompt_nusd),
    sum(completion_nusd), 0, 0, 0, 0, 0
FROM key_days GROUP BY day, key_hash;

INSERT INTO use_days (kind, at, name,
    requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read, cost_nusd,
    prompt_nusd, completion_nusd, attempts, served, faults, rate_limited, tool_answers)
SELECT 'app', day, app,
    sum(requests), 0, sum(unpriced), sum(text_in + cache_read + cache_write + cache_write_1h +
    image_in + audio_in + video_in), sum(text_out + reasoning + audio_out + image_out),
    sum(reasoning), sum(cache_read), sum(cost_nusd), sum(prompt_nusd), sum(completion_nusd), 0, 0,
    0, 0, 0
FROM app_days GROUP BY day, app;

INSERT INTO use_days (kind, at, name,
    requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read, cost_nusd,
    prompt_nusd, completion_nusd, attempts, served, faults, rate_limited, tool_answers)
SELECT 'app', day, '',
    sum(requests), sum(failed), sum(unpriced), sum(prompt_tok), sum(completion_tok), sum(reasoning),
    sum(cache_read), sum(cost_nusd), sum(prompt_nusd), sum(completion_nusd), 0, 0, 0, 0, 0
FROM (
    SELECT day, failed,
        requests, unpriced, text_in + cache_read + cache_write + cache_write_1h + image_in +
        audio_in + video_in AS prompt_tok, text_out + reasoning + audio_out + image_out AS
        completion_tok, reasoning, cache_read, cost_nusd, prompt_nusd, completion_nusd
    FROM key_days
    UNION ALL
    SELECT day, 0,
        -requests, -unpriced, -(text_in + cache_read + cache_write + cache_write_1h + image_in +
        audio_in + video_in), -(text_out + reasoning + audio_out + image_out), -reasoning,
        -cache_read, -cost_nusd, -prompt_nusd, -completion_nusd
    FROM app_days
) GROUP BY day;

INSERT INTO use_months (kind, at, name,
    requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read, cost_nusd,
    prompt_nusd, completion_nusd, attempts, served, faults, rate_limited, tool_answers)
SELECT kind, CAST(julianday(at * 86400, 'unixepoch', 'start of month') - 2440587.5 AS INTEGER), name,
    sum(requests), sum(failed), sum(unpriced), sum(prompt_tok), sum(completion_tok), sum(reasoning),
    sum(cache_read), sum(cost_nusd), sum(prompt_nusd), sum(completion_nusd), sum(attempts),
    sum(served), sum(faults), sum(rate_limited), sum(tool_answers)
FROM use_days GROUP BY 1, 2, 3;

INSERT INTO endpoint_days (day, model, provider, endpoint,
    requests, failed, unpriced, prompt_tok, completion_tok, reasoning, cache_read, cost_nusd,
    prompt_nusd, completion_nusd, attempts, served, faults, rate_limited, tool_answers)
SELECT hour / 24, model, max(provider), endpoint,
    sum(requests), 0, sum(unpriced), sum(text_in + cache_read + cache_write + cache_write_1h +
    image_in + audio_in + video_in), sum(text_out + reasoning + audio_out + image_out),
    sum(reasoning), sum(cache_read), sum(cost_nusd), sum(prompt_nusd), sum(completion_nusd),
    sum(attempts), sum(served), sum(faults), sum(rate_limited), sum(tool_answers)
FROM endpoint_hours GROUP BY model, hour / 24, endpoint;

INSERT INTO apps (app, title, first_day)
SELECT app, max(title), min(day) FROM app_days GROUP BY app;
