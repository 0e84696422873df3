-- What happened, summed up: written in the transaction of the generations that it sums, kept longer.
--
-- Every column that is no key merges by SUM. Days and hours are UTC, counted from 1970-01-01; money is
-- nano-USD. The last 120 columns are histograms: bucket n of ttft and latency begins at 1.35^n ms,
-- of tps at 0.1 * 1.35^n tokens/s. Definitions: docs/explain/measures.md.

CREATE TABLE endpoint_hours (
    hour INTEGER NOT NULL,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    attempts INTEGER NOT NULL, served INTEGER NOT NULL, faults INTEGER NOT NULL, rate_limited
    INTEGER NOT NULL, cancelled INTEGER NOT NULL, probes INTEGER NOT NULL, tool_answers INTEGER NOT
    NULL, tool_faults INTEGER NOT NULL, shaped_answers INTEGER NOT NULL, shape_faults INTEGER NOT
    NULL, requests INTEGER NOT NULL, unpriced INTEGER NOT NULL, text_in INTEGER NOT NULL, cache_read
    INTEGER NOT NULL, cache_write INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL, image_in
    INTEGER NOT NULL, audio_in INTEGER NOT NULL, video_in INTEGER NOT NULL, text_out INTEGER NOT
    NULL, reasoning INTEGER NOT NULL, audio_out INTEGER NOT NULL, image_out INTEGER NOT NULL,
    searches INTEGER NOT NULL, cost_nusd INTEGER NOT NULL, prompt_nusd INTEGER NOT NULL,
    completion_nusd INTEGER NOT NULL, err_auth INTEGER NOT NULL, err_permission INTEGER NOT NULL,
    err_model_not_found INTEGER NOT NULL, err_bad_request INTEGER NOT NULL, err_context_length
    INTEGER NOT NULL, err_content_policy INTEGER NOT NULL, err_too_large INTEGER NOT NULL,
    err_rate_limited INTEGER NOT NULL, err_quota INTEGER NOT NULL, err_overloaded INTEGER NOT NULL,
    err_connect_timeout INTEGER NOT NULL, err_first_token_timeout INTEGER NOT NULL, err_idle_timeout
    INTEGER NOT NULL, err_total_timeout INTEGER NOT NULL, err_server INTEGER NOT NULL, err_network
    INTEGER NOT NULL, err_decode INTEGER NOT NULL, err_empty INTEGER NOT NULL, err_other INTEGER NOT
    NULL, ttft_00 INTEGER NOT NULL, ttft_01 INTEGER NOT NULL, ttft_02 INTEGER NOT NULL, ttft_03
    INTEGER NOT NULL, ttft_04 INTEGER NOT NULL, ttft_05 INTEGER NOT NULL, ttft_06 INTEGER NOT NULL,
    ttft_07 INTEGER NOT NULL, ttft_08 INTEGER NOT NULL, ttft_09 INTEGER NOT NULL, ttft_10 INTEGER
    NOT NULL, ttft_11 INTEGER NOT NULL, ttft_12 INTEGER NOT NULL, ttft_13 INTEGER NOT NULL, ttft_14
    INTEGER NOT NULL, ttft_15 INTEGER NOT NULL, ttft_16 INTEGER NOT NULL, ttft_17 INTEGER NOT NULL,
    ttft_18 INTEGER NOT NULL, ttft_19 INTEGER NOT NULL, ttft_20 INTEGER NOT NULL, ttft_21 INTEGER
    NOT NULL, ttft_22 INTEGER NOT NULL, ttft_23 INTEGER NOT NULL, ttft_24 INTEGER NOT NULL, ttft_25
    INTEGER NOT NULL, ttft_26 INTEGER NOT NULL, ttft_27 INTEGER NOT NULL, ttft_28 INTEGER NOT NULL,
    ttft_29 INTEGER NOT NULL, ttft_30 INTEGER NOT NULL, ttft_31 INTEGER NOT NULL, ttft_32 INTEGER
    NOT NULL, ttft_33 INTEGER NOT NULL, ttft_34 INTEGER NOT NULL, ttft_35 INTEGER NOT NULL, ttft_36
    INTEGER NOT NULL, ttft_37 INTEGER NOT NULL, ttft_38 INTEGER NOT NULL, ttft_39 INTEGER NOT NULL,
    latency_00 INTEGER NOT NULL, latency_01 INTEGER NOT NULL, latency_02 INTEGER NOT NULL,
    latency_03 INTEGER NOT NULL, latency_04 INTEGER NOT NULL, latency_05 INTEGER NOT NULL,
    latency_06 INTEGER NOT NULL, latency_07 INTEGER NOT NULL, latency_08 INTEGER NOT NULL,
    latency_09 INTEGER NOT NULL, latency_10 INTEGER NOT NULL, latency_11 INTEGER NOT NULL,
    latency_12 INTEGER NOT NULL, latency_13 INTEGER NOT NULL, latency_14 INTEGER NOT NULL,
    latency_15 INTEGER NOT NULL, latency_16 INTEGER NOT NULL, latency_17 INTEGER NOT NULL,
    latency_18 INTEGER NOT NULL, latency_19 INTEGER NOT NULL, latency_20 INTEGER NOT NULL,
    latency_21 INTEGER NOT NULL, latency_22 INTEGER NOT NULL, latency_23 INTEGER NOT NULL,
    latency_24 INTEGER NOT NULL, latency_25 INTEGER NOT NULL, latency_26 INTEGER NOT NULL,
    latency_27 INTEGER NOT NULL, latency_28 INTEGER NOT NULL, latency_29 INTEGER NOT NULL,
    latency_30 INTEGER NOT NULL, latency_31 INTEGER NOT NULL, latency_32 INTEGER NOT NULL,
    latency_33 INTEGER NOT NULL, latency_34 INTEGER NOT NULL, latency_35 INTEGER NOT NULL,
    latency_36 INTEGER NOT NULL, latency_37 INTEGER NOT NULL, latency_38 INTEGER NOT NULL,
    latency_39 INTEGER NOT NULL, tps_00 INTEGER NOT NULL, tps_01 INTEGER NOT NULL, tps_02 INTEGER
    NOT NULL, tps_03 INTEGER NOT NULL, tps_04 INTEGER NOT NULL, tps_05 INTEGER NOT NULL, tps_06
    INTEGER NOT NULL, tps_07 INTEGER NOT NULL, tps_08 INTEGER NOT NULL, tps_09 INTEGER NOT NULL,
    tps_10 INTEGER NOT NULL, tps_11 INTEGER NOT NULL, tps_12 INTEGER NOT NULL, tps_13 INTEGER NOT
    NULL, tps_14 INTEGER NOT NULL, tps_15 INTEGER NOT NULL, tps_16 INTEGER NOT NULL, tps_17 INTEGER
    NOT NULL, tps_18 INTEGER NOT NULL, tps_19 INTEGER NOT NULL, tps_20 INTEGER NOT NULL, tps_21
    INTEGER NOT NULL, tps_22 INTEGER NOT NULL, tps_23 INTEGER NOT NULL, tps_24 INTEGER NOT NULL,
    tps_25 INTEGER NOT NULL, tps_26 INTEGER NOT NULL, tps_27 INTEGER NOT NULL, tps_28 INTEGER NOT
    NULL, tps_29 INTEGER NOT NULL, tps_30 INTEGER NOT NULL, tps_31 INTEGER NOT NULL, tps_32 INTEGER
    NOT NULL, tps_33 INTEGER NOT NULL, tps_34 INTEGER NOT NULL, tps_35 INTEGER NOT NULL, tps_36
    INTEGER NOT NULL, tps_37 INTEGER NOT NULL, tps_38 INTEGER NOT NULL, tps_39 INTEGER NOT NULL,
    PRIMARY KEY (model, hour, endpoint)
) WITHOUT ROWID;

CREATE INDEX endpoint_hours_by_hour ON endpoint_hours (hour);

CREATE TABLE model_days (
    day INTEGER NOT NULL,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    attempts INTEGER NOT NULL, served INTEGER NOT NULL, faults INTEGER NOT NULL, rate_limited
    INTEGER NOT NULL, cancelled INTEGER NOT NULL, probes INTEGER NOT NULL, tool_answers INTEGER NOT
    NULL, tool_faults INTEGER NOT NULL, shaped_answers INTEGER NOT NULL, shape_faults INTEGER NOT
    NULL, requests INTEGER NOT NULL, unpriced INTEGER NOT NULL, text_in INTEGER NOT NULL, cache_read
    INTEGER NOT NULL, cache_write INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL, image_in
    INTEGER NOT NULL, audio_in INTEGER NOT NULL, video_in INTEGER NOT NULL, text_out INTEGER NOT
    NULL, reasoning INTEGER NOT NULL, audio_out INTEGER NOT NULL, image_out INTEGER NOT NULL,
    searches INTEGER NOT NULL, cost_nusd INTEGER NOT NULL, prompt_nusd INTEGER NOT NULL,
    completion_nusd INTEGER NOT NULL, err_auth INTEGER NOT NULL, err_permission INTEGER NOT NULL,
    err_model_not_found INTEGER NOT NULL, err_bad_request INTEGER NOT NULL, err_context_length
    INTEGER NOT NULL, err_content_policy INTEGER NOT NULL, err_too_large INTEGER NOT NULL,
    err_rate_limited INTEGER NOT NULL, err_quota INTEGER NOT NULL, err_overloaded INTEGER NOT NULL,
    err_connect_timeout INTEGER NOT NULL, err_first_token_timeout INTEGER NOT NULL, err_idle_timeout
    INTEGER NOT NULL, err_total_timeout INTEGER NOT NULL, err_server INTEGER NOT NULL, err_network
    INTEGER NOT NULL, err_decode INTEGER NOT NULL, err_empty INTEGER NOT NULL, err_other INTEGER NOT
    NULL, ttft_00 INTEGER NOT NULL, ttft_01 INTEGER NOT NULL, ttft_02 INTEGER NOT NULL, ttft_03
    INTEGER NOT NULL, ttft_04 INTEGER NOT NULL, ttft_05 INTEGER NOT NULL, ttft_06 INTEGER NOT NULL,
    ttft_07 INTEGER NOT NULL, ttft_08 INTEGER NOT NULL, ttft_09 INTEGER NOT NULL, ttft_10 INTEGER
    NOT NULL, ttft_11 INTEGER NOT NULL, ttft_12 INTEGER NOT NULL, ttft_13 INTEGER NOT NULL, ttft_14
    INTEGER NOT NULL, ttft_15 INTEGER NOT NULL, ttft_16 INTEGER NOT NULL, ttft_17 INTEGER NOT NULL,
    ttft_18 INTEGER NOT NULL, ttft_19 INTEGER NOT NULL, ttft_20 INTEGER NOT NULL, ttft_21 INTEGER
    NOT NULL, ttft_22 INTEGER NOT NULL, ttft_23 INTEGER NOT NULL, ttft_24 INTEGER NOT NULL, ttft_25
    INTEGER NOT NULL, ttft_26 INTEGER NOT NULL, ttft_27 INTEGER NOT NULL, ttft_28 INTEGER NOT NULL,
    ttft_29 INTEGER NOT NULL, ttft_30 INTEGER NOT NULL, ttft_31 INTEGER NOT NULL, ttft_32 INTEGER
    NOT NULL, ttft_33 INTEGER NOT NULL, ttft_34 INTEGER NOT NULL, ttft_35 INTEGER NOT NULL, ttft_36
    INTEGER NOT NULL, ttft_37 INTEGER NOT NULL, ttft_38 INTEGER NOT NULL, ttft_39 INTEGER NOT NULL,
    latency_00 INTEGER NOT NULL, latency_01 INTEGER NOT NULL, latency_02 INTEGER NOT NULL,
    latency_03 INTEGER NOT NULL, latency_04 INTEGER NOT NULL, latency_05 INTEGER NOT NULL,
    latency_06 INTEGER NOT NULL, latency_07 INTEGER NOT NULL, latency_08 INTEGER NOT NULL,
    latency_09 INTEGER NOT NULL, latency_10 INTEGER NOT NULL, latency_11 INTEGER NOT NULL,
    latency_12 INTEGER NOT NULL, latency_13 INTEGER NOT NULL, latency_14 INTEGER NOT NULL,
    latency_15 INTEGER NOT NULL, latency_16 INTEGER NOT NULL, latency_17 INTEGER NOT NULL,
    latency_18 INTEGER NOT NULL, latency_19 INTEGER NOT NULL, latency_20 INTEGER NOT NULL,
    latency_21 INTEGER NOT NULL, latency_22 INTEGER NOT NULL, latency_23 INTEGER NOT NULL,
    latency_24 INTEGER NOT NULL, latency_25 INTEGER NOT NULL, latency_26 INTEGER NOT NULL,
    latency_27 INTEGER NOT NULL, latency_28 INTEGER NOT NULL, latency_29 INTEGER NOT NULL,
    latency_30 INTEGER NOT NULL, latency_31 INTEGER NOT NULL, latency_32 INTEGER NOT NULL,
    latency_33 INTEGER NOT NULL, latency_34 INTEGER NOT NULL, latency_35 INTEGER NOT NULL,
    latency_36 INTEGER NOT NULL, latency_37 INTEGER NOT NULL, latency_38 INTEGER NOT NULL,
    latency_39 INTEGER NOT NULL, tps_00 INTEGER NOT NULL, tps_01 INTEGER NOT NULL, tps_02 INTEGER
    NOT NULL, tps_03 INTEGER NOT NULL, tps_04 INTEGER NOT NULL, tps_05 INTEGER NOT NULL, tps_06
    INTEGER NOT NULL, tps_07 INTEGER NOT NULL, tps_08 INTEGER NOT NULL, tps_09 INTEGER NOT NULL,
    tps_10 INTEGER NOT NULL, tps_11 INTEGER NOT NULL, tps_12 INTEGER NOT NULL, tps_13 INTEGER NOT
    NULL, tps_14 INTEGER NOT NULL, tps_15 INTEGER NOT NULL, tps_16 INTEGER NOT NULL, tps_17 INTEGER
    NOT NULL, tps_18 INTEGER NOT NULL, tps_19 INTEGER NOT NULL, tps_20 INTEGER NOT NULL, tps_21
    INTEGER NOT NULL, tps_22 INTEGER NOT NULL, tps_23 INTEGER NOT NULL, tps_24 INTEGER NOT NULL,
    tps_25 INTEGER NOT NULL, tps_26 INTEGER NOT NULL, tps_27 INTEGER NOT NULL, tps_28 INTEGER NOT
    NULL, tps_29 INTEGER NOT NULL, tps_30 INTEGER NOT NULL, tps_31 INTEGER NOT NULL, tps_32 INTEGER
    NOT NULL, tps_33 INTEGER NOT NULL, tps_34 INTEGER NOT NULL, tps_35 INTEGER NOT NULL, tps_36
    INTEGER NOT NULL, tps_37 INTEGER NOT NULL, tps_38 INTEGER NOT NULL, tps_39 INTEGER NOT NULL,
    PRIMARY KEY (day, model, provider)
) WITHOUT ROWID;

CREATE INDEX model_days_by_model ON model_days (model, day);

-- An app is the origin of the Referer its requests name; the title is the last one it gave itself.
CREATE TABLE app_days (
    day INTEGER NOT NULL,
    app TEXT NOT NULL,
    model TEXT NOT NULL,
    title TEXT NOT NULL,
    requests INTEGER NOT NULL, unpriced INTEGER NOT NULL, text_in INTEGER NOT NULL, cache_read
    INTEGER NOT NULL, cache_write INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL, image_in
    INTEGER NOT NULL, audio_in INTEGER NOT NULL, video_in INTEGER NOT NULL, text_out INTEGER NOT
    NULL, reasoning INTEGER NOT NULL, audio_out INTEGER NOT NULL, image_out INTEGER NOT NULL,
    searches INTEGER NOT NULL, cost_nusd INTEGER NOT NULL, prompt_nusd INTEGER NOT NULL,
    completion_nusd INTEGER NOT NULL,
    PRIMARY KEY (app, day, model)
) WITHOUT ROWID;

CREATE INDEX app_days_by_day ON app_days (day);

-- Model '' is what nobody served.
CREATE TABLE key_days (
    day INTEGER NOT NULL,
    key_hash TEXT NOT NULL,
    model TEXT NOT NULL,
    failed INTEGER NOT NULL,
    requests INTEGER NOT NULL, unpriced INTEGER NOT NULL, text_in INTEGER NOT NULL, cache_read
    INTEGER NOT NULL, cache_write INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL, image_in
    INTEGER NOT NULL, audio_in INTEGER NOT NULL, video_in INTEGER NOT NULL, text_out INTEGER NOT
    NULL, reasoning INTEGER NOT NULL, audio_out INTEGER NOT NULL, image_out INTEGER NOT NULL,
    searches INTEGER NOT NULL, cost_nusd INTEGER NOT NULL, prompt_nusd INTEGER NOT NULL,
    completion_nusd INTEGER NOT NULL,
    PRIMARY KEY (key_hash, day, model)
) WITHOUT ROWID;

CREATE INDEX key_days_by_day ON key_days (day);

-- Slots of the live windows, so that a restart takes them up. A window is a ring of places.
CREATE TABLE live_slots (
    endpoint TEXT NOT NULL,
    window_s INTEGER NOT NULL,
    place INTEGER NOT NULL,
    number INTEGER NOT NULL, -- unix seconds of the slot's start, divided by its length
    cells BLOB NOT NULL,
    PRIMARY KEY (endpoint, window_s, place)
);

-- Requests of our own to idle endpoints. Stored with their worst cost before they are sent.
CREATE TABLE probes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint TEXT NOT NULL,
    provider TEXT NOT NULL,
    day INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    outcome TEXT NOT NULL, -- "sent", "not_sent", "served" or the failure kind
    cost_nusd INTEGER NOT NULL,
    latency_ms INTEGER,
    ttft_ms INTEGER
);

CREATE INDEX probes_by_day ON probes (day);
