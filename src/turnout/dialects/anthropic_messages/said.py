"""Events as the dialect's content blocks: starts, deltas and stops in strict pairs.

Blocks follow each other, so of parallel calls that an upstream interleaves, one is written at a
time: the next begins once the arguments before it are whole, and what came of it until then waits.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Literal, TypeAlias

import msgspec

from turnout.core.conversation import Opaque
from turnout.dialects.anthropic_messages.citations import citation
from turnout.dialects.anthropic_messages.sealed import pack
from turnout.dialects.events import (
    Annotations,
    Event,
    MediaDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
)
from turnout.dialects.openai_chat.deltas import Json

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_DATA_URL: Final = ";base64,"


class Start(msgspec.Struct, frozen=True):
    """A block begins."""

    index: int
    block: dict[str, Json]


class Delta(msgspec.Struct, frozen=True):
    """More of the open block."""

    index: int
    delta: dict[str, Json]


class Stop(msgspec.Struct, frozen=True):
    """The open block ends."""

    index: int


Piece: TypeAlias = Start | Delta | Stop


class Blocks:
    """The blocks of one answer as they come. Choices beyond the first have no place in it."""

    __slots__ = ("_arguments", "_call", "_index", "_kind", "_thought", "_waiting")

    def __init__(self) -> None:
        self._index = -1
        self._kind: Literal["text", "thinking", "tool_use"] | None = None
        self._thought: int | None = None
        self._call = -1
        self._arguments = ""
        self._waiting: dict[int, list[ToolCallDelta]] = {}

    def continued_by(self, event: Event) -> int | None:
        """The open block that the event is only more text or thought of; None for all else."""
        if self._waiting:
            return None
        kind = self._kind
        if kind == "text" and type(event) is TextDelta:
            return self._index if event.text and event.choice == 0 else None
        if kind == "thinking" and type(event) is ReasoningDelta and event.opaque is None:
            same = event.index == self._thought and event.kind != "encrypted"
            return self._index if event.text and event.choice == 0 and same else None
        return None

    def pieces(self, event: Event) -> Iterator[Piece]:
        """What one event writes."""
        match event:
            case TextDelta(text=text, choice=0) | RefusalDelta(text=text, choice=0) if text:
                yield from self._words(text)
            case ReasoningDelta(choice=0):
                yield from self._thinks(event)
            case ToolCallDelta(choice=0):
                yield from self._calls(event)
            case Annotations(choice=0):
                yield from self._cites(event.items)
            case MediaDelta(kind="image", choice=0):
                yield from self._picture(event.payload)
            case _:
                pass

    def end(self) -> Iterator[Piece]:
        """The last block's end, and calls that waited for their turn."""
        yield from self._stop()
        while self._waiting:
            deltas = self._waiting.pop(min(self._waiting))
            for delta in deltas:
                yield from self._write_call(delta)
            yield from self._stop()

    # ── one block at a time ─────────────────────────────────────────────────────────────────────

    def _start(
        self, block: dict[str, Json], kind: Literal["text", "thinking", "tool_use"] | None
    ) -> Iterator[Piece]:
        yield from self._stop()
        self._index += 1
        self._kind = kind
        yield Start(self._index, block)

    def _stop(self) -> Iterator[Piece]:
        if self._kind is not None:
            self._kind = None
            yield Stop(self._index)

    def _alone(self) -> Iterator[Piece]:
        """Calls that wait are written before anything else is said."""
        if self._waiting:
            yield from self.end()

    def _words(self, text: str) -> Iterator[Piece]:
        yield from self._alone()
        if self._kind != "text":
            yield from self._start({"type": "text", "text": ""}, "text")
        yield Delta(self._index, {"type": "text_delta", "text": text})

    def _thinks(self, event: ReasoningDelta) -> Iterator[Piece]:
        yield from self._alone()
        if event.kind == "encrypted":
            data = pack(event.opaque) if event.opaque is not None else ""
            yield from self._start({"type": "redacted_thinking", "data": data}, None)
            yield Stop(self._index)
            return
        fresh = self._kind != "thinking" or event.index != self._thought
        if fresh:
            block: dict[str, Json] = {"type": "thinking", "thinking": "", "signature": ""}
            yield from self._start(block, "thinking")
            self._thought = event.index
        if event.text:
            yield Delta(self._index, {"type": "thinking_delta", "thinking": event.text})
        if event.opaque is not None and _is_sealed(event.opaque):
            signature = pack(event.opaque)
            yield Delta(self._index, {"type": "signature_delta", "signature": signature})
            yield from self._stop()

    def _calls(self, event: ToolCallDelta) -> Iterator[Piece]:
        if self._kind == "tool_use" and event.call != self._call and not _whole(self._arguments):
            self._waiting.setdefault(event.call, []).append(event)
            return
        waited = self._waiting.pop(event.call, [])
        for delta in (*waited, event):
            yield from self._write_call(delta)

    def _write_call(self, event: ToolCallDelta) -> Iterator[Piece]:
        if self._kind != "tool_use" or event.call != self._call:
            block: dict[str, Json] = {
                "type": "tool_use",
                "id": event.id or f"toolu_{event.call}",
                "name": event.name or "",
                "input": {},
            }
            yield from self._start(block, "tool_use")
            self._call, self._arguments = event.call, ""
        if event.arguments:
            self._arguments += event.arguments
            delta: dict[str, Json] = {"type": "input_json_delta", "partial_json": event.arguments}
            yield Delta(self._index, delta)

    def _cites(self, items: Iterable[msgspec.Raw]) -> Iterator[Piece]:
        found = [one for one in (citation(item) for item in items) if one is not None]
        if not found:
            return
        yield from self._alone()
        if self._kind != "text":
            yield from self._start({"type": "text", "text": ""}, "text")
        for one in found:
            yield Delta(self._index, {"type": "citations_delta", "citation": one})

    def _picture(self, payload: msgspec.Raw) -> Iterator[Piece]:
        """The contract's `images[]` item as the block that the dialect has for requests."""
        source = _source(payload)
        if source is None:
            return
        yield from self._alone()
        yield from self._start({"type": "image", "source": source}, None)
        yield Stop(self._index)


def _is_sealed(opaque: Opaque) -> bool:
    return bool(opaque.signature or opaque.data or opaque.id)


def _whole(arguments: str) -> bool:
    """Nothing can follow: the text is an object that has ended."""
    if not arguments.rstrip().endswith("}"):
        return False
    try:
        _OBJECT.decode(arguments)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


class _ImageUrl(msgspec.Struct):
    url: str = ""


class _Picture(msgspec.Struct):
    image_url: _ImageUrl = msgspec.field(default_factory=_ImageUrl)


_PICTURE: Final = msgspec.json.Decoder(_Picture)


def _source(payload: msgspec.Raw) -> Json:
    try:
        url = _PICTURE.decode(payload).image_url.url
    except msgspec.DecodeError:
        return None
    head, comma, data = url.partition(_DATA_URL)
    if comma and head.startswith("data:"):
        return {"type": "base64", "media_type": head[5:], "data": data}
    return {"type": "url", "url": url} if url else None


def whole_blocks(pieces: Iterable[Piece]) -> list[dict[str, Json]]:
    """The blocks that the pieces add up to, as a whole answer holds them."""
    out: list[dict[str, Json]] = []
    texts: list[str] = []
    for piece in pieces:
        match piece:
            case Start(block=block):
                out.append(dict(block))
                texts = []
            case Delta(delta=delta):
                _grow(out[-1], delta, texts)
            case Stop():
                _finish(out[-1], "".join(texts))
    return out


def _grow(block: dict[str, Json], delta: dict[str, Json], texts: list[str]) -> None:
    for name in ("text", "thinking", "partial_json"):
        more = delta.get(name)
        if isinstance(more, str):
            texts.append(more)
    if "signature" in delta:
        block["signature"] = delta["signature"]
    if "citation" in delta:
        before = block.get("citations")
        block["citations"] = [*(before if isinstance(before, list) else ()), delta["citation"]]


def _finish(block: dict[str, Json], text: str) -> None:
    match block["type"]:
        case "text" | "thinking" as name:
            block[name] = text
        case "tool_use":
            block["input"] = input_object(text)
        case _:
            pass


def input_object(arguments: str) -> Json:
    """A call's arguments as the object a whole answer holds; text that is none goes in one.

    Cohere calls tools without arguments with "null" (recorded).
    """
    if arguments.strip() in ("", "null"):
        return {}
    try:
        _OBJECT.decode(arguments)
    except (msgspec.DecodeError, RecursionError):
        return {"invalid_arguments": arguments}
    return msgspec.Raw(arguments.encode())
