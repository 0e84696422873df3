"""The internal form of a request: a conversation of typed parts, no provider's dialect.

Every client dialect is read into it and every upstream dialect is written from it, unless both
ends speak the same one (then the bytes pass, see `dialects.bridge`). What a dialect says that has
no slot here rides in `extra`, keyed by that dialect's own field name, and is written back only to
an upstream of the same dialect; elsewhere it is reported as dropped.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

from turnout.core.types import Dialect

Role = Literal["system", "developer", "user", "assistant", "tool"]

Extra: TypeAlias = Mapping[str, msgspec.Raw]
"""Fields of the client's dialect that we do not know, as JSON bytes."""

NO_EXTRA: Extra = {}


class _Noun(msgspec.Struct, frozen=True, kw_only=True):
    """Immutable, keyword-only."""


class CacheMark(_Noun, frozen=True):
    """A prompt-cache breakpoint after the part that carries it."""

    ttl: Literal["5m", "1h"] | None = None


class Opaque(_Noun, frozen=True):
    """A provider's sealed state. It travels with its part and means something only to its maker.

    Attributes:
        format: Who can read it, in the contract's words: "anthropic-claude-v1", "google-gemini-v1",
            "openai-responses-v1", "unknown".
        signature: Proof over visible text (thinking and thought signatures).
        data: Sealed content itself (encrypted or redacted reasoning).
        id: The maker's id of the item, where it wants it back.
    """

    format: str
    signature: str | None = None
    data: str | None = None
    id: str | None = None


class Url(_Noun, frozen=True, tag="url"):
    """Media by reference."""

    url: str


class Inline(_Noun, frozen=True, tag="inline"):
    """Media by value; `data` is base64 as the client sent it, never decoded on the way through."""

    media_type: str
    data: str


class FileId(_Noun, frozen=True, tag="file_id"):
    """Media that already lies at a provider."""

    id: str


Source: TypeAlias = Url | Inline | FileId


class Text(_Noun, frozen=True, tag="text"):
    """Plain words."""

    text: str
    cache: CacheMark | None = None
    opaque: Opaque | None = None
    extra: Extra = NO_EXTRA


class Image(_Noun, frozen=True, tag="image"):
    """A picture."""

    source: Source
    detail: str | None = None
    cache: CacheMark | None = None
    extra: Extra = NO_EXTRA


class Document(_Noun, frozen=True, tag="document"):
    """A file: PDF or text."""

    source: Source
    filename: str | None = None
    cache: CacheMark | None = None
    extra: Extra = NO_EXTRA


class Audio(_Noun, frozen=True, tag="audio"):
    """Sound; `format` is the short name ("wav", "mp3")."""

    source: Source
    format: str | None = None
    cache: CacheMark | None = None
    extra: Extra = NO_EXTRA


class Video(_Noun, frozen=True, tag="video"):
    """Moving pictures."""

    source: Source
    cache: CacheMark | None = None
    extra: Extra = NO_EXTRA


class Reasoning(_Noun, frozen=True, tag="reasoning"):
    """What a model thought, in order; text may be empty while `opaque` must survive.

    `kind` says what `text` is: the thoughts themselves, a summary of them, or nothing readable.
    """

    kind: Literal["text", "summary", "encrypted"] = "text"
    text: str = ""
    opaque: Opaque | None = None
    index: int | None = None
    extra: Extra = NO_EXTRA


class ToolCall(_Noun, frozen=True, tag="tool_call"):
    """A call the model asked for; `arguments` is the JSON text exactly as the model wrote it."""

    id: str
    name: str
    arguments: str
    opaque: Opaque | None = None
    extra: Extra = NO_EXTRA


class ToolResult(_Noun, frozen=True, tag="tool_result"):
    """What came of a call."""

    call_id: str
    parts: tuple["Text | Image | Document | Audio | Video", ...]
    is_error: bool = False
    cache: CacheMark | None = None
    extra: Extra = NO_EXTRA


class Refused(_Noun, frozen=True, tag="refused"):
    """A refusal in the model's own words (OpenAI's `refusal`)."""

    text: str


Part: TypeAlias = (
    Text | Image | Document | Audio | Video | Reasoning | ToolCall | ToolResult | Refused
)


class Message(_Noun, frozen=True):
    """One turn, its parts in order. A `tool` message holds exactly one ToolResult."""

    role: Role
    parts: tuple[Part, ...]
    name: str | None = None
    extra: Extra = NO_EXTRA


class Tool(_Noun, frozen=True):
    """A function the model may call; `parameters` is JSON Schema bytes, order kept for caches."""

    name: str
    description: str | None = None
    parameters: msgspec.Raw | None = None
    strict: bool | None = None
    cache: CacheMark | None = None
    extra: Extra = NO_EXTRA


class ToolChoice(_Noun, frozen=True):
    """`named` goes with `name`; the other modes have none."""

    mode: Literal["auto", "none", "required", "named"]
    name: str | None = None


class OutputFormat(_Noun, frozen=True):
    """The shape asked of the answer; `schema` (bytes) and `name` go with json_schema."""

    kind: Literal["text", "json_object", "json_schema", "grammar", "python"]
    name: str | None = None
    description: str | None = None
    schema: msgspec.Raw | None = None
    strict: bool | None = None
    grammar: str | None = None


ReasoningEffort = Literal["max", "xhigh", "high", "medium", "low", "minimal", "none"]


class ReasoningWish(_Noun, frozen=True):
    """The one knob. None everywhere means: as the model does by default."""

    effort: ReasoningEffort | None = None
    max_tok: int | None = None
    exclude: bool | None = None
    enabled: bool | None = None
    summary: str | None = None


class Sampling(_Noun, frozen=True):
    """What the caller said of sampling; None means unsaid, and unsaid is never sent."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    top_a: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    repetition_penalty: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    logit_bias: Mapping[str, float] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    n: int | None = None


class Conversation(_Noun, frozen=True):
    """A request to a chat model, whichever dialect it came in.

    Attributes:
        dialect: Whose field names and forms every `extra` in here holds; an adapter of another
            dialect writes none of them and reports them as dropped.
    """

    dialect: Dialect
    messages: tuple[Message, ...]
    max_output_tok: int | None = None
    sampling: Sampling = Sampling()
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    output: OutputFormat | None = None
    reasoning: ReasoningWish | None = None
    verbosity: str | None = None
    user: str | None = None
    service_tier: str | None = None
    prompt_cache_key: str | None = None
    stream: bool = False
    extra: Extra = NO_EXTRA
