"""Function calls as Gemini sends them: whole, as a rule, or piece by piece, without an id at times.

Ids that are left out are made up: stable for one answer, so that both ways agree, and distinct
between answers.
"""

import re
from hashlib import blake2s
from itertools import pairwise
from typing import Final, TypeAlias

import msgspec

from turnout.core.conversation import Opaque
from turnout.dialects.events import ToolCallDelta
from turnout.wire.gemini import FunctionCall, PartialArg

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

GOOGLE_FORMAT: Final = "google-gemini-v1"
_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[(\d{1,6})\]|\['([^']*)'\]|\[\"([^\"]*)\"\]")
_NULL: Final = b"null"


class Calls:
    """The calls of one choice."""

    __slots__ = ("_choice", "_ids", "_open", "_seed")

    def __init__(self, choice: int, seed: str) -> None:
        self._choice = choice
        self._seed = seed
        self._ids: list[str] = []
        self._open: dict[str, Json] | None = None

    def __len__(self) -> int:
        return len(self._ids)

    def read(self, wire: FunctionCall, seal: Opaque | None) -> list[ToolCallDelta]:
        """The canonical deltas: id and name once, then the arguments."""
        if wire.name:
            late = self.close()
            return [*late, *self._begun(wire, seal)]
        if self._open is None:
            return []
        for piece in wire.partial_args or ():
            _put(self._open, piece)
        return [] if wire.will_continue else self.close()

    def close(self) -> list[ToolCallDelta]:
        """The arguments of a call whose pieces have all come."""
        if self._open is None:
            return []
        arguments = msgspec.json.encode(self._open).decode()
        self._open = None
        return [ToolCallDelta(len(self._ids) - 1, arguments=arguments, choice=self._choice)]

    def _begun(self, wire: FunctionCall, seal: Opaque | None) -> list[ToolCallDelta]:
        number = len(self._ids)
        id_ = wire.id if wire.id and wire.id not in self._ids else self._made_up_id(number)
        self._ids.append(id_)
        head = ToolCallDelta(number, id_, wire.name, "", seal, self._choice)
        if wire.will_continue or wire.partial_args:
            self._open = {}
            for piece in wire.partial_args or ():
                _put(self._open, piece)
            return [head] if wire.will_continue else [head, *self.close()]
        return [msgspec.structs.replace(head, arguments=_arguments(wire.args))]

    def _made_up_id(self, number: int) -> str:
        text = f"{self._seed}/{self._choice}/{number}".encode()
        return "call_" + blake2s(text, digest_size=12).hexdigest()

    @property
    def last_id(self) -> str:
        """Of the call that was begun last."""
        return self._ids[-1]


def _arguments(args: msgspec.Raw) -> str:
    """The object on one line, its numbers and escapes untouched."""
    if bytes(args) == _NULL:
        return "{}"
    return msgspec.json.format(bytes(args), indent=-1).decode()


def _put(root: dict[str, Json], piece: PartialArg) -> None:
    """Adds one piece at its path; texts of the same place are joined."""
    steps = [_key(found) for found in _STEP.finditer(piece.json_path.removeprefix("$"))]
    if not steps:
        return
    here: Json = root
    for step, following in pairwise(steps):
        here = _entered(here, step, [] if isinstance(following, int) else {})
    value = _value(piece)
    last = steps[-1]
    if isinstance(here, dict) and isinstance(last, str):
        here[last] = _joined(here.get(last), value)
    elif isinstance(here, list) and isinstance(last, int):
        if last < len(here):
            here[last] = _joined(here[last], value)
        else:
            here.append(value)


def _key(found: re.Match[str]) -> str | int:
    name, place, *quoted = found.groups()
    if place is not None:
        return int(place)
    return next(text for text in (name, *quoted) if text is not None)


def _entered(here: Json, step: str | int, fresh: Json) -> Json:
    """What lies at that step, made when there is nothing; places beyond the end are the next."""
    if isinstance(here, dict) and isinstance(step, str):
        return here.setdefault(step, fresh)
    if isinstance(here, list) and isinstance(step, int):
        if step >= len(here):
            here.append(fresh)
        return here[min(step, len(here) - 1)]
    return fresh


def _value(piece: PartialArg) -> Json:
    if piece.string_value is not None:
        return piece.string_value
    if piece.number_value is not None:
        number = piece.number_value
        return int(number) if number.is_integer() else number
    return piece.bool_value


def _joined(before: Json, value: Json) -> Json:
    return before + value if isinstance(before, str) and isinstance(value, str) else value


def seal_of(signature: str | None) -> Opaque | None:
    """A thought signature over a visible part."""
    return Opaque(format=GOOGLE_FORMAT, signature=signature) if signature else None
