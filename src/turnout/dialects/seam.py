"""Where an answer that broke off goes on: what the client has of it, and the seam to what follows.

The next upstream gets the words so far as the beginning of its answer (a *prefill*), without white
space at their end: some refuse it, and models go on worse behind it. What comes back is cut to fit:
white space that the client has is not said again, nor are the words where an upstream repeats them.
"""

from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

import msgspec

from turnout.core.conversation import Message, Part, Text, ToolCall
from turnout.dialects.events import (
    Annotations,
    Event,
    Finish,
    Identity,
    Logprobs,
    MediaDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    UsageReport,
)

Repeats: TypeAlias = Literal["never", "maybe", "always"]
"""Whether an upstream says a prefill again at the beginning of its answer."""

_LIKELY_CHARS: Final = 16
"""So long a prefill is not what comes next by chance; of an upstream that may repeat."""

Obstacle: TypeAlias = Literal["", "thinking", "arguments", "refusal", "media", "choices", "length"]
"""Why nobody can go on with an answer; "" for an answer that can be gone on with."""


class Said(msgspec.Struct):
    """What a client has been given of one answer. Mutable; one for all its attempts.

    Attributes:
        most_bytes: Of a longer answer nothing is held.
        calls: By their number in the answer.
        bars: What was said that nobody goes on with.
    """

    most_bytes: int
    texts: list[str] = msgspec.field(default_factory=list[str])
    calls: dict[int, "Call"] = msgspec.field(default_factory=dict[int, "Call"])
    bars: Obstacle = ""
    thought: bool = False
    size: int = 0

    @property
    def text(self) -> str:
        """The words, whole."""
        if len(self.texts) > 1:
            self.texts[:] = ["".join(self.texts)]
        return self.texts[0] if self.texts else ""

    @property
    def obstacle(self) -> Obstacle:
        """Why nobody can go on from here: a thought or a call is half said, or it is too long."""
        if self.bars:
            return self.bars
        if self.size > self.most_bytes:
            return "length"
        if any(not call.whole for call in self.calls.values()):
            return "arguments"
        return "thinking" if self.thought and not self.texts and not self.calls else ""

    def add(self, event: Event) -> None:
        """Takes in what the client is given."""
        if self.bars:
            return
        match event:
            case TextDelta(text=text, choice=0):
                self._text(text)
            case ToolCallDelta(choice=0):
                self._call(event)
            case ReasoningDelta(opaque=opaque):
                self.thought = True
                if opaque is not None and (opaque.signature or opaque.data):
                    self.bars = "thinking"
            case RefusalDelta():
                self.bars = "refusal"
            case MediaDelta():
                self.bars = "media"
            case TextDelta() | ToolCallDelta():
                self.bars = "choices"
            case _:
                pass

    def _text(self, text: str) -> None:
        if self.calls:  # words behind calls have no place in a turn that is to be gone on with
            self.bars = "arguments"
        self.size += len(text.encode())
        if text and self.size <= self.most_bytes:
            self.texts.append(text)

    def _call(self, event: ToolCallDelta) -> None:
        call = self.calls.get(event.call)
        if call is None:
            call = self.calls[event.call] = Call()
        call.id, call.name = event.id or call.id, event.name or call.name
        self.size += len(event.arguments)
        if event.opaque is not None:
            self.bars = "thinking"
        if self.size <= self.most_bytes:
            call.arguments += event.arguments

    def turn(self) -> Message | None:
        """The assistant's turn to be gone on with, None while it has nothing but white space."""
        text = self.text if self.calls else self.text.rstrip()
        parts: list[Part] = [Text(text=text)] if text else []
        parts += [
            ToolCall(id=call.id, name=call.name, arguments=call.arguments)
            for _, call in sorted(self.calls.items())
        ]
        return Message(role="assistant", parts=tuple(parts)) if parts else None


class Call(msgspec.Struct):
    """One call as far as it was said."""

    id: str = ""
    name: str = ""
    arguments: str = ""

    @property
    def whole(self) -> bool:
        """Its arguments are an object, behind which nothing can follow."""
        try:
            msgspec.json.decode(self.arguments, type=dict[str, msgspec.Raw])
        except (msgspec.DecodeError, RecursionError):
            return False
        return bool(self.name)


class Seam:
    """Fits one attempt's events to what was said before. One for each attempt that goes on.

    Thoughts are left out: the client had the answer's before its first words.
    """

    __slots__ = ("_awaited", "_calls", "_gap", "_matched", "_sure")

    def __init__(self, said: Said, repeats: Repeats) -> None:
        text = said.text
        sent = text if said.calls else text.rstrip()
        self._calls = len(said.calls)
        self._gap = text[len(sent) :]
        self._sure = repeats == "always"
        hoped = repeats != "never" and (self._sure or len(sent) >= _LIKELY_CHARS)
        self._awaited = sent if hoped else ""
        self._matched = 0

    def feed(self, event: Event) -> Iterator[Event]:
        """What the client is to be given of an event."""
        match event:
            case TextDelta(text=text):
                fitting = self._fit(text)
                if fitting:
                    yield msgspec.structs.replace(event, text=fitting)
            case ToolCallDelta(call=call):
                yield from self.end()
                yield msgspec.structs.replace(event, call=call + self._calls)
            case Finish(reason=reason):
                yield from self.end()
                calls = self._calls and reason == "stop"
                yield msgspec.structs.replace(event, reason="tool_calls") if calls else event
            case Identity() | UsageReport() | ReasoningDelta():
                pass
            case Annotations() | Logprobs():
                if not self._awaited:
                    yield event
            case _:
                yield event

    def end(self) -> Iterator[Event]:
        """Words that were held because they might have been a repetition, and were none."""
        held, self._awaited = self._awaited[: self._matched], ""
        fitting = self._behind_gap(held)
        if fitting:
            yield TextDelta(fitting)

    def _fit(self, text: str) -> str:
        if not self._awaited:
            return self._behind_gap(text) if self._gap else text
        rest = self._awaited[self._matched :]
        if len(text) < len(rest) and rest.startswith(text):
            self._matched += len(text)
            return ""
        if text.startswith(rest):
            self._awaited = ""
            return self._behind_gap(text[len(rest) :])
        held, self._awaited = self._awaited[: self._matched] + text, ""
        return self._behind_gap(held)

    def _behind_gap(self, text: str) -> str:
        """Without the white space that the client has already."""
        gap, at = self._gap, 0
        while at < len(text) and at < len(gap) and text[at] == gap[at]:
            at += 1
        # A stream that goes on with other white space, or with none, has left the gap behind.
        self._gap = gap[at:] if at == len(text) else ""
        return text[at:]
