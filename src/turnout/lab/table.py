"""Rows as text: what a person reads in a terminal, and Markdown for the documentation."""

from collections.abc import Sequence
from typing import Final

from turnout.lab.bars import Bar, Table, mean_of, table_of
from turnout.lab.policies import POLICIES
from turnout.lab.report import Row

HEADS: Final = (
    "policy", "success", "$/1000", "TTFT p50", "p99", "round trip p50", "p90", "p99", "tok/s p50",
    "attempts", "regret", "over cap",
)  # fmt: skip

Cells = Sequence[str]


def cells(row: Row) -> Cells:
    """One policy's line under HEADS."""
    return (
        row.policy,
        f"{row.success:.3%}",
        f"{row.cost:.4f}",
        f"{row.ttft_p50_s:.2f} s",
        f"{row.ttft_p99_s:.2f} s",
        f"{row.whole_p50_s:.2f} s",
        f"{row.whole_p90_s:.2f} s",
        f"{row.whole_p99_s:.1f} s",
        f"{row.speed_p50_tps:.0f}",
        f"{row.attempts:.3f}",
        f"{row.regret:.2f}",
        f"{row.overrun_s} s",
    )


def means(table: Table) -> list[Cells]:
    """Each policy's mean cost and p50 round trip over the scenarios."""
    found: list[Cells] = []
    for name in POLICIES:
        mean = mean_of(table, name)
        if mean is not None:
            found.append((name, f"{mean[0]:.4f}", f"{mean[1]:.2f} s"))
    return found


def markdown(rows: Sequence[Row], judged: Sequence[Bar]) -> str:
    """The whole result as Markdown."""
    table = table_of(rows)
    parts = [_grid(("bar", "wanted", "seen", ""), [_bar_cells(bar) for bar in judged])]
    parts += [
        "Means over the scenarios:",
        _grid(("policy", "$/1000", "round trip p50"), means(table)),
    ]
    for scenario in sorted(table):
        lines = [cells(row) for name in POLICIES if (row := table[scenario].get(name)) is not None]
        parts += [f"### {scenario}", _grid(HEADS, lines)]
        watched = _watched(table[scenario].get("balanced"))
        if watched:
            parts.append(watched)
    return "\n\n".join(parts) + "\n"


def verdict(bar: Bar) -> str:
    """In a word."""
    return "not shown" if bar.met is None else "met" if bar.met else "missed"


def _bar_cells(bar: Bar) -> Cells:
    return bar.name, bar.wanted, bar.seen, verdict(bar)


def _watched(row: Row | None) -> str:
    if row is None or not row.brown_outs:
        return ""
    said = "; ".join(
        f"{o.endpoint} at {o.from_s:.0f} s had {o.before:.0%}, kept {o.during:.1%} of it after 10 s"
        + ("" if o.after is None else f", had {o.after:.0%} of it back 2 min after healing")
        for o in row.brown_outs
    )
    return f"Balanced in the brown-outs: {said}."


def _grid(heads: Cells, lines: Sequence[Cells]) -> str:
    rule = " | ".join("---" for _ in heads)
    body = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"| {' | '.join(heads)} |\n| {rule} |\n{body}"
