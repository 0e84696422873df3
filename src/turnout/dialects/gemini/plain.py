"""The common piece of a stream, words and counts, read in few steps; None for every other.

Equal to what the general reading makes of it, which a property test holds.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=0, le=2**53)]


class _Strict(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Anything more makes a piece uncommon."""


class _Words(_Strict):
    text: Annotated[str, Meta(min_length=1)]


class _Content(_Strict):
    parts: tuple[_Words]
    role: str = ""


class _Candidate(_Strict):
    content: _Content
    index: Literal[0] = 0


class _Texts(_Strict):
    modality: Literal["TEXT"]
    token_count: Count


class _Counts(_Strict):
    candidates_token_count: Count
    prompt_token_count: Annotated[int, Meta(ge=1, le=2**53)]
    total_token_count: Count = 0
    thoughts_token_count: Count = 0
    prompt_tokens_details: list[_Texts] = []
    candidates_tokens_details: list[_Texts] = []
    service_tier: str = ""
    traffic_type: str = ""


class Plain(_Strict):
    """One piece: words of the first candidate, and the counts so far."""

    candidates: tuple[_Candidate]
    usage_metadata: _Counts
    response_id: str = ""
    model_version: str = ""
    create_time: str = ""

    @property
    def text(self) -> str:
        """The words."""
        return self.candidates[0].content.parts[0].text


_PLAIN: Final = msgspec.json.Decoder(Plain)


def plain(body: bytes) -> Plain | None:
    """The piece, None where it is more than that or not of the shape."""
    try:
        return _PLAIN.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
