"""`turnout providers`: who is on, who is not, and what would change that."""

from collections import Counter
from pathlib import Path

import click
import msgspec

from turnout.cli.offline import offline_snapshot
from turnout.cli.options import config_option, data_dir_option, json_option, settings_for
from turnout.cli.output import print_json, print_table


class ProviderRow(msgspec.Struct, frozen=True, kw_only=True):
    """A provider in `providers --json`.

    Attributes:
        on: Requests may go there.
        why: What turned it on, or what would.
        keys: How many it has; never which.
        models: Models of the catalog that it hosts.
    """

    slug: str
    name: str
    on: bool
    why: str
    keys: int
    models: int


@click.command
@click.option("--on", "only_on", is_flag=True, help="Only those that are on.")
@data_dir_option
@config_option
@json_option
def providers(
    data_dir: Path | None, config_file: Path | None, *, only_on: bool, as_json: bool
) -> None:
    """List providers: which are on, and why."""
    settings = settings_for(config_file, data_dir)
    catalog = offline_snapshot(settings).routable.catalog
    hosted = Counter(
        provider
        for slug in catalog.models
        for provider in {endpoint.provider for endpoint in catalog.all_endpoints(slug)}
    )
    rows = [
        ProviderRow(
            slug=slug,
            name=switch.provider.name,
            on=switch.on,
            why=switch.reason,
            keys=len(switch.keys),
            models=hosted[slug],
        )
        for slug, switch in settings.switches.items()
        if switch.on or not only_on
    ]
    rows.sort(key=lambda row: not row.on)
    if as_json:
        print_json({"providers": rows})
        return
    print_table(
        ("PROVIDER", "NAME", "", "KEYS", "MODELS", "WHY"),
        [
            (row.slug, row.name, "on" if row.on else "off", str(row.keys), str(row.models), row.why)
            for row in rows
        ],
        right=(3, 4),
    )
