"""Items while they are being said: the events of each, from `added` to `done`.

    output_item.added ▸ content_part.added ▸ …delta… ▸ …done ▸ content_part.done ▸ output_item.done

Every method returns client bytes. Source of the grammar: contract section 2.4, recorded traffic.
"""

from typing import Final, Literal

import msgspec
from typing_extensions import override

from turnout.core.conversation import Opaque
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_responses.item_writing import free_text
from turnout.dialects.openai_responses.sealed import wrapped

Status = Literal["completed", "incomplete"]
Item = dict[str, Json]


class Lines:
    """Numbers the events of one stream and frames them."""

    __slots__ = ("_next",)

    def __init__(self) -> None:
        self._next = 0

    def line(self, kind: str, fields: dict[str, Json]) -> bytes:
        """One event."""
        return self.raw(kind, msgspec.json.encode(fields)[1:-1])

    def raw(self, kind: str, members: bytes) -> bytes:
        """One event out of members that are written already, without braces."""
        number = self._next
        self._next += 1
        name = kind.encode()
        return b'event: %b\ndata: {"type":"%b",%b,"sequence_number":%d}\n\n' % (
            name,
            name,
            members,
            number,
        )


class Open:
    """What all items that are being said have in common."""

    __slots__ = ("id", "index", "item", "lines")

    def __init__(self, lines: Lines, index: int, item: Item) -> None:
        self.lines = lines
        self.index = index
        self.item = item
        self.id = str(item["id"])

    def begin(self) -> bytes:
        """The item as it is before anything was said."""
        fields: Item = {"output_index": self.index, "item": self.item}
        return self.lines.line("response.output_item.added", fields)

    def finish(self, status: Status) -> bytes:
        """The whole item."""
        self.item["status"] = status
        fields: Item = {"output_index": self.index, "item": self.item}
        return self.lines.line("response.output_item.done", fields)

    def at(self, place: str, part: int) -> Item:
        """Which part of which item an event is about."""
        return {"item_id": self.id, "output_index": self.index, place: part}


_KINDS: Final = {
    "output_text": ("text", "response.output_text"),
    "refusal": ("refusal", "response.refusal"),
    "reasoning_text": ("text", "response.reasoning_text"),
}


class OpenMessage(Open):
    """A message: texts and refusals, each a part. Thinking as plain text is said the same way."""

    __slots__ = ("_kind", "_parts", "_pieces", "_prefix", "_riders")

    def __init__(self, lines: Lines, index: int, item: Item) -> None:
        super().__init__(lines, index, item)
        self._parts: list[Json] = []
        self._kind = ""
        self._pieces: list[str] = []
        self._prefix = b""
        self._riders: dict[str, list[Json]] = {}

    def say(self, kind: str, text: str) -> bytes:
        """More of a part of that kind; another kind begins another part."""
        out = b"" if kind == self._kind else self.end_part() + self._begin_part(kind)
        self._pieces.append(text)
        event = _KINDS[kind][1] + ".delta"
        return out + self.lines.raw(event, self._prefix + msgspec.json.encode(text))

    def cite(self, annotation: msgspec.Raw) -> bytes:
        """A citation of the text."""
        out = b"" if self._kind == "output_text" else self.end_part()
        if not self._kind:
            out += self._begin_part("output_text")
        cited = self._riders["annotations"]
        cited.append(annotation)
        place = self.at("content_index", len(self._parts))
        fields: Item = {**place, "annotation_index": len(cited) - 1, "annotation": annotation}
        return out + self.lines.line("response.output_text.annotation.added", fields)

    def weigh(self, tokens: list[msgspec.Raw]) -> None:
        """Token probabilities: told with the whole text."""
        self._riders.setdefault("logprobs", []).extend(tokens)

    def end_part(self) -> bytes:
        """The part is whole."""
        if not self._kind:
            return b""
        name, event = _KINDS[self._kind]
        text = "".join(self._pieces)
        place = self.at("content_index", len(self._parts))
        part: Item = {"type": self._kind, name: text}
        riders: Item = {}
        if self._kind == "output_text":
            part |= {"annotations": self._riders["annotations"]}
            riders = {"logprobs": self._riders["logprobs"]}
            part |= riders
        out = self.lines.line(f"{event}.done", {**place, name: text, **riders})
        out += self.lines.line("response.content_part.done", {**place, "part": part})
        self._parts.append(part)
        self._kind = ""
        return out

    def close(self, status: Status) -> bytes:
        """The item is whole."""
        out = self.end_part()
        self.item = {**self.item, "content": self._parts}
        return out + self.finish(status)

    def _begin_part(self, kind: str) -> bytes:
        self._kind, self._pieces = kind, []
        part: Item = {"type": kind, _KINDS[kind][0]: ""}
        place = self.at("content_index", len(self._parts))
        more: Item = {}
        if kind == "output_text":
            self._riders = {"annotations": [], "logprobs": []}
            part |= {"annotations": [], "logprobs": []}
            more = {"logprobs": []}
        self._prefix = msgspec.json.encode({**place, **more})[1:-1] + b',"delta":'
        return self.lines.line("response.content_part.added", {**place, "part": part})


class OpenThought(OpenMessage):
    """A reasoning item: summary, thoughts as text, and what is sealed.

    Attributes:
        block: Which block of thinking it is, in the words of `ReasoningDelta.index`.
    """

    __slots__ = ("_summary", "_told", "block", "sealed")

    def __init__(self, lines: Lines, index: int, item: Item, block: int | None) -> None:
        super().__init__(lines, index, item)
        self.block = block
        self._summary: list[str] = []
        self._told: Item | None = None
        self.sealed: Opaque | None = None

    def think(self, text: str) -> bytes:
        """More of the thoughts themselves."""
        return self.say("reasoning_text", text)

    def summarize(self, text: str) -> bytes:
        """More of the summary, which is one part here."""
        place = self.at("summary_index", 0)
        out = b""
        if not self._summary:
            part: Item = {"type": "summary_text", "text": ""}
            out = self.lines.line("response.reasoning_summary_part.added", {**place, "part": part})
        self._summary.append(text)
        return out + self.lines.line(
            "response.reasoning_summary_text.delta", {**place, "delta": text}
        )

    @override
    def close(self, status: Status) -> bytes:
        """The item is whole."""
        out = self.end_part() + self._end_summary()
        said: Item = {"summary": [] if self._told is None else [self._told]}
        if self._parts:
            said["content"] = self._parts
        if self.sealed is not None and (data := wrapped(self.sealed)) is not None:
            said["encrypted_content"] = data
        self.item = {**self.item, **said}
        return out + self.finish(status)

    def _end_summary(self) -> bytes:
        if not self._summary:
            return b""
        text, place = "".join(self._summary), self.at("summary_index", 0)
        self._told = {"type": "summary_text", "text": text}
        out = self.lines.line("response.reasoning_summary_text.done", {**place, "text": text})
        return out + self.lines.line(
            "response.reasoning_summary_part.done", {**place, "part": self._told}
        )


class OpenCall(Open):
    """A call of a function, or of a tool that takes free text (a function of one string until now).

    Free text is told in one piece: it cannot be cut out of JSON that is still being written.
    """

    __slots__ = ("_pieces", "custom")

    def __init__(self, lines: Lines, index: int, item: Item, *, custom: bool) -> None:
        super().__init__(lines, index, item)
        self.custom = custom
        self._pieces: list[str] = []

    def argue(self, text: str) -> bytes:
        """More of the arguments."""
        self._pieces.append(text)
        if self.custom or not text:
            return b""
        fields: Item = {"item_id": self.id, "output_index": self.index, "delta": text}
        return self.lines.line("response.function_call_arguments.delta", fields)

    def close(self, status: Status) -> bytes:
        """The call is whole."""
        arguments = "".join(self._pieces)
        place: Item = {"item_id": self.id, "output_index": self.index}
        out = b""
        if self.custom:
            name, said, event = "input", free_text(arguments), "response.custom_tool_call_input"
            out = self.lines.line(f"{event}.delta", {**place, "delta": said})
        else:
            name, said, event = "arguments", arguments, "response.function_call_arguments"
            place["name"] = self.item["name"]
        out += self.lines.line(f"{event}.done", {**place, name: said})
        self.item = {**self.item, name: said}
        return out + self.finish(status)
