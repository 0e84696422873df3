"""What the recent past says of one endpoint, as the plan, the catalog and people read it."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from turnout.core.histogram import FINE_MS, FINE_TPS, Percentiles
from turnout.core.money import ATTO_PER_NANO
from turnout.metrics import cells
from turnout.metrics.cells import LATENCY, SIZE, THROUGHPUT, TTFT

WindowS = Literal[30, 300, 1800, 86400]
"""The live windows, in seconds."""

WINDOWS_S: Final[tuple[WindowS, ...]] = (30, 300, 1800, 86400)


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint over one live window. Counts are attempts unless the name says otherwise.

    Definitions: docs/explain/measures.md.

    Attributes:
        window_s: How far back these look: 30, 300, 1800 or 86 400.
        attempts: All that ended, whatever became of them; those the client cancelled included.
        served: Answered whole.
        faults: Failed by the provider's fault (`Verdict.hurts_health`).
        rate_limited: Refused with 429 or its like; no fault.
        cancelled: The client left; no fault.
        probes: Of the attempts, those that no caller asked for.
        minutes: That had enough attempts to be judged; good_minutes: of these, those in which
            enough succeeded.
        ttft_ms: Dispatch to first content, streams only.
        latency_ms: Round trip of served attempts.
        throughput_tps: Completion tokens per second over whole served attempts.
        tool_answers: Served answers with at least one tool call; tool_faults: those with a bad one.
        shaped_answers: Served answers to requests for JSON; shape_faults: those that are not that.
        prompt_tok: Of served attempts; cache_read_tok: of these, read from a prompt cache.
        priced: Served attempts whose endpoint had a price.
        cost_nusd: What served attempts were charged, None where the endpoint is unpriced.
        prompt_cost_nusd: The prompts' part of it; completion_cost_nusd: the completions'.
    """

    window_s: int
    attempts: int = 0
    served: int = 0
    faults: int = 0
    rate_limited: int = 0
    cancelled: int = 0
    probes: int = 0
    minutes: int = 0
    good_minutes: int = 0
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
    priced: int = 0
    cost_nusd: int | None = None
    prompt_cost_nusd: int = 0
    completion_cost_nusd: int = 0

    @property
    def uptime(self) -> float | None:
        """Percent of attempts that the provider did not fail, of those it could; None of none."""
        judged = self.served + self.faults
        return 100.0 * self.served / judged if judged else None

    @property
    def uptime_by_minutes(self) -> float | None:
        """Percent of the judged minutes that were good; None when no minute could be judged."""
        return 100.0 * self.good_minutes / self.minutes if self.minutes else None

    @property
    def rate_limited_share(self) -> float:
        """Of the attempts that nobody cancelled, the fraction that was refused for its rate."""
        asked = self.attempts - self.cancelled
        return self.rate_limited / asked if asked else 0.0

    @property
    def tool_success(self) -> float | None:
        """Fraction of answers with tool calls whose calls were all valid; None of none."""
        return 1 - self.tool_faults / self.tool_answers if self.tool_answers else None

    @property
    def shape_success(self) -> float | None:
        """Fraction of answers to requests for JSON that were it; None of none."""
        return 1 - self.shape_faults / self.shaped_answers if self.shaped_answers else None

    @property
    def cache_hit_rate(self) -> float | None:
        """Fraction of prompt tokens read from a prompt cache; None without tokens."""
        return self.cache_read_tok / self.prompt_tok if self.prompt_tok else None

    @property
    def effective_prompt_rate(self) -> int | None:
        """Atto-USD that a prompt token really cost, cached ones included; None without any."""
        return _rate(self.prompt_cost_nusd, self.prompt_tok) if self.priced else None

    @property
    def effective_completion_rate(self) -> int | None:
        """Atto-USD that a completion token really cost; None without any."""
        return _rate(self.completion_cost_nusd, self.completion_tok) if self.priced else None


def _rate(nusd: int, tok: int) -> int | None:
    return nusd * ATTO_PER_NANO // tok if tok else None


def figures_of(vector: Sequence[int], window_s: int) -> Figures:
    """A vector of `cells`, read."""
    return Figures(
        window_s=window_s,
        attempts=vector[cells.ATTEMPTS],
        served=vector[cells.SERVED],
        faults=vector[cells.FAULTS],
        rate_limited=vector[cells.RATE_LIMITED],
        cancelled=vector[cells.CANCELLED],
        probes=vector[cells.PROBES],
        minutes=vector[cells.MINUTES],
        good_minutes=vector[cells.GOOD_MINUTES],
        ttft_ms=FINE_MS.percentiles(vector[TTFT:LATENCY]),
        latency_ms=FINE_MS.percentiles(vector[LATENCY:THROUGHPUT]),
        throughput_tps=FINE_TPS.percentiles(vector[THROUGHPUT:SIZE]),
        tool_answers=vector[cells.TOOL_ANSWERS],
        tool_faults=vector[cells.TOOL_FAULTS],
        shaped_answers=vector[cells.SHAPED_ANSWERS],
        shape_faults=vector[cells.SHAPE_FAULTS],
        prompt_tok=vector[cells.PROMPT_TOK],
        completion_tok=vector[cells.COMPLETION_TOK],
        cache_read_tok=vector[cells.CACHE_READ_TOK],
        priced=vector[cells.PRICED],
        cost_nusd=vector[cells.COST_NUSD] if vector[cells.PRICED] else None,
        prompt_cost_nusd=vector[cells.PROMPT_NUSD],
        completion_cost_nusd=vector[cells.COMPLETION_NUSD],
    )


def failures_of(vector: Sequence[int]) -> Mapping[str, int]:
    """Attempts by the kind of their failure, those kinds only that occurred."""
    return {kind: vector[place] for kind, place in cells.KIND.items() if vector[place]}
