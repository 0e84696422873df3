"""Shapes of OpenAI's Chat Completions on the wire, for decoding only.

Requests are strict on what we know. What no rule needs stays `Raw` or is skipped; what we do not
know is not here at all and rides along as bytes. Ranges: contract section 7. Source of the shapes:
https://openrouter.ai/docs/api-reference and https://platform.openai.com/docs/api-reference/chat.
"""

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from turnout.core.conversation import ReasoningEffort
from turnout.core.preferences import Preferences
from turnout.core.types import Modality

Role = Literal["system", "developer", "user", "assistant", "tool", "function"]
Raw: TypeAlias = msgspec.Raw
"""JSON as it was sent; UNSET when it was not. (The codec knows no "raw or null".)"""
NonEmpty = Annotated[str, Meta(min_length=1)]
ModelName = Annotated[str, Meta(min_length=1, max_length=256)]
"""Beyond any real one; an error may repeat it, and a record keeps it."""
Unit = Annotated[float, Meta(ge=0, le=1)]
Penalty = Annotated[float, Meta(ge=-2, le=2)]
Count = Annotated[int, Meta(ge=1)]
CacheTtl = Literal["5m", "1h"]
SPOKEN_CHOICES = ("none", "auto", "required")


class Spoken(msgspec.Struct):
    """A message as far as routing looks: who speaks. The rest is skipped, not copied."""

    role: Role


class CacheControl(msgspec.Struct):
    """A prompt-cache breakpoint."""

    type: Literal["ephemeral"] = "ephemeral"
    ttl: CacheTtl | None = None


class ReasoningKnob(msgspec.Struct):
    """The `reasoning` object."""

    effort: ReasoningEffort | None = None
    max_tokens: Count | None = None
    exclude: bool | None = None
    enabled: bool | None = None
    summary: Literal["auto", "concise", "detailed"] | None = None


class FunctionName(msgspec.Struct):
    """The one thing of a function that must be there."""

    name: NonEmpty


class ToolHead(msgspec.Struct):
    """A tool as far as it is checked: server tools have only a type, some clients send none."""

    type: NonEmpty = "function"
    function: FunctionName | None = None


class NamedChoice(msgspec.Struct):
    """`tool_choice` as an object."""

    type: NonEmpty
    function: FunctionName | None = None


class JsonSchema(msgspec.Struct):
    """The `json_schema` of a response format."""

    name: NonEmpty
    description: str | None = None
    schema: Raw | msgspec.UnsetType = msgspec.UNSET
    strict: bool | None = None


class ResponseFormat(msgspec.Struct):
    """`response_format`."""

    type: Literal["text", "json_object", "json_schema", "grammar", "python"]
    json_schema: JsonSchema | None = None
    grammar: str | None = None


class StreamOptions(msgspec.Struct):
    """`stream_options`; include_usage is a no-op since usage is always sent."""

    include_usage: bool | None = None


class Plugin(msgspec.Struct):
    """One plugin: named by its id, the rest is its own."""

    id: NonEmpty
    enabled: bool | None = None


class ChatRequest(msgspec.Struct):
    """POST /chat/completions. None is "unsaid": null and absent mean the same everywhere."""

    messages: list[Spoken] | None = None
    prompt: Raw | msgspec.UnsetType = msgspec.UNSET
    model: ModelName | None = None
    models: list[ModelName] | None = None
    provider: Preferences | None = None
    route: str | None = None
    transforms: list[str] | None = None
    plugins: list[Plugin] | None = None
    preset: str | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(gt=0, le=1)] | None = None
    top_k: Annotated[int, Meta(ge=0)] | None = None
    min_p: Unit | None = None
    top_a: Unit | None = None
    frequency_penalty: Penalty | None = None
    presence_penalty: Penalty | None = None
    repetition_penalty: Annotated[float, Meta(gt=0, le=2)] | None = None
    seed: int | None = None
    max_tokens: Count | None = None
    max_completion_tokens: Count | None = None
    n: Annotated[int, Meta(ge=1, le=128)] | None = None
    stop: str | Annotated[list[str], Meta(max_length=4)] | None = None
    logit_bias: dict[str, Annotated[float, Meta(ge=-100, le=100)]] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    tools: list[ToolHead] | None = None
    tool_choice: Literal["none", "auto", "required"] | NamedChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    reasoning: ReasoningKnob | None = None
    reasoning_effort: ReasoningEffort | None = None
    include_reasoning: bool | None = None
    verbosity: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    modalities: list[Literal["text", "image", "audio"]] | None = None
    service_tier: (
        Literal["auto", "default", "fast", "flex", "priority", "scale", "ultrafast"] | None
    ) = None
    metadata: (
        Annotated[
            dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=512)]],
            Meta(max_length=16),
        ]
        | None
    ) = None
    session_id: Annotated[str, Meta(max_length=256)] | None = None
    prompt_cache_key: str | None = None
    user: str | None = None


# ── messages in full, decoded only where a rule or a translation needs them ──────────────────────


class ImageUrl(msgspec.Struct):
    """An image by address or data URL."""

    url: str
    detail: str | None = None


class InputAudio(msgspec.Struct):
    """Sound as base64."""

    data: str
    format: str | None = None


class VideoUrl(msgspec.Struct):
    """Video by address or data URL."""

    url: str


class FileRef(msgspec.Struct):
    """A file by value (data URL), address or id."""

    file_data: str | None = None
    file_id: str | None = None
    filename: str | None = None


class ContentPart(msgspec.Struct):
    """One content part; `type` says which slot is filled."""

    type: str
    text: str | None = None
    refusal: str | None = None
    image_url: ImageUrl | str | None = None
    input_audio: InputAudio | None = None
    video_url: VideoUrl | str | None = None
    input_video: VideoUrl | str | None = None
    file: FileRef | None = None
    cache_control: CacheControl | None = None


class CalledFunction(msgspec.Struct):
    """What an earlier call called."""

    name: str
    arguments: str | None = None


class EarlierCall(msgspec.Struct):
    """A tool call of an earlier turn."""

    id: str
    function: CalledFunction


class Detail(msgspec.Struct):
    """One of `reasoning_details`."""

    type: str
    text: str | None = None
    summary: str | None = None
    data: str | None = None
    signature: str | None = None
    format: str | None = None
    id: str | None = None
    index: Annotated[int, Meta(ge=0, le=65_535)] | None = None


class FullMessage(msgspec.Struct):
    """A message with everything the internal form has a slot for; `content` parts stay bytes."""

    role: Role
    content: str | list[Raw] | None = None
    name: str | None = None
    refusal: str | None = None
    tool_calls: list[Raw] | None = None
    tool_call_id: str | None = None
    function_call: CalledFunction | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None
    reasoning_details: list[Raw] | None = None
    cache_control: CacheControl | None = None


class FunctionTool(msgspec.Struct):
    """The function of a tool."""

    name: str
    description: str | None = None
    parameters: Raw | msgspec.UnsetType = msgspec.UNSET
    strict: bool | None = None


class FullTool(msgspec.Struct):
    """A tool with its function; None for server tools."""

    type: str = "function"
    function: FunctionTool | None = None
    cache_control: CacheControl | None = None


class Typed(msgspec.Struct):
    """Anything with a type: how parts are told apart before they are decoded."""

    type: str = ""


class MessageParts(msgspec.Struct):
    """A message as far as its modalities: only the parts' types."""

    content: str | list[Typed] | None = None


MODALITY_OF_PART: dict[str, Modality] = {
    "image_url": "image",
    "input_audio": "audio",
    "video_url": "video",
    "input_video": "video",
    "file": "file",
}
