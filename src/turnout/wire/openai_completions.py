"""Shapes of OpenAI's legacy Completions on the wire, for decoding only.

Source: https://platform.openai.com/docs/api-reference/completions and contract section 1 (the same
body as chat, with `prompt` instead of `messages`).
"""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from turnout.core.conversation import ReasoningEffort
from turnout.core.preferences import Preferences
from turnout.wire.openai_chat import (
    Count,
    ModelName,
    Penalty,
    Plugin,
    ReasoningKnob,
    StreamOptions,
    Unit,
)

Prompt: TypeAlias = str | list[str | int | list[int]]
"""Text, texts, tokens, or lists of tokens; a list holds one kind of them."""


class CompletionRequest(msgspec.Struct):
    """POST /completions. None is "unsaid": null and absent mean the same everywhere."""

    prompt: Prompt
    model: ModelName | None = None
    models: list[ModelName] | None = None
    provider: Preferences | None = None
    plugins: list[Plugin] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    suffix: str | None = None
    echo: bool | None = None
    best_of: Annotated[int, Meta(ge=0, le=20)] | None = None
    n: Annotated[int, Meta(ge=1, le=128)] | None = None
    logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
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
    stop: str | Annotated[list[str], Meta(max_length=4)] | None = None
    logit_bias: dict[str, Annotated[float, Meta(ge=-100, le=100)]] | None = None
    reasoning: ReasoningKnob | None = None
    reasoning_effort: ReasoningEffort | None = None
    include_reasoning: bool | None = None
    session_id: Annotated[str, Meta(max_length=256)] | None = None
    user: str | None = None


class TopLogprob(msgspec.Struct):
    """One alternative of a token, in chat's form."""

    token: str
    logprob: float


class TokenLogprob(msgspec.Struct):
    """One token, in chat's form."""

    token: str
    logprob: float
    top_logprobs: list[TopLogprob] = []


class ChatLogprobs(msgspec.Struct):
    """Chat's `logprobs`, from which ours are made."""

    content: list[TokenLogprob] | None = None
