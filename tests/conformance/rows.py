"""What is checked, one thing a row."""

from typing import Literal

import msgspec
from tests.recordings import Exchange

from turnout.core.types import Dialect

Part = Literal["request", "answer", "cut stream"]


class Row(msgspec.Struct, frozen=True):
    """One thing checked; `why` is "" for what passed."""

    exchange: Exchange
    client: Dialect
    part: Part
    outcome: Literal["passed", "failed", "excluded"]
    why: str = ""


def judged(exchange: Exchange, client: Dialect, part: Part, found: list[str]) -> Row:
    """The row for what was found wrong, [] for nothing."""
    if not found:
        return Row(exchange, client, part, "passed")
    return Row(exchange, client, part, "failed", "; ".join(found))
