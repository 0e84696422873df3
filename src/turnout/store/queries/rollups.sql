-- name: add_endpoint_hour
-- Adds what an hour's attempts and generations taught of one endpoint.
INSERT INTO endpoint_hours (
    hour, model, provider, endpoint, attempts, served, faults, rate_limited, cancelled, probes,
    tool_answers, tool_faults, shaped_answers, shape_faults, requests, unpriced, text_in,
    cache_read, cache_write, cache_write_1h, image_in, audio_in, video_in, text_out, reasoning,
    audio_out, image_out, searches, cost_nusd, prompt_nusd, completion_nusd, err_auth,
    err_permission, err_model_not_found, err_bad_request, err_context_length, err_content_policy,
    err_too_large, err_rate_limited, err_quota, err_overloaded, err_connect_timeout,
    err_first_token_timeout, err_idle_timeout, err_total_timeout, err_server, err_network,
    err_decode, err_empty, err_other, ttft_00, ttft_01, ttft_02, ttft_03, ttft_04, ttft_05, ttft_06,
    ttft_07, ttft_08, ttft_09, ttft_10, ttft_11, ttft_12, ttft_13, ttft_14, ttft_15, ttft_16,
    ttft_17, ttft_18, ttft_19, ttft_20, ttft_21, ttft_22, ttft_23, ttft_24, ttft_25, ttft_26,
    ttft_27, ttft_28, ttft_29, ttft_30, ttft_31, ttft_32, ttft_33, ttft_34, ttft_35, ttft_36,
    ttft_37, ttft_38, ttft_39, latency_00, latency_01, latency_02, latency_03, latency_04,
    latency_05, latency_06, latency_07, latency_08, latency_09, latency_10, latency_11, latency_12,
    latency_13, latency_14, latency_15, latency_16, latency_17, latency_18, latency_19, latency_20,
    latency_21, latency_22, latency_23, latency_24, latency_25, latency_26, latency_27, latency_28,
    latency_29, latency_30, latency_31, latency_32, latency_33, latency_34, latency_35, latency_36,
    latency_37, latency_38, latency_39, tps_00, tps_01, tps_02, tps_03, tps_04, tps_05, tps_06,
    tps_07, tps_08, tps_09, tps_10, tps_11, tps_12, tps_13, tps_14, tps_15, tps_16, tps_17, tps_18,
    tps_19, tps_20, tps_21, tps_22, tps_23, tps_24, tps_25, tps_26, tps_27, tps_28, tps_29, tps_30,
    tps_31, tps_32, tps_33, tps_34, tps_35, tps_36, tps_37, tps_38, tps_39
) VALUES (
    :hour, :model, :provider, :endpoint, :attempts, :served, :faults, :rate_limited, :cancelled,
    :probes, :tool_answers, :tool_faults, :shaped_answers, :shape_faults, :requests, :unpriced,
    :text_in, :cache_read, :cache_write, :cache_write_1h, :image_in, :audio_in, :video_in,
    :text_out, :reasoning, :audio_out, :image_out, :searches, :cost_nusd, :prompt_nusd,
    :completion_nusd, :err_auth, :err_permission, :err_model_not_found, :err_bad_request,
    :err_context_length, :err_content_policy, :err_too_large, :err_rate_limited, :err_quota,
    :err_overloaded, :err_connect_timeout, :err_first_token_timeout, :err_idle_timeout,
    :err_total_timeout, :err_server, :err_network, :err_decode, :err_empty, :err_other, :ttft_00,
    :ttft_01, :ttft_02, :ttft_03, :ttft_04, :ttft_05, :ttft_06, :ttft_07, :ttft_08, :ttft_09,
    :ttft_10, :ttft_11, :ttft_12, :ttft_13, :ttft_14, :ttft_15, :ttft_16, :ttft_17, :ttft_18,
    :ttft_19, :ttft_20, :ttft_21, :ttft_22, :ttft_23, :ttft_24, :ttft_25, :ttft_26, :ttft_27,
    :ttft_28, :ttft_29, :ttft_30, :ttft_31, :ttft_32, :ttft_33, :ttft_34, :ttft_35, :ttft_36,
    :ttft_37, :ttft_38, :ttft_39, :latency_00, :latency_01, :latency_02, :latency_03, :latency_04,
    :latency_05, :latency_06, :latency_07, :latency_08, :latency_09, :latency_10, :latency_11,
    :latency_12, :latency_13, :latency_14, :latency_15, :latency_16, :latency_17, :latency_18,
    :latency_19, :latency_20, :latency_21, :latency_22, :latency_23, :latency_24, :latency_25,
    :latency_26, :latency_27, :latency_28, :latency_29, :latency_30, :latency_31, :latency_32,
    :latency_33, :latency_34, :latency_35, :latency_36, :latency_37, :latency_38, :latency_39,
    :tps_00, :tps_01, :tps_02, :tps_03, :tps_04, :tps_05, :tps_06, :tps_07, :tps_08, :tps_09,
    :tps_10, :tps_11, :tps_12, :tps_13, :tps_14, :tps_15, :tps_16, :tps_17, :tps_18, :tps_19,
    :tps_20, :tps_21, :tps_22, :tps_23, :tps_24, :tps_25, :tps_26, :tps_27, :tps_28, :tps_29,
    :tps_30, :tps_31, :tps_32, :tps_33, :tps_34, :tps_35, :tps_36, :tps_37, :tps_38, :tps_39
)
ON CONFLICT (model, hour, endpoint) DO UPDATE SET
    attempts = endpoint_hours.attempts + excluded.attempts, served = endpoint_hours.served +
    excluded.served, faults = endpoint_hours.faults + excluded.faults, rate_limited =
    endpoint_hours.rate_limited + excluded.rate_limited, cancelled = endpoint_hours.cancelled +
    excluded.cancelled, probes = endpoint_hours.probes + excluded.probes, tool_answers =
    endpoint_hours.tool_answers + excluded.tool_answers, tool_faults = endpoint_hours.tool_faults +
    excluded.tool_faults, shaped_answers = endpoint_hours.shaped_answers + excluded.shaped_answers,
    shape_faults = endpoint_hours.shape_faults + excluded.shape_faults, requests =
    endpoint_hours.requests + excluded.requests, unpriced = endpoint_hours.unpriced +
    excluded.unpriced, text_in = endpoint_hours.text_in + excluded.text_in, cache_read =
    endpoint_hours.cache_read + excluded.cache_read, cache_write = endpoint_hours.cache_write +
    excluded.cache_write, cache_write_1h = endpoint_hours.cache_write_1h + excluded.cache_write_1h,
    image_in = endpoint_hours.image_in + excluded.image_in, audio_in = endpoint_hours.audio_in +
    excluded.audio_in, video_in = endpoint_hours.video_in + excluded.video_in, text_out =
    endpoint_hours.text_out + excluded.text_out, reasoning = endpoint_hours.reasoning +
    excluded.reasoning, audio_out = endpoint_hours.audio_out + excluded.audio_out, image_out =
    endpoint_hours.image_out + excluded.image_out, searches = endpoint_hours.searches +
    excluded.searches, cost_nusd = endpoint_hours.cost_nusd + excluded.cost_nusd, prompt_nusd =
    endpoint_hours.prompt_nusd + excluded.prompt_nusd, completion_nusd =
    endpoint_hours.completion_nusd + excluded.completion_nusd, err_auth = endpoint_hours.err_auth +
    excluded.err_auth, err_permission = endpoint_hours.err_permission + excluded.err_permission,
    err_model_not_found = endpoint_hours.err_model_not_found + excluded.err_model_not_found,
    err_bad_request = endpoint_hours.err_bad_request + excluded.err_bad_request, err_context_length
    = endpoint_hours.err_context_length + excluded.err_context_length, err_content_policy =
    endpoint_hours.err_content_policy + excluded.err_content_policy, err_too_large =
    endpoint_hours.err_too_large + excluded.err_too_large, err_rate_limited =
    endpoint_hours.err_rate_limited + excluded.err_rate_limited, err_quota =
    endpoint_hours.err_quota + excluded.err_quota, err_overloaded = endpoint_hours.err_overloaded +
    excluded.err_overloaded, err_connect_timeout = endpoint_hours.err_connect_timeout +
    excluded.err_connect_timeout, err_first_token_timeout = endpoint_hours.err_first_token_timeout +
    excluded.err_first_token_timeout, err_idle_timeout = endpoint_hours.err_idle_timeout +
    excluded.err_idle_timeout, err_total_timeout = endpoint_hours.err_total_timeout +
    excluded.err_total_timeout, err_server = endpoint_hours.err_server + excluded.err_server,
    err_network = endpoint_hours.err_network + excluded.err_network, err_decode =
    endpoint_hours.err_decode + excluded.err_decode, err_empty = endpoint_hours.err_empty +
    excluded.err_empty, err_other = endpoint_hours.err_other + excluded.err_other, ttft_00 =
    endpoint_hours.ttft_00 + excluded.ttft_00, ttft_01 = endpoint_hours.ttft_01 + excluded.ttft_01,
    ttft_02 = endpoint_hours.ttft_02 + excluded.ttft_02, ttft_03 = endpoint_hours.ttft_03 +
    excluded.ttft_03, ttft_04 = endpoint_hours.ttft_04 + excluded.ttft_04, ttft_05 =
    endpoint_hours.ttft_05 + excluded.ttft_05, ttft_06 = endpoint_hours.ttft_06 + excluded.ttft_06,
    ttft_07 = endpoint_hours.ttft_07 + excluded.ttft_07, ttft_08 = endpoint_hours.ttft_08 +
    excluded.ttft_08, ttft_09 = endpoint_hours.ttft_09 + excluded.ttft_09, ttft_10 =
    endpoint_hours.ttft_10 + excluded.ttft_10, ttft_11 = endpoint_hours.ttft_11 + excluded.ttft_11,
    ttft_12 = endpoint_hours.ttft_12 + excluded.ttft_12, ttft_13 = endpoint_hours.ttft_13 +
    excluded.ttft_13, ttft_14 = endpoint_hours.ttft_14 + excluded.ttft_14, ttft_15 =
    endpoint_hours.ttft_15 + excluded.ttft_15, ttft_16 = endpoint_hours.ttft_16 + excluded.ttft_16,
    ttft_17 = endpoint_hours.ttft_17 + excluded.ttft_17, ttft_18 = endpoint_hours.ttft_18 +
    excluded.ttft_18, ttft_19 = endpoint_hours.ttft_19 + excluded.ttft_19, ttft_20 =
    endpoint_hours.ttft_20 + excluded.ttft_20, ttft_21 = endpoint_hours.ttft_21 + excluded.ttft_21,
    ttft_22 = endpoint_hours.ttft_22 + excluded.ttft_22, ttft_23 = endpoint_hours.ttft_23 +
    excluded.ttft_23, ttft_24 = endpoint_hours.ttft_24 + excluded.ttft_24, ttft_25 =
    endpoint_hours.ttft_25 + excluded.ttft_25, ttft_26 = endpoint_hours.ttft_26 + excluded.ttft_26,
    ttft_27 = endpoint_hours.ttft_27 + excluded.ttft_27, ttft_28 = endpoint_hours.ttft_28 +
    excluded.ttft_28, ttft_29 = endpoint_hours.ttft_29 + excluded.ttft_29, ttft_30 =
    endpoint_hours.ttft_30 + excluded.ttft_30, ttft_31 = endpoint_hours.ttft_31 + excluded.ttft_31,
    ttft_32 = endpoint_hours.ttft_32 + excluded.ttft_32, ttft_33 = endpoint_hours.ttft_33 +
    excluded.ttft_33, ttft_34 = endpoint_hours.ttft_34 + excluded.ttft_34, ttft_35 =
    endpoint_hours.ttft_35 + excluded.ttft_35, ttft_36 = endpoint_hours.ttft_36 + excluded.ttft_36,
    ttft_37 = endpoint_hours.ttft_37 + excluded.ttft_37, ttft_38 = endpoint_hours.ttft_38 +
    excluded.ttft_38, ttft_39 = endpoint_hours.ttft_39 + excluded.ttft_39, latency_00 =
    endpoint_hours.latency_00 + excluded.latency_00, latency_01 = endpoint_hours.latency_01 +
    excluded.latency_01, latency_02 = endpoint_hours.latency_02 + excluded.latency_02, latency_03 =
    endpoint_hours.latency_03 + excluded.latency_03, latency_04 = endpoint_hours.latency_04 +
    excluded.latency_04, latency_05 = endpoint_hours.latency_05 + excluded.latency_05, latency_06 =
    endpoint_hours.latency_06 + excluded.latency_06, latency_07 = endpoint_hours.latency_07 +
    excluded.latency_07, latency_08 = endpoint_hours.latency_08 + excluded.latency_08, latency_09 =
    endpoint_hours.latency_09 + excluded.latency_09, latency_10 = endpoint_hours.latency_10 +
    excluded.latency_10, latency_11 = endpoint_hours.latency_11 + excluded.latency_11, latency_12 =
    endpoint_hours.latency_12 + excluded.latency_12, latency_13 = endpoint_hours.latency_13 +
    excluded.latency_13, latency_14 = endpoint_hours.latency_14 + excluded.latency_14, latency_15 =
    endpoint_hours.latency_15 + excluded.latency_15, latency_16 = endpoint_hours.latency_16 +
    excluded.latency_16, latency_17 = endpoint_hours.latency_17 + excluded.latency_17, latency_18 =
    endpoint_hours.latency_18 + excluded.latency_18, latency_19 = endpoint_hours.latency_19 +
    excluded.latency_19, latency_20 = endpoint_hours.latency_20 + excluded.latency_20, latency_21 =
    endpoint_hours.latency_21 + excluded.latency_21, latency_22 = endpoint_hours.latency_22 +
    excluded.latency_22, latency_23 = endpoint_hours.latency_23 + excluded.latency_23, latency_24 =
    endpoint_hours.latency_24 + excluded.latency_24, latency_25 = endpoint_hours.latency_25 +
    excluded.latency_25, latency_26 = endpoint_hours.latency_26 + excluded.latency_26, latency_27 =
    endpoint_hours.latency_27 + excluded.latency_27, latency_28 = endpoint_hours.latency_28 +
    excluded.latency_28, latency_29 = endpoint_hours.latency_29 + excluded.latency_29, latency_30 =
    endpoint_hours.latency_30 + excluded.latency_30, latency_31 = endpoint_hours.latency_31 +
    excluded.latency_31, latency_32 = endpoint_hours.latency_32 + excluded.latency_32, latency_33 =
    endpoint_hours.latency_33 + excluded.latency_33, latency_34 = endpoint_hours.latency_34 +
    excluded.latency_34, latency_35 = endpoint_hours.latency_35 + excluded.latency_35, latency_36 =
    endpoint_hours.latency_36 + excluded.latency_36, latency_37 = endpoint_hours.latency_37 +
    excluded.latency_37, latency_38 = endpoint_hours.latency_38 + excluded.latency_38, latency_39 =
    endpoint_hours.latency_39 + excluded.latency_39, tps_00 = endpoint_hours.tps_00 +
    excluded.tps_00, tps_01 = endpoint_hours.tps_01 + excluded.tps_01, tps_02 =
    endpoint_hours.tps_02 + excluded.tps_02, tps_03 = endpoint_hours.tps_03 + excluded.tps_03,
    tps_04 = endpoint_hours.tps_04 + excluded.tps_04, tps_05 = endpoint_hours.tps_05 +
    excluded.tps_05, tps_06 = endpoint_hours.tps_06 + excluded.tps_06, tps_07 =
    endpoint_hours.tps_07 + excluded.tps_07, tps_08 = endpoint_hours.tps_08 + excluded.tps_08,
    tps_09 = endpoint_hours.tps_09 + excluded.tps_09, tps_10 = endpoint_hours.tps_10 +
    excluded.tps_10, tps_11 = endpoint_hours.tps_11 + excluded.tps_11, tps_12 =
    endpoint_hours.tps_12 + excluded.tps_12, tps_13 = endpoint_hours.tps_13 + excluded.tps_13,
    tps_14 = endpoint_hours.tps_14 + excluded.tps_14, tps_15 = endpoint_hours.tps_15 +
    excluded.tps_15, tps_16 = endpoint_hours.tps_16 + excluded.tps_16, tps_17 =
    endpoint_hours.tps_17 + excluded.tps_17, tps_18 = endpoint_hours.tps_18 + excluded.tps_18,
    tps_19 = endpoint_hours.tps_19 + excluded.tps_19, tps_20 = endpoint_hours.tps_20 +
    excluded.tps_20, tps_21 = endpoint_hours.tps_21 + excluded.tps_21, tps_22 =
    endpoint_hours.tps_22 + excluded.tps_22, tps_23 = endpoint_hours.tps_23 + excluded.tps_23,
    tps_24 = endpoint_hours.tps_24 + excluded.tps_24, tps_25 = endpoint_hours.tps_25 +
    excluded.tps_25, tps_26 = endpoint_hours.tps_26 + excluded.tps_26, tps_27 =
    endpoint_hours.tps_27 + excluded.tps_27, tps_28 = endpoint_hours.tps_28 + excluded.tps_28,
    tps_29 = endpoint_hours.tps_29 + excluded.tps_29, tps_30 = endpoint_hours.tps_30 +
    excluded.tps_30, tps_31 = endpoint_hours.tps_31 + excluded.tps_31, tps_32 =
    endpoint_hours.tps_32 + excluded.tps_32, tps_33 = endpoint_hours.tps_33 + excluded.tps_33,
    tps_34 = endpoint_hours.tps_34 + excluded.tps_34, tps_35 = endpoint_hours.tps_35 +
    excluded.tps_35, tps_36 = endpoint_hours.tps_36 + excluded.tps_36, tps_37 =
    endpoint_hours.tps_37 + excluded.tps_37, tps_38 = endpoint_hours.tps_38 + excluded.tps_38,
    tps_39 = endpoint_hours.tps_39 + excluded.tps_39;

-- name: add_model_day
-- Adds the same for a model at a provider and a day.
INSERT INTO model_days (
    day, model, provider, attempts, served, faults, rate_limited, cancelled, probes, tool_answers,
    tool_faults, shaped_answers, shape_faults, requests, unpriced, text_in, cache_read, cache_write,
    cache_write_1h, image_in, audio_in, video_in, text_out, reasoning, audio_out, image_out,
    searches, cost_nusd, prompt_nusd, completion_nusd, err_auth, err_permission,
    err_model_not_found, err_bad_request, err_context_length, err_content_policy, err_too_large,
    err_rate_limited, err_quota, err_overloaded, err_connect_timeout, err_first_token_timeout,
    err_idle_timeout, err_total_timeout, err_server, err_network, err_decode, err_empty, err_other,
    ttft_00, ttft_01, ttft_02, ttft_03, ttft_04, ttft_05, ttft_06, ttft_07, ttft_08, ttft_09,
    ttft_10, ttft_11, ttft_12, ttft_13, ttft_14, ttft_15, ttft_16, ttft_17, ttft_18, ttft_19,
    ttft_20, ttft_21, ttft_22, ttft_23, ttft_24, ttft_25, ttft_26, ttft_27, ttft_28, ttft_29,
    ttft_30, ttft_31, ttft_32, ttft_33, ttft_34, ttft_35, ttft_36, ttft_37, ttft_38, ttft_39,
    latency_00, latency_01, latency_02, latency_03, latency_04, latency_05, latency_06, latency_07,
    latency_08, latency_09, latency_10, latency_11, latency_12, latency_13, latency_14, latency_15,
    latency_16, latency_17, latency_18, latency_19, latency_20, latency_21, latency_22, latency_23,
    latency_24, latency_25, latency_26, latency_27, latency_28, latency_29, latency_30, latency_31,
    latency_32, latency_33, latency_34, latency_35, latency_36, latency_37, latency_38, latency_39,
    tps_00, tps_01, tps_02, tps_03, tps_04, tps_05, tps_06, tps_07, tps_08, tps_09, tps_10, tps_11,
    tps_12, tps_13, tps_14, tps_15, tps_16, tps_17, tps_18, tps_19, tps_20, tps_21, tps_22, tps_23,
    tps_24, tps_25, tps_26, tps_27, tps_28, tps_29, tps_30, tps_31, tps_32, tps_33, tps_34, tps_35,
    tps_36, tps_37, tps_38, tps_39
) VALUES (
    :day, :model, :provider, :attempts, :served, :faults, :rate_limited, :cancelled, :probes,
    :tool_answers, :tool_faults, :shaped_answers, :shape_faults, :requests, :unpriced, :text_in,
    :cache_read, :cache_write, :cache_write_1h, :image_in, :audio_in, :video_in, :text_out,
    :reasoning, :audio_out, :image_out, :searches, :cost_nusd, :prompt_nusd, :completion_nusd,
    :err_auth, :err_permission, :err_model_not_found, :err_bad_request, :err_context_length,
    :err_content_policy, :err_too_large, :err_rate_limited, :err_quota, :err_overloaded,
    :err_connect_timeout, :err_first_token_timeout, :err_idle_timeout, :err_total_timeout,
    :err_server, :err_network, :err_decode, :err_empty, :err_other, :ttft_00, :ttft_01, :ttft_02,
    :ttft_03, :ttft_04, :ttft_05, :ttft_06, :ttft_07, :ttft_08, :ttft_09, :ttft_10, :ttft_11,
    :ttft_12, :ttft_13, :ttft_14, :ttft_15, :ttft_16, :ttft_17, :ttft_18, :ttft_19, :ttft_20,
    :ttft_21, :ttft_22, :ttft_23, :ttft_24, :ttft_25, :ttft_26, :ttft_27, :ttft_28, :ttft_29,
    :ttft_30, :ttft_31, :ttft_32, :ttft_33, :ttft_34, :ttft_35, :ttft_36, :ttft_37, :ttft_38,
    :ttft_39, :latency_00, :latency_01, :latency_02, :latency_03, :latency_04, :latency_05,
    :latency_06, :latency_07, :latency_08, :latency_09, :latency_10, :latency_11, :latency_12,
    :latency_13, :latency_14, :latency_15, :latency_16, :latency_17, :latency_18, :latency_19,
    :latency_20, :latency_21, :latency_22, :latency_23, :latency_24, :latency_25, :latency_26,
    :latency_27, :latency_28, :latency_29, :latency_30, :latency_31, :latency_32, :latency_33,
    :latency_34, :latency_35, :latency_36, :latency_37, :latency_38, :latency_39, :tps_00, :tps_01,
    :tps_02, :tps_03, :tps_04, :tps_05, :tps_06, :tps_07, :tps_08, :tps_09, :tps_10, :tps_11,
    :tps_12, :tps_13, :tps_14, :tps_15, :tps_16, :tps_17, :tps_18, :tps_19, :tps_20, :tps_21,
    :tps_22, :tps_23, :tps_24, :tps_25, :tps_26, :tps_27, :tps_28, :tps_29, :tps_30, :tps_31,
    :tps_32, :tps_33, :tps_34, :tps_35, :tps_36, :tps_37, :tps_38, :tps_39
)
ON CONFLICT (day, model, provider) DO UPDATE SET
    attempts = model_days.attempts + excluded.attempts, served = model_days.served +
    excluded.served, faults = model_days.faults + excluded.faults, rate_limited =
    model_days.rate_limited + excluded.rate_limited, cancelled = model_days.cancelled +
    excluded.cancelled, probes = model_days.probes + excluded.probes, tool_answers =
    model_days.tool_answers + excluded.tool_answers, tool_faults = model_days.tool_faults +
    excluded.tool_faults, shaped_answers = model_days.shaped_answers + excluded.shaped_answers,
    shape_faults = model_days.shape_faults + excluded.shape_faults, requests = model_days.requests +
    excluded.requests, unpriced = model_days.unpriced + excluded.unpriced, text_in =
    model_days.text_in + excluded.text_in, cache_read = model_days.cache_read + excluded.cache_read,
    cache_write = model_days.cache_write + excluded.cache_write, cache_write_1h =
    model_days.cache_write_1h + excluded.cache_write_1h, image_in = model_days.image_in +
    excluded.image_in, audio_in = model_days.audio_in + excluded.audio_in, video_in =
    model_days.video_in + excluded.video_in, text_out = model_days.text_out + excluded.text_out,
    reasoning = model_days.reasoning + excluded.reasoning, audio_out = model_days.audio_out +
    excluded.audio_out, image_out = model_days.image_out + excluded.image_out, searches =
    model_days.searches + excluded.searches, cost_nusd = model_days.cost_nusd + excluded.cost_nusd,
    prompt_nusd = model_days.prompt_nusd + excluded.prompt_nusd, completion_nusd =
    model_days.completion_nusd + excluded.completion_nusd, err_auth = model_days.err_auth +
    excluded.err_auth, err_permission = model_days.err_permission + excluded.err_permission,
    err_model_not_found = model_days.err_model_not_found + excluded.err_model_not_found,
    err_bad_request = model_days.err_bad_request + excluded.err_bad_request, err_context_length =
    model_days.err_context_length + excluded.err_context_length, err_content_policy =
    model_days.err_content_policy + excluded.err_content_policy, err_too_large =
    model_days.err_too_large + excluded.err_too_large, err_rate_limited =
    model_days.err_rate_limited + excluded.err_rate_limited, err_quota = model_days.err_quota +
    excluded.err_quota, err_overloaded = model_days.err_overloaded + excluded.err_overloaded,
    err_connect_timeout = model_days.err_connect_timeout + excluded.err_connect_timeout,
    err_first_token_timeout = model_days.err_first_token_timeout + excluded.err_first_token_timeout,
    err_idle_timeout = model_days.err_idle_timeout + excluded.err_idle_timeout, err_total_timeout =
    model_days.err_total_timeout + excluded.err_total_timeout, err_server = model_days.err_server +
    excluded.err_server, err_network = model_days.err_network + excluded.err_network, err_decode =
    model_days.err_decode + excluded.err_decode, err_empty = model_days.err_empty +
    excluded.err_empty, err_other = model_days.err_other + excluded.err_other, ttft_00 =
    model_days.ttft_00 + excluded.ttft_00, ttft_01 = model_days.ttft_01 + excluded.ttft_01, ttft_02
    = model_days.ttft_02 + excluded.ttft_02, ttft_03 = model_days.ttft_03 + excluded.ttft_03,
    ttft_04 = model_days.ttft_04 + excluded.ttft_04, ttft_05 = model_days.ttft_05 +
    excluded.ttft_05, ttft_06 = model_days.ttft_06 + excluded.ttft_06, ttft_07 = model_days.ttft_07
    + excluded.ttft_07, ttft_08 = model_days.ttft_08 + excluded.ttft_08, ttft_09 =
    model_days.ttft_09 + excluded.ttft_09, ttft_10 = model_days.ttft_10 + excluded.ttft_10, ttft_11
    = model_days.ttft_11 + excluded.ttft_11, ttft_12 = model_days.ttft_12 + excluded.ttft_12,
    ttft_13 = model_days.ttft_13 + excluded.ttft_13, ttft_14 = model_days.ttft_14 +
    excluded.ttft_14, ttft_15 = model_days.ttft_15 + excluded.ttft_15, ttft_16 = model_days.ttft_16
    + excluded.ttft_16, ttft_17 = model_days.ttft_17 + excluded.ttft_17, ttft_18 =
    model_days.ttft_18 + excluded.ttft_18, ttft_19 = model_days.ttft_19 + excluded.ttft_19, ttft_20
    = model_days.ttft_20 + excluded.ttft_20, ttft_21 = model_days.ttft_21 + excluded.ttft_21,
    ttft_22 = model_days.ttft_22 + excluded.ttft_22, ttft_23 = model_days.ttft_23 +
    excluded.ttft_23, ttft_24 = model_days.ttft_24 + excluded.ttft_24, ttft_25 = model_days.ttft_25
    + excluded.ttft_25, ttft_26 = model_days.ttft_26 + excluded.ttft_26, ttft_27 =
    model_days.ttft_27 + excluded.ttft_27, ttft_28 = model_days.ttft_28 + excluded.ttft_28, ttft_29
    = model_days.ttft_29 + excluded.ttft_29, ttft_30 = model_days.ttft_30 + excluded.ttft_30,
    ttft_31 = model_days.ttft_31 + excluded.ttft_31, ttft_32 = model_days.ttft_32 +
    excluded.ttft_32, ttft_33 = model_days.ttft_33 + excluded.ttft_33, ttft_34 = model_days.ttft_34
    + excluded.ttft_34, ttft_35 = model_days.ttft_35 + excluded.ttft_35, ttft_36 =
    model_days.ttft_36 + excluded.ttft_36, ttft_37 = model_days.ttft_37 + excluded.ttft_37, ttft_38
    = model_days.ttft_38 + excluded.ttft_38, ttft_39 = model_days.ttft_39 + excluded.ttft_39,
    latency_00 = model_days.latency_00 + excluded.latency_00, latency_01 = model_days.latency_01 +
    excluded.latency_01, latency_02 = model_days.latency_02 + excluded.latency_02, latency_03 =
    model_days.latency_03 + excluded.latency_03, latency_04 = model_days.latency_04 +
    excluded.latency_04, latency_05 = model_days.latency_05 + excluded.latency_05, latency_06 =
    model_days.latency_06 + excluded.latency_06, latency_07 = model_days.latency_07 +
    excluded.latency_07, latency_08 = model_days.latency_08 + excluded.latency_08, latency_09 =
    model_days.latency_09 + excluded.latency_09, latency_10 = model_days.latency_10 +
    excluded.latency_10, latency_11 = model_days.latency_11 + excluded.latency_11, latency_12 =
    model_days.latency_12 + excluded.latency_12, latency_13 = model_days.latency_13 +
    excluded.latency_13, latency_14 = model_days.latency_14 + excluded.latency_14, latency_15 =
    model_days.latency_15 + excluded.latency_15, latency_16 = model_days.latency_16 +
    excluded.latency_16, latency_17 = model_days.latency_17 + excluded.latency_17, latency_18 =
    model_days.latency_18 + excluded.latency_18, latency_19 = model_days.latency_19 +
    excluded.latency_19, latency_20 = model_days.latency_20 + excluded.latency_20, latency_21 =
    model_days.latency_21 + excluded.latency_21, latency_22 = model_days.latency_22 +
    excluded.latency_22, latency_23 = model_days.latency_23 + excluded.latency_23, latency_24 =
    model_days.latency_24 + excluded.latency_24, latency_25 = model_days.latency_25 +
    excluded.latency_25, latency_26 = model_days.latency_26 + excluded.latency_26, latency_27 =
    model_days.latency_27 + excluded.latency_27, latency_28 = model_days.latency_28 +
    excluded.latency_28, latency_29 = model_days.latency_29 + excluded.latency_29, latency_30 =
    model_days.latency_30 + excluded.latency_30, latency_31 = model_days.latency_31 +
    excluded.latency_31, latency_32 = model_days.latency_32 + excluded.latency_32, latency_33 =
    model_days.latency_33 + excluded.latency_33, latency_34 = model_days.latency_34 +
    excluded.latency_34, latency_35 = model_days.latency_35 + excluded.latency_35, latency_36 =
    model_days.latency_36 + excluded.latency_36, latency_37 = model_days.latency_37 +
    excluded.latency_37, latency_38 = model_days.latency_38 + excluded.latency_38, latency_39 =
    model_days.latency_39 + excluded.latency_39, tps_00 = model_days.tps_00 + excluded.tps_00,
    tps_01 = model_days.tps_01 + excluded.tps_01, tps_02 = model_days.tps_02 + excluded.tps_02,
    tps_03 = model_days.tps_03 + excluded.tps_03, tps_04 = model_days.tps_04 + excluded.tps_04,
    tps_05 = model_days.tps_05 + excluded.tps_05, tps_06 = model_days.tps_06 + excluded.tps_06,
    tps_07 = model_days.tps_07 + excluded.tps_07, tps_08 = model_days.tps_08 + excluded.tps_08,
    tps_09 = model_days.tps_09 + excluded.tps_09, tps_10 = model_days.tps_10 + excluded.tps_10,
    tps_11 = model_days.tps_11 + excluded.tps_11, tps_12 = model_days.tps_12 + excluded.tps_12,
    tps_13 = model_days.tps_13 + excluded.tps_13, tps_14 = model_days.tps_14 + excluded.tps_14,
    tps_15 = model_days.tps_15 + excluded.tps_15, tps_16 = model_days.tps_16 + excluded.tps_16,
    tps_17 = model_days.tps_17 + excluded.tps_17, tps_18 = model_days.tps_18 + excluded.tps_18,
    tps_19 = model_days.tps_19 + excluded.tps_19, tps_20 = model_days.tps_20 + excluded.tps_20,
    tps_21 = model_days.tps_21 + excluded.tps_21, tps_22 = model_days.tps_22 + excluded.tps_22,
    tps_23 = model_days.tps_23 + excluded.tps_23, tps_24 = model_days.tps_24 + excluded.tps_24,
    tps_25 = model_days.tps_25 + excluded.tps_25, tps_26 = model_days.tps_26 + excluded.tps_26,
    tps_27 = model_days.tps_27 + excluded.tps_27, tps_28 = model_days.tps_28 + excluded.tps_28,
    tps_29 = model_days.tps_29 + excluded.tps_29, tps_30 = model_days.tps_30 + excluded.tps_30,
    tps_31 = model_days.tps_31 + excluded.tps_31, tps_32 = model_days.tps_32 + excluded.tps_32,
    tps_33 = model_days.tps_33 + excluded.tps_33, tps_34 = model_days.tps_34 + excluded.tps_34,
    tps_35 = model_days.tps_35 + excluded.tps_35, tps_36 = model_days.tps_36 + excluded.tps_36,
    tps_37 = model_days.tps_37 + excluded.tps_37, tps_38 = model_days.tps_38 + excluded.tps_38,
    tps_39 = model_days.tps_39 + excluded.tps_39;

-- name: add_app_day
-- Adds what an app used of a model on a day.
INSERT INTO app_days (
    day, app, model, title, requests, unpriced, text_in, cache_read, cache_write, cache_write_1h,
    image_in, audio_in, video_in, text_out, reasoning, audio_out, image_out, searches, cost_nusd,
    prompt_nusd, completion_nusd
) VALUES (
    :day, :app, :model, :title, :requests, :unpriced, :text_in, :cache_read, :cache_write,
    :cache_write_1h, :image_in, :audio_in, :video_in, :text_out, :reasoning, :audio_out, :image_out,
    :searches, :cost_nusd, :prompt_nusd, :completion_nusd
)
ON CONFLICT (app, day, model) DO UPDATE SET
    title = excluded.title, requests = app_days.requests + excluded.requests, unpriced =
    app_days.unpriced + excluded.unpriced, text_in = app_days.text_in + excluded.text_in, cache_read
    = app_days.cache_read + excluded.cache_read, cache_write = app_days.cache_write +
    excluded.cache_write, cache_write_1h = app_days.cache_write_1h + excluded.cache_write_1h,
    image_in = app_days.image_in + excluded.image_in, audio_in = app_days.audio_in +
    excluded.audio_in, video_in = app_days.video_in + excluded.video_in, text_out =
    app_days.text_out + excluded.text_out, reasoning = app_days.reasoning + excluded.reasoning,
    audio_out = app_days.audio_out + excluded.audio_out, image_out = app_days.image_out +
    excluded.image_out, searches = app_days.searches + excluded.searches, cost_nusd =
    app_days.cost_nusd + excluded.cost_nusd, prompt_nusd = app_days.prompt_nusd +
    excluded.prompt_nusd, completion_nusd = app_days.completion_nusd + excluded.completion_nusd;

-- name: add_key_day
-- Adds what a key used of a model on a day.
INSERT INTO key_days (
    day, key_hash, model, failed, requests, unpriced, text_in, cache_read, cache_write,
    cache_write_1h, image_in, audio_in, video_in, text_out, reasoning, audio_out, image_out,
    searches, cost_nusd, prompt_nusd, completion_nusd
) VALUES (
    :day, :key_hash, :model, :failed, :requests, :unpriced, :text_in, :cache_read, :cache_write,
    :cache_write_1h, :image_in, :audio_in, :video_in, :text_out, :reasoning, :audio_out, :image_out,
    :searches, :cost_nusd, :prompt_nusd, :completion_nusd
)
ON CONFLICT (key_hash, day, model) DO UPDATE SET
    failed = key_days.failed + excluded.failed, requests = key_days.requests + excluded.requests,
    unpriced = key_days.unpriced + excluded.unpriced, text_in = key_days.text_in + excluded.text_in,
    cache_read = key_days.cache_read + excluded.cache_read, cache_write = key_days.cache_write +
    excluded.cache_write, cache_write_1h = key_days.cache_write_1h + excluded.cache_write_1h,
    image_in = key_days.image_in + excluded.image_in, audio_in = key_days.audio_in +
    excluded.audio_in, video_in = key_days.video_in + excluded.video_in, text_out =
    key_days.text_out + excluded.text_out, reasoning = key_days.reasoning + excluded.reasoning,
    audio_out = key_days.audio_out + excluded.audio_out, image_out = key_days.image_out +
    excluded.image_out, searches = key_days.searches + excluded.searches, cost_nusd =
    key_days.cost_nusd + excluded.cost_nusd, prompt_nusd = key_days.prompt_nusd +
    excluded.prompt_nusd, completion_nusd = key_days.completion_nusd + excluded.completion_nusd;

-- name: endpoint_hours_of_model
-- One model's endpoints, hour by hour.
SELECT * FROM endpoint_hours
WHERE model = :model AND hour >= :since AND hour < :until
ORDER BY hour, endpoint;

-- name: endpoint_days_of_model
-- One model's endpoints, day by day, out of the hours.
SELECT hour / 24 AS day, endpoint, provider,
       sum(attempts) AS attempts, sum(served) AS served, sum(faults) AS faults, sum(rate_limited) AS
       rate_limited, sum(cancelled) AS cancelled, sum(probes) AS probes, sum(tool_answers) AS
       tool_answers, sum(tool_faults) AS tool_faults, sum(shaped_answers) AS shaped_answers,
       sum(shape_faults) AS shape_faults, sum(requests) AS requests, sum(unpriced) AS unpriced,
       sum(text_in) AS text_in, sum(cache_read) AS cache_read, sum(cache_write) AS cache_write,
       sum(cache_write_1h) AS cache_write_1h, sum(image_in) AS image_in, sum(audio_in) AS audio_in,
       sum(video_in) AS video_in, sum(text_out) AS text_out, sum(reasoning) AS reasoning,
       sum(audio_out) AS audio_out, sum(image_out) AS image_out, sum(searches) AS searches,
       sum(cost_nusd) AS cost_nusd, sum(prompt_nusd) AS prompt_nusd, sum(completion_nusd) AS
       completion_nusd, sum(err_auth) AS err_auth, sum(err_permission) AS err_permission,
       sum(err_model_not_found) AS err_model_not_found, sum(err_bad_request) AS err_bad_request,
       sum(err_context_length) AS err_context_length, sum(err_content_policy) AS err_content_policy,
       sum(err_too_large) AS err_too_large, sum(err_rate_limited) AS err_rate_limited,
       sum(err_quota) AS err_quota, sum(err_overloaded) AS err_overloaded, sum(err_connect_timeout)
       AS err_connect_timeout, sum(err_first_token_timeout) AS err_first_token_timeout,
       sum(err_idle_timeout) AS err_idle_timeout, sum(err_total_timeout) AS err_total_timeout,
       sum(err_server) AS err_server, sum(err_network) AS err_network, sum(err_decode) AS
       err_decode, sum(err_empty) AS err_empty, sum(err_other) AS err_other, sum(ttft_00) AS
       ttft_00, sum(ttft_01) AS ttft_01, sum(ttft_02) AS ttft_02, sum(ttft_03) AS ttft_03,
       sum(ttft_04) AS ttft_04, sum(ttft_05) AS ttft_05, sum(ttft_06) AS ttft_06, sum(ttft_07) AS
       ttft_07, sum(ttft_08) AS ttft_08, sum(ttft_09) AS ttft_09, sum(ttft_10) AS ttft_10,
       sum(ttft_11) AS ttft_11, sum(ttft_12) AS ttft_12, sum(ttft_13) AS ttft_13, sum(ttft_14) AS
       ttft_14, sum(ttft_15) AS ttft_15, sum(ttft_16) AS ttft_16, sum(ttft_17) AS ttft_17,
       sum(ttft_18) AS ttft_18, sum(ttft_19) AS ttft_19, sum(ttft_20) AS ttft_20, sum(ttft_21) AS
       ttft_21, sum(ttft_22) AS ttft_22, sum(ttft_23) AS ttft_23, sum(ttft_24) AS ttft_24,
       sum(ttft_25) AS ttft_25, sum(ttft_26) AS ttft_26, sum(ttft_27) AS ttft_27, sum(ttft_28) AS
       ttft_28, sum(ttft_29) AS ttft_29, sum(ttft_30) AS ttft_30, sum(ttft_31) AS ttft_31,
       sum(ttft_32) AS ttft_32, sum(ttft_33) AS ttft_33, sum(ttft_34) AS ttft_34, sum(ttft_35) AS
       ttft_35, sum(ttft_36) AS ttft_36, sum(ttft_37) AS ttft_37, sum(ttft_38) AS ttft_38,
       sum(ttft_39) AS ttft_39, sum(latency_00) AS latency_00, sum(latency_01) AS latency_01,
       sum(latency_02) AS latency_02, sum(latency_03) AS latency_03, sum(latency_04) AS latency_04,
       sum(latency_05) AS latency_05, sum(latency_06) AS latency_06, sum(latency_07) AS latency_07,
       sum(latency_08) AS latency_08, sum(latency_09) AS latency_09, sum(latency_10) AS latency_10,
       sum(latency_11) AS latency_11, sum(latency_12) AS latency_12, sum(latency_13) AS latency_13,
       sum(latency_14) AS latency_14, sum(latency_15) AS latency_15, sum(latency_16) AS latency_16,
       sum(latency_17) AS latency_17, sum(latency_18) AS latency_18, sum(latency_19) AS latency_19,
       sum(latency_20) AS latency_20, sum(latency_21) AS latency_21, sum(latency_22) AS latency_22,
       sum(latency_23) AS latency_23, sum(latency_24) AS latency_24, sum(latency_25) AS latency_25,
       sum(latency_26) AS latency_26, sum(latency_27) AS latency_27, sum(latency_28) AS latency_28,
       sum(latency_29) AS latency_29, sum(latency_30) AS latency_30, sum(latency_31) AS latency_31,
       sum(latency_32) AS latency_32, sum(latency_33) AS latency_33, sum(latency_34) AS latency_34,
       sum(latency_35) AS latency_35, sum(latency_36) AS latency_36, sum(latency_37) AS latency_37,
       sum(latency_38) AS latency_38, sum(latency_39) AS latency_39, sum(tps_00) AS tps_00,
       sum(tps_01) AS tps_01, sum(tps_02) AS tps_02, sum(tps_03) AS tps_03, sum(tps_04) AS tps_04,
       sum(tps_05) AS tps_05, sum(tps_06) AS tps_06, sum(tps_07) AS tps_07, sum(tps_08) AS tps_08,
       sum(tps_09) AS tps_09, sum(tps_10) AS tps_10, sum(tps_11) AS tps_11, sum(tps_12) AS tps_12,
       sum(tps_13) AS tps_13, sum(tps_14) AS tps_14, sum(tps_15) AS tps_15, sum(tps_16) AS tps_16,
       sum(tps_17) AS tps_17, sum(tps_18) AS tps_18, sum(tps_19) AS tps_19, sum(tps_20) AS tps_20,
       sum(tps_21) AS tps_21, sum(tps_22) AS tps_22, sum(tps_23) AS tps_23, sum(tps_24) AS tps_24,
       sum(tps_25) AS tps_25, sum(tps_26) AS tps_26, sum(tps_27) AS tps_27, sum(tps_28) AS tps_28,
       sum(tps_29) AS tps_29, sum(tps_30) AS tps_30, sum(tps_31) AS tps_31, sum(tps_32) AS tps_32,
       sum(tps_33) AS tps_33, sum(tps_34) AS tps_34, sum(tps_35) AS tps_35, sum(tps_36) AS tps_36,
       sum(tps_37) AS tps_37, sum(tps_38) AS tps_38, sum(tps_39) AS tps_39
FROM endpoint_hours
WHERE model = :model AND hour >= :since * 24 AND hour < :until * 24
GROUP BY hour / 24, endpoint, provider
ORDER BY day, endpoint;

-- name: model_days_of_model
-- One model at each provider, day by day.
SELECT * FROM model_days
WHERE model = :model AND day >= :since AND day < :until
ORDER BY day, provider;

-- name: model_totals
-- Every model over some days, most tokens first: rankings, weekly tokens.
SELECT model, sum(attempts) AS attempts, sum(served) AS served, sum(faults) AS faults,
       sum(rate_limited) AS rate_limited, sum(tool_answers) AS tool_answers,
       sum(tool_faults) AS tool_faults,
       sum(requests) AS requests, sum(unpriced) AS unpriced, sum(text_in) AS text_in,
       sum(cache_read) AS cache_read, sum(cache_write) AS cache_write, sum(cache_write_1h) AS
       cache_write_1h, sum(image_in) AS image_in, sum(audio_in) AS audio_in, sum(video_in) AS
       video_in, sum(text_out) AS text_out, sum(reasoning) AS reasoning, sum(audio_out) AS
       audio_out, sum(image_out) AS image_out, sum(searches) AS searches, sum(cost_nusd) AS
       cost_nusd, sum(prompt_nusd) AS prompt_nusd, sum(completion_nusd) AS completion_nusd
FROM model_days
WHERE day >= :since AND day < :until
GROUP BY model
ORDER BY sum(text_in + cache_read + cache_write + cache_write_1h + image_in + audio_in + video_in
             + text_out + reasoning + audio_out + image_out) DESC, model;

-- name: app_days_of_app
-- What one app used, day by day and model by model.
SELECT * FROM app_days
WHERE app = :app AND day >= :since AND day < :until
ORDER BY day, model;

-- name: app_totals
-- Every app over some days, most tokens first.
SELECT app, max(title) AS title,
       sum(requests) AS requests, sum(unpriced) AS unpriced, sum(text_in) AS text_in,
       sum(cache_read) AS cache_read, sum(cache_write) AS cache_write, sum(cache_write_1h) AS
       cache_write_1h, sum(image_in) AS image_in, sum(audio_in) AS audio_in, sum(video_in) AS
       video_in, sum(text_out) AS text_out, sum(reasoning) AS reasoning, sum(audio_out) AS
       audio_out, sum(image_out) AS image_out, sum(searches) AS searches, sum(cost_nusd) AS
       cost_nusd, sum(prompt_nusd) AS prompt_nusd, sum(completion_nusd) AS completion_nusd
FROM app_days
WHERE day >= :since AND day < :until
GROUP BY app
ORDER BY sum(text_in + cache_read + cache_write + cache_write_1h + image_in + audio_in + video_in
             + text_out + reasoning + audio_out + image_out) DESC, app
LIMIT :limit;

-- name: key_days_of_key
-- What one key used, day by day and model by model.
SELECT * FROM key_days
WHERE key_hash = :key_hash AND day >= :since AND day < :until
ORDER BY day, model;

-- name: prune_endpoint_hours
-- Deletes one helping of the oldest hours.
DELETE FROM endpoint_hours
WHERE (model, hour, endpoint) IN (SELECT model, hour, endpoint FROM endpoint_hours
                                  WHERE hour < :day * 24 LIMIT :limit);

-- name: prune_model_days
-- Deletes one helping of the oldest days of models.
DELETE FROM model_days
WHERE (day, model, provider) IN (SELECT day, model, provider FROM model_days
                                 WHERE day < :day LIMIT :limit);

-- name: prune_app_days
-- Deletes one helping of the oldest days of apps.
DELETE FROM app_days
WHERE (app, day, model) IN (SELECT app, day, model FROM app_days WHERE day < :day LIMIT :limit);

-- name: prune_key_days
-- Deletes one helping of the oldest days of keys.
DELETE FROM key_days
WHERE (key_hash, day, model) IN (SELECT key_hash, day, model FROM key_days
                                 WHERE day < :day LIMIT :limit);
