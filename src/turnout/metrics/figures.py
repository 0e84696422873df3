"""What the recent past says of one endpoint, as the plan, the catalog and people read it."""

import msgspec

from turnout.metrics.window import Percentiles


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint over one live window. Counts are attempts unless the name says otherwise.

    Attributes:
        window_s: How far back these look: 30, 300, 1800 or 86 400.
        attempts: All that ended, whatever became of them; those the client cancelled included.
        served: Answered whole.
        faults: Failed by the provider's fault (`Verdict.hurts_health`).
        rate_limited: Refused with 429 or its like; no fault.
        ttft_ms: Dispatch to first content, streams only.
        latency_ms: Round trip of served attempts.
        throughput_tps: Completion tokens per second over whole served attempts.
        tool_answers: Served answers with at least one tool call; tool_faults: those with a bad one.
        shaped_answers: Served answers to requests for JSON; shape_faults: those that are not that.
        prompt_tok: Of served attempts; cache_read_tok: of these, read from a prompt cache.
        cost_nusd: What served attempts were charged, None where the endpoint is unpriced.
    """

    window_s: int
    attempts: int = 0
    served: int = 0
    faults: int = 0
    rate_limited: int = 0
    ttft_ms: Percentiles | None = None
    latency_ms: Percentiles | None = None
    throughput_tps: Percentiles | None = None
    tool_answers: int = 0
    tool_faults: int = 0
    shaped_answers: int = 0
    shape_faults: int = 0
    prompt_tok: int = 0
    completion_tok: int = 0
    cache_read_tok: int = 0
    cost_nusd: int | None = None
