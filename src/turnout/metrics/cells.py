"""One vector of integers says all that a stretch of time taught us; stretches merge by addition.

[ counters | failures by kind | TTFT buckets | latency buckets | throughput buckets ]
"""

from typing import Final

from turnout.core.errors import FailureKind
from turnout.core.histogram import FINE_MS, FINE_TPS

(
    ATTEMPTS,
    SERVED,
    FAULTS,
    RATE_LIMITED,
    CANCELLED,
    PROBES,
    TOOL_ANSWERS,
    TOOL_FAULTS,
    SHAPED_ANSWERS,
    SHAPE_FAULTS,
    PROMPT_TOK,
    COMPLETION_TOK,
    CACHE_READ_TOK,
    PRICED,
    COST_NUSD,
    PROMPT_NUSD,
    COMPLETION_NUSD,
    MINUTES,
    GOOD_MINUTES,
) = range(19)

_KINDS: Final = 19
KIND: Final = {kind.value: _KINDS + place for place, kind in enumerate(FailureKind)}
"""The cell of each failure kind."""

TTFT: Final = 64
"""Where its buckets begin: a round number, so that a new counter or kind does not move them."""
LATENCY: Final = TTFT + FINE_MS.count
THROUGHPUT: Final = LATENCY + FINE_MS.count
SIZE: Final = THROUGHPUT + FINE_TPS.count
LAYOUT: Final = 1
"""Of what is stored. To be raised when a cell changes its meaning."""
