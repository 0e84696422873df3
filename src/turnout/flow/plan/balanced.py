"""Price against speed: what share of a model's traffic each endpoint gets.

             adjusted price
                  │ ·dear and slow            Every endpoint is a point. The two axes are in units:
                  │        ·                  one unit is the gap between the cheapest and the
                  │ ·fastest                  fastest endpoint. The distance from the corner (best
                  │     ·                     price and best time at once) decides: the nearest
                  │   ·knee    ·cheapest      share the traffic, and it falls off steeply.
                  └───────────────── time

The adjusted price is the effective price of a typical request plus what waiting for the first
token, faults and 429s cost the caller, each turned into money by a weight. Constants and their
meaning: `core.rules.Balanced`; the reasons: docs/explain/routing.md.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

import msgspec

from turnout.core.rules import Balanced
from turnout.core.types import Endpoint
from turnout.flow.plan.prices import Mix, mix_of, request_price
from turnout.flow.planned import Note, Weighed
from turnout.metrics.health import HealthView
from turnout.metrics.reading import Reading

_CHEAPEST: Final = 10**9  # atto-USD a token ($0.001 per million): free endpoints count as much
_BROKEN: Final = 0.5  # who fails more often than not is no measure for others
_NEAR: Final = 0.5  # of the best share: as good as the best
_PROBED: Final = 1.05  # a cap is asked for a little more than it gives, or it would never rise
_NO_READING: Final = Reading()


class Board(msgspec.Struct, frozen=True):
    """What was worked out for one set of eligible endpoints.

    Attributes:
        endpoints: Kept, so that nothing else takes their identity while this is remembered.
        mix: The typical request.
        rows: By endpoint id; unpriced endpoints have none.
        units: Of price (atto-USD) and of time (s).
    """

    endpoints: tuple[Endpoint, ...]
    mix: Mix
    rows: Mapping[str, Weighed]
    units: tuple[float, float]


class _Point(msgspec.Struct):
    endpoint: Endpoint
    reading: Reading
    measured: bool
    price: float
    ttft_s: float = 0.0
    whole_s: float = 0.0
    adjusted: float = 0.0
    distance: float = 0.0
    share: float = 0.0
    cap_rps: float | None = None


def board_of(endpoints: Sequence[Endpoint], health: HealthView) -> Board | None:
    """The shares of these endpoints, or None while too little is measured."""
    key = ("balanced", *map(id, endpoints))
    return health.remembered(key, lambda: weigh(endpoints, health))


def weigh(endpoints: Sequence[Endpoint], health: HealthView) -> Board | None:
    """As `board_of`, worked out now."""
    rules = health.rules
    readings = [health.reading(e.id) for e in endpoints]
    mix = mix_of(readings)
    points = _points(endpoints, readings, mix, rules)
    measured = [p for p in points if p.measured]
    if len(measured) < 2:
        return None
    _fill_in(points, measured, mix)
    sound = [p for p in measured if _is_sound(p, health)] or measured
    units = _units(sound, mix, rules)
    _measure(points, sound, units, rules)
    _share(points, sound, health)
    best = max(p.share for p in points)
    rows = {p.endpoint.id: _row(p, mix, health, best) for p in points}
    return Board(tuple(endpoints), mix, rows, units)


def _points(
    endpoints: Sequence[Endpoint], readings: Sequence[Reading | None], mix: Mix, rules: Balanced
) -> list[_Point]:
    found: list[_Point] = []
    for endpoint, known in zip(endpoints, readings, strict=True):
        reading = known or _NO_READING
        price = request_price(endpoint, reading.cache_share, mix)
        if price is None:
            continue
        enough = reading.attempts >= rules.least_attempts
        timed = reading.ttft_s is not None or reading.pace_s is not None
        found.append(_Point(endpoint, reading, enough and timed, price))
    return found


def _fill_in(points: Sequence[_Point], measured: Sequence[_Point], mix: Mix) -> None:
    """Times; who is not measured is taken to be like the others."""
    waits = [p.reading.ttft_s for p in measured if p.reading.ttft_s is not None]
    paces = [p.reading.pace_s for p in measured if p.reading.pace_s is not None]
    wait_s = median(waits) if waits else 0.0
    pace_s = median(paces) if paces else 0.0
    for point in points:
        known = point.reading
        point.ttft_s = wait_s if known.ttft_s is None or not point.measured else known.ttft_s
        pace = pace_s if known.pace_s is None or not point.measured else known.pace_s
        point.whole_s = max(point.ttft_s + pace * mix.completion_tok, 0.001)


def _is_sound(point: _Point, health: HealthView) -> bool:
    return (
        health.state(point.endpoint.id) in ("healthy", "unstable")
        and point.reading.fault_share < _BROKEN
    )


def _units(sound: Sequence[_Point], mix: Mix, rules: Balanced) -> tuple[float, float]:
    cheapest = min(sound, key=lambda p: (p.price, p.whole_s))
    fastest = min(sound, key=lambda p: (p.whole_s, p.price))
    floor = max(cheapest.price, _CHEAPEST * (mix.prompt_tok + mix.completion_tok))
    return (
        _between(fastest.price - cheapest.price, floor, rules),
        _between(cheapest.whole_s - fastest.whole_s, fastest.whole_s, rules),
    )


def _between(gap: float, base: float, rules: Balanced) -> float:
    return min(max(gap, base * rules.least_unit, 1e-9), base * max(rules.most_unit, 1e-6))


def _measure(
    points: Sequence[_Point],
    sound: Sequence[_Point],
    units: tuple[float, float],
    rules: Balanced,
) -> None:
    money, time_s = units
    soonest_s = min(p.ttft_s for p in sound)
    for p in points:
        p.adjusted = p.price + money * (
            rules.fault_weight * p.reading.fault_share
            + rules.limit_weight * p.reading.limited_share
            + rules.wait_weight * max(0.0, p.ttft_s - soonest_s) / time_s
        )
    least = min(p.adjusted for p in sound)
    quickest_s = min(p.whole_s for p in sound)
    for p in points:
        dear = max(0.0, p.adjusted - least) / money
        p.distance = math.hypot(dear, max(0.0, p.whole_s - quickest_s) / time_s)


def _share(points: Sequence[_Point], sound: Sequence[_Point], health: HealthView) -> None:
    """By distance, as far as learned caps allow; then the floors that keep everyone measured."""
    rules = health.rules
    nearest = min(p.distance for p in sound)
    pace_rps = 0.0
    free: list[_Point] = []
    for p in points:
        standing = health.standing(p.endpoint.id)
        p.share = math.exp(-min(700.0, rules.sharpness * max(0.0, p.distance - nearest)))
        if standing is not None:
            pace_rps += standing.cap.pace_rps(health.now_s)
            p.cap_rps = standing.cap.at(health.now_s, rules)
        if standing is None or not standing.rest_s:
            free.append(p)
    _pour(free, pace_rps)
    least = min(rules.explore_share, rules.explore_rps / max(pace_rps, 1e-9))
    for p in points:
        standing = health.standing(p.endpoint.id)
        if standing is not None and standing.rest_s:
            p.share = rules.trial_share if standing.on_trial(health.now_s) else 0.0
            continue
        if not p.measured:
            p.share = min(p.share, rules.newcomer_share)
        p.share = max(p.share, least)
    total = math.fsum(p.share for p in points)
    if not total:  # every breaker is open: somebody must be last, and not always the same
        total = float(len(points))
        for p in points:
            p.share = 1.0
    for p in points:
        p.share /= total


def _pour(points: Sequence[_Point], pace_rps: float) -> None:
    """Weights to shares: who is full at its cap leaves the rest to the next best."""
    left, open_points = 1.0, list(points)
    while open_points:
        total = math.fsum(p.share for p in open_points) or 1.0
        scale = left * pace_rps / total
        full = [
            p
            for p in open_points
            if p.cap_rps is not None and p.share * scale > p.cap_rps * _PROBED
        ]
        if not full:
            for p in open_points:
                p.share = p.share / total * left
            return
        for p in full:
            p.share = min(left, (p.cap_rps or 0.0) * _PROBED / pace_rps)
            left -= p.share
        open_points = [p for p in open_points if p not in full]


def _row(point: _Point, mix: Mix, health: HealthView, best: float) -> Weighed:
    return Weighed(
        request_tok=mix.prompt_tok + mix.completion_tok,
        price=point.price,
        adjusted=point.adjusted,
        ttft_s=point.ttft_s if point.measured else None,
        whole_s=point.whole_s,
        speed_tps=mix.completion_tok / point.whole_s,
        fault_share=point.reading.fault_share,
        limited_share=point.reading.limited_share,
        cap_rps=point.cap_rps,
        distance=point.distance,
        share=point.share,
        note=_note(point, health, best),
    )


def _note(point: _Point, health: HealthView, best: float) -> Note:
    standing = health.standing(point.endpoint.id)
    if standing is not None and standing.rest_s:
        return "trial" if standing.on_trial(health.now_s) else "open"
    if not point.measured:
        return "newcomer"
    if point.share >= best * _NEAR:
        return "edge"
    return "near" if point.share > health.rules.explore_share else "explored"
