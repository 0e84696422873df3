"""Scores from all places as one, and where each stands among models."""

import sqlite3
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from turnout.benchmarks.published import name_of, published
from turnout.store.database import Database, Row
from turnout.store.statements import SQL

Kind = Literal["published", "imported", "run"]


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """What one source says of one model in one benchmark.

    Attributes:
        percent: 0 to 100; of runs the mean.
        as_of: ISO date; of runs the last one's.
        runs: How often it was run here; None for scores of others.
        tasks: Questions answered over all runs.
        deviation: Standard deviation between runs, in points; None below two.
        cost_nusd: Of all runs together.
    """

    kind: Kind
    model: str
    benchmark: str
    percent: float
    source: str
    source_url: str | None = None
    as_of: str
    runs: int | None = None
    tasks: int | None = None
    deviation: float | None = None
    cost_nusd: int | None = None


class NewScore(msgspec.Struct, frozen=True, kw_only=True):
    """A score of somebody else, to be stored; fields as in Score."""

    model: str
    benchmark: str
    percent: float
    source: str
    source_url: str | None = None
    as_of: str


class NewRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run through this gateway, to be stored; fields as in Score."""

    model: str
    benchmark: str
    percent: float
    source: str
    as_of: str
    tasks: int
    cost_nusd: int


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A score among all models that have one in its benchmark.

    Attributes:
        rank: 1 is best; equal scores share a rank.
        of: Models that have a score, this one included.
        percentile: Of those, the percent that are not better, itself included: the best has 100.
    """

    score: Score
    rank: int
    of: int
    percentile: float


class _Stored(msgspec.Struct, kw_only=True):
    kind: Literal["imported", "run"]
    model: str
    benchmark: str
    percent: float
    source: str
    source_url: str | None
    as_of: str
    stored_ms: int
    tasks: int | None
    cost_nusd: int | None


async def all_scores(database: Database) -> list[Score]:
    """Shipped, imported and run ones.

    Raises:
        StoreUnavailable: The store cannot be read.
    """
    return gathered(await database.read("benchmark_scores"))


def gathered(rows: Sequence[Row]) -> list[Score]:
    """The scores of stored rows, oldest first, behind the shipped ones."""
    stored = msgspec.convert(rows, list[_Stored])
    runs: dict[tuple[str, str, str], list[_Stored]] = {}
    found = _shipped()
    for row in stored:
        if row.kind == "run":
            runs.setdefault((row.model, row.benchmark, row.source), []).append(row)
        else:
            found.append(
                Score(
                    kind="imported",
                    model=row.model,
                    benchmark=row.benchmark,
                    percent=row.percent,
                    source=row.source,
                    source_url=row.source_url,
                    as_of=row.as_of,
                )
            )
    return found + [_joined(some) for some in runs.values()]


def _shipped() -> list[Score]:
    return [
        Score(
            kind="published",
            model=fact.model,
            benchmark=fact.benchmark,
            percent=fact.percent,
            source=source.name,
            source_url=source.url,
            as_of=source.as_of,
        )
        for source in published().sources
        for fact in source.scores
    ]


def _joined(runs: Sequence[_Stored]) -> Score:
    percents = [run.percent for run in runs]
    return Score(
        kind="run",
        model=runs[0].model,
        benchmark=runs[0].benchmark,
        percent=statistics.fmean(percents),
        source=runs[0].source,
        as_of=runs[-1].as_of,
        runs=len(runs),
        tasks=sum(run.tasks or 0 for run in runs),
        deviation=statistics.stdev(percents) if len(percents) > 1 else None,
        cost_nusd=sum(run.cost_nusd or 0 for run in runs),
    )


def standings(scores: Iterable[Score], model: str) -> list[Standing]:
    """A model's scores with their ranks, by the benchmark's name; several sources stay apart.

    Others are compared by their best score in the same benchmark.
    """
    best: dict[str, dict[str, float]] = {}
    own: list[Score] = []
    for score in scores:
        of = best.setdefault(score.benchmark, {})
        of[score.model] = max(score.percent, of.get(score.model, 0.0))
        if score.model == model:
            own.append(score)
    ranked = [_standing(score, best[score.benchmark]) for score in own]
    return sorted(ranked, key=lambda one: (name_of(one.score.benchmark), -one.score.percent))


def _standing(score: Score, best: Mapping[str, float]) -> Standing:
    better = sum(percent > score.percent for model, percent in best.items() if model != score.model)
    of = len(best)
    return Standing(
        score=score, rank=better + 1, of=of, percentile=round(100 * (of - better) / of, 1)
    )


def store_imported(database: Database, scores: Sequence[NewScore], now_ms: int) -> None:
    """Stores scores of others, all or none; blocks.

    Raises:
        StoreUnavailable: Nothing was stored.
    """
    rows = [{**msgspec.structs.asdict(score), "stored_ms": now_ms} for score in scores]

    def job(connection: sqlite3.Connection) -> None:
        connection.executemany(SQL["put_imported_score"], rows)

    database.write_now(job)


def store_run(database: Database, run: NewRun, now_ms: int) -> None:
    """Stores one run; blocks. Errors as `store_imported`."""
    row = {**msgspec.structs.asdict(run), "stored_ms": now_ms}
    database.write_now(lambda db: db.execute(SQL["add_run_score"], row))
