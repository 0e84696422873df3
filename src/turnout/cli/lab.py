"""`turnout lab`: routing policies compared in simulated time."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

import click
import msgspec

from turnout.cli.offline import offline_snapshot
from turnout.cli.options import config_option, data_dir_option, json_option, settings_for
from turnout.cli.output import print_json, print_table
from turnout.config.settings import Settings
from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.types import Generation
from turnout.lab.bars import Bar, Result, bars, table_of
from turnout.lab.history import world_of
from turnout.lab.play import play_all, play_world
from turnout.lab.policies import POLICIES, PolicyName
from turnout.lab.report import Row
from turnout.lab.scenario import Scenario, scenarios_in, shipped
from turnout.lab.table import HEADS, cells, means, verdict
from turnout.ledger.generations import stored
from turnout.store.database import Database

_PAGE: Final = 1000
_MOST_RECORDS: Final = 1_000_000


@click.command
@click.option(
    "--scenarios",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of scenarios (*.toml); else those that Turnout ships.",
)
@click.option("--only", multiple=True, metavar="NAME", help="This scenario; may be repeated.")
@click.option(
    "--policy",
    "policies",
    multiple=True,
    type=click.Choice(list(POLICIES)),
    help="This policy; may be repeated. Else all.",
)
@click.option("--requests", type=click.IntRange(100), help="Requests in each; else as it says.")
@click.option("--seed", type=click.IntRange(0), help="Of all chance, instead of the scenario's.")
@click.option("--workers", type=click.IntRange(1), help="Processes; else one for each core.")
@click.option("--history", metavar="MODEL", help="Replay the records of a model instead.")
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the result there, as --json prints it.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 when a bar is missed.")
@data_dir_option
@config_option
@json_option
def lab(  # noqa: PLR0913 (its options)
    *,
    folder: Path | None,
    only: tuple[str, ...],
    policies: tuple[str, ...],
    requests: int | None,
    seed: int | None,
    workers: int | None,
    history: str | None,
    save: Path | None,
    strict: bool,
    data_dir: Path | None,
    config_file: Path | None,
    as_json: bool,
) -> None:
    """Play routing policies over scenarios, or over your own records, in simulated time.

    The planner, health and failover are the real ones; a day takes seconds. Cost, speed, success
    and regret are compared; docs/explain/routing.md says what they mean and how to write scenarios.
    """
    chosen = cast("tuple[PolicyName, ...]", policies) or tuple(POLICIES)
    if history is not None:
        rows = _replay(history, chosen, settings_for(config_file, data_dir))
    else:
        found = scenarios_in(folder) if folder is not None else shipped()
        found = [_changed(each, requests, seed) for each in _named(found, only)]
        rows: list[Row] = []
        for row in play_all(found, chosen, workers):
            rows.append(row)
            if not as_json:
                click.echo(f"{row.scenario}: {row.policy} ({row.took_s:.1f} s)", err=True)
    judged = bars(rows)
    result = Result(tuple(rows), tuple(judged))
    if save is not None:
        save.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1))
    if as_json:
        print_json(result)
    else:
        _print(rows, judged)
    raise SystemExit(1 if strict and any(bar.met is False for bar in judged) else 0)


def _named(found: Sequence[Scenario], only: Sequence[str]) -> Sequence[Scenario]:
    if not only:
        return found
    names = [scenario.name for scenario in found]
    for name in only:
        if name not in names:
            raise click.BadParameter(f"there is no {name}; there are {', '.join(names)}")
    return [scenario for scenario in found if scenario.name in only]


def _changed(scenario: Scenario, requests: int | None, seed: int | None) -> Scenario:
    if seed is not None:
        scenario = msgspec.structs.replace(scenario, seed=seed)
    return scenario if requests is None else scenario.resized(requests)


def _replay(model: str, policies: Sequence[PolicyName], settings: Settings) -> list[Row]:
    snapshot = offline_snapshot(settings)
    endpoints = {e.id: e for e in snapshot.routable.catalog.all_endpoints(model)}
    records = asyncio.run(_records(model, settings.data_dir))
    if not records:
        raise click.ClickException(f"There is no record of a request for {model}.")
    world = world_of(model, records, endpoints)
    return [play_world(world, policy) for policy in policies]


async def _records(model: str, data_dir: Path) -> list[Generation]:
    """The records of one model, newest first, bounded."""
    database = Database.open(data_dir, SYSTEM_CLOCK)
    found: list[Generation] = []
    before_ms, before_id = 2**62, ""
    try:
        while len(found) < _MOST_RECORDS:
            params = {"before_ms": before_ms, "before_id": before_id, "limit": _PAGE}
            page = [stored(row) for row in await database.read("list_generations", params)]
            found += [g for g in page if g.model == model and g.attempts]
            if len(page) < _PAGE:
                break
            before_ms, before_id = page[-1].created_ms, page[-1].id
    finally:
        database.close()
    return found


def _print(rows: Sequence[Row], judged: Sequence[Bar]) -> None:
    table = table_of(rows)
    for scenario in sorted(table):
        click.echo(f"\n{scenario}")
        lines = [cells(row) for name in POLICIES if (row := table[scenario].get(name)) is not None]
        print_table(HEADS, lines, right=range(1, len(HEADS)))
    click.echo("\nMeans over the scenarios")
    print_table(("policy", "$/1000", "round trip p50"), means(table), right=(1, 2))
    click.echo("\nBars")
    print_table(
        ("", "wanted", "seen", ""),
        [(bar.name, bar.wanted, bar.seen, verdict(bar)) for bar in judged],
    )
