"""An answer held to the schema of calls, read as it comes: id and name first, arguments after."""

from collections.abc import Iterable
from hashlib import blake2s
from typing import Final, Literal

import msgspec

from turnout.dialects.adapter import EventFilter
from turnout.dialects.events import (
    Event,
    Finish,
    Identity,
    Logprobs,
    TextDelta,
    ToolCallDelta,
)
from turnout.dialects.lowering.grammar_tools.value import ValueScan

_SPACE: Final = " \t\r\n"
_NAME: Final = '"name"'
_ARGUMENTS: Final = '"arguments"'
_ANSWER: Final = '"answer"'
_CALLS: Final = '"calls"'
_TEXT: Final = msgspec.json.Decoder(str)

_Place = Literal["start", "between", "key", "colon", "value", "after", "text"]


class AsCalls(msgspec.Struct, frozen=True):
    """Undoes `by_grammar`.

    Attributes:
        names: What may be called.
        seed: Makes the ids, with the answer's own id where it has one.
    """

    names: frozenset[str]
    seed: str

    def filter(self) -> EventFilter:
        """See Undo."""
        return _AsCalls(self)


class _AsCalls:
    """Each choice's text through a reader of its own; everything else as it is."""

    def __init__(self, undo: AsCalls) -> None:
        self._undo = undo
        self._upstream_id = ""
        self._readers: dict[int, _Reader] = {}

    def feed(self, event: Event) -> Iterable[Event]:
        match event:
            case Identity(upstream_id=upstream_id):
                self._upstream_id = upstream_id or ""
            case TextDelta(text=text, choice=choice):
                return self._reader(choice).feed(text)
            case Logprobs():  # of our JSON, not of what it says
                return ()
            case Finish(reason="stop", choice=choice) if self._reader(choice).calls:
                ended = Finish("tool_calls", event.native, choice)
                return (*self._reader(choice).end(), ended)
            case Finish(choice=choice):
                return (*self._reader(choice).end(), event)
            case _:
                pass
        return (event,)

    def end(self) -> Iterable[Event]:
        return [event for reader in self._readers.values() for event in reader.end()]

    def _reader(self, choice: int) -> "_Reader":
        if choice not in self._readers:
            seed = f"{self._undo.seed}/{self._upstream_id}/{choice}"
            self._readers[choice] = _Reader(choice, self._undo.names, seed)
        return self._readers[choice]


class _Reader:
    """One choice's JSON. What turns out to be no call and no answer of ours is text as it came.

    Attributes:
        calls: How many calls have begun.
    """

    def __init__(self, choice: int, names: frozenset[str], seed: str) -> None:
        self.calls = 0
        self._choice = choice
        self._names = names
        self._seed = seed
        self._place: _Place = "start"
        self._held = ""  # not known yet to be JSON of ours
        self._key = ""
        self._value = ValueScan()
        self._out: list[Event] = []

    def feed(self, text: str) -> list[Event]:
        """Events of more text."""
        self._out = []
        rest = text
        while rest and self._place != "text":
            rest = self._step(rest)
        if rest:
            self._say(rest)
        return self._out

    def end(self) -> list[Event]:
        """What was held back; an answer that broke off in its first words is text."""
        self._out = []
        self._give_up()
        return self._out

    def _step(self, rest: str) -> str:
        """Takes some of the text, returns the rest."""
        if self._place == "value" and (self._value.seen or rest[0] not in _SPACE):
            return self._take_value(rest)
        letter, rest = rest[0], rest[1:]
        if not self.calls and self._key != _ANSWER:
            self._held += letter
        if self._place == "key":
            self._key += letter
            if letter == '"' and len(self._key) > 1 and not self._key.endswith('\\"'):
                self._place = "colon"
        elif letter in _SPACE:
            pass
        elif self._place == "colon" and letter == ":":
            self._begin_value()
        elif self._place == "start" and letter in "{[":
            self._place = "between"
        elif (self._place == "between" and letter in '[{,"') or self._place == "after":
            self._between(letter)
        else:
            self._give_up()
        return rest

    def _between(self, letter: str) -> None:
        """Around members and items: only a quote matters, it begins the next key."""
        self._place = "key" if letter == '"' else "between" if letter in "[{," else "after"
        self._key = letter if letter == '"' else ""

    def _begin_value(self) -> None:
        if self._key == _CALLS:
            self._place = "between"
            return
        known = self._key in (_NAME, _ANSWER) or (self._key == _ARGUMENTS and self.calls)
        if not known and not self.calls:
            self._give_up()
            return
        self._place = "value"
        self._value = ValueScan(decoded=self._key == _ANSWER)
        if self._key == _ANSWER:
            self._held = ""

    def _take_value(self, rest: str) -> str:
        found, rest = self._value.feed(rest)
        match self._key:
            case '"name"':
                self._held += "" if self.calls else found
            case '"arguments"':
                self._argue(found)
            case '"answer"':
                self._say(found)
            case _:
                pass
        if self._value.ended:
            self._place = "after"
            if self._key == _NAME:
                self._begin_call()
        return rest

    def _begin_call(self) -> None:
        name = _string(self._value.seen)
        if name not in self._names:
            self._give_up()
            return
        number, self.calls = self.calls, self.calls + 1
        self._held = ""
        id_ = blake2s(f"{self._seed}/{number}".encode(), digest_size=12).hexdigest()
        self._out.append(ToolCallDelta(number, f"call_{id_}", name, "", None, self._choice))

    def _argue(self, text: str) -> None:
        if text:
            number = self.calls - 1
            self._out.append(ToolCallDelta(number, None, None, text, None, self._choice))

    def _say(self, text: str) -> None:
        if text:
            self._out.append(TextDelta(text, self._choice))

    def _give_up(self) -> None:
        """It is text after all; what follows a call or an answer of ours is nothing."""
        held, self._held = self._held, ""
        if not self.calls and self._key != _ANSWER:
            self._place = "text"
            self._say(held)


def _string(raw: str) -> str | None:
    try:
        return _TEXT.decode(raw)
    except msgspec.DecodeError:
        return None
