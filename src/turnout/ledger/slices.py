"""Sums cut by time and by one or two of model, provider, key and app, for questions of any kind."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from turnout.ledger.used import Width
from turnout.ledger.uses import Kind
from turnout.store.database import Database

Grain = Literal["", "minute", "hour", "day", "week", "month"]
"""Of steps; "" is the whole time in one. A week begins on Monday."""

Pair = Literal["provider", "key", "app"]
"""What models can be crossed with; by day alone."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Which names count: these only, and none of those; None is no condition."""

    only: tuple[str, ...] | None = None
    but: tuple[str, ...] | None = None


ALL = Choice()


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """Sums of one step and name; names that were not asked for are "".

    Attributes:
        step: In the unit of the table; the day on which a week or month begins; 0 for the whole.
    """

    step: int
    first: str
    second: str
    requests: int
    failed: int
    prompt_tok: int
    completion_tok: int
    reasoning: int
    cache_read: int
    cost_nusd: int


class ModelStep(msgspec.Struct, frozen=True, kw_only=True):
    """A model's tokens in a step."""

    at: int
    model: str
    tokens: int


async def slices(  # noqa: PLR0913 (a question has so many parts)
    database: Database,
    kind: Kind,
    width: Width,
    since: int,
    until: int,
    *,
    grain: Grain,
    named: bool,
    choice: Choice = ALL,
) -> Sequence[Slice]:
    """One kind, read from the table of a width, by its name where `named`.

    Raises:
        StoreUnavailable: The store cannot be read.
    """
    params = {
        "kind": kind,
        "since": since,
        "until": until,
        "grain": grain,
        "by_first": named,
        **_conditions("first", choice),
    }
    rows = await database.read(f"slices_of_{width}", params)
    return msgspec.convert(rows, list[Slice])


async def crossed(  # noqa: PLR0913 (a question has so many parts)
    database: Database,
    pair: Pair,
    since: int,
    until: int,
    *,
    grain: Grain,
    named: tuple[bool, bool],
    models: Choice = ALL,
    others: Choice = ALL,
) -> Sequence[Slice]:
    """Models (first) crossed with another kind (second), by UTC day.

    Raises:
        StoreUnavailable: The store cannot be read.
    """
    params = {
        "since": since,
        "until": until,
        "grain": grain,
        "by_first": named[0],
        "by_second": named[1],
        **_conditions("first", models),
        **_conditions("second", others),
    }
    rows = await database.read(f"slices_by_{pair}", params)
    return msgspec.convert(rows, list[Slice])


async def model_steps(
    database: Database, since: int, until: int, grain: Grain, *, with_tools: bool
) -> Sequence[ModelStep]:
    """Models by step, in each the one with the most tokens first.

    Args:
        with_tools: Only days on which a model called a tool.

    Raises:
        StoreUnavailable: The store cannot be read.
    """
    params = {"since": since, "until": until, "grain": grain, "with_tools": with_tools}
    return msgspec.convert(await database.read("model_tokens_by_step", params), list[ModelStep])


def _conditions(place: str, choice: Choice) -> dict[str, str | None]:
    return {f"only_{place}": _json(choice.only), f"but_{place}": _json(choice.but)}


def _json(names: Sequence[str] | None) -> str | None:
    return None if names is None else msgspec.json.encode(names).decode()
