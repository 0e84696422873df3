"""Ollama's answers and lines as events: a line is an answer that may not be the last one."""

from collections.abc import Mapping
from hashlib import blake2s
from typing import Final

import msgspec

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import FinishReason
from turnout.core.usage import Usage
from turnout.dialects.events import (
    Completion,
    Event,
    Failure,
    Finish,
    Logprobs,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    UsageReport,
    broken_off,
)
from turnout.dialects.openai_chat.errors import decode_error
from turnout.wire.ndjson import Lines
from turnout.wire.ollama_chat import Answer, ToolCall

_ANSWER: Final = msgspec.json.Decoder(Answer)
_UNIFIED: Final[Mapping[str, FinishReason]] = {"length": "length"}
"""The other reasons ("stop", "load", "unload") are natural ends."""


def undecodable() -> UpstreamError:
    """DECODE, saying nothing of what is in it."""
    return UpstreamError(FailureKind.DECODE, "The provider's answer is not an Ollama answer.")


class AnswerReader:
    """Reads the lines of one answer; knows how many calls it has seen."""

    __slots__ = ("_calls", "ended")

    def __init__(self) -> None:
        self._calls = 0
        self.ended = False

    def read(self, line: bytes) -> list[Event]:
        """The events of one line; raises UpstreamError (DECODE) for foreign bytes."""
        try:
            wire = _ANSWER.decode(line)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise undecodable() from error
        if not isinstance(wire.error, msgspec.UnsetType):
            return [Failure(decode_error(200, {}, line))]
        if wire.message is None and not wire.done:
            raise undecodable()
        events = self._message(wire)
        if wire.logprobs:
            said = msgspec.json.encode({"content": wire.logprobs})
            events.append(Logprobs(msgspec.Raw(said)))
        return events + self._end(wire) if wire.done else events

    def _message(self, wire: Answer) -> list[Event]:
        if wire.message is None:
            return []
        events: list[Event] = []
        if wire.message.thinking:
            events.append(ReasoningDelta(wire.message.thinking))
        if wire.message.content:
            events.append(TextDelta(wire.message.content))
        seed = f"{wire.model}/{wire.created_at}"
        return events + [self._call(call, seed) for call in wire.message.tool_calls or ()]

    def _call(self, call: ToolCall, seed: str) -> Event:
        number, self._calls = self._calls, self._calls + 1
        function = call.function
        if function is None:
            raise undecodable()
        raw = function.arguments
        arguments = "{}" if isinstance(raw, msgspec.UnsetType) else bytes(raw).decode()
        id_ = call.id or _made_up_id(seed, number)
        return ToolCallDelta(number, id_, function.name, "{}" if arguments == "null" else arguments)

    def _end(self, wire: Answer) -> list[Event]:
        self.ended = True
        native = wire.done_reason or "stop"
        reason: FinishReason = _UNIFIED.get(native, "stop")
        if self._calls and reason == "stop":
            reason = "tool_calls"
        events: list[Event] = [Finish(reason, native)]
        if wire.prompt_eval_count is not None and wire.eval_count is not None:
            usage = Usage(text_in=wire.prompt_eval_count, text_out=wire.eval_count)
            events.append(UsageReport(usage))
        return events


def _made_up_id(seed: str, number: int) -> str:
    """Distinct between answers, the same however often one is read."""
    return "call_" + blake2s(f"{seed}/{number}".encode(), digest_size=12).hexdigest()


def completion_of(body: bytes) -> Completion:
    """The whole answer; raises UpstreamError: DECODE, or what an error in it says."""
    events = AnswerReader().read(body)
    for event in events:
        if isinstance(event, Failure):
            raise event.error
    return Completion(events=tuple(events))


class OllamaDecoder:
    """Upstream bytes to events, one per stream."""

    __slots__ = ("_lines", "_reader")

    def __init__(self) -> None:
        self._lines = Lines()
        self._reader = AnswerReader()

    @property
    def ended(self) -> bool:
        """The line that says "done" has passed."""
        return self._reader.ended

    def feed(self, data: bytes) -> list[Event]:
        """See StreamDecoder."""
        return self._read(self._lines.feed(data))

    def end(self) -> list[Event]:
        """See StreamDecoder; a line that was cut in the middle says nothing."""
        try:
            return self._read(self._lines.end())
        except UpstreamError:
            return []

    def _read(self, lines: list[bytes]) -> list[Event]:
        events: list[Event] = []
        try:
            for line in lines:
                if not self._reader.ended:
                    events += self._reader.read(line)
        except UpstreamError as error:
            return broken_off(events, error)
        return events
