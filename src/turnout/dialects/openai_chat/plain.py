"""The common chunk of a stream, more words, read in few steps; None for every other.

Equal to what the general reading makes of it, which a property test holds.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from turnout.dialects.events import TextDelta


class _Delta(msgspec.Struct):
    """Whatever else would say something must be null; what nobody reads is skipped."""

    content: Annotated[str, Meta(min_length=1)]
    reasoning: None = None
    reasoning_content: None = None
    reasoning_details: None = None
    refusal: None = None
    images: None = None
    audio: None = None
    annotations: None = None
    tool_calls: None = None
    function_call: None = None


class _Choice(msgspec.Struct):
    delta: _Delta
    index: Annotated[int, Meta(ge=0, le=65_535)] = 0
    logprobs: None = None
    finish_reason: None = None
    usage: None = None
    error: None = None


class _Chunk(msgspec.Struct):
    choices: tuple[_Choice]
    usage: None = None
    error: None = None


_CHUNK: Final = msgspec.json.Decoder(_Chunk)


def plain(body: bytes) -> TextDelta | None:
    """The words, None where there is more to the chunk or it is not of the shape."""
    try:
        choice = _CHUNK.decode(body).choices[0]
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return TextDelta(choice.delta.content, choice.index)
