"""Shapes of Anthropic's Messages on the wire, for decoding only.

Requests are strict on what we know; what we do not know is not here and rides along as bytes.
Answers are read leniently: a field of a new kind is skipped, a block of a new type is kept apart.
Source: https://docs.anthropic.com/en/api/messages, the contract's section 2.5, recorded traffic.
"""

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from turnout.core.preferences import Preferences

Raw: TypeAlias = msgspec.Raw
"""JSON as it was sent; UNSET when it was not."""
Sent: TypeAlias = msgspec.Raw | msgspec.UnsetType
NonEmpty = Annotated[str, Meta(min_length=1)]
ModelName = Annotated[str, Meta(min_length=1, max_length=256)]
"""Beyond any real one; an error may repeat it, and a record keeps it."""
Count = Annotated[int, Meta(ge=1)]
Unit = Annotated[float, Meta(ge=0, le=1)]
SessionId = Annotated[str, Meta(max_length=256)]


class CacheControl(msgspec.Struct):
    """A prompt-cache breakpoint."""

    type: Literal["ephemeral"] = "ephemeral"
    ttl: Literal["5m", "1h"] | None = None


# ── requests as far as they are checked ─────────────────────────────────────────────────────────


class Typed(msgspec.Struct):
    """Anything with a type: how blocks are told apart before they are decoded."""

    type: NonEmpty


class Spoken(msgspec.Struct):
    """A message as far as routing looks: who speaks, and that something is said."""

    role: Literal["user", "assistant", "system"]
    content: str | list[Typed]


class ToolHead(msgspec.Struct):
    """A tool as far as it is checked: Anthropic's own have a type, the caller's a schema."""

    name: str | None = None
    type: str | None = None
    input_schema: Sent = msgspec.UNSET


class Thinking(msgspec.Struct):
    """The `thinking` object; `budget_tokens` goes with "enabled"."""

    type: NonEmpty
    budget_tokens: Annotated[int, Meta(ge=1024)] | None = None
    display: str | None = None


class Choice(msgspec.Struct):
    """`tool_choice`; `name` goes with "tool"."""

    type: Literal["auto", "any", "tool", "none"]
    name: str | None = None
    disable_parallel_tool_use: bool | None = None


class Format(msgspec.Struct):
    """The shape asked of an answer."""

    type: Literal["json_schema"]
    schema: Sent = msgspec.UNSET


class OutputConfig(msgspec.Struct):
    """`output_config`."""

    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    format: Format | None = None


class Metadata(msgspec.Struct):
    """`metadata`."""

    user_id: Annotated[str, Meta(max_length=512)] | None = None


class Fallback(msgspec.Struct, forbid_unknown_fields=True):
    """One of `fallbacks`."""

    model: ModelName


class Plugin(msgspec.Struct):
    """One plugin: named by its id, the rest is its own."""

    id: NonEmpty
    enabled: bool | None = None


class MessagesRequest(msgspec.Struct):
    """POST /messages. None is "unsaid": null and absent mean the same everywhere."""

    messages: list[Spoken]
    model: ModelName | None = None
    models: list[ModelName] | None = None
    fallbacks: Annotated[list[Fallback], Meta(max_length=3)] | None = None
    max_tokens: Count | None = None
    system: str | list[Typed] | None = None
    stream: bool | None = None
    temperature: Unit | None = None
    top_p: Unit | None = None
    top_k: Annotated[int, Meta(ge=0)] | None = None
    stop_sequences: list[NonEmpty] | None = None
    tools: list[ToolHead] | None = None
    tool_choice: Choice | None = None
    thinking: Thinking | None = None
    output_config: OutputConfig | None = None
    output_format: Format | None = None
    cache_control: CacheControl | None = None
    metadata: Metadata | None = None
    service_tier: Literal["auto", "standard_only", "default", "flex", "priority"] | None = None
    provider: Preferences | None = None
    plugins: list[Plugin] | None = None
    session_id: SessionId | None = None
    user: str | None = None


# ── blocks in full, decoded only where a translation needs them ─────────────────────────────────


class MediaSource(msgspec.Struct):
    """Where media comes from; `type` says which slot is filled."""

    type: str
    media_type: str | None = None
    data: str | None = None
    url: str | None = None
    file_id: str | None = None


class Block(msgspec.Struct):
    """One content block of a request; `type` says which slots are filled."""

    type: str
    text: str | None = None
    source: Sent = msgspec.UNSET
    title: str | None = None
    id: str | None = None
    name: str | None = None
    input: Sent = msgspec.UNSET
    tool_use_id: str | None = None
    content: Sent = msgspec.UNSET
    is_error: bool | None = None
    thinking: str | None = None
    signature: str | None = None
    data: str | None = None
    cache_control: CacheControl | None = None


class Message(msgspec.Struct):
    """A message with its blocks as bytes."""

    role: Literal["user", "assistant", "system"]
    content: str | list[Raw]


class Tool(msgspec.Struct):
    """A tool of the caller's own."""

    name: str
    type: str | None = None
    description: str | None = None
    input_schema: Sent = msgspec.UNSET
    strict: bool | None = None
    cache_control: CacheControl | None = None


# ── answers ─────────────────────────────────────────────────────────────────────────────────────


class CacheWrites(msgspec.Struct):
    """Tokens written to the prompt cache, by time to live."""

    ephemeral_5m_input_tokens: int | None = None
    ephemeral_1h_input_tokens: int | None = None


class ServerToolUse(msgspec.Struct):
    """What Anthropic's own tools did."""

    web_search_requests: int | None = None


class OutputDetails(msgspec.Struct):
    """What the output tokens were spent on."""

    thinking_tokens: int | None = None


class WireUsage(msgspec.Struct):
    """Counts; `input_tokens` leaves out what was read from and written to the cache."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation: CacheWrites | None = None
    server_tool_use: ServerToolUse | None = None
    output_tokens_details: OutputDetails | None = None
    service_tier: str | None = None


class AnswerBlock(msgspec.Struct):
    """One block of an answer, whole or as a stream begins it."""

    type: str = ""
    text: str | None = None
    citations: list[Raw] | None = None
    thinking: str | None = None
    signature: str | None = None
    data: str | None = None
    id: str | None = None
    name: str | None = None
    input: Sent = msgspec.UNSET


class AnswerMessage(msgspec.Struct):
    """An answer, whole or as a stream begins it."""

    id: str | None = None
    type: str = ""
    content: list[AnswerBlock] | None = None
    stop_reason: str | None = None
    usage: WireUsage | None = None
    error: Sent = msgspec.UNSET


class Delta(msgspec.Struct):
    """More of a block, or the end of a message; `type` says which slot is filled."""

    type: str = ""
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    partial_json: str | None = None
    citation: Sent = msgspec.UNSET
    stop_reason: str | None = None


class StreamEvent(msgspec.Struct):
    """One event of a stream; `type` says which slots are filled."""

    type: str = ""
    index: Annotated[int, Meta(ge=0, le=65_535)] | None = None
    message: AnswerMessage | None = None
    content_block: AnswerBlock | None = None
    delta: Delta | None = None
    usage: WireUsage | None = None
    error: Sent = msgspec.UNSET


class Cited(msgspec.Struct):
    """A citation, of whichever kind, as far as the contract's annotations can say it."""

    type: str = ""
    url: str | None = None
    source: str | None = None
    title: str | None = None
    cited_text: str | None = None
    document_title: str | None = None
    document_index: int | None = None
    file_id: str | None = None
