"""Shapes of Ollama's /api/chat on the wire, for decoding only; what we do not know is skipped.

Source: docs.ollama.com/api/chat and recorded traffic (read 2026-11).
"""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

Raw: TypeAlias = msgspec.Raw
Count = Annotated[int, Meta(ge=0, le=2**53)]


class Function(msgspec.Struct):
    """What is called; the arguments are an object."""

    name: str = ""
    arguments: Raw | UnsetType = UNSET


class ToolCall(msgspec.Struct):
    """A call, always whole; older servers give it no id."""

    id: str | None = None
    function: Function | None = None


class Message(msgspec.Struct):
    """The answer's message, or more of it."""

    content: str | None = None
    thinking: str | None = None
    tool_calls: list[ToolCall] | None = None


class Answer(msgspec.Struct):
    """A whole answer, or one line of a stream; `done` marks the last, with the counts."""

    model: str = ""
    created_at: str = ""
    message: Message | None = None
    done: bool = False
    done_reason: str | None = None
    prompt_eval_count: Count | None = None
    eval_count: Count | None = None
    logprobs: list[Raw] | None = None
    error: Raw | UnsetType = UNSET


class Listed(msgspec.Struct):
    """One model."""

    name: str


class Tags(msgspec.Struct):
    """GET /api/tags."""

    models: list[Listed]
