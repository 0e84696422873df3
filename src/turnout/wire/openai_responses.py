"""Shapes of OpenAI's Responses on the wire, for decoding only.

Requests are strict on what we know; what no rule needs stays `Raw` or is skipped. Answers are read
leniently: servers that copy the API leave fields out. Source of the shapes: contract section 2.4,
https://platform.openai.com/docs/api-reference/responses, and recorded traffic.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from turnout.core.conversation import ReasoningEffort
from turnout.core.preferences import Preferences
from turnout.wire.openai_chat import Count, ModelName, NonEmpty, Penalty, Plugin, Raw

Role = Literal["system", "developer", "user", "assistant"]
ABSENT: Final = msgspec.Raw(b"")
"""A `Raw` that was not sent."""

# ── requests, as far as routing looks ───────────────────────────────────────────────────────────


class ItemHead(msgspec.Struct):
    """An item of `input`: messages may go without a type."""

    type: str = "message"
    role: Role | None = None


class ToolHead(msgspec.Struct):
    """A tool as far as it is checked: built-in tools have only a type."""

    type: NonEmpty
    name: NonEmpty | None = None


class AllowedTool(msgspec.Struct):
    """One tool of an allowed_tools choice."""

    type: str = "function"
    name: str | None = None


class Choice(msgspec.Struct):
    """`tool_choice` as an object."""

    type: NonEmpty
    name: NonEmpty | None = None
    mode: Literal["auto", "required"] = "auto"
    tools: list[AllowedTool] = []


class Knob(msgspec.Struct):
    """`reasoning`, with the contract's extensions."""

    effort: ReasoningEffort | None = None
    summary: Literal["auto", "concise", "detailed"] | None = None
    generate_summary: Literal["auto", "concise", "detailed"] | None = None
    max_tokens: Count | None = None
    exclude: bool | None = None
    enabled: bool | None = None


class Format(msgspec.Struct):
    """`text.format`."""

    type: Literal["text", "json_object", "json_schema"]
    name: NonEmpty | None = None
    description: str | None = None
    schema: Raw | msgspec.UnsetType = msgspec.UNSET
    strict: bool | None = None


class TextOptions(msgspec.Struct):
    """`text`."""

    format: Format | None = None
    verbosity: Literal["low", "medium", "high", "xhigh", "max"] | None = None


class ResponsesRequest(msgspec.Struct):
    """POST /responses. None is "unsaid": null and absent mean the same everywhere."""

    input: str | list[ItemHead] | None = None
    instructions: str | None = None
    model: ModelName | None = None
    models: list[ModelName] | None = None
    provider: Preferences | None = None
    plugins: list[Plugin] | None = None
    stream: bool | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    top_k: Annotated[int, Meta(ge=0)] | None = None
    frequency_penalty: Penalty | None = None
    presence_penalty: Penalty | None = None
    stop: str | list[str] | None = None
    max_output_tokens: Count | None = None
    max_tool_calls: Count | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    tools: list[ToolHead] | None = None
    tool_choice: Literal["none", "auto", "required"] | Choice | None = None
    parallel_tool_calls: bool | None = None
    text: TextOptions | None = None
    reasoning: Knob | None = None
    include: list[str] | None = None
    truncation: Literal["auto", "disabled"] | None = None
    modalities: list[Literal["text", "image"]] | None = None
    service_tier: (
        Literal["auto", "default", "fast", "flex", "priority", "scale", "ultrafast"] | None
    ) = None
    metadata: dict[str, str] | None = None
    session_id: Annotated[str, Meta(max_length=256)] | None = None
    prompt_cache_key: str | None = None
    safety_identifier: str | None = None
    user: str | None = None


# ── items in full, decoded only where a translation needs them ───────────────────────────────────


class Sound(msgspec.Struct):
    """Sound as base64."""

    data: str
    format: str | None = None


class InputPart(msgspec.Struct):
    """One content part of a message or of a call's output; `type` says which slots are filled."""

    type: str
    text: str | None = None
    refusal: str | None = None
    image_url: str | None = None
    video_url: str | None = None
    detail: str | None = None
    file_id: str | None = None
    file_url: str | None = None
    file_data: str | None = None
    filename: str | None = None
    input_audio: Sound | None = None


class InputMessage(msgspec.Struct):
    """A message, easy or in full."""

    role: Role
    content: str | list[Raw] = ""


class FunctionCall(msgspec.Struct):
    """An earlier call."""

    call_id: NonEmpty
    name: NonEmpty
    arguments: str = ""


class CustomCall(msgspec.Struct):
    """An earlier call of a tool that takes free text."""

    call_id: NonEmpty
    name: NonEmpty
    input: str = ""


class CallOutput(msgspec.Struct):
    """What came of a call."""

    call_id: NonEmpty
    output: str | list[Raw]


class Words(msgspec.Struct):
    """A part that is only text."""

    text: str = ""


class ThoughtItem(msgspec.Struct):
    """A reasoning item, with the contract's `format` and `signature`."""

    id: str | None = None
    summary: list[Words] | None = None
    content: list[Words] | None = None
    encrypted_content: str | None = None
    format: str | None = None
    signature: str | None = None


class FunctionTool(msgspec.Struct):
    """A function, or a tool that takes free text."""

    name: NonEmpty
    description: str | None = None
    parameters: Raw = ABSENT
    strict: bool | None = None


# ── answers ─────────────────────────────────────────────────────────────────────────────────────


class OutputPart(msgspec.Struct):
    """A part of a message or of thinking."""

    type: str = ""
    text: str | None = None
    refusal: str | None = None
    annotations: list[Raw] | None = None
    logprobs: list[Raw] | None = None


class OutputItem(msgspec.Struct):
    """An item that the model said; which fields there are depends on `type`."""

    type: str = ""
    id: str | None = None
    content: list[OutputPart] | None = None
    summary: list[OutputPart] | None = None
    encrypted_content: str | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    input: str | None = None
    result: str | None = None


class Named(msgspec.Struct):
    """Anything with a type and an id of its own."""

    type: str = ""
    id: str | None = None


class Incomplete(msgspec.Struct):
    """Why an answer was cut."""

    reason: str | None = None


class Answer(msgspec.Struct):
    """The `response` object; its output stays bytes until each item's type is known."""

    id: str | None = None
    status: str | None = None
    output: list[Raw] | None = None
    error: Raw = ABSENT
    incomplete_details: Incomplete | None = None
    service_tier: str | None = None
    usage: Raw = ABSENT


class StreamEvent(msgspec.Struct):
    """One event of a stream; the fields that its type does not have are absent."""

    type: str = ""
    output_index: int = 0
    content_index: int = 0
    summary_index: int = 0
    delta: Raw = ABSENT
    item: Raw = ABSENT
    annotation: Raw = ABSENT
    logprobs: Raw = ABSENT
    response: Raw = ABSENT
    error: Raw = ABSENT
