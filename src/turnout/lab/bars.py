"""What the policies must show, judged from the rows of a run."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Final

import msgspec

from turnout.lab.policies import PolicyName
from turnout.lab.report import Row

_PART: Final = 0.4
_RIVALS: Final[tuple[PolicyName, ...]] = (
    "classic", "floor", "nitro", "exacto", "random", "round-robin"
)  # fmt: skip

Table = Mapping[str, Mapping[PolicyName, Row]]


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One of them. `met` is None where the run does not show it."""

    name: str
    wanted: str
    seen: str
    met: bool | None


class Result(msgspec.Struct, frozen=True):
    """A whole run, as `turnout lab --json` prints it."""

    rows: tuple[Row, ...]
    bars: tuple[Bar, ...]


def table_of(rows: Sequence[Row]) -> Table:
    """By scenario and policy."""
    found: dict[str, dict[PolicyName, Row]] = {}
    for row in rows:
        found.setdefault(row.scenario, {})[row.policy] = row
    return found


def bars(rows: Sequence[Row]) -> list[Bar]:
    """All of them."""
    table = table_of(rows)
    return [
        _success(table),
        _cost_part(table),
        _time_part(table),
        _unbeaten(table),
        _left(table),
        _returned(table),
        _no_herd(table),
        _tail(table),
    ]


def mean_of(table: Table, policy: PolicyName) -> tuple[float, float] | None:
    """Mean cost and p50 round trip over the scenarios; None where one lacks the policy."""
    rows = [found.get(policy) for found in table.values()]
    if not rows or any(row is None for row in rows):
        return None
    known = [row for row in rows if row is not None]
    return fmean(row.cost for row in known), fmean(row.whole_p50_s for row in known)


def _success(table: Table) -> Bar:
    rows = [found["balanced"] for found in table.values() if "balanced" in found]
    worst = min(rows, key=lambda row: row.success, default=None)
    return Bar(
        name="success of balanced in every scenario",
        wanted="at least 99.9 %",
        seen="-" if worst is None else f"{worst.success:.3%} ({worst.scenario})",
        met=None if worst is None else worst.success >= 0.999,
    )


def _part_bar(table: Table, name: str, axis: int) -> Bar:
    balanced, floor, nitro = (mean_of(table, p) for p in ("balanced", "floor", "nitro"))
    wanted = f"at most {_PART:.0%}"
    if balanced is None or floor is None or nitro is None:
        return Bar(name=name, wanted=wanted, seen="-", met=None)
    best, worst = (floor, nitro) if axis == 0 else (nitro, floor)
    gap = worst[axis] - best[axis]
    part = (balanced[axis] - best[axis]) / gap if gap > 0 else 0.0
    return Bar(name=name, wanted=wanted, seen=f"{part:.1%}", met=part <= _PART)


def _cost_part(table: Table) -> Bar:
    return _part_bar(table, "extra cost of balanced, of what nitro pays over floor", 0)


def _time_part(table: Table) -> Bar:
    return _part_bar(table, "extra p50 round trip of balanced, of floor's over nitro's", 1)


def _unbeaten(table: Table) -> Bar:
    balanced = mean_of(table, "balanced")
    means = {policy: mean_of(table, policy) for policy in _RIVALS}
    if balanced is None:
        return Bar(name="no policy both cheaper and faster", wanted="none", seen="-", met=None)
    better = [
        policy
        for policy, mean in means.items()
        if mean is not None and mean[0] < balanced[0] and mean[1] < balanced[1]
    ]
    return Bar(
        name="policies both cheaper and faster than balanced, in the mean",
        wanted="none",
        seen=", ".join(better) or "none",
        met=not better,
    )


def _left(table: Table) -> Bar:
    seen = [(o, r) for f in table.values() if (r := f.get("balanced")) for o in r.brown_outs]
    worst = max(seen, key=lambda pair: pair[0].during, default=None)
    return Bar(
        name="traffic that a browned-out endpoint keeps after 10 s",
        wanted="at most 5 % of what it had",
        seen="-" if worst is None else f"{worst[0].during:.1%} ({worst[1].scenario})",
        met=None if worst is None else worst[0].during <= 0.05,
    )


def _returned(table: Table) -> Bar:
    seen = [
        (o.after, r)
        for f in table.values()
        if (r := f.get("balanced"))
        for o in r.brown_outs
        if o.after is not None
    ]
    worst = min(seen, key=lambda pair: pair[0], default=None)
    return Bar(
        name="share that it has back two minutes after healing",
        wanted="at least 70 % of what it had (the rest is chance and who else changed)",
        seen="-" if worst is None else f"{worst[0]:.0%} ({worst[1].scenario})",
        met=None if worst is None else worst[0] >= 0.7,
    )


def _no_herd(table: Table) -> Bar:
    rows = [found["balanced"] for found in table.values() if "balanced" in found]
    worst = max(rows, key=lambda row: row.overrun_s, default=None)
    return Bar(
        name="longest time an endpoint was pushed over its learned cap",
        wanted="at most 5 s",
        seen="-" if worst is None else f"{worst.overrun_s} s ({worst.scenario})",
        met=None if worst is None else worst.overrun_s <= 5,
    )


def _tail(table: Table) -> Bar:
    name = "p99 TTFT that hedging cuts where tails are heavy, and its extra spend"
    pairs = [
        (found["balanced"], found["hedged"])
        for found in table.values()
        if "balanced" in found and "hedged" in found and found["balanced"].heavy_tails
    ]
    if not pairs:
        return Bar(name=name, wanted="at least 40 % for at most 2 %", seen="-", met=None)
    cuts = [1 - hedged.ttft_p99_s / plain.ttft_p99_s for plain, hedged in pairs]
    extra = max(hedged.extra for _, hedged in pairs)
    return Bar(
        name=name,
        wanted="at least 40 % for at most 2 %",
        seen=f"{min(cuts):.0%} for {extra:.2%}",
        met=min(cuts) >= 0.4 and extra <= 0.02,
    )
