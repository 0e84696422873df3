"""The words of Bedrock's table: what a client of the contract asks, and what Bedrock must get.

Written by hand from Bedrock's documents. `sent` is a merge over the plain request's body;
`dropped`, `translated` and `emulated` are whole.
"""

from dataclasses import dataclass
from typing import Final

from tests.wire.cases.wire_case import Fields

HAIKU: Final = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
SONNET_3: Final = "anthropic.claude-3-sonnet-20240229-v1:0"
SONNET_4: Final = "us.anthropic.claude-sonnet-4-20250514-v1:0"
SONNET_46: Final = "us.anthropic.claude-sonnet-4-6"
OPUS_47: Final = "global.anthropic.claude-opus-4-7"
SONNET_5: Final = "us.anthropic.claude-sonnet-5"
NOVA: Final = "amazon.nova-pro-v1:0"
NOVA_2: Final = "us.amazon.nova-2-lite-v1:0"
LLAMA: Final = "us.meta.llama4-maverick-17b-instruct-v1:0"
GPT_OSS: Final = "openai.gpt-oss-120b-1:0"
QWEN: Final = "qwen.qwen3-32b-v1:0"
TITAN: Final = "amazon.titan-text-lite-v1"
MISTRAL_OLD: Final = "mistral.mistral-large-2402-v1:0"
R1: Final = "us.deepseek.r1-v1:0"

PNG: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8"
JPEG: Final = "/9j/4AAQSkZJRgABAQAAAQABAAD"
PDF: Final = "JVBERi0xLjQKJQ=="
TXT: Final = "SGVsbG8="


def user(*parts: Fields | str) -> Fields:
    """The user's turn in the contract's words."""
    content = [{"type": "text", "text": one} if isinstance(one, str) else one for one in parts]
    return {"role": "user", "content": content}


def called(
    id_: str = "t1", name: str = "look", arguments: str = '{"q":1}', text: str = ""
) -> Fields:
    """An assistant's turn with one call."""
    function = {"name": name, "arguments": arguments}
    call = {"id": id_, "type": "function", "function": function}
    return {"role": "assistant", "content": text or None, "tool_calls": [call]}


def result(text: str = "found", id_: str = "t1") -> Fields:
    """What came of a call."""
    return {"role": "tool", "tool_call_id": id_, "content": text}


def image(data: str, kind: str = "png") -> Fields:
    """A picture by value."""
    return {"type": "image_url", "image_url": {"url": f"data:image/{kind};base64,{data}"}}


def file(name: str, mime: str, data: str) -> Fields:
    """A file by value."""
    url = f"data:{mime};base64,{data}"
    return {"type": "file", "file": {"filename": name, "file_data": url}}


def tool(name: str = "look", **more: object) -> Fields:
    """A tool in the contract's words."""
    function: Fields = {"name": name, "parameters": {"type": "object", "properties": {}}}
    return {"type": "function", "function": function, **more}


def spec(name: str = "look", **more: object) -> Fields:
    """A tool in Bedrock's."""
    schema: Fields = {"json": {"type": "object", "properties": {}}}
    return {"toolSpec": {"name": name, **more, "inputSchema": schema}}


def says(role: str, *blocks: Fields | str) -> Fields:
    """A message in Bedrock's words."""
    return {"role": role, "content": [{"text": b} if isinstance(b, str) else b for b in blocks]}


def use(id_: str = "t1", name: str = "look", **input_: object) -> Fields:
    """A call in Bedrock's words."""
    return {"toolUse": {"toolUseId": id_, "name": name, "input": input_}}


def came(*blocks: Fields | str, id_: str = "t1", status: str = "success") -> Fields:
    """A result in Bedrock's words."""
    content = [{"text": b} if isinstance(b, str) else b for b in blocks]
    return {"toolResult": {"toolUseId": id_, "content": content, "status": status}}


CACHE: Final[Fields] = {"cache_control": {"type": "ephemeral"}}
HOUR: Final[Fields] = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
POINT: Final[Fields] = {"cachePoint": {"type": "default"}}
SCHEMA: Final = (
    '{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}'
)
BOUNDED: Final[Fields] = {
    "type": "object",
    "properties": {
        "minimum": {"type": "integer", "minimum": 1, "maximum": 9, "description": "How many"},
        "b": {"type": "array", "items": {"type": "object", "properties": {}}},
    },
}
BOUNDED_SENT: Final = (
    '{"type":"object","properties":{"minimum":{"type":"integer","description":"How many'
    ' (minimum=1, maximum=9)"},"b":{"type":"array","items":{"type":"object","properties":{},'
    '"additionalProperties":false}}},"additionalProperties":false}'
)
CLOSED: Final[Fields] = {"additionalProperties": False, "type": "object", "properties": {}}
ASKED_SCHEMA: Final[Fields] = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "schema": {"type": "object", "properties": {"a": {"type": "integer"}}},
    },
}
LOOK: Final[Fields] = {"tools": [tool()]}
LOOKS: Final[Fields] = {"tools": [spec()]}


@dataclass(frozen=True)
class Bedrock:
    """One request, both sides."""

    id: str
    model: str
    request: Fields
    sent: Fields
    dropped: tuple[str, ...] = ()
    translated: tuple[str, ...] = ()
    emulated: tuple[str, ...] = ()
    path: str | None = None


HI: Final[list[Fields]] = [says("user", "hi")]
