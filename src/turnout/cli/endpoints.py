"""`turnout endpoints`: where a model is hosted."""

from collections.abc import Mapping
from pathlib import Path

import click
import msgspec

from turnout.catalog.advice import nearest, what_would_serve
from turnout.cli.offline import offline_snapshot
from turnout.cli.options import config_option, data_dir_option, json_option, settings_for
from turnout.cli.output import per_million, print_json, print_table
from turnout.config.prices import PER_UNIT
from turnout.core.money import usd_per_unit
from turnout.core.types import Endpoint, Model, Unpriced
from turnout.core.usage import Rates
from turnout.flow.gateway import Snapshot


class EndpointRow(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint in `endpoints --json`.

    Attributes:
        on: Its provider is on.
        price: USD per million tokens (`request` and `search`: per unit) as decimal texts; None for
            an unpriced endpoint.
        price_source: Where the price was read, or why there is none.
        price_date: ISO date of that source, None without one.
    """

    id: str
    provider: str
    tag: str
    on: bool
    upstream_model: str
    context: int
    max_output: int | None
    quantization: str
    price: Mapping[str, str] | None
    price_source: str
    price_date: str | None


@click.command
@click.argument("model")
@data_dir_option
@config_option
@json_option
def endpoints(
    model: str, data_dir: Path | None, config_file: Path | None, *, as_json: bool
) -> None:
    """List where MODEL is hosted, reachable or not, and what it costs there."""
    view = offline_snapshot(settings_for(config_file, data_dir))
    found = model_named(model, view)
    rows = [_row(one, view) for one in view.routable.catalog.all_endpoints(found.slug)]
    rows.sort(key=lambda row: not row.on)
    if as_json:
        print_json({"model": found.slug, "endpoints": rows})
        return
    print_table(
        ("ENDPOINT", "", "IN $/M", "OUT $/M", "CONTEXT", "MAX OUT", "WEIGHTS", "PRICE FROM"),
        [
            (
                row.tag,
                "on" if row.on else "off",
                "-" if row.price is None else row.price["prompt"],
                "-" if row.price is None else row.price["completion"],
                str(row.context) if row.context else "-",
                "-" if row.max_output is None else str(row.max_output),
                row.quantization,
                " ".join(word for word in (row.price_source, row.price_date) if word),
            )
            for row in rows
        ],
        right=(2, 3, 4, 5),
    )
    if not any(row.on for row in rows):
        click.echo(what_would_serve(found, view.routable.catalog), err=True)


def model_named(name: str, view: Snapshot) -> Model:
    """The model of a slug or alias.

    Raises:
        ClickException: Nobody knows it; the text names the nearest ones.
    """
    found = view.routable.find(name)
    if found is None:
        close = nearest(name, view.routable.catalog)
        hint = f" Did you mean {', '.join(close)}?" if close else ""
        raise click.ClickException(f"No model is called '{name}'.{hint}")
    return found


def _row(endpoint: Endpoint, view: Snapshot) -> EndpointRow:
    price = endpoint.price
    return EndpointRow(
        id=endpoint.id,
        provider=endpoint.provider,
        tag=endpoint.tag,
        on=endpoint.provider in view.connections,
        upstream_model=endpoint.upstream_model,
        context=endpoint.context_tok,
        max_output=endpoint.max_output_tok,
        quantization=endpoint.quantization,
        price=None if isinstance(price, Unpriced) else _prices(price.rates),
        price_source=price.reason if isinstance(price, Unpriced) else price.source,
        price_date=None if isinstance(price, Unpriced) else price.as_of,
    )


def _prices(rates: Rates) -> Mapping[str, str]:
    """Every stated price by its name in the settings; what falls back to another is left out."""
    said = {field: getattr(rates, field) for field in rates.__struct_fields__}
    return {
        field: usd_per_unit(rate) if field in PER_UNIT else per_million(rate)
        for field, rate in said.items()
        if rate is not None
    }
