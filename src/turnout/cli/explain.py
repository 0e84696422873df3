"""`turnout explain`: the plan of a request that is not sent."""

import math
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click
import msgspec

from turnout.cli.offline import offline_snapshot
from turnout.cli.options import config_option, data_dir_option, json_option, settings_for
from turnout.cli.output import per_million, print_json, print_table
from turnout.config.switches import how_to_turn_on
from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.money import Rate
from turnout.core.types import Endpoint
from turnout.dialects.adapter import Inbound
from turnout.dialects.openai_chat.client import CLIENT
from turnout.flow.gateway import Snapshot
from turnout.flow.plan import Candidate, make_plan, resolve, terms_of
from turnout.flow.plan.order import blended_rate, weight_of
from turnout.flow.planned import Plan, Step
from turnout.metrics.health import Health
from turnout.providers import PROVIDERS

_BASIS: Final = {
    "weighted": "balanced by price: each next one drawn with a weight of 1/price²",
    "order": "as provider.order lists them, the others after",
    "price": "the cheapest first",
    "throughput": "the fastest first; a gateway that runs has measured, this one has not",
    "latency": "the shortest wait first; a gateway that runs has measured, this one has not",
    "exacto": "the author's own provider first, then by precision",
}
_TOOL: Final = {"type": "function", "function": {"name": "example"}}


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that is kept, in `explain --json`.

    Attributes:
        share: Of first tries that go here when the order is drawn by weight, else None.
        blended: USD per million tokens, three prompt tokens for one of completion; None: unpriced.
    """

    place: int
    endpoint: str
    asked: str
    provider: str
    state: str
    blended: str | None
    share: float | None
    reason: str


class DropRow(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that may not serve; `filter` is what dropped it."""

    endpoint: str
    provider: str
    filter: str
    reason: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What `explain --json` prints; the same seed gives the same order again."""

    models: tuple[str, ...]
    basis: str
    order: str
    seed: int
    max_attempts: int
    steps: tuple[StepRow, ...]
    dropped: tuple[DropRow, ...]


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
    """Plan a request for MODEL without sending it.

    Each known endpoint is told with the reason for its place, or for being left out. Health is not
    known here: a gateway that runs also puts failing endpoints last.
    """
    fields = _fields(body)
    if model is None and "model" not in fields and "models" not in fields:
        raise click.UsageError("Name a MODEL, or give a --body that does.")
    _put(fields, "model", None if model is None else f"{model}:{mode}" if mode else model)
    _put(fields, "max_tokens", max_tokens)
    _put(fields, "tools", [_TOOL] if tools else None)
    if preferences is not None:
        fields["provider"] = _json(preferences.encode(), "--provider")
    fields.setdefault("messages", msgspec.Raw(b'[{"role":"user","content":"Hello"}]'))
    inbound = CLIENT.read(msgspec.json.encode(fields), {})
    view = offline_snapshot(settings_for(config_file, data_dir))
    told = explained(inbound, view, secrets.randbits(64) if seed is None else seed)
    if as_json:
        print_json(told)
    else:
        _print(told)
    raise SystemExit(0 if told.steps else 1)


def explained(inbound: Inbound, view: Snapshot, seed: int) -> Explanation:
    """The plan of a request with a reason for each endpoint that is known.

    Raises:
        Refusal: A model that nobody knows, or a preference that makes no sense.
    """
    candidates = resolve(inbound.models, view.routable)
    health = Health().view(SYSTEM_CLOCK.now_s(), view.policy.outage_window_s)
    plan = make_plan(candidates, terms_of(inbound, view), health, seed)
    return Explanation(
        models=inbound.models,
        basis=plan.basis,
        order=_BASIS[plan.basis],
        seed=seed,
        max_attempts=view.policy.max_attempts,
        steps=_steps(plan),
        dropped=(*_dropped(plan), *_switched_off(candidates, view)),
    )


def _steps(plan: Plan) -> tuple[StepRow, ...]:
    weights = [_weight(step.endpoint) if plan.basis == "weighted" else None for step in plan.steps]
    first = plan.steps[0].asked if plan.steps else ""
    total = math.fsum(
        weight or 0.0
        for weight, step in zip(weights, plan.steps, strict=True)
        if step.asked == first
    )
    return tuple(
        _step(place, step, weight / total if weight and step.asked == first else None)
        for place, (step, weight) in enumerate(zip(plan.steps, weights, strict=True), start=1)
    )


def _step(place: int, step: Step, share: float | None) -> StepRow:
    rate = blended_rate(step.endpoint)
    if share is not None:
        reason = f"first in {share:.0%} of draws"
    elif rate is None:
        reason = "unpriced, so after all that are priced"
    else:
        reason = "a fallback" if place > 1 else "first"
    return StepRow(
        place=place,
        endpoint=step.endpoint.id,
        asked=step.asked,
        provider=step.endpoint.provider,
        state=step.place.state,
        blended=None if rate is None else per_million(Rate(rate)),
        share=share,
        reason=reason,
    )


def _weight(endpoint: Endpoint) -> float | None:
    rate = blended_rate(endpoint)
    return None if rate is None else weight_of(rate)


def _dropped(plan: Plan) -> Sequence[DropRow]:
    return [
        DropRow(
            endpoint=drop.endpoint.id,
            provider=drop.endpoint.provider,
            filter=drop.filter,
            reason=drop.detail,
        )
        for drop in plan.dropped
    ]


def _switched_off(candidates: Sequence[Candidate], view: Snapshot) -> Sequence[DropRow]:
    """Endpoints of providers that are off: the plan never sees them."""
    return [
        DropRow(
            endpoint=endpoint.id,
            provider=endpoint.provider,
            filter="provider_off",
            reason=_why_off(endpoint.provider),
        )
        for candidate in candidates
        for endpoint in view.routable.catalog.all_endpoints(candidate.model.slug)
        if endpoint.provider not in view.connections
    ]


def _why_off(slug: str) -> str:
    provider = PROVIDERS.get(slug)
    return "not a provider that Turnout speaks to" if provider is None else how_to_turn_on(provider)


def _print(told: Explanation) -> None:
    click.echo(f"Order: {told.order} (seed {told.seed}); at most {told.max_attempts} attempts.\n")
    print_table(
        ("", "ENDPOINT", "BLEND $/M", "STATE", "WHY"),
        [
            (str(row.place), row.endpoint, row.blended or "-", row.state, row.reason)
            for row in told.steps
        ],
        right=(0, 2),
    )
    if told.dropped:
        click.echo("\nLeft out:")
        print_table(
            ("ENDPOINT", "FILTER", "WHY"),
            [(row.endpoint, row.filter, row.reason) for row in told.dropped],
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
