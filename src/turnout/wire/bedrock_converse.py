"""Shapes of Bedrock's Converse on the wire, for decoding only; what we do not know is skipped.

Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and
API_runtime_ConverseStream.html, as botocore's service model has them, and recorded traffic
(read 2026-11).
"""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

Raw: TypeAlias = msgspec.Raw
Place = Annotated[int, Meta(ge=0, le=65_535)]
Count = Annotated[int, Meta(ge=0, le=2**53)]


class _Shape(msgspec.Struct, rename="camel"):
    """Member names are in camel case."""


class ReasoningText(_Shape):
    """Readable thinking and the proof over it."""

    text: str = ""
    signature: str | None = None


class ReasoningContent(_Shape):
    """Thinking: readable, or sealed as base64."""

    reasoning_text: ReasoningText | None = None
    redacted_content: str | None = None


class ToolUse(_Shape):
    """A call; `type` is "server_tool_use" for one that the provider ran itself."""

    tool_use_id: str = ""
    name: str = ""
    input: Raw | UnsetType = UNSET
    type: str | None = None


class CitedText(_Shape):
    """Words of a source."""

    text: str = ""


class WebLocation(_Shape):
    """A page."""

    url: str | None = None
    domain: str | None = None


class FileLocation(_Shape):
    """A file, or a search result, of the request."""

    document_index: int | None = None
    search_result_index: int | None = None


class Location(_Shape):
    """Where a citation points to; at most one is set."""

    web: WebLocation | None = None
    document_char: FileLocation | None = None
    document_page: FileLocation | None = None
    document_chunk: FileLocation | None = None
    search_result_location: FileLocation | None = None


class Citation(_Shape):
    """What the words before it rest on."""

    title: str | None = None
    source: str | None = None
    source_content: list[CitedText] | None = None
    location: Location | None = None


class CitationsContent(_Shape):
    """Words with what they rest on."""

    content: list[CitedText] | None = None
    citations: list[Raw] | None = None


class ImageSource(_Shape):
    """A picture as base64."""

    bytes: str | None = None


class Image(_Shape):
    """A picture."""

    format: str = "png"
    source: ImageSource | None = None


class Block(_Shape):
    """One content block: exactly one member is set, unless it is of a kind we do not know."""

    text: str | None = None
    tool_use: ToolUse | None = None
    reasoning_content: ReasoningContent | None = None
    citations_content: CitationsContent | None = None
    image: Image | None = None


class Message(_Shape):
    """The answer's message."""

    content: list[Block] | None = None


class Output(_Shape):
    """Around the message."""

    message: Message | None = None


class CacheDetail(_Shape):
    """Written tokens of one time to live, "5m" or "1h"."""

    ttl: str = ""
    input_tokens: Count = 0


class Usage(_Shape):
    """Counts; `input_tokens` are those neither read from nor written to a cache."""

    input_tokens: Count = 0
    output_tokens: Count = 0
    total_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    cache_write_input_tokens: Count | None = None
    cache_details: list[CacheDetail] | None = None


class ServiceTier(_Shape):
    """Which tier served."""

    type: str = ""


class Answer(_Shape):
    """The body of Converse's 200."""

    output: Output | None = None
    stop_reason: str | None = None
    usage: Usage | None = None
    service_tier: ServiceTier | None = None


# ── the stream ──────────────────────────────────────────────────────────────────────────────────


class Start(_Shape):
    """What kind of block begins; {} for text."""

    tool_use: ToolUse | None = None
    image: Image | None = None


class BlockStart(_Shape):
    """contentBlockStart."""

    content_block_index: Place = 0
    start: Start | None = None


class ToolUseDelta(_Shape):
    """More of a call's arguments."""

    input: str = ""


class ReasoningDelta(_Shape):
    """More thinking, its proof, or a sealed piece as base64."""

    text: str | None = None
    signature: str | None = None
    redacted_content: str | None = None


class Delta(_Shape):
    """More of a block."""

    text: str | None = None
    tool_use: ToolUseDelta | None = None
    reasoning_content: ReasoningDelta | None = None
    citation: Raw | UnsetType = UNSET
    image: Image | None = None


class BlockDelta(_Shape):
    """contentBlockDelta."""

    content_block_index: Place = 0
    delta: Delta | None = None


class BlockStop(_Shape):
    """contentBlockStop."""

    content_block_index: Place = 0


class MessageStop(_Shape):
    """messageStop."""

    stop_reason: str | None = None


class Metadata(_Shape):
    """metadata, the last event."""

    usage: Usage | None = None
    service_tier: ServiceTier | None = None


class Trouble(_Shape):
    """The payload of an exception inside a stream."""

    message: str | None = None
    original_status_code: int | None = None
    original_message: str | None = None
