"""`author/slug:variant[:variant]`: which suffixes name another row, and which change the routing.

Source: contract sections 3.4 and 8. Static suffixes belong to the slug, because the row they name
has its own endpoints and prices; modes are flags of one request.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec

Static: TypeAlias = Literal["free", "extended", "thinking", "batch"]
Mode: TypeAlias = Literal["nitro", "floor", "exacto", "online"]

STATIC: Final[Mapping[Static, str]] = {
    "free": "the endpoints that cost nothing",
    "extended": "a row with a longer context",
    "thinking": "a row that reasons by default",
    "batch": "a row priced for asynchronous batches",
}
"""Suffixes that name another row of the catalog."""

MODES: Final[Mapping[Mode, str]] = {
    "nitro": 'as provider.sort = "throughput", and admits priority endpoints',
    "floor": 'as provider.sort = "price", and admits flex endpoints',
    "exacto": 'as provider.sort = "exacto": best tool calling first',
    "online": "adds the web plugin",
}
"""Suffixes that change how one request is routed, on any model."""

ALLOWED: Final = tuple(f":{name}" for name in (*STATIC, *MODES))
"""What a refusal lists."""


class Slug(msgspec.Struct, frozen=True):
    """A model name taken apart.

    Attributes:
        base: "author/name" without any suffix.
        static: Static suffixes in the order written, each once.
        modes: Modes in the order written, each once.
    """

    base: str
    static: tuple[Static, ...] = ()
    modes: tuple[Mode, ...] = ()

    @property
    def model(self) -> str:
        """The row that is meant: the base with its static suffixes."""
        return ":".join((self.base, *self.static))

    @property
    def is_latest(self) -> bool:
        """A `~author/family-latest` name, which means the newest model of a family."""
        return self.base.startswith("~")


def parse_slug(name: str) -> Slug | None:
    """A model name taken apart, or None when it has no author or a suffix that nobody knows."""
    base, *suffixes = name.split(":")
    author, slash, rest = base.partition("/")
    if not author.removeprefix("~") or not slash or not rest:
        return None
    static: dict[Static, None] = {}
    modes: dict[Mode, None] = {}
    for suffix in suffixes:
        if suffix in STATIC:
            static[suffix] = None
        elif suffix in MODES:
            modes[suffix] = None
        else:
            return None
    return Slug(base, tuple(static), tuple(modes))
