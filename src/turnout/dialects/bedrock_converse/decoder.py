"""Converse's answers and ConverseStream's messages as events."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.errors import UpstreamError
from turnout.core.types import FinishReason
from turnout.dialects.bedrock_converse.blocks import BlockReader, undecodable
from turnout.dialects.bedrock_converse.errors import error_in_stream
from turnout.dialects.bedrock_converse.usage import read_usage
from turnout.dialects.events import (
    Completion,
    Event,
    Failure,
    Finish,
    Identity,
    UsageReport,
    broken_off,
)
from turnout.wire.aws_eventstream import Message, Messages
from turnout.wire.bedrock_converse import (
    Answer,
    BlockDelta,
    BlockStart,
    BlockStop,
    MessageStop,
    Metadata,
    ServiceTier,
)

_ANSWER: Final = msgspec.json.Decoder(Answer)
_START: Final = msgspec.json.Decoder(BlockStart)
_DELTA: Final = msgspec.json.Decoder(BlockDelta)
_STOP: Final = msgspec.json.Decoder(BlockStop)
_END: Final = msgspec.json.Decoder(MessageStop)
_METADATA: Final = msgspec.json.Decoder(Metadata)

_UNIFIED: Final[Mapping[str, FinishReason]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "stop",  # with a call, which is what makes it one; Bedrock's own tools say it too
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
    "refusal": "content_filter",
    "malformed_model_output": "error",
    "malformed_tool_use": "error",
}
"""Source: botocore's model of Converse, StopReason."""


def finish_of(native: str, *, called: bool) -> Finish:
    """The unified reason beside Bedrock's own."""
    reason = _UNIFIED.get(native, "stop")
    return Finish("tool_calls" if called and reason == "stop" else reason, native)


def completion_of(body: bytes) -> Completion:
    """The whole answer; raises UpstreamError (DECODE) for what is none."""
    try:
        wire = _ANSWER.decode(body)
        if wire.output is None or wire.output.message is None:
            raise undecodable()
        blocks = BlockReader()
        events: list[Event] = []
        for place, block in enumerate(wire.output.message.content or ()):
            events += blocks.whole(place, block)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise undecodable() from error
    if wire.stop_reason is not None:
        events.append(finish_of(wire.stop_reason, called=blocks.called))
    events += _metadata(wire.service_tier, Metadata(wire.usage))
    return Completion(events=tuple(events))


def _metadata(tier: ServiceTier | None, wire: Metadata) -> list[Event]:
    """The tier that served, and the counts. Bedrock gives its answers no id in the body."""
    events: list[Event] = []
    if tier is not None and tier.type:
        events.append(Identity(None, service_tier=tier.type))
    usage = read_usage(wire.usage)
    if usage is not None:
        events.append(UsageReport(usage))
    return events


class ConverseDecoder:
    """Upstream bytes to events, one per stream."""

    __slots__ = ("_blocks", "_ended", "_messages", "_stopped")

    def __init__(self) -> None:
        self._messages = Messages()
        self._blocks = BlockReader()
        self._stopped = False
        self._ended = False

    @property
    def ended(self) -> bool:
        """The metadata has passed, or the bytes have ended behind the stop reason."""
        return self._ended

    def feed(self, data: bytes) -> list[Event]:
        """See StreamDecoder."""
        events: list[Event] = []
        try:
            for message in self._messages.feed(data):
                if not self._ended:
                    events += self._message(message)
        except UpstreamError as error:
            return broken_off(events, error)
        broken = None if self._ended else self._messages.broken
        return events if broken is None else broken_off(events, broken)

    def end(self) -> list[Event]:
        """See StreamDecoder; a message that was cut in the middle says nothing."""
        self._ended = self._stopped
        return []

    def _message(self, message: Message) -> list[Event]:
        if message.word(":message-type") in ("exception", "error"):
            return [Failure(error_in_stream(message))]
        try:
            return self._event(message.word(":event-type"), message.payload)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise undecodable() from error

    def _event(self, kind: str, payload: bytes) -> list[Event]:
        """The events of one message; kinds we do not know say nothing to us."""
        match kind:
            case "contentBlockDelta":
                more = _DELTA.decode(payload)
                block = more.content_block_index
                return self._blocks.delta(block, more.delta) if more.delta else []
            case "contentBlockStart":
                start = _START.decode(payload)
                return self._blocks.start(start.content_block_index, start.start)
            case "contentBlockStop":
                return self._blocks.stop(_STOP.decode(payload).content_block_index)
            case "messageStop":
                self._stopped = True
                native = _END.decode(payload).stop_reason
                return [finish_of(native, called=self._blocks.called)] if native else []
            case "metadata":
                metadata = _METADATA.decode(payload)
                self._ended = self._stopped
                return _metadata(metadata.service_tier, metadata)
            case _:
                return []
