"""The output of one answer, built from events: for whole answers and streams alike."""

from collections.abc import Iterable
from hashlib import blake2s
from typing import Final, assert_never

import msgspec

from turnout.core.conversation import Opaque
from turnout.dialects.adapter import Head
from turnout.dialects.events import (
    Annotations,
    Event,
    Failure,
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
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_responses.citations import flat, token_items
from turnout.dialects.openai_responses.speaking import (
    Lines,
    Open,
    OpenCall,
    OpenMessage,
    OpenThought,
    Status,
)
from turnout.dialects.tiers import openai_tier


class _Url(msgspec.Struct):
    url: str = ""


class _Picture(msgspec.Struct):
    image_url: _Url | None = None


_PICTURE: Final = msgspec.json.Decoder(_Picture)


class Output:
    """Turns events into items, one after the other; calls may be said side by side.

    Attributes:
        finish: How the answer ended, None while it has not.
        tier: The service tier that served, where told, in the dialect's words.
    """

    __slots__ = ("_calls", "_custom", "_items", "_lines", "_seed", "_speaking", "finish", "tier")

    def __init__(self, head: Head, lines: Lines, custom: frozenset[str]) -> None:
        self._lines = lines
        self._seed = head.id
        self._custom = custom
        self._items: list[Open] = []
        self._speaking: OpenMessage | None = None
        self._calls: dict[int, OpenCall] = {}
        self.finish: Finish | None = None
        self.tier: str | None = None

    @property
    def items(self) -> list[Json]:
        """The items so far, as they stand in the answer."""
        return [one.item for one in self._items]

    def event(self, event: Event) -> bytes:  # noqa: C901, PLR0911, PLR0912 (one arm for each kind)
        """Client bytes for one event; an answer of this API is the first choice and no other."""
        if type(event) is UsageReport or getattr(
            event, "choice", 0
        ):  # usage may come with every word
            return b""
        match event:
            case TextDelta(text=text) if text:
                out, message = self._message()
                return out + message.say("output_text", text)
            case RefusalDelta(text=text) if text:
                out, message = self._message()
                return out + message.say("refusal", text)
            case ReasoningDelta():
                return self._think(event)
            case ToolCallDelta():
                return self._call(event)
            case MediaDelta():
                return self._picture(event)
            case Annotations(items=items):
                return self._cite(items)
            case Logprobs(payload=payload):
                if isinstance(self._speaking, OpenMessage):
                    self._speaking.weigh(token_items(payload))
            case Finish():
                self.finish = event
                cut = event.reason in ("length", "content_filter")
                return self.end("incomplete" if cut else "completed")
            case Identity(service_tier=tier):
                self.tier = openai_tier(tier)
            case UsageReport() | Failure() | TextDelta() | RefusalDelta():
                pass
            case _:
                assert_never(event)
        return b""

    def end(self, status: Status) -> bytes:
        """Nothing follows: what is open is whole, or as much of it as will ever be."""
        out = [self._hush(status)]
        out += [call.close(status) for call in self._calls.values()]
        self._calls.clear()
        return b"".join(out)

    def _message(self) -> tuple[bytes, OpenMessage]:
        message = self._speaking
        if message is not None and not isinstance(message, OpenThought):
            return b"", message
        out = self._hush("completed")
        item: dict[str, Json] = {
            "id": self._id("msg"),
            "type": "message",
            "role": "assistant",
            "status": "in_progress",
            "content": [],
        }
        message = OpenMessage(self._lines, len(self._items), item)
        self._items.append(message)
        self._speaking = message
        return out + message.begin(), message

    def _cite(self, items: Iterable[msgspec.Raw]) -> bytes:
        """Those that this API has a form for."""
        cited = [one for one in map(flat, items) if one is not None]
        if not cited:
            return b""
        out, message = self._message()
        return out + b"".join([message.cite(one) for one in cited])

    def _think(self, event: ReasoningDelta) -> bytes:
        opaque = event.opaque
        sealed = opaque is not None and (opaque.data or opaque.signature)
        if not event.text and not sealed:
            return b""
        out, thought = self._thought(event)
        if event.text:
            summary = event.kind == "summary"
            out += thought.summarize(event.text) if summary else thought.think(event.text)
        if sealed:
            thought.sealed = opaque
        return out

    def _thought(self, event: ReasoningDelta) -> tuple[bytes, OpenThought]:
        """The item being thought, or the next one: after a seal, or when the block is another."""
        open_ = self._speaking
        if isinstance(open_, OpenThought) and open_.sealed is None and open_.block == event.index:
            return b"", open_
        out = self._hush("completed")
        item: dict[str, Json] = {
            "id": self._thought_id(event.opaque),
            "type": "reasoning",
            "status": "in_progress",
            "summary": [],
        }
        thought = OpenThought(self._lines, len(self._items), item, event.index)
        self._items.append(thought)
        self._speaking = thought
        return out + thought.begin(), thought

    def _thought_id(self, opaque: Opaque | None) -> str:
        """The maker's id where it has the API's form, once."""
        id_ = opaque.id if opaque is not None else None
        if id_ and id_.startswith("rs_") and all(one.id != id_ for one in self._items):
            return id_
        return self._id("rs")

    def _call(self, event: ToolCallDelta) -> bytes:
        call = self._calls.get(event.call)
        if call is not None:
            return call.argue(event.arguments)
        if event.id is None and event.name is None:
            return b""  # of a call that is closed
        out = self._hush("completed")
        custom = event.name in self._custom
        item: dict[str, Json] = {
            "id": self._id("ctc" if custom else "fc"),
            "type": "custom_tool_call" if custom else "function_call",
            "status": "in_progress",
            "call_id": event.id or self._id("call"),
            "name": event.name or "",
            "input" if custom else "arguments": "",
        }
        call = OpenCall(self._lines, len(self._items), item, custom=custom)
        self._items.append(call)
        self._calls[event.call] = call
        return out + call.begin() + call.argue(event.arguments)

    def _picture(self, event: MediaDelta) -> bytes:
        """A picture is a call of the image tool, as the API has it. Sound has no place in it."""
        picture = _PICTURE.decode(event.payload) if event.kind == "image" else _Picture()
        if picture.image_url is None:
            return b""
        url = picture.image_url.url
        data = url.partition(";base64,")[2] if url.startswith("data:") else url
        out = self._hush("completed")
        item: dict[str, Json] = {
            "id": self._id("ig"),
            "type": "image_generation_call",
            "status": "in_progress",
            "result": None,
        }
        one = Open(self._lines, len(self._items), item)
        self._items.append(one)
        out += one.begin()
        one.item = {**item, "result": data}
        return out + one.finish("completed")

    def _hush(self, status: Status) -> bytes:
        """Ends the message or thought being said."""
        open_, self._speaking = self._speaking, None
        return b"" if open_ is None else open_.close(status)

    def _id(self, kind: str) -> str:
        """Stable for one answer, so that it is the same whole and streamed."""
        text = f"{self._seed}/{len(self._items)}".encode()
        return f"{kind}_{blake2s(text, digest_size=12).hexdigest()}"
