"""From a trace to the row of a table."""

import msgspec

from turnout.lab.policies import PolicyName
from turnout.lab.scenario import Lasting, Profile
from turnout.lab.trace import Trace, at_share, longest_overrun_s

_NOTICED_S = 10
_BEFORE_S = 30
_HEALED_S = 120
_AFTER_S = 60
_WORTH_WATCHING = 0.05
_LEAST_SEEN = 30
"""Attempts before it, below which shares are chance."""


class BrownOut(msgspec.Struct, frozen=True, kw_only=True):
    """What an endpoint's share of the attempts did around a brown-out.

    Attributes:
        before: Share in the half minute before.
        during: From ten seconds after its start to its end, as a part of `before`.
        after: In the minute that begins two minutes after its end, as a part of `before`; None
            where the traffic or the next event ends sooner.
    """

    endpoint: str
    from_s: float
    before: float
    during: float
    after: float | None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One policy in one scenario.

    Attributes:
        success: Share of requests with a whole answer.
        cost: USD per thousand whole answers; extra: share that losers of hedges added to it.
        regret: Above the oracle, in units of price and time, for each request.
        overrun_s: The longest time any endpoint that was well was pushed over its learned cap.
        shares: Of the answers, by endpoint.
        heavy_tails: Every endpoint's first tokens are late now and then.
        took_s: To play it.
    """

    scenario: str
    policy: PolicyName
    requests: int
    success: float
    cost: float
    extra: float
    ttft_p50_s: float
    ttft_p90_s: float
    ttft_p99_s: float
    speed_p50_tps: float
    whole_p50_s: float
    whole_p90_s: float
    whole_p99_s: float
    attempts: float
    regret: float
    overrun_s: int
    brown_outs: tuple[BrownOut, ...]
    shares: dict[str, float]
    heavy_tails: bool
    took_s: float


def row_of(trace: Trace, policy: PolicyName, took_s: float) -> Row:
    """The row."""
    scenario = trace.world.scenario
    ttft, whole = sorted(trace.ttft_s), sorted(trace.whole_s)
    total, served = trace.served + trace.failed, max(trace.served, 1)
    return Row(
        scenario=scenario.name,
        policy=policy,
        requests=total,
        success=trace.served / max(total, 1),
        cost=(trace.cost_usd + trace.extra_usd) / served * 1000,
        extra=trace.extra_usd / trace.cost_usd if trace.cost_usd else 0.0,
        ttft_p50_s=at_share(ttft, 0.5),
        ttft_p90_s=at_share(ttft, 0.9),
        ttft_p99_s=at_share(ttft, 0.99),
        speed_p50_tps=at_share(sorted(trace.speed_tps), 0.5),
        whole_p50_s=at_share(whole, 0.5),
        whole_p90_s=at_share(whole, 0.9),
        whole_p99_s=at_share(whole, 0.99),
        attempts=trace.attempts / max(total, 1),
        regret=trace.regret / served,
        overrun_s=max(longest_overrun_s(trace, index) for index in range(len(trace.sends))),
        brown_outs=tuple(_brown_outs(trace)),
        shares={
            host.profile.tag: trace.served_by[index] / served
            for index, host in enumerate(trace.world.hosts)
        },
        heavy_tails=all(p.tail_share > 0.01 and p.tail_times >= 5 for p in scenario.endpoints),
        took_s=took_s,
    )


def _brown_outs(trace: Trace) -> list[BrownOut]:
    found: list[BrownOut] = []
    for index, profile in enumerate(trace.world.scenario.endpoints):
        for event in profile.events:
            if event.is_brown_out and event.from_s >= _BEFORE_S:
                before = _share(trace, index, event.from_s - _BEFORE_S, event.from_s)
                seen = _sent(trace, index, event.from_s - _BEFORE_S, event.from_s)
                if before >= _WORTH_WATCHING and seen >= _LEAST_SEEN:
                    found.append(_brown_out(trace, index, profile, event, before))
    return found


def _brown_out(
    trace: Trace, index: int, profile: Profile, event: Lasting, before: float
) -> BrownOut:
    scenario = trace.world.scenario
    end_s = min(event.to_s, scenario.duration_s)
    healed_s = end_s + _HEALED_S
    until_s = healed_s + _AFTER_S
    starts = [e.from_s for p in scenario.endpoints for e in p.events if e is not event]
    quiet = until_s <= scenario.duration_s and not any(end_s <= start < until_s for start in starts)
    return BrownOut(
        endpoint=profile.tag,
        from_s=event.from_s,
        before=before,
        during=_share(trace, index, event.from_s + _NOTICED_S, end_s) / before,
        after=_share(trace, index, healed_s, until_s) / before if quiet else None,
    )


def _share(trace: Trace, index: int, from_s: float, to_s: float) -> float:
    everyone = sum(_sent(trace, each, from_s, to_s) for each in range(len(trace.sends)))
    return _sent(trace, index, from_s, to_s) / everyone if everyone else 0.0


def _sent(trace: Trace, index: int, from_s: float, to_s: float) -> int:
    return sum(trace.sends[index].get(second, 0) for second in range(int(from_s), int(to_s)))
