"""Tool-call deltas as upstreams really send them, made canonical.

What leaves here: a dense 0-based index for each call, id and name once, arguments afterwards. What
comes in: 1-based, missing or shared indices, ids that are empty, absent, repeated or late, names
repeated in every delta, whole calls in one delta, arguments as an object.
"""

from hashlib import blake2s
from typing import Final

import msgspec

from turnout.core.conversation import Opaque
from turnout.dialects.events import ToolCallDelta

_TEXT: Final = msgspec.json.Decoder(str)
GOOGLE_FORMAT: Final = "google-gemini-v1"


class WireFunction(msgspec.Struct):
    """The function of a call, or the whole of a legacy `function_call`."""

    name: str | None = None
    arguments: msgspec.Raw = msgspec.Raw(b"null")


class _Google(msgspec.Struct):
    thought_signature: str | None = None


class _ExtraContent(msgspec.Struct):
    google: _Google | None = None


_EXTRA: Final = msgspec.json.Decoder(_ExtraContent | None)


class WireCall(msgspec.Struct):
    """One item of `tool_calls` in a delta or a message."""

    index: int | None = None
    id: str | None = None
    function: WireFunction | None = None
    extra_content: _ExtraContent | None = None


class _Call:
    """One call so far."""

    __slots__ = ("id", "index", "named")

    def __init__(self, index: int | None, call_id: str) -> None:
        self.index = index
        self.id = call_id
        self.named = False


class ToolCalls:
    """The calls of one choice. `seed` makes the ids that an upstream leaves out."""

    __slots__ = ("_calls", "_choice", "_seed")

    def __init__(self, choice: int, seed: str) -> None:
        self._calls: list[_Call] = []
        self._choice = choice
        self._seed = seed

    def __len__(self) -> int:
        return len(self._calls)

    def read(self, wire: WireCall, *, whole: bool = False) -> ToolCallDelta | None:
        """The canonical delta, None when it says nothing new.

        Args:
            wire: What the upstream sent.
            whole: It is a call by itself, as in a message; no later part of an earlier one.
        """
        function = wire.function
        name = (function.name or None) if function else None
        arguments = _arguments(function)
        number = None if whole else self._find(wire.index, wire.id or None, name)
        fresh = number is None
        if number is None:
            if not (wire.id or name or arguments):
                return None  # Snowflake sends an empty call where there is none
            number = self._begin(wire.index, wire.id or None)
        call = self._calls[number]
        first_name = name if name and not call.named else None
        call.named = call.named or first_name is not None
        opaque = _signature(wire.extra_content)
        if not (fresh or first_name or arguments or opaque):
            return None
        return ToolCallDelta(
            number,
            call.id if fresh else None,
            first_name,
            arguments,
            opaque,
            self._choice,
        )

    def _find(self, index: int | None, call_id: str | None, name: str | None) -> int | None:
        """Which call a delta belongs to, None for a new one.

        Latest first: an upstream that gives every call the same index means the last of them.
        """
        for number in range(len(self._calls) - 1, -1, -1):
            call = self._calls[number]
            if index is not None and call.index is not None and index != call.index:
                continue
            if call_id is not None:
                if call.id == call_id:
                    return number
                # An id that comes late belongs to the call whose id we had to make up.
                if call.index is not None and index == call.index and self._made_up(number):
                    return number
                continue
            if index is not None and index == call.index:
                return number
            # Neither id nor index: a name begins a call, bare arguments continue the last one.
            return None if name and call.named else number
        return None

    def _begin(self, index: int | None, call_id: str | None) -> int:
        number = len(self._calls)
        if call_id is None or any(call.id == call_id for call in self._calls):
            call_id = self._made_up_id(number)
        self._calls.append(_Call(index, call_id))
        return number

    def _made_up(self, number: int) -> bool:
        return self._calls[number].id == self._made_up_id(number)

    def _made_up_id(self, number: int) -> str:
        """Stable for one answer, so that both ways agree; distinct between answers."""
        text = f"{self._seed}/{self._choice}/{number}".encode()
        return "call_" + blake2s(text, digest_size=12).hexdigest()


def _arguments(function: WireFunction | None) -> str:
    """The JSON text of the arguments; an upstream that sends the object itself gets it written."""
    if function is None:
        return ""
    text = bytes(function.arguments)
    if text.startswith(b'"'):
        return _TEXT.decode(text)
    return "" if text == b"null" else text.decode()


def seal_of(raw: msgspec.Raw | None) -> Opaque | None:
    """The proof in a client's `extra_content`, None for anything else that stands there."""
    try:
        return _signature(_EXTRA.decode(raw)) if raw is not None else None
    except (msgspec.DecodeError, RecursionError):
        return None


def _signature(extra: _ExtraContent | None) -> Opaque | None:
    """Gemini's proof over a call, as its OpenAI-compatible route spells it."""
    if extra is None or extra.google is None or not extra.google.thought_signature:
        return None
    return Opaque(format=GOOGLE_FORMAT, signature=extra.google.thought_signature)
