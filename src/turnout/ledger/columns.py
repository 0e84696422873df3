"""The integer columns of roll-ups, in the order of the tables. They merge by SUM, all of them.

Adding one is a migration: the tables, the statements in store/queries/rollups.sql, and here.
"""

from typing import Final

from turnout.core.histogram import COLUMNS_MS

MEASURED: Final = (
    "attempts",
    "served",
    "faults",
    "rate_limited",
    "cancelled",
    "probes",
    "tool_answers",
    "tool_faults",
    "shaped_answers",
    "shape_faults",
)
"""Of attempts; words as in `metrics.figures.Figures`."""

USED: Final = (
    "requests",
    "unpriced",
    "text_in",
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "image_in",
    "audio_in",
    "video_in",
    "text_out",
    "reasoning",
    "audio_out",
    "image_out",
    "searches",
    "cost_nusd",
    "prompt_nusd",
    "completion_nusd",
)
"""Of generations that reached a client, by who served; words as in `core.usage.Usage`."""

ERRORS: Final = (
    "err_auth",
    "err_permission",
    "err_model_not_found",
    "err_bad_request",
    "err_context_length",
    "err_content_policy",
    "err_too_large",
    "err_rate_limited",
    "err_quota",
    "err_overloaded",
    "err_connect_timeout",
    "err_first_token_timeout",
    "err_idle_timeout",
    "err_total_timeout",
    "err_server",
    "err_network",
    "err_decode",
    "err_empty",
    "err_other",
)
"""Attempts by failure kind; a kind that is younger than the tables is other."""

_NUMBERS: Final = range(COLUMNS_MS.count)
TTFT: Final = tuple(f"ttft_{number:02d}" for number in _NUMBERS)
LATENCY: Final = tuple(f"latency_{number:02d}" for number in _NUMBERS)
SPEED: Final = tuple(f"tps_{number:02d}" for number in _NUMBERS)

ALL: Final = (*MEASURED, *USED, *ERRORS, *TTFT, *LATENCY, *SPEED)

AT: Final = {name: place for place, name in enumerate(ALL)}
"""Where a column stands in a row of them all."""
