"""`GET /benchmarks`: scores of models, in the contract's shape.

The contract has one shape for scores that a router measured itself (source "openrouter"); all of
ours are told in it, with who says so beside it. Scores of "artificial-analysis" and "design-arena"
are theirs to publish: of these there are none.
"""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

import msgspec

from turnout.benchmarks.scores import Score, all_scores
from turnout.core.money import NANO_PER_USD
from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.shapes import day_text

_CODING: Final = frozenset({"humaneval", "swe_bench_verified", "livecodebench"})
_MIDNIGHT: Final = "T00:00:00.000Z"


class BenchmarksQuery(msgspec.Struct, frozen=True):
    """Query of `GET /benchmarks`; what narrows other houses' scores narrows nothing here.

    Attributes:
        benchmark_type: One benchmark's key, such as "mmlu".
        task_type: "coding" or "intelligence"; there are none of the others.
        max_results: Items at most.
    """

    source: Literal["artificial-analysis", "design-arena", "openrouter"] | None = None
    task_type: Literal["coding", "intelligence", "agentic", "search"] | None = None
    benchmark_type: str | None = None
    include_run_config: bool = False
    search_engine: str | None = None
    search_surface: Literal["server-tool", "plugin"] | None = None
    arena: Literal["models", "builders", "agents"] | None = None
    category: str | None = None
    max_results: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None


class BenchmarkItem(msgspec.Struct, frozen=True, kw_only=True):
    """One score; the last three are ours.

    Attributes:
        accuracy: 0 to 1.
        accuracy_stddev: Between runs, None below two of them.
        avg_cost_per_task: USD; None for scores that were not run here.
        total_tasks: Questions over all runs; 0 for scores that were not run here.
        run_count: None for scores that were not run here.
        published_by: Who says so; source_url: where.
    """

    accuracy: float
    accuracy_stddev: float | None
    avg_cost_per_task: float | None
    benchmark_type: str
    display_name: str
    last_run_timestamp: str
    model_permaslug: str
    source: Literal["openrouter"] = "openrouter"
    total_tasks: int
    run_count: int | None
    published_by: str
    source_url: str | None


class BenchmarksMeta(msgspec.Struct, frozen=True, kw_only=True):
    """As in the contract; as_of: the newest score's day."""

    as_of: str
    citation: str | None = None
    model_count: int
    source: str | None
    source_url: str | None = None
    task_type: str | None
    version: Literal["v1"] = "v1"


class BenchmarksAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /benchmarks`."""

    data: list[BenchmarkItem]
    meta: BenchmarksMeta


async def list_benchmarks(ask: Ask) -> Reply:
    """List scores of models in benchmarks, with who says so."""
    query = ask.asked(BenchmarksQuery)
    scores = list(_wanted(await all_scores(ask.database), query))
    scores.sort(key=lambda one: (one.benchmark, -one.percent, one.model))
    items = [_item(ask, score) for score in scores[: query.max_results]]
    newest = max((item.last_run_timestamp for item in items), default=_today(ask))
    meta = BenchmarksMeta(
        as_of=newest,
        model_count=len({item.model_permaslug for item in items}),
        source=query.source,
        task_type=query.task_type,
    )
    return reply(BenchmarksAnswer(items, meta))


def _wanted(scores: list[Score], query: BenchmarksQuery) -> Iterator[Score]:
    if query.source not in (None, "openrouter") or query.task_type in ("agentic", "search"):
        return
    for score in scores:
        coding = score.benchmark in _CODING
        if query.task_type is not None and coding != (query.task_type == "coding"):
            continue
        if query.benchmark_type in (None, score.benchmark):
            yield score


def _item(ask: Ask, score: Score) -> BenchmarkItem:
    model = ask.gateway.snapshot.routable.catalog.find(score.model)
    per_task = None
    if score.cost_nusd is not None and score.tasks:
        per_task = score.cost_nusd / NANO_PER_USD / score.tasks
    return BenchmarkItem(
        accuracy=score.percent / 100,
        accuracy_stddev=None if score.deviation is None else score.deviation / 100,
        avg_cost_per_task=per_task,
        benchmark_type=score.benchmark,
        display_name=score.model if model is None else model.name,
        last_run_timestamp=score.as_of + _MIDNIGHT,
        model_permaslug=score.model if model is None else model.canonical_slug,
        total_tasks=score.tasks or 0,
        run_count=score.runs,
        published_by=score.source,
        source_url=score.source_url,
    )


def _today(ask: Ask) -> str:
    day = ask.gateway.clock.unix_ms() // 86_400_000
    return day_text(day) + _MIDNIGHT
