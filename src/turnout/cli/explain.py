"""`turnout explain`: the plan of a request that is not sent, or the decision of one that was."""

import asyncio
import secrets
from collections.abc import Mapping
from pathlib import Path

import click
import msgspec

from turnout.cli.offline import offline_snapshot
from turnout.cli.options import config_option, data_dir_option, json_option, settings_for
from turnout.cli.output import print_json, print_table
from turnout.config.settings import Settings
from turnout.config.switches import how_to_turn_on
from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.decision import Decision, Weight
from turnout.core.types import Attempt, Generation
from turnout.dialects.openai_chat.client import CLIENT
from turnout.flow.explain import (
    Explanation,
    StepRow,
    dialogue_of,
    explained,
    order_of,
    why,
)
from turnout.flow.parse import read
from turnout.flow.plan.choose import ROUTER_STAGES
from turnout.ledger.generations import stored
from turnout.metrics.health import Health
from turnout.providers import PROVIDERS
from turnout.store.database import Database

_TOOL = {"type": "function", "function": {"name": "example"}}


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """What `explain gen-… --json` prints: the decision that its record keeps."""

    id: str
    requested: str
    served: str
    state: str
    seed: str
    order: str
    decision: Decision | None
    attempts: tuple[tuple[str, str], ...]


@click.command
@click.argument("model", required=False)
@click.option("--mode", type=click.Choice(["nitro", "floor", "exacto"]), help="As MODEL:mode.")
@click.option("--provider", "preferences", help='The request\'s provider object: {"only": […]}.')
@click.option("--tools", is_flag=True, help="As a request with tools.")
@click.option("--max-tokens", type=click.IntRange(1), help="As a request for at most so many.")
@click.option(
    "--body",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="A whole request body as JSON; the other options go on top.",
)
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), help="The draw; else by chance.")
@data_dir_option
@config_option
@json_option
def explain(  # noqa: PLR0913 (its options)
    *,
    model: str | None,
    mode: str | None,
    preferences: str | None,
    max_tokens: int | None,
    body: Path | None,
    seed: int | None,
    data_dir: Path | None,
    config_file: Path | None,
    tools: bool,
    as_json: bool,
) -> None:
    """Plan a request for MODEL without sending it, or replay the decision of a gen-… id.

    Each known endpoint is told with the reason for its place, or for being left out. Health is not
    known here: a gateway that runs measures, and tells its own plan at POST /api/v1/route/explain.
    """
    settings = settings_for(config_file, data_dir)
    if model is not None and model.startswith("gen-"):
        _replay(model, settings, as_json=as_json)
        return
    fields = _fields(body)
    if model is None and "model" not in fields and "models" not in fields:
        raise click.UsageError("Name a MODEL or a gen-… id, or give a --body that names a model.")
    _put(fields, "model", None if model is None else f"{model}:{mode}" if mode else model)
    _put(fields, "max_tokens", max_tokens)
    _put(fields, "tools", [_TOOL] if tools else None)
    if preferences is not None:
        fields["provider"] = _json(preferences.encode(), "--provider")
    fields.setdefault("messages", msgspec.Raw(b'[{"role":"user","content":"Hello"}]'))
    snapshot = offline_snapshot(settings)
    inbound = read(CLIENT, msgspec.json.encode(fields), {}, snapshot)
    told = explained(
        inbound,
        snapshot,
        Health(rules=snapshot.policy.balanced).view(
            SYSTEM_CLOCK.now_s(), snapshot.policy.outage_window_s
        ),
        secrets.randbits(64) if seed is None else seed,
        _why_off,
    )
    if as_json:
        print_json(told)
    else:
        _print(told)
    raise SystemExit(0 if told.steps else 1)


def _why_off(slug: str) -> str:
    provider = PROVIDERS.get(slug)
    return "not a provider that Turnout speaks to" if provider is None else how_to_turn_on(provider)


def _print(told: Explanation) -> None:
    click.echo(f"Order: {told.order} (seed {told.seed}); at most {told.max_attempts} attempts.\n")
    if told.routed is not None:
        click.echo(f"Picked: {told.routed.summary}\n")
    print_table(
        ("", "ENDPOINT", "BLEND $/M", "STATE", "WHY"),
        [_line(row) for row in told.steps],
        right=(0, 2),
    )
    if told.dropped:
        click.echo("\nLeft out:")
        print_table(
            ("ENDPOINT", "FILTER", "WHY"),
            [(row.endpoint, row.filter, row.reason) for row in told.dropped],
        )


def _line(row: StepRow) -> tuple[str, ...]:
    return str(row.place), row.endpoint, row.blended or "-", row.state, row.reason


# ── what was decided ────────────────────────────────────────────────────────────────────────────


def _replay(generation_id: str, settings: Settings, *, as_json: bool) -> None:
    record = asyncio.run(_record(generation_id, settings.data_dir))
    if record is None:
        raise click.ClickException(f"There is no record of {generation_id} in this data folder.")
    decision = record.decision
    told = Replay(
        id=record.id,
        requested=record.requested,
        served=record.endpoint,
        state=record.state,
        seed=str(record.seed),
        order="there was only one endpoint" if decision is None else order_of(decision),
        decision=decision,
        attempts=tuple((attempt.endpoint, _ended(attempt)) for attempt in record.attempts),
    )
    if as_json:
        print_json(told)
        return
    click.echo(f"{told.id}: {told.requested}, {told.state}; served by {told.served or 'nobody'}.")
    click.echo(f"Order: {told.order} (seed {told.seed}).\n")
    for stage in record.pipeline:
        if stage.name in ROUTER_STAGES:
            click.echo(f"Picked: {stage.summary}\n")
    if decision is not None:
        _print_decision(decision)
    click.echo("\nAttempts:")
    print_table(("ENDPOINT", "OUTCOME"), told.attempts)


def _ended(attempt: Attempt) -> str:
    """What became of an attempt, and what it was for where that is not the answer itself."""
    return attempt.outcome + ("" if attempt.purpose == "answer" else f" ({attempt.purpose})")


async def _record(generation_id: str, data_dir: Path) -> Generation | None:
    database = Database.open(data_dir, SYSTEM_CLOCK)
    try:
        rows = await database.read("find_generation", {"id": generation_id})
        return stored(rows[0]) if rows else None
    finally:
        database.close()


def _print_decision(decision: Decision) -> None:
    if (said := dialogue_of(decision)) is not None:
        click.echo(f"Dialogue: {said}.\n")
    print_table(
        ("", "ENDPOINT", "SHARE", "PRICE", "ADJUSTED", "TTFT", "TOK/S", "FAULTS", "429", "WHY"),
        [_weighed(place, weight) for place, weight in enumerate(decision.kept, start=1)],
        right=(0, 2, 3, 4, 5, 6, 7, 8),
    )
    if decision.dropped:
        click.echo("\nLeft out:")
        print_table(
            ("ENDPOINT", "FILTER"), [(out.endpoint, out.filter) for out in decision.dropped]
        )
    if decision.more:
        click.echo(f"and {decision.more} more, which the record does not keep")


def _weighed(place: int, weight: Weight) -> tuple[str, ...]:
    def said(value: float | None, form: str) -> str:
        return "-" if value is None else format(value, form)

    def usd(nusd: int | None) -> str:
        return "-" if nusd is None else f"${nusd / 1e9:.6f}"

    return (
        str(place),
        weight.endpoint,
        said(weight.share, ".1%"),
        usd(weight.price_nusd),
        usd(weight.adjusted_nusd),
        "-" if weight.ttft_ms is None else f"{weight.ttft_ms} ms",
        said(weight.speed_tps, ".0f"),
        said(weight.fault_share, ".1%"),
        said(weight.limited_share, ".1%"),
        why(weight, place),
    )


# ── the request ─────────────────────────────────────────────────────────────────────────────────


def _fields(body: Path | None) -> dict[str, msgspec.Raw]:
    if body is None:
        return {}
    with click.open_file(str(body), "rb") as file:
        raw = file.read()
    try:
        return msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError as error:
        raise click.BadParameter(f"not a JSON object: {error}", param_hint="--body") from error


def _json(raw: bytes, option: str) -> msgspec.Raw:
    try:
        msgspec.json.decode(raw, type=Mapping[str, msgspec.Raw])
    except msgspec.DecodeError as error:
        raise click.BadParameter(f"not a JSON object: {error}", param_hint=option) from error
    return msgspec.Raw(raw)


def _put(fields: dict[str, msgspec.Raw], name: str, value: object) -> None:
    if value is not None:
        fields[name] = msgspec.Raw(msgspec.json.encode(value))
