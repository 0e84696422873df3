"""Output items as events, whether they come in pieces or whole.

    added ──▶ deltas ──▶ done

A reader remembers which parts it has passed on, so `done` (or an item of a whole answer, which is
all `done`) says exactly what no delta did. Both ways to the client read with it.
"""

from typing import Final

import msgspec

from turnout.core.conversation import Opaque
from turnout.dialects.events import (
    Event,
    MediaDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
)
from turnout.dialects.openai_responses.citations import annotations, logprobs
from turnout.dialects.openai_responses.quirks import Quirks
from turnout.dialects.openai_responses.sealed import OPENAI
from turnout.wire.openai_responses import Named, OutputItem, OutputPart

_NAMED: Final = msgspec.json.Decoder(Named)
_ITEM: Final = msgspec.json.Decoder(OutputItem)
_READ: Final = frozenset(
    {"message", "reasoning", "function_call", "custom_tool_call", "image_generation_call"}
)
_BREAK: Final = "\n\n"


class _State:
    """How much of one item has been passed on: characters by part, and the end of it."""

    __slots__ = ("call", "done", "id", "kind", "said", "thought")

    def __init__(self, kind: str, id_: str | None) -> None:
        self.kind = kind
        self.id = id_
        self.call: int | None = None
        self.thought = 0
        self.said: dict[tuple[str, int], int] = {}
        self.done = False


class ItemReader:
    """Reads the items of one answer; they are known by their `output_index`.

    Attributes:
        calls: How many calls of tools the answer has so far.
    """

    __slots__ = ("_items", "_sealed", "_searches", "_thoughts", "calls")

    def __init__(self, quirks: Quirks) -> None:
        self._sealed = quirks.sealed or OPENAI
        self._items: dict[int, _State] = {}
        self._thoughts = 0
        self.calls = 0
        self._searches: set[str] = set()

    @property
    def searches(self) -> int:
        """How many web searches the answer has so far."""
        return len(self._searches)

    def added(self, index: int, raw: msgspec.Raw) -> list[Event]:
        """An item begins."""
        kind = _NAMED.decode(raw).type
        if kind not in _READ:
            return []
        item = _ITEM.decode(raw)
        state = self._state(index, item)
        return self._call(state, item) if kind.endswith("_call") else []

    def text(self, index: int, part: int, text: str) -> list[Event]:
        """More of a message's text."""
        self._seen(index, "text", part, text)
        return [TextDelta(text)] if text else []

    def refusal(self, index: int, part: int, text: str) -> list[Event]:
        """More of a refusal."""
        self._seen(index, "refusal", part, text)
        return [RefusalDelta(text)] if text else []

    def probabilities(self, index: int, part: int, items: list[msgspec.Raw]) -> list[Event]:
        """Token probabilities of a piece of text."""
        self._seen(index, "logprobs", part, items)
        return [logprobs(items)] if items else []

    def citation(self, index: int, part: int, item: msgspec.Raw) -> list[Event]:
        """One more annotation."""
        self._seen(index, "annotations", part, [item])
        return [annotations([item])]

    def thought(self, index: int, part: int, text: str, *, summary: bool) -> list[Event]:
        """More thinking; a part begins a paragraph of its own."""
        state = self._items.get(index)
        if state is None:
            state = self._state(index, OutputItem(type="reasoning"))
        name = "summary" if summary else "thought"
        before = state.said.get((name, part), 0)
        state.said[name, part] = before + len(text)
        if not text:
            return []
        if not before and any(state.said.get((name, earlier)) for earlier in range(part)):
            text = _BREAK + text
        opaque = Opaque(format=self._sealed, id=state.id) if state.id and summary else None
        kind = "summary" if summary else "text"
        return [ReasoningDelta(text, kind, opaque, state.thought)]

    def arguments(self, index: int, text: str) -> list[Event]:
        """More of a call's arguments, or of the free text of a custom call."""
        state = self._items.get(index)
        if state is None or state.call is None or not text:
            return []
        self._seen(index, "arguments", 0, text)
        if state.kind == "custom_tool_call":
            text = _escaped(text)
        return [ToolCallDelta(state.call, arguments=text)]

    def done(self, index: int, raw: msgspec.Raw) -> list[Event]:
        """An item is whole: what has not been said of it yet."""
        kind = (head := _NAMED.decode(raw)).type
        if kind == "web_search_call":
            self._searches.add(head.id or str(index))
        if kind not in _READ:
            return []
        item = _ITEM.decode(raw)
        state = self._state(index, item)
        if state.done:
            return []
        state.done = True
        match kind:
            case "message":
                return [event for at in _numbered(item.content) for event in self._part(index, *at)]
            case "reasoning":
                return self._reasoning(index, state, item)
            case "image_generation_call":
                return _image(item.result)
            case _:
                return self._called(index, state, item)

    def rest(self, output: list[msgspec.Raw]) -> list[Event]:
        """What has not been said yet of a whole output.

        Its items are known by their id: recorded streams count indices that the output leaves out.
        """
        places = {state.id: place for place, state in self._items.items() if state.id}
        events: list[Event] = []
        for index, raw in enumerate(output):
            head = _NAMED.decode(raw)
            place = places.get(head.id or "", index)
            state = self._items.get(place)
            if state is not None and state.kind != head.type:
                place = max(self._items) + 1
            events += self.done(place, raw)
        return events

    # ── what is left of an item ─────────────────────────────────────────────────────────────────

    def _part(self, index: int, place: int, part: OutputPart) -> list[Event]:
        events: list[Event] = []
        if part.text:
            events += self.text(index, place, self._left(part.text, index, "text", place))
        if part.refusal:
            left = self._left(part.refusal, index, "refusal", place)
            events += self.refusal(index, place, left)
        if part.logprobs and not self._said(index, "logprobs", place):
            events += self.probabilities(index, place, part.logprobs)
        for cited in (part.annotations or ())[self._said(index, "annotations", place) :]:
            events += self.citation(index, place, cited)
        return events

    def _reasoning(self, index: int, state: _State, item: OutputItem) -> list[Event]:
        events: list[Event] = []
        for name, parts in (("summary", item.summary), ("thought", item.content)):
            for place, part in _numbered(parts):
                left = self._left(part.text or "", index, name, place)
                events += self.thought(index, place, left, summary=name == "summary")
        if item.encrypted_content:
            opaque = Opaque(format=self._sealed, data=item.encrypted_content, id=state.id)
            events.append(ReasoningDelta("", "encrypted", opaque, state.thought))
        return events

    def _call(self, state: _State, item: OutputItem) -> list[Event]:
        """The head of a call, as soon as it has a name."""
        if state.call is not None or not item.name or state.kind == "image_generation_call":
            return []
        state.call = self.calls
        self.calls += 1
        text = (item.input if state.kind == "custom_tool_call" else item.arguments) or ""
        state.said["arguments", 0] = len(text)
        if state.kind == "custom_tool_call":
            text = '{"input":"' + _escaped(text)
        id_ = item.call_id or item.id or f"call_{state.call}"
        return [ToolCallDelta(state.call, id_, item.name, text)]

    def _called(self, index: int, state: _State, item: OutputItem) -> list[Event]:
        custom = state.kind == "custom_tool_call"
        events = self._call(state, item)
        text = (item.input if custom else item.arguments) or ""
        events += self.arguments(index, self._left(text, index, "arguments", 0))
        if custom and state.call is not None:
            events.append(ToolCallDelta(state.call, arguments='"}'))
        return events

    def _state(self, index: int, item: OutputItem) -> _State:
        state = self._items.get(index)
        if state is None:
            state = self._items[index] = _State(item.type, item.id)
            if item.type == "reasoning":
                state.thought = self._thoughts
                self._thoughts += 1
        return state

    def _seen(self, index: int, name: str, part: int, more: str | list[msgspec.Raw]) -> None:
        state = self._items.get(index)
        if state is None:
            state = self._items[index] = _State("message", None)
        state.said[name, part] = state.said.get((name, part), 0) + len(more)

    def _left(self, text: str, index: int, name: str, part: int) -> str:
        """All of a part that nothing was said of; what was said in pieces is not said again."""
        return "" if self._said(index, name, part) else text

    def _said(self, index: int, name: str, part: int) -> int:
        return self._items[index].said.get((name, part), 0)


def _numbered(parts: list[OutputPart] | None) -> list[tuple[int, OutputPart]]:
    return list(enumerate(parts or ()))


def _escaped(text: str) -> str:
    """As it stands inside a JSON string."""
    return msgspec.json.encode(text)[1:-1].decode()


def _image(data: str | None) -> list[Event]:
    if not data:
        return []
    url = data if data.startswith(("data:", "https:")) else f"data:image/png;base64,{data}"
    image = {"type": "image_url", "image_url": {"url": url}}
    return [MediaDelta("image", msgspec.Raw(msgspec.json.encode(image)))]
