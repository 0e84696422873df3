"""What a client of chat asks, and what Anthropic must receive: written from its documentation."""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

from tests.wire.cases.wire_case import Fields

SONNET_45: Final = "claude-sonnet-4-5-20250929"
OPUS_47: Final = "claude-opus-4-7"
SONNET_46: Final = "claude-sonnet-4-6"
SONNET_5: Final = "claude-sonnet-5"
HAIKU_35: Final = "claude-3-5-haiku-20241022"

HI: Final[list[Fields]] = [{"role": "user", "content": "hi"}]
SCHEMA: Final[Fields] = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}}}
TOOL: Final[Fields] = {
    "type": "function",
    "function": {"name": "look", "description": "Looks", "parameters": {"type": "object"}},
}
LOOK: Final[Fields] = {
    "name": "look",
    "description": "Looks",
    "input_schema": {"type": "object"},
}
EPHEMERAL: Final[Fields] = {"type": "ephemeral"}
AGAIN: Final = blake2b(b"call_1/2", digest_size=32).hexdigest()[:32]
"""The id of the second call of that name."""


def text(words: str, **more: Any) -> Fields:
    """A text block."""
    return {"type": "text", "text": words, **more}


def called(number: int, arguments: str = '{"x":1}', name: str = "look") -> Fields:
    """A call of an earlier turn."""
    return {
        "id": f"call_{number}",
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def use(number: int, given: Fields | None = None, name: str = "look") -> Fields:
    """The same as a block."""
    given = {"x": 1} if given is None else given
    return {"type": "tool_use", "id": f"call_{number}", "name": name, "input": given}


def result(number: int, content: Any, **more: Any) -> Fields:
    """A result as a block."""
    return {"type": "tool_result", "tool_use_id": f"call_{number}", "content": content, **more}


@dataclass(frozen=True)
class Lowering:
    """One request, both sides of the gateway.

    Attributes:
        asked: The client's body without its model; `messages` is HI when it has none.
        sent: The upstream's, without its model; `messages` as above, `max_tokens` 1000.
    """

    id: str
    asked: Fields
    sent: Fields
    model: str = SONNET_45
    dropped: set[str] = field(default_factory=set[str])
    translated: set[str] = field(default_factory=set[str])
    emulated: set[str] = field(default_factory=set[str])
