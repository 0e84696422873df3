"""Turns as Converse's messages, and instructions as its `system`."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from turnout.core.conversation import (
    Audio,
    CacheMark,
    Document,
    Image,
    Part,
    Reasoning,
    Refused,
    Text,
    ToolCall,
    ToolResult,
    Video,
)
from turnout.dialects.bedrock_converse.blocks import CLAUDE_FORMAT, UNKNOWN_FORMAT, sealed_again
from turnout.dialects.bedrock_converse.families import Family, Place
from turnout.dialects.bedrock_converse.media import Names, block
from turnout.dialects.lowering.arguments import as_object
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.lowering.names import fitting_id
from turnout.dialects.lowering.turns import Turn, Turns
from turnout.dialects.openai_chat.deltas import Json

MOST_MARKS: Final = 4
"""Cache points in one request. Source: userguide/prompt-caching.html (read 2026-11)."""

_ID: Final = re.compile(r"[a-zA-Z0-9_.:-]{1,64}")
_ID_LENGTH: Final = 32
_NOTHING: Final = "(no output)"
_ABOUT: Final = "See the attached file."
_GO_ON: Final = "Continue."
_UNDERSTOOD: Final = "Understood."
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_FOREIGN: Final = "messages.reasoning"


class Marks:
    """The cache points of one request, in its order; of too many the last ones stay."""

    def __init__(self, family: Family, total: int, losses: Losses) -> None:
        self._family = family
        self._surplus = max(0, total - MOST_MARKS)
        self._losses = losses
        if self._surplus:
            losses.drop("messages.cache_control")

    def point(self, mark: CacheMark | None, place: Place) -> list[Json]:
        """The block behind the part that carries the mark; none where there may be none."""
        if mark is None:
            return []
        if place not in self._family.marks:
            self._losses.drop(
                "messages.cache_control" if place != "tools" else "tools.cache_control"
            )
            return []
        if self._surplus:
            self._surplus -= 1
            return []
        point: dict[str, Json] = {"type": "default"}
        if mark.ttl is not None and self._family.hour:
            point["ttl"] = mark.ttl
        elif mark.ttl == "1h":
            self._losses.translate("messages.cache_control")
        return [{"cachePoint": point}]


def count_marks(parts: Iterable[Part]) -> int:
    """How many of these carry a mark."""
    return sum(_mark(part) is not None for part in parts)


def _mark(part: Part) -> CacheMark | None:
    if isinstance(part, ToolResult):
        inner = (one.cache for one in part.parts)
        return part.cache or next((mark for mark in inner if mark is not None), None)
    return None if isinstance(part, Reasoning | ToolCall | Refused) else part.cache


class Writer:
    """Writes the messages of one request."""

    def __init__(self, family: Family, marks: Marks, losses: Losses) -> None:
        self._family = family
        self._marks = marks
        self._losses = losses
        self._names = Names()
        self._seen: set[str] = set()
        self._ids: dict[str, str] = {}

    def system(self, parts: Sequence[Part]) -> list[Json]:
        """`system`; only words can be said there."""
        blocks: list[Json] = []
        for part in parts:
            if isinstance(part, Text):
                blocks.append({"text": part.text})
                blocks += self._marks.point(part.cache, "system")
            else:
                self._losses.drop("messages.system")
        return blocks

    def messages(self, turns: Turns) -> list[Json]:
        """`messages`, the user's first."""
        written: list[tuple[str, list[Json]]] = []
        for turn in self._apart(turns.turns):
            content = self._content(turn)
            if written and written[-1][0] == turn.role:  # the turn between them had nothing to say
                written[-1][1].extend(content)
            elif content:
                written.append((turn.role, content))
        return [{"role": role, "content": content} for role, content in written]

    def _apart(self, turns: Sequence[Turn]) -> Iterable[Turn]:
        """Turns without text beside calls or results, where the model takes no such turn."""
        for turn in turns:
            tooled = tuple(p for p in turn.parts if isinstance(p, ToolCall | ToolResult))
            others = tuple(p for p in turn.parts if not isinstance(p, ToolCall | ToolResult))
            if self._family.mixes or not tooled or not others:
                yield turn
                continue
            self._losses.translate("messages")
            if turn.role == "assistant":
                yield Turn("assistant", others)
                yield Turn("user", (Text(text=_GO_ON),))
                yield Turn("assistant", tooled)
            else:
                yield Turn("user", tooled)
                yield Turn("assistant", (Text(text=_UNDERSTOOD),))
                yield Turn("user", others)

    def _content(self, turn: Turn) -> list[Json]:
        if turn.role == "assistant":
            self._name_calls(turn)
        content: list[Json] = []
        for part in turn.parts:
            block = self._block(part)
            if block is None:
                continue
            point = self._marks.point(_mark(part), "messages")
            behind: list[Json] = [block, *point]
            if point and isinstance(part, Document | Video):
                # A point right behind a file is a 400, so it comes before it.
                behind = [*point, block] if content else [block]
            content += behind
        files = any(isinstance(part, Document) for part in turn.parts)
        if files and not any(isinstance(part, Text | ToolResult) for part in turn.parts):
            self._losses.translate("messages.file")
            content.append({"text": _ABOUT})
        return content

    def _name_calls(self, turn: Turn) -> None:
        """Ids that fit and are each used once, also by callers that use one again in each turn."""
        self._ids = {}
        for number, call in enumerate(p for p in turn.parts if isinstance(p, ToolCall)):
            id_ = fitting_id(call.id, _ID, _ID_LENGTH)
            if id_ in self._seen:
                id_ = fitting_id(f"{call.id} {len(self._seen)} {number}", _ID, _ID_LENGTH)
            self._seen.add(id_)
            self._ids[call.id] = id_

    def _block(self, part: Part) -> Json:
        match part:
            case Text():
                return {"text": part.text} if part.text.strip() else None
            case Refused():
                return {"text": part.text}
            case Reasoning():
                return self._thought(part)
            case ToolCall():
                use: dict[str, Json] = {
                    "toolUseId": self._ids[part.id],
                    "name": part.name,
                    "input": as_object(part, self._losses),
                }
                return {"toolUse": use}
            case ToolResult():
                return self._result(part)
            case Image() | Document() | Audio() | Video():
                return block(part, self._names, self._losses)

    def _result(self, part: ToolResult) -> Json:
        result: dict[str, Json] = {
            "toolUseId": self._ids.get(part.call_id, part.call_id),
            "content": [self._inner(one) for one in part.parts if not _blank(one)]
            or [self._worded(_NOTHING)],
            "status": "error" if part.is_error else "success",
        }
        return {"toolResult": result}

    def _inner(self, part: Text | Image | Document | Audio | Video) -> Json:
        if isinstance(part, Text):
            return self._worded(part.text)
        return block(part, self._names, self._losses)

    def _worded(self, text: str) -> Json:
        if not self._family.json_results:
            return {"text": text}
        try:
            _OBJECT.decode(text.encode())
        except (msgspec.DecodeError, RecursionError):
            return {"json": {"result": text}}
        return {"json": msgspec.Raw(text.encode())}

    def _thought(self, part: Reasoning) -> Json:
        """Thinking of an earlier turn, where its maker's model wants it back, unchanged."""
        opaque, wanted = part.opaque, self._family.thoughts
        ours = opaque is not None and opaque.format in (CLAUDE_FORMAT, UNKNOWN_FORMAT)
        if wanted == "signed" and opaque is not None and ours:
            blob = sealed_again(opaque)
            if blob is not None:
                return {"reasoningContent": {"redactedContent": blob}}
            if opaque.signature is not None:
                text: dict[str, Json] = {"text": part.text, "signature": opaque.signature}
                return {"reasoningContent": {"reasoningText": text}}
        if wanted == "all" and part.text:
            return {"reasoningContent": {"reasoningText": {"text": part.text}}}
        self._losses.drop(_FOREIGN)
        return None


def _blank(part: Text | Image | Document | Audio | Video) -> bool:
    return isinstance(part, Text) and not part.text.strip()
