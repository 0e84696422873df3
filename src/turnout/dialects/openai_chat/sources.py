"""What a searching model read, as the contract's annotations.

Source: docs.perplexity.ai/api-reference/chat-completions-post, and recorded traffic.
"""

from collections.abc import Mapping
from typing import Final

import msgspec


class _Result(msgspec.Struct):
    url: str
    title: str | None = None
    snippet: str | None = None


_RESULTS: Final = msgspec.json.Decoder(list[_Result] | None)
_ADDRESSES: Final = msgspec.json.Decoder(list[str] | None)
_NULL: Final = msgspec.Raw(b"null")


def sources(fields: Mapping[str, msgspec.Raw]) -> tuple[msgspec.Raw, ...]:
    """`search_results`, or the bare `citations`; () for none and for what has another form.

    Where in the text each is meant is told by the model's own "[1]" and by nothing else.
    """
    try:
        found = _RESULTS.decode(fields.get("search_results", _NULL)) or [
            _Result(url) for url in _ADDRESSES.decode(fields.get("citations", _NULL)) or ()
        ]
    except (msgspec.DecodeError, RecursionError):
        return ()
    return tuple(_citation(one) for one in found)


def _citation(result: _Result) -> msgspec.Raw:
    inner: dict[str, str | int] = {
        "url": result.url,
        "title": result.title or result.url,
        "start_index": 0,
        "end_index": 0,
    }
    if result.snippet:
        inner["content"] = result.snippet
    return msgspec.Raw(msgspec.json.encode({"type": "url_citation", "url_citation": inner}))
