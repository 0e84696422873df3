"""Shapes of Cohere's v2 chat on the wire, for decoding only; what we do not know is skipped.

Source: docs.cohere.com/reference/chat and /chat-stream, the types of Cohere's own SDK, and recorded
traffic (read 2026-11).
"""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

Raw: TypeAlias = msgspec.Raw
Count = Annotated[float, Meta(ge=0, le=2**53)]
"""Cohere writes its counts as floats."""
Place = Annotated[int, Meta(ge=0, le=65_535)]


class Content(msgspec.Struct):
    """One item of an answer's content: text or thinking."""

    type: str = ""
    text: str | None = None
    thinking: str | None = None


class Function(msgspec.Struct):
    """What is called."""

    name: str | None = None
    arguments: str | None = None


class ToolCall(msgspec.Struct):
    """A call; arguments are JSON text."""

    id: str | None = None
    function: Function | None = None


class Source(msgspec.Struct):
    """What a citation rests on: a document of the request or the result of a call."""

    type: str = ""
    id: str | None = None
    document: Raw | UnsetType = UNSET
    tool_output: Raw | UnsetType = UNSET


class Page(msgspec.Struct):
    """The members of a source that say where it is from; each of any type."""

    url: Raw | UnsetType = UNSET
    title: Raw | UnsetType = UNSET


class Citation(msgspec.Struct):
    """A span of one content item, of the plan, or of the thinking, in code points."""

    start: int = 0
    end: int = 0
    text: str | None = None
    sources: list[Source] | None = None
    content_index: int | None = None
    type: str | None = None


class Message(msgspec.Struct):
    """The answer's message."""

    content: list[Content] | str | None = None
    tool_plan: str | None = None
    tool_calls: list[ToolCall] | None = None
    citations: list[Raw] | None = None


class Tokens(msgspec.Struct):
    """Counts."""

    input_tokens: Count | None = None
    output_tokens: Count | None = None
    search_units: Count | None = None


class Usage(msgspec.Struct):
    """What was read and written (`tokens`), and what of it costs (`billed_units`)."""

    tokens: Tokens | None = None
    billed_units: Tokens | None = None
    cached_tokens: Count | None = None


class LogprobItem(msgspec.Struct):
    """The probabilities of one piece of text."""

    text: str | None = None
    token_ids: list[int] | None = None
    logprobs: list[float] | None = None


class Answer(msgspec.Struct):
    """The body of a 200."""

    id: str | None = None
    finish_reason: str | None = None
    message: Message | None = None
    usage: Usage | None = None
    logprobs: list[LogprobItem] | None = None
    error: str | None = None
    error_type: str | None = None


# ── the stream ──────────────────────────────────────────────────────────────────────────────────


class MessageDelta(msgspec.Struct):
    """More of the message: one item of what the event's type names."""

    content: Content | list[Raw] | str | None = None
    tool_plan: str | None = None
    tool_calls: ToolCall | list[Raw] | None = None
    citations: Raw | UnsetType = UNSET


class Delta(msgspec.Struct):
    """What an event adds; the last ones hold the end."""

    message: MessageDelta | None = None
    finish_reason: str | None = None
    usage: Usage | None = None
    error: str | None = None
    error_type: str | None = None


class StreamEvent(msgspec.Struct):
    """One event; `index` is the place of the item."""

    type: str = ""
    id: str | None = None
    index: Place = 0
    delta: Delta | None = None
    logprobs: LogprobItem | None = None
    message: str | None = None


class Listed(msgspec.Struct):
    """One model."""

    name: str


class Models(msgspec.Struct):
    """GET /v1/models."""

    models: list[Listed]
