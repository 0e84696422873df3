"""One endpoint in the few numbers that are weighed: the pulse on top of the windows."""

import math
from collections.abc import Callable
from typing import Final

import msgspec

from turnout.core.histogram import Percentiles
from turnout.metrics.figures import Figures, WindowS
from turnout.metrics.standing import Standing

_LOOKED_AT_S: Final[tuple[WindowS, ...]] = (300, 1800, 86400)
"""Tried in turn until one holds enough."""
_STEADY: Final = 4.0
"""The median of a window weighs as much as so many fresh answers."""
_ASSUMED_FAULTS: Final = 0.02
_ASSUMED_TRIES: Final = 2.0


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an endpoint now.

    Attributes:
        attempts: In the window that was read.
        ttft_s: Typical wait for the first token; None without any.
        pace_s: Typical seconds for each further token; None without any.
        fault_share: Of the last seconds' attempts, failed by the provider's fault.
        limited_share: Of the same, refused with 429.
        cache_share: Of prompt tokens, read from the prompt cache.
        prompt_tok, completion_tok: Of served attempts, in the longest window.
        served: Attempts that those tokens are of.
    """

    attempts: int = 0
    ttft_s: float | None = None
    pace_s: float | None = None
    fault_share: float = 0.0
    limited_share: float = 0.0
    cache_share: float = 0.0
    prompt_tok: int = 0
    completion_tok: int = 0
    served: int = 0


class Slow(msgspec.Struct, frozen=True):
    """What windows say; looked up every few seconds only."""

    at_s: float
    attempts: int
    ttft_s: float | None
    pace_s: float | None
    cache_share: float
    prompt_tok: int
    completion_tok: int
    served: int


def slowly(figures: Callable[[WindowS], Figures | None], now_s: float, least: int) -> Slow:
    """The shortest window with enough attempts; token mix and cache hits from a long one."""
    found: Figures | None = None
    for window_s in _LOOKED_AT_S:
        found = figures(window_s) or found
        if found is not None and found.attempts >= least:
            break
    if found is None:
        return Slow(now_s, 0, None, None, 0.0, 0, 0, 0)
    mix = found if found.served >= 4 * least else (figures(_LOOKED_AT_S[-1]) or found)
    ttft_s = _seconds(found.ttft_ms)
    speed = found.throughput_tps
    return Slow(
        at_s=now_s,
        attempts=max(found.attempts, mix.attempts),
        ttft_s=ttft_s,
        pace_s=_pace_s(None if speed is None else speed.p50, ttft_s, found),
        cache_share=mix.cache_hit_rate or 0.0,
        prompt_tok=mix.prompt_tok,
        completion_tok=mix.completion_tok,
        served=mix.served,
    )


def reading(standing: Standing, slow: Slow, now_s: float) -> Reading:
    """Window and pulse together."""
    pulse = standing.pulse
    calm = pulse.calm_tries * math.exp(min(0.0, pulse.at_s - now_s) / 30.0)
    kept = calm / pulse.calm_tries if pulse.calm_tries else 0.0
    tries = calm + _ASSUMED_TRIES
    late = standing.late(now_s) if standing.waiting else 0
    faults = pulse.calm_faults * kept + late + _ASSUMED_FAULTS * _ASSUMED_TRIES
    certain = pulse.miss_share(late, 1.5)
    return Reading(
        attempts=max(slow.attempts, round(calm)),
        ttft_s=_blended(slow.ttft_s, pulse.ttft_s.quick, pulse.ttft_s.weight_at(now_s)),
        pace_s=_blended(slow.pace_s, pulse.pace_s.quick, pulse.pace_s.weight_at(now_s)),
        fault_share=min(1.0, max(certain, faults / (tries + late))),
        limited_share=min(1.0, pulse.calm_limited * kept / tries),
        cache_share=slow.cache_share,
        prompt_tok=slow.prompt_tok,
        completion_tok=slow.completion_tok,
        served=slow.served,
    )


def _blended(steady: float | None, log: float, weight: float) -> float | None:
    if steady is None or steady <= 0:
        return math.exp(log) if weight > 0 else None
    return math.exp((math.log(steady) * _STEADY + log * weight) / (_STEADY + weight))


def _seconds(found: Percentiles | None) -> float | None:
    return None if found is None else max(found.p50, 1.0) / 1000


def _pace_s(speed_tps: float | None, ttft_s: float | None, figures: Figures) -> float | None:
    """Throughput is over the whole answer; the pace is what is left without the first token."""
    if not speed_tps:
        return None
    typical = figures.completion_tok / figures.served if figures.served else 0.0
    whole_s = typical / speed_tps
    if ttft_s is None or typical < 2:
        return 1 / speed_tps
    return max(whole_s - ttft_s, 0.1 * whole_s) / typical
