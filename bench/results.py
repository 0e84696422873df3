"""Numbers of a run: raw rounds, medians, ratios, and the bars they are held against."""

import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from bench.machine import Machine
from bench.provisions import TRANSLATED

NONE = "-"
_ORDER = "direct nginx gateway "  # peers come after these

Verdict = Literal["pass", "miss", "not measured"]


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One quantity of several targets over the rounds.

    Attributes:
        rounds: Raw numbers per target, in the order measured.
        higher_is_better: Which way is up.
    """

    name: str
    unit: str
    rounds: Mapping[str, list[float]]
    higher_is_better: bool

    def median(self, target: str) -> float | None:
        """The middle of a target's rounds, None when it was not measured."""
        numbers = self.rounds.get(target)
        return statistics.median(numbers) if numbers else None

    def ratio(self, target: str, to: str) -> float | None:
        """Median over median."""
        above, below = self.median(target), self.median(to)
        return above / below if above is not None and below else None

    def added(self, target: str, to: str = "direct") -> float | None:
        """Median minus median."""
        more, less = self.median(target), self.median(to)
        return more - less if more is not None and less is not None else None


class Bar(msgspec.Struct, frozen=True):
    """A goal of issue 2, section 8, or a check of the run, and what was measured."""

    name: str
    goal: str
    measured: float | None
    verdict: Verdict


class Summary(msgspec.Struct, frozen=True):
    """Medians and ratios of a measure, for readers of the JSON."""

    name: str
    unit: str
    medians: Mapping[str, float]
    to_nginx: Mapping[str, float]
    to_direct: Mapping[str, float]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run.

    Attributes:
        on: What of the gateway was switched on.
        notes: What a reader must know before trusting a number.
    """

    started: str
    quick: bool
    machine: Machine
    versions: Mapping[str, str]
    commit: str
    cores: Mapping[str, int | None]
    on: tuple[str, ...] = ("auth", "plan", "failover", "accounting", "journal", "measures")
    measures: tuple[Measure, ...] = ()
    summary: tuple[Summary, ...] = ()
    bars: tuple[Bar, ...] = ()
    notes: tuple[str, ...] = ()


class OtherMachineError(Exception):
    """Two results of different machines; their numbers say nothing about each other."""


def summarise(measure: Measure) -> Summary:
    """Medians, and their ratios to nginx and to no gateway at all."""
    medians = {name: measure.median(name) for name in measure.rounds}

    def ratios(to: str) -> dict[str, float]:
        found = {name: measure.ratio(name, to) for name in measure.rounds if name != to}
        return {name: round(ratio, 4) for name, ratio in found.items() if ratio is not None}

    return Summary(
        name=measure.name,
        unit=measure.unit,
        medians={name: round(value, 4) for name, value in medians.items() if value is not None},
        to_nginx=ratios("nginx"),
        to_direct=ratios("direct"),
    )


def bar(
    name: str,
    goal: str,
    measured: float | None,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Bar:
    """A goal beside its number."""
    if measured is None:
        return Bar(name, goal, None, "not measured")
    good = (at_least is None or measured >= at_least) and (at_most is None or measured <= at_most)
    return Bar(name, goal, round(measured, 4), "pass" if good else "miss")


def bars(measures: Mapping[str, Measure]) -> tuple[Bar, ...]:
    """The goals of issues 2 and 4, and the checks of the run itself."""

    def value(name: str) -> float | None:
        return measures[name].median("gateway") if name in measures else None

    def ratio(name: str) -> float | None:
        return measures[name].ratio("gateway", "nginx") if name in measures else None

    def per_cpu(name: str) -> float | None:
        cpu = measures.get(f"{name} CPU")
        return cpu.ratio("nginx", "gateway") if cpu else None

    def translated() -> float | None:
        """The dearest dialect's CPU an event through the gateway, to that of chat's own."""
        passed = value("flood from chat CPU")
        floods = [value(f"flood from {name} CPU") for name in TRANSLATED]
        costs = [cost for cost in floods if cost is not None]
        return max(costs) / passed if costs and passed else None

    def added(name: str) -> float | None:
        return measures[name].added("gateway") if name in measures else None

    return (
        bar("1 KB answers, share of nginx", "≥ 0.20", ratio("unary"), at_least=0.20),
        bar("events per CPU second, share of nginx", "≥ 0.80", per_cpu("flood"), at_least=0.80),
        bar("events/s in bulk, share of nginx", "≥ 0.80", ratio("flood in bulk"), at_least=0.80),
        bar("added p50 at 100 requests/s", "≤ 0.8 ms", added("latency p50"), at_most=0.8),
        bar("added p99 at 100 requests/s", "≤ 3 ms", added("latency p99"), at_most=3.0),
        bar("RSS with 500 open streams", "≤ 90 MB", value("rss, 500 streams"), at_most=90.0),
        bar("cold start to the first /health", "≤ 1.5 s", value("cold start"), at_most=1.5),
        bar("streams left open upstream", "0", value("left open"), at_most=0.0),
        bar("upstream cancelled after a hang-up", "≤ 100 ms", value("cancel"), at_most=100.0),
        bar("memory held for a stopped reader", "≤ 1 MiB", value("held"), at_most=1.0),
        bar("errors seen by clients, 1 % upstream", "0", value("failover errors"), at_most=0.0),
        bar("errors in all other loads", "0", value("errors"), at_most=0.0),
        bar("a plan at 10 endpoints", "≤ 40 µs", value("plan, 10 endpoints"), at_most=40.0),
        bar("a plan at 50 endpoints", "≤ 150 µs", value("plan, 50 endpoints"), at_most=150.0),
        *(
            bar(
                f"translating a stream, {how}",
                "≤ 3 times passing",
                value(f"translating, {how}"),
                at_most=3,
            )
            for how in ("an event a read", "16 events a read")
        ),
        bar("translating a stream, gateway", "≤ 3 times passing", translated(), at_most=3),
    )


def markdown(report: Report) -> str:
    """A table to paste into the README."""
    seen = {name for measure in report.measures for name in measure.rounds}
    targets = sorted(seen, key=lambda name: (_ORDER.find(name) % len(_ORDER), name))
    machine = report.machine
    where = (
        f"{report.started[:10]}, commit `{report.commit}`, {machine.cpu} ({machine.cores} cores), "
        f"Python {report.versions['python']}, {report.versions['nginx']}; "
        f"gateway on core {report.cores['target']}, load and simulator on {report.cores['load']}."
    )
    lines = [
        where,
        "",
        "| measure | " + " | ".join(targets) + " | gateway/nginx |",
        "|---" * (len(targets) + 2) + "|",
    ]
    for measure in report.measures:
        cells = [_number(measure.median(name)) for name in targets]
        share = measure.ratio("gateway", "nginx")
        last = f"{share:.2f}" if share is not None else NONE
        lines.append(f"| {measure.name} ({measure.unit}) | {' | '.join(cells)} | {last} |")
    lines += ["", "| bar | goal | measured | |", "|---|---|---|---|"]
    for each in report.bars:
        measured = _number(each.measured)
        lines.append(f"| {each.name} | {each.goal} | {measured} | {each.verdict} |")
    lines += ["", *(f"- {note}" for note in report.notes)]
    return "\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    if value is None:
        return NONE
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def read(path: Path) -> Report:
    """A report from its JSON."""
    return msgspec.json.decode(path.read_bytes(), type=Report)


def compare(before: Report, after: Report) -> str:
    """How ratios and medians moved between two runs on one machine.

    Raises:
        OtherMachineError: They are not of one machine.
    """
    if before.machine != after.machine:
        raise OtherMachineError(
            f"these are results of different machines, which are not compared:\n"
            f"  {before.machine}\n  {after.machine}"
        )
    olds = {measure.name: measure for measure in before.measures}
    lines = [
        f"| gateway | {before.commit} | {after.commit} | change | share of nginx |",
        "|---|---|---|---|---|",
    ]
    for measure in after.measures:
        old = olds.get(measure.name)
        was = old.median("gateway") if old else None
        now = measure.median("gateway")
        change = f"{(now / was - 1) * 100:+.1f} %" if was and now is not None else NONE
        shares = (old.ratio("gateway", "nginx") if old else None, measure.ratio("gateway", "nginx"))
        share = " → ".join(_number(each) for each in shares)
        lines.append(f"| {measure.name} | {_number(was)} | {_number(now)} | {change} | {share} |")
    return "\n".join(lines) + "\n"
