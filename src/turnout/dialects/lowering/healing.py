"""JSON that a model wrote nearly right: repaired, never completed.

Repairs code fences and words around the value, comments, trailing and missing commas between
members, unquoted and single-quoted names, Python's literals, and brackets left open at the end of
an answer that its model ended by itself. Source of the list: contract section 7.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from turnout.dialects.adapter import EventFilter
from turnout.dialects.events import Event, Finish, TextDelta

_FENCE: Final = re.compile(r"```[a-zA-Z0-9_-]*[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_WORD: Final = re.compile(r"[A-Za-z_$][\w$-]*")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_COMMENT: Final = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_LITERALS: Final = {
    "true": "true", "false": "false", "null": "null",
    "True": "true", "False": "false", "None": "null",
}  # fmt: skip
_DEEPEST: Final = 200
_LONGEST: Final = 4 * 1024 * 1024


def healed(text: str) -> str | None:
    """The JSON that was meant; None when the text is valid already, or beyond repair."""
    if len(text) > _LONGEST or _is_json(text):
        return None
    for candidate in _candidates(text):
        if _is_json(candidate):
            return candidate.strip()
        try:
            mended = _Mender(candidate).value()
        except _BeyondRepairError:
            continue
        if _is_json(mended):
            return mended
    return None


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return False
    return True


def _candidates(text: str) -> Iterable[str]:
    """What may be the value: inside a fence, from the first bracket on."""
    for fenced in _FENCE.finditer(text):
        yield fenced[1]
    starts = [at for at in (text.find("{"), text.find("[")) if at >= 0]
    if starts:
        yield text[min(starts) :]


class _BeyondRepairError(Exception):
    """What is there is not nearly JSON."""


class _Mender:
    """Reads leniently and writes strictly, in one pass."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def value(self) -> str:
        """The value at this place, as JSON."""
        self._skip()
        match self._peek():
            case "{":
                return self._within("{", "}", self._member)
            case "[":
                return self._within("[", "]", self.value)
            case '"' | "'":
                return self._string()
            case _:
                return self._scalar()

    def _within(self, opening: str, closing: str, one: Callable[[], str]) -> str:
        """Members up to the closing bracket, or to the end of the text."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _BeyondRepairError
        self._at += 1
        items: list[str] = []
        while True:
            self._skip(",")
            if self._peek() in (closing, ""):
                self._at += 1
                self._depth -= 1
                return opening + ",".join(items) + closing
            items.append(one())

    def _member(self) -> str:
        name = self._string() if self._peek() in ('"', "'") else self._bare_name()
        self._skip()
        if self._peek() != ":":
            raise _BeyondRepairError
        self._at += 1
        return f"{name}:{self.value()}"

    def _bare_name(self) -> str:
        found = _WORD.match(self._text, self._at)
        if found is None:
            raise _BeyondRepairError
        self._at = found.end()
        return f'"{found[0]}"'

    def _scalar(self) -> str:
        found = _NUMBER.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
            return found[0]
        found = _WORD.match(self._text, self._at)
        if found is None or found[0] not in _LITERALS:
            raise _BeyondRepairError
        self._at = found.end()
        return _LITERALS[found[0]]

    def _string(self) -> str:
        """Up to the same quote; one that is never closed was cut, and is not ours to end."""
        quote, at = self._text[self._at], self._at + 1
        out: list[str] = []
        while at < len(self._text) and self._text[at] != quote:
            if self._text[at] == "\\" and at + 1 < len(self._text):
                pair = self._text[at : at + 2]
                out.append("'" if pair == "\\'" else pair)
                at += 2
                continue
            out.append(_escaped(self._text[at]))
            at += 1
        if at >= len(self._text):
            raise _BeyondRepairError
        self._at = at + 1
        return '"' + "".join(out) + '"'

    def _skip(self, more: str = "") -> None:
        while self._at < len(self._text):
            if self._text[self._at].isspace() or self._text[self._at] in more:
                self._at += 1
            elif found := _COMMENT.match(self._text, self._at):
                self._at = found.end()
            else:
                return

    def _peek(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""


def _escaped(char: str) -> str:
    if char == '"':
        return '\\"'
    return f"\\u{ord(char):04x}" if char < " " else char


class Healing(msgspec.Struct, frozen=True):
    """Repairs the text of whole answers; `done` gets a line for each that was repaired."""

    done: list[str]

    def filter(self) -> EventFilter:
        """See Undo."""
        return _Healing(self.done)


class _Healing:
    """Holds each choice's words until it ends; an answer that was cut off goes as it is."""

    def __init__(self, done: list[str]) -> None:
        self._done = done
        self._words: dict[int, list[str]] = {}

    def feed(self, event: Event) -> Iterable[Event]:
        match event:
            case TextDelta(text=text, choice=choice):
                self._words.setdefault(choice, []).append(text)
                return ()
            case Finish(choice=choice) if choice in self._words:
                return (*self._said(choice, ended=event.reason == "stop"), event)
            case _:
                return (event,)

    def end(self) -> Iterable[Event]:
        return [event for choice in list(self._words) for event in self._said(choice, ended=False)]

    def _said(self, choice: int, *, ended: bool) -> Iterable[Event]:
        text = "".join(self._words.pop(choice))
        better = healed(text) if ended else None
        if better is not None:
            self._done.append(f"choice {choice}")
        return (TextDelta(better or text, choice),)
