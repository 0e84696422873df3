"""`/models/{author}/{slug}/benchmarks`: a model's scores and where they stand among all models."""

import msgspec

from turnout.benchmarks.published import name_of
from turnout.benchmarks.scores import Kind, Standing, all_scores, standings
from turnout.core.money import Nusd, usd
from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.internal.desk import Desk


class BenchmarkScore(msgspec.Struct, frozen=True, kw_only=True):
    """What one source says of the model.

    Attributes:
        benchmark: The key, "gpqa_diamond"; name: for people.
        kind: "published" is shipped, "imported" by the operator, "run" through this gateway.
        as_of: ISO date.
        run_count: None for scores of others.
        cost: USD of all runs together, as decimal text; None for scores of others.
        rank: Among the models that have a score, 1 is best; of: how many those are.
        percentile: Of those, the percent that are not better, this one included.
    """

    benchmark: str
    name: str
    kind: Kind
    score_percent: float
    source: str
    source_url: str | None
    as_of: str
    run_count: int | None
    cost: str | None
    rank: int
    of: int
    percentile: float


class ModelBenchmarks(msgspec.Struct, frozen=True):
    """By the benchmarks' names; several sources stay apart."""

    scores: list[BenchmarkScore]


class ModelBenchmarksAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /models/{author}/{slug}/benchmarks`."""

    data: ModelBenchmarks


async def get_model_benchmarks(ask: Ask) -> Reply:
    """Tell a model's scores in standardised evaluations, with sources and ranks."""
    model = Desk(ask).model()
    ranked = standings(await all_scores(ask.database), model.slug)
    return reply(ModelBenchmarksAnswer(ModelBenchmarks([_told(one) for one in ranked])))


def _told(standing: Standing) -> BenchmarkScore:
    score = standing.score
    return BenchmarkScore(
        benchmark=score.benchmark,
        name=name_of(score.benchmark),
        kind=score.kind,
        score_percent=round(score.percent, 2),
        source=score.source,
        source_url=score.source_url,
        as_of=score.as_of,
        run_count=score.runs,
        cost=None if score.cost_nusd is None else usd(Nusd(score.cost_nusd)),
        rank=standing.rank,
        of=standing.of,
        percentile=standing.percentile,
    )
