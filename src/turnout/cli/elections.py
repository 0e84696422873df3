"""`turnout elections`: who serves the exacto mode, since when, and on what evidence."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from turnout.cli.options import config_option, data_dir_option, json_option, settings_for
from turnout.cli.output import print_json, print_table
from turnout.core.clock import SYSTEM_CLOCK
from turnout.jobs.elect import stored_elections
from turnout.metrics.election import Election
from turnout.store.database import Database


@click.command
@click.argument("model", required=False)
@data_dir_option
@config_option
@json_option
def elections(
    *, model: str | None, data_dir: Path | None, config_file: Path | None, as_json: bool
) -> None:
    """List the elections of the exacto mode, of MODEL or of all, newest first."""
    settings = settings_for(config_file, data_dir)
    found = asyncio.run(_stored(settings.data_dir))
    chosen = [election for election in reversed(found) if model in (None, election.model)]
    if as_json:
        print_json(chosen)
        return
    for slug, tag in settings.routing.exacto.pins.items():
        if model in (None, slug):
            click.echo(f"{slug} is pinned to {tag}: no election counts.")
    if not chosen:
        click.echo("No election was held yet: too little is measured.")
        return
    print_table(
        ("MODEL", "ENDPOINT", "SINCE", "WHY", "QUALITY", "SAMPLES"),
        [_line(election) for election in chosen],
        right=(4, 5),
    )


async def _stored(data_dir: Path) -> tuple[Election, ...]:
    database = Database.open(data_dir, SYSTEM_CLOCK)
    try:
        return await stored_elections(database)
    finally:
        database.close()


def _line(election: Election) -> tuple[str, ...]:
    moment = datetime.fromtimestamp(election.at_ms / 1000, UTC)
    first = election.evidence[0] if election.evidence else None
    return (
        election.model,
        election.endpoint,
        moment.strftime("%Y-%m-%d %H:%M"),
        election.why,
        "-" if first is None else f"{first.quality:.3f}",
        "-" if first is None else str(first.samples),
    )
