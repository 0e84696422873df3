"""Cohere's answers and stream events as our events: one reading for both."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import FinishReason
from turnout.core.usage import Usage
from turnout.dialects.citing import Cited, annotation
from turnout.dialects.events import (
    Annotations,
    Event,
    Finish,
    Logprobs,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    UsageReport,
)
from turnout.wire.cohere_chat import Citation, Content, LogprobItem, Page, Source, ToolCall
from turnout.wire.cohere_chat import Usage as WireUsage

_CITATION: Final = msgspec.json.Decoder(Citation)
_PAGE: Final = msgspec.json.Decoder(Page)
_TEXT: Final = msgspec.json.Decoder(str)

FAILED: Final = frozenset({"ERROR", "TIMEOUT", "USER_CANCEL"})
FILTERED: Final = "ERROR_TOXIC"
_UNIFIED: Final[Mapping[str, FinishReason]] = {
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop",
    "TOOL_CALL": "tool_calls",
    "MAX_TOKENS": "length",
    "ERROR_LIMIT": "length",
    "ERROR_TOXIC": "content_filter",
}
"""Source: docs.cohere.com/reference/chat, finish_reason, and its older words."""


def undecodable() -> UpstreamError:
    """DECODE, saying nothing of what is in it."""
    return UpstreamError(FailureKind.DECODE, "The provider's answer is not a Cohere answer.")


class MessageReader:
    """The message of one answer, as it comes.

    The plan before calls is a summary of thinking: Cohere calls it "a chain-of-thought style
    reflection". So it goes back as a plan, and thinking as thinking.
    """

    __slots__ = ("_calls", "_chars", "_seed", "_starts", "_thoughts")

    def __init__(self) -> None:
        self._calls: dict[int, int] = {}
        self._chars = 0
        self._starts: dict[int, int] = {}
        self._thoughts: dict[int, int] = {}
        self._seed = ""

    def seed(self, id_: str | None) -> None:
        """The answer's id, from which ids of calls are made that came without one."""
        self._seed = id_ or ""

    @property
    def called(self) -> bool:
        """There was a call."""
        return bool(self._calls)

    def plan(self, text: str | None) -> list[Event]:
        """More of the plan before calls."""
        return [ReasoningDelta(text, "summary", index=0)] if text else []

    def content(self, place: int, item: Content) -> list[Event]:
        """More of a content item."""
        if item.thinking:
            number = self._thoughts.setdefault(place, len(self._thoughts) + 1)
            return [ReasoningDelta(item.thinking, index=number)]
        self._starts.setdefault(place, self._chars)
        return self._text(item.text)

    def call(self, place: int, wire: ToolCall) -> list[Event]:
        """A call begins, with all or some of its arguments."""
        function = wire.function
        number = self._calls.setdefault(place, len(self._calls))
        id_ = wire.id or f"call_{self._seed or 'cohere'}_{number}"
        name = (function.name if function else None) or ""
        return [ToolCallDelta(number, id_, name, (function.arguments if function else None) or "")]

    def arguments(self, place: int, wire: ToolCall) -> list[Event]:
        """More arguments of a call; they belong to one that began."""
        if place not in self._calls:
            raise undecodable()
        text = wire.function.arguments if wire.function else None
        return [ToolCallDelta(self._calls[place], arguments=text)] if text else []

    def citation(self, own: msgspec.Raw) -> list[Event]:
        """A citation, its places moved to the whole visible text; those of thinking have none."""
        wire = _CITATION.decode(own)
        if wire.type in ("THINKING_CONTENT", "PLAN"):
            return []
        start = self._start(wire.content_index)
        begins, ends = start + wire.start, start + wire.end
        items = [
            annotation(_cited(source, place), begins, ends, own)
            for place, source in enumerate(wire.sources or [Source()])
        ]
        return [Annotations(tuple(items))]

    def _start(self, content_index: int | None) -> int:
        if content_index in self._starts:
            return self._starts[content_index]
        return next(iter(self._starts.values()), 0)

    def _text(self, text: str | None) -> list[Event]:
        if not text:
            return []
        self._chars += len(text)
        return [TextDelta(text)]


def _cited(source: Source, place: int) -> Cited:
    raw = source.document if source.document is not msgspec.UNSET else source.tool_output
    page = Page()
    if not isinstance(raw, msgspec.UnsetType) and bytes(raw).startswith(b"{"):
        page = _PAGE.decode(raw)
    return Cited(url=_word(page.url), title=_word(page.title), file_id=source.id or "", index=place)


def _word(raw: msgspec.Raw | msgspec.UnsetType) -> str:
    if isinstance(raw, msgspec.UnsetType) or not bytes(raw).startswith(b'"'):
        return ""
    return _TEXT.decode(raw)


def finish_of(native: str, *, called: bool) -> Finish:
    """The unified reason beside Cohere's own."""
    reason = _UNIFIED.get(native, "stop")
    if reason in ("stop", "tool_calls"):
        reason = "tool_calls" if called else "stop"
    return Finish(reason, native)


def usage_of(wire: WireUsage | None) -> list[Event]:
    """The tokens that were read and written; what is billed leaves out Cohere's own prompts.

    `cached_tokens` are among the tokens read: recorded.
    """
    if wire is None:
        return []
    counted = wire.tokens or wire.billed_units
    if counted is None:
        return []
    prompt, completion = int(counted.input_tokens or 0), int(counted.output_tokens or 0)
    cached = min(int(wire.cached_tokens or 0), prompt)
    searches = int((wire.billed_units.search_units if wire.billed_units else None) or 0)
    usage = Usage(
        text_in=prompt - cached, cache_read=cached, text_out=completion, searches=searches
    )
    return [UsageReport(usage)]


def logprobs_of(items: list[LogprobItem]) -> list[Event]:
    """In OpenAI's form; a piece of several tokens has the sum of their logarithms."""
    content = [
        {
            "token": item.text or "",
            "logprob": sum(item.logprobs or ()),
            "bytes": list((item.text or "").encode()),
            "top_logprobs": [],
        }
        for item in items
    ]
    if not content:
        return []
    return [Logprobs(msgspec.Raw(msgspec.json.encode({"content": content})))]
