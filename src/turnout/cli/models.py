"""`turnout models`: what can be asked for."""

from pathlib import Path

import click
import msgspec

from turnout.cli.offline import offline_snapshot
from turnout.cli.options import config_option, data_dir_option, json_option, settings_for
from turnout.cli.output import per_million, print_json, print_table
from turnout.core.money import Rate
from turnout.core.types import Endpoint, Model, Unpriced
from turnout.flow.gateway import Snapshot


class ModelRow(msgspec.Struct, frozen=True, kw_only=True):
    """A model in `models --json`; prices are those of its cheapest endpoint that is listed.

    Attributes:
        prompt: USD per million tokens as a decimal text; None when no endpoint is priced.
        providers: Slugs of the providers that host it, the primary first.
    """

    id: str
    name: str
    context: int
    prompt: str | None
    completion: str | None
    providers: tuple[str, ...]


@click.command
@click.argument("query", required=False)
@click.option("--all", "everything", is_flag=True, help="The whole catalog, reachable or not.")
@click.option("-q", "--quiet", is_flag=True, help="Only the slugs, one a line.")
@data_dir_option
@config_option
@json_option
def models(
    query: str | None,
    data_dir: Path | None,
    config_file: Path | None,
    *,
    everything: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """List the models that can be reached with the providers that are on.

    QUERY leaves only those with that text in their slug or name. Models that a server lists by
    itself (models = "discover") are known to a running gateway only.
    """
    view = offline_snapshot(settings_for(config_file, data_dir))
    rows = [
        _row(model, view, everything=everything)
        for slug, model in view.routable.catalog.models.items()
        if (everything or slug in view.routable.endpoints) and _found(model, query)
    ]
    if as_json:
        print_json({"models": rows})
    elif quiet:
        click.echo("".join(f"{row.id}\n" for row in rows), nl=False)
    else:
        print_table(
            ("MODEL", "CONTEXT", "IN $/M", "OUT $/M", "PROVIDERS"),
            [
                (
                    row.id,
                    str(row.context) if row.context else "-",
                    row.prompt or "-",
                    row.completion or "-",
                    _brief(row.providers),
                )
                for row in rows
            ],
            right=(1, 2, 3),
        )
        if not rows and not everything:
            click.echo("None is reachable; --all lists what is known.", err=True)


def _found(model: Model, query: str | None) -> bool:
    return query is None or query.lower() in f"{model.slug}\n{model.name}".lower()


def _row(model: Model, view: Snapshot, *, everything: bool) -> ModelRow:
    routable = view.routable
    endpoints = (
        routable.catalog.all_endpoints(model.slug) if everything else routable.endpoints[model.slug]
    )
    prices = [_prices(endpoint) for endpoint in endpoints if endpoint.tier is None]
    cheapest = min((price for price in prices if price is not None), default=None)
    return ModelRow(
        id=model.slug,
        name=model.name,
        context=model.context_tok,
        prompt=None if cheapest is None else per_million(cheapest[0]),
        completion=None if cheapest is None else per_million(cheapest[1]),
        providers=tuple(dict.fromkeys(endpoint.provider for endpoint in endpoints)),
    )


def _prices(endpoint: Endpoint) -> tuple[Rate, Rate] | None:
    price = endpoint.price
    return None if isinstance(price, Unpriced) else (price.rates.prompt, price.rates.completion)


def _brief(providers: tuple[str, ...], most: int = 4) -> str:
    more = f" and {len(providers) - most} more" if len(providers) > most else ""
    return ", ".join(providers[:most]) + more
