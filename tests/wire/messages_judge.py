"""What a message says, read by Anthropic's own SDK, and in one comparable form.

The SDK gets the bytes from a transport in memory; nothing of the gateway's code reads them here.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias, cast

import httpx2 as httpx
from anthropic import Anthropic
from anthropic.types.beta import BetaMessage

Fields: TypeAlias = dict[str, Any]

_TOLD: Final = ("text", "thinking", "redacted_thinking", "tool_use")


def told(body: bytes, *, streamed: bool) -> Fields:
    """The message that a client of the official SDK ends up with."""

    def answer(_request: httpx.Request) -> httpx.Response:
        kind = "text/event-stream" if streamed else "application/json"
        return httpx.Response(200, content=body, headers={"content-type": kind})

    transport = httpx.MockTransport(answer)
    with Anthropic(
        api_key="k", base_url="http://m.test", http_client=httpx.Client(transport=transport)
    ) as client:
        asked: Any = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "a"}]}
        if not streamed:
            message = cast("BetaMessage", client.beta.messages.create(**asked))
            return message.to_dict()
        with client.beta.messages.stream(**asked) as stream:
            return stream.get_final_message().to_dict()


def blocks(message: Fields) -> list[Fields]:
    """Its content, without the SDK's own additions."""
    found = cast("list[Fields]", message["content"])
    return [_plain(block) for block in found]


def _plain(block: Fields) -> Fields:
    kept = {name: value for name, value in block.items() if value is not None}
    if kept.get("citations") == []:
        del kept["citations"]
    return kept


def words(message: Fields) -> Fields:
    """What the internal form knows of it: text, thoughts with their seals, calls, citations."""
    said: Fields = {"text": "", "citations": [], "thoughts": [], "calls": []}
    for block in blocks(message):
        match block["type"]:
            case "text":
                said["text"] += block["text"]
                said["citations"] += block.get("citations", [])
            case "thinking":
                said["thoughts"].append((block["thinking"], block.get("signature") or ""))
            case "redacted_thinking":
                said["thoughts"].append(block["data"])
            case "tool_use":
                said["calls"].append((block["id"], block["name"], block["input"]))
            case _:
                pass
    return said


def kinds(message: Fields) -> Iterator[str]:
    """The kinds of block that the internal form knows, in order, runs of text as one."""
    last = ""
    for block in blocks(message):
        kind = block["type"]
        if kind in _TOLD and not (kind == last == "text") and block.get("text") != "":
            yield kind
            last = kind


def counts(message: Fields) -> Mapping[str, int]:
    """The counts of its usage; absent ones are 0."""
    usage = cast("Fields", message["usage"])
    names = (
        "input_tokens",
        "output_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
    )
    return {name: usage.get(name) or 0 for name in names}
