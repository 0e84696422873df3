"""What a client of Anthropic's Messages hears, read by the official SDK's types.

Strict on the grammar of the stream: blocks open and close in order, nothing follows the end.
"""

import json
from typing import Final

from tests.conformance.shapes import messages_shape
from tests.wire.heard import Call, Counts, Fields, Heard, Voice, child, count, payloads, text

FINISH: Final = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}


def from_messages(body: bytes, *, streamed: bool, strict: bool = True) -> Heard:
    """A whole answer or a stream, as a client reads it; `strict`: held to the official types."""
    if not streamed:
        whole: Fields = json.loads(body)
        assert {"id", "type", "role", "model", "content", "stop_reason", "usage"} <= set(whole)
        if strict:
            messages_shape(whole, streamed=False)
        return _heard(whole, whole)
    ear = _Ear(strict=strict)
    for payload in payloads(body.decode()):
        ear.take(json.loads(payload))
    return ear.heard()


class _Ear:
    """One stream."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self.ended = self.failed = False
        self._message: Fields = {}
        self._last: Fields = {}
        self._blocks: list[Fields] = []
        self._open: int | None = None

    def take(self, event: Fields) -> None:
        assert not self.ended, "something follows the end"
        kind: str = event["type"]
        if kind == "error":
            self.failed = self.ended = True
        elif kind != "ping":
            if self._strict:
                messages_shape(event, streamed=True)
            getattr(self, f"_{kind}")(event)

    def heard(self) -> Heard:
        assert self._message or self.failed
        whole = {**self._message, "content": self._blocks, **child(self._last, "delta")}
        told = _heard(whole, self._last or self._message)
        told.error, told.ended = self.failed, self.ended
        return told

    def _message_start(self, event: Fields) -> None:
        assert not self._message
        self._message = event["message"]
        assert self._message["content"] == []

    def _content_block_start(self, event: Fields) -> None:
        assert self._open is None
        assert event["index"] == len(self._blocks)
        self._open = event["index"]
        self._blocks.append(dict(event["content_block"]))

    def _content_block_delta(self, event: Fields) -> None:
        assert self._open == event["index"]
        _grown(self._blocks[-1], event["delta"])

    def _content_block_stop(self, event: Fields) -> None:
        assert self._open == event["index"]
        self._open = None

    def _message_delta(self, event: Fields) -> None:
        assert self._open is None
        self._last = event

    def _message_stop(self, _event: Fields) -> None:
        assert self._last
        self.ended = True


def _grown(block: Fields, delta: Fields) -> None:
    match delta["type"]:
        case "text_delta":
            block["text"] = text(block, "text") + delta["text"]
        case "thinking_delta":
            block["thinking"] = text(block, "thinking") + delta["thinking"]
        case "signature_delta":
            block["signature"] = text(block, "signature") + delta["signature"]
        case "input_json_delta":
            block["partial"] = text(block, "partial") + delta["partial_json"]
        case "compaction_delta":
            pass  # the provider's own summary of earlier turns
        case "citations_delta":
            block.setdefault("citations", []).append(delta["citation"])
        case other:
            raise AssertionError(f"unknown delta {other}")


def _heard(message: Fields, counted: Fields) -> Heard:
    voice = Voice()
    for block in message.get("content", ()):
        match block["type"]:
            case "text":
                voice.text += block["text"]
            case "thinking":
                voice.reasoning += block["thinking"]
            case "tool_use":
                partial = block.get("partial")
                told = json.loads(partial) if partial else block["input"]
                voice.calls.append(Call(block["id"], block["name"], json.dumps(told)))
            case _:
                pass  # sealed thoughts, searches: seen elsewhere
    reason = message.get("stop_reason")
    voice.finish = None if reason is None else FINISH[reason]
    heard = Heard(choices={0: voice}, ended=True)
    usage = child(counted, "usage") or child(message, "usage")
    if usage:
        heard.usage = messages_counts(usage)
    return heard


def messages_counts(usage: Fields) -> Counts:
    """The dialect's counts, in which cached tokens stand beside the input."""
    cached = count(usage, "cache_read_input_tokens")
    prompt = count(usage, "input_tokens") + cached + count(usage, "cache_creation_input_tokens")
    return Counts(
        prompt,
        count(usage, "output_tokens"),
        cached,
        count(child(usage, "output_tokens_details"), "thinking_tokens", "reasoning_tokens"),
    )
