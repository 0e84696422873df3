"""`turnout benchmarks`: scores of models, published, imported and run here."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import click

from turnout.benchmarks import running, tasks
from turnout.benchmarks.importing import read_scores
from turnout.benchmarks.published import name_of
from turnout.benchmarks.scores import (
    NewRun,
    Score,
    gathered,
    standings,
    store_imported,
    store_run,
)
from turnout.catalog.index import Catalog
from turnout.cli.offline import offline_snapshot
from turnout.cli.options import config_option, data_dir_option, json_option, settings_for
from turnout.cli.output import print_json, print_table
from turnout.config.settings import Settings
from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.money import Nusd, usd
from turnout.identity.temporary import spent_by, temporary_key
from turnout.store.database import Database

_T = TypeVar("_T")
_HERE: Final = "this gateway, inspect-ai"


@click.group
def benchmarks() -> None:
    """Scores of models in standardised evaluations."""


@benchmarks.command("list")
@click.argument("model", required=False)
@data_dir_option
@config_option
@json_option
def list_scores(
    model: str | None, data_dir: Path | None, config_file: Path | None, *, as_json: bool
) -> None:
    """List scores, of MODEL with its ranks or of all models."""
    settings = settings_for(config_file, data_dir)
    scores = gathered(_with_store(settings, lambda store: store.read_now("benchmark_scores")))
    if model is None:
        rows = sorted(scores, key=lambda one: (one.benchmark, -one.percent))
        if as_json:
            print_json(rows)
            return
        heads = ("BENCHMARK", "MODEL", "SCORE", "SOURCE", "AS OF")
        print_table(heads, [_line(one) for one in rows], right=(2,))
        return
    ranked = standings(scores, _slug(offline_snapshot(settings).routable.catalog, model))
    if as_json:
        print_json(ranked)
    elif not ranked:
        click.echo(f"Nobody has told a score of {model}.")
    else:
        heads = ("BENCHMARK", "MODEL", "SCORE", "SOURCE", "AS OF", "RANK", "PERCENTILE")
        lines = [
            (*_line(one.score), f"{one.rank} of {one.of}", f"{one.percentile:g}") for one in ranked
        ]
        print_table(heads, lines, right=(2, 5, 6))


@benchmarks.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_dir_option
@config_option
@json_option
def import_scores(
    file: Path, data_dir: Path | None, config_file: Path | None, *, as_json: bool
) -> None:
    """Import scores from FILE: CSV with a head, or JSON.

    Columns: model, benchmark, score (percent); source, source_url, date. All rows or none.
    """
    settings = settings_for(config_file, data_dir)
    catalog = offline_snapshot(settings).routable.catalog

    def resolve(name: str) -> str | None:
        model = catalog.find(name)
        return None if model is None else model.slug

    scores = read_scores(file, resolve, _today())
    now_ms = SYSTEM_CLOCK.unix_ms()
    _with_store(settings, lambda store: store_imported(store, scores, now_ms))
    if as_json:
        print_json({"imported": len(scores)})
    else:
        click.echo(f"Imported {len(scores)} scores of {len({one.model for one in scores})} models.")


@benchmarks.command("run")
@click.argument("model")
@click.option(
    "--benchmark",
    default="turnout_basics",
    show_default=True,
    help="A set that is shipped, or a task of inspect-ai's such as inspect_evals/gpqa_diamond.",
)
@click.option(
    "--tasks",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Questions as JSON lines (input, target, choices), for a benchmark of your own.",
)
@click.option("--limit", type=click.IntRange(1), help="Ask only so many questions.")
@click.option("--repeat", type=click.IntRange(1, 100), default=1, show_default=True, help="Runs.")
@click.option("--url", help="The gateway's address; else as configured.")
@data_dir_option
@config_option
@json_option
def run_benchmark(  # noqa: PLR0913 (its options)
    *,
    model: str,
    benchmark: str,
    file: Path | None,
    limit: int | None,
    repeat: int,
    url: str | None,
    data_dir: Path | None,
    config_file: Path | None,
    as_json: bool,
) -> None:
    """Run an evaluation of MODEL through a gateway that is up, and store its score.

    It asks with a key of its own, which is disabled afterwards; what that key spent is the cost.
    """
    settings = settings_for(config_file, data_dir)
    slug = _slug(offline_snapshot(settings).routable.catalog, model)
    task = _questions(benchmark, file)
    server = settings.server
    origin = (url or f"http://{server.host}:{server.port}").rstrip("/")
    name = benchmark.rpartition("/")[2]
    for _ in range(repeat):
        run = _run_once(settings, slug, name, (f"{origin}/api/v1", task, limit))
        _with_store(settings, lambda store, run=run: store_run(store, run, SYSTEM_CLOCK.unix_ms()))
        if as_json:
            print_json(run)
        else:
            cost = usd(Nusd(run.cost_nusd))
            click.echo(
                f"{slug}: {run.percent:.1f} % of {run.tasks} questions of {name_of(name)}, ${cost}"
            )


def _questions(benchmark: str, file: Path | None) -> list[tasks.Question] | str:
    if file is not None:
        return tasks.read(file)
    if benchmark in tasks.SHIPPED:
        return tasks.shipped(benchmark)
    if "/" in benchmark:
        return benchmark
    sets = ", ".join(tasks.SHIPPED)
    raise click.UsageError(
        f'"{benchmark}" is no set of ours ({sets}): name a task of inspect-ai\'s such as '
        "inspect_evals/mmlu_0_shot, or give --tasks FILE"
    )


def _run_once(
    settings: Settings,
    slug: str,
    name: str,
    how: tuple[str, list[tasks.Question] | str, int | None],
) -> NewRun:
    base_url, task, limit = how
    asked = {"model": slug, "base_url": base_url, "task": task, "limit": limit}

    def work(store: Database) -> NewRun:
        with temporary_key(store, SYSTEM_CLOCK, f"Benchmark {name}") as (secret, key):
            ran = running.run(running.Asked(key=secret, **asked))  # pyright: ignore[reportArgumentType]  (one dict of both kinds)
            cost = spent_by(store, SYSTEM_CLOCK, key.hash, ran.tasks)
        return NewRun(
            model=slug,
            benchmark=name,
            percent=100 * ran.accuracy,
            source=_HERE,
            as_of=_today(),
            tasks=ran.tasks,
            cost_nusd=cost,
        )

    return _with_store(settings, work)


def _with_store(settings: Settings, use: Callable[[Database], _T]) -> _T:
    database = Database.open(settings.data_dir, SYSTEM_CLOCK)
    try:
        return use(database)
    finally:
        database.close()


def _slug(catalog: Catalog, name: str) -> str:
    model = catalog.find(name)
    if model is None:
        raise click.ClickException(f"{name} is not in the catalog: `turnout models` lists them")
    return model.slug


def _line(score: Score) -> tuple[str, ...]:
    return (
        name_of(score.benchmark),
        score.model,
        f"{score.percent:.1f}",
        score.source if score.runs is None else f"{score.source}, {_times(score.runs)}",
        score.as_of,
    )


def _today() -> str:
    return datetime.fromtimestamp(SYSTEM_CLOCK.unix_ms() / 1000, UTC).date().isoformat()


def _times(runs: int) -> str:
    return "1 run" if runs == 1 else f"{runs} runs"
