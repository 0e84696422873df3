"""What is wrong with a configuration, all of it at once, each with its place."""

import difflib
from collections.abc import Iterable, Sequence

import msgspec
from typing_extensions import override

from turnout.core.errors import TurnoutError


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One fault. Never holds a secret: texts of the file are quoted only when they are short.

    Attributes:
        source: The file as it was named, or "environment".
        line: From 1; None for the environment and for what is missing at the top of a file.
        column: From 1, only for a syntax error.
        field: Dotted path ("providers.x.models[0].id") or the variable's name; "" for syntax.
        message: What was wrong, what is allowed and the nearest valid name.
    """

    source: str
    line: int | None = None
    column: int | None = None
    field: str = ""
    message: str

    @override
    def __str__(self) -> str:
        place = [self.source, *(str(n) for n in (self.line, self.column) if n is not None)]
        return ": ".join([":".join(place), *([self.field] if self.field else []), self.message])


class ConfigError(TurnoutError):
    """The configuration is refused; `problems` is never empty."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def nearest(name: str, allowed: Iterable[str]) -> str | None:
    """The allowed name that was probably meant, None when nothing is close."""
    close = difflib.get_close_matches(name, list(allowed), n=1, cutoff=0.6)
    return close[0] if close else None


def did_you_mean(name: str, allowed: Sequence[str]) -> str:
    """The end of a sentence: `; did you mean "port"?` where one is near, then what is allowed."""
    found = nearest(name, allowed)
    hint = f'; did you mean "{found}"?' if found else "."
    return f"{hint} Allowed: {', '.join(allowed)}"
