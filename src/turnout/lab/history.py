"""A scenario from one's own records: the requests as they came, the endpoints as they behaved."""

import math
from collections.abc import Mapping, Sequence
from statistics import median, pstdev
from typing import Final

from turnout.core.errors import VERDICTS, FailureKind
from turnout.core.types import Attempt, Endpoint, Generation, Unpriced
from turnout.lab.scenario import Profile, Scenario, ScenarioError, Traffic
from turnout.lab.world import Asked, World

LEAST_SERVED: Final = 5
"""An endpoint with fewer served attempts says too little to be played."""
_ATTO_PER_MILLION: Final = 1e12
_FAULTS: Final = frozenset(kind.value for kind in FailureKind if VERDICTS[kind].hurts_health)


def world_of(model: str, records: Sequence[Generation], endpoints: Mapping[str, Endpoint]) -> World:
    """The world that the records of one model tell of, with their own requests as its traffic.

    Args:
        records: In any order.
        endpoints: By id; those that are gone by now are not played.

    Raises:
        ScenarioError: Fewer than two endpoints served enough to be played.
    """
    records = sorted(records, key=lambda record: record.created_ms)
    tried: dict[str, list[tuple[Attempt, Generation]]] = {}
    for record in records:
        for attempt in record.attempts:
            tried.setdefault(attempt.endpoint, []).append((attempt, record))
    profiles = [
        profile
        for name, attempts in sorted(tried.items())
        if name in endpoints and (profile := _profile(endpoints[name], attempts)) is not None
    ]
    if len(profiles) < 2:
        raise ScenarioError(
            f"{model}: the records know fewer than two priced endpoints with at least"
            f" {LEAST_SERVED} served attempts each; there is nothing to compare"
        )
    requests = _requests(records)
    span_s = max(requests[-1].at_s, 1.0)
    scenario = Scenario(
        name="own-history",
        description=f"{len(requests)} requests for {model}",
        requests=len(requests),
        warmup=0,
        traffic=Traffic(rate_rps=max(len(requests) / span_s, 1e-6)),
        endpoints=tuple(profiles),
    )
    return World(scenario, requests)


def _profile(endpoint: Endpoint, attempts: Sequence[tuple[Attempt, Generation]]) -> Profile | None:
    served = [(a, g) for a, g in attempts if a.outcome == "served"]
    if len(served) < LEAST_SERVED or isinstance(endpoint.price, Unpriced):
        return None
    waits = [a.ttft_ms / 1000 for a, _ in served if a.ttft_ms]
    wait_s = median(waits) if waits else 0.3
    paces = [
        g.usage.completion_tok / max(a.latency_ms / 1000 - (a.ttft_ms or 0) / 1000, 0.001)
        for a, g in served
        if g.usage.completion_tok
    ]
    prompt_tok = sum(g.usage.prompt_tok for _, g in served)
    faults = sum(a.outcome in _FAULTS for a, _ in attempts)
    rates = endpoint.price.rates
    cached = rates.prompt if rates.cache_read is None else rates.cache_read
    return Profile(
        tag=endpoint.tag,
        prompt=rates.prompt / _ATTO_PER_MILLION,
        completion=rates.completion / _ATTO_PER_MILLION,
        cache_read=cached / _ATTO_PER_MILLION,
        cached_share=sum(g.usage.cache_read for _, g in served) / prompt_tok if prompt_tok else 0.0,
        quantization=endpoint.quantization,
        ttft_s=max(wait_s, 0.001),
        ttft_sigma=_spread(waits),
        speed_tps=max(median(paces), 0.1) if paces else 50.0,
        speed_sigma=_spread(paces),
        fault_share=faults / len(attempts),
    )


def _spread(values: Sequence[float]) -> float:
    logs = [math.log(value) for value in values if value > 0]
    return min(pstdev(logs), 2.0) if len(logs) > 1 else 0.2


def _requests(records: Sequence[Generation]) -> list[Asked]:
    first_ms = records[0].created_ms
    return [
        Asked(
            at_s=(record.created_ms - first_ms) / 1000,
            prompt_tok=max(record.usage.prompt_tok, 1),
            completion_tok=max(record.usage.completion_tok, 1),
            tools=record.finish_reason == "tool_calls",
            seed=record.seed or index,
        )
        for index, record in enumerate(records)
    ]
