"""What an answer rests on, as the contract's `annotations`; byte offsets become code points."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from turnout.dialects.citing import Cited, annotation
from turnout.wire.gemini import (
    Citation,
    CitationMetadata,
    GroundingMetadata,
    GroundingSupport,
    Segment,
)

_GROUNDING: Final = msgspec.json.Decoder(GroundingMetadata)
_CITED: Final = msgspec.json.Decoder(CitationMetadata)
_NULL: Final = msgspec.Raw(b"null")


class Source(msgspec.Struct, frozen=True):
    """What a stretch of the answer rests on, in code points; 0, 0 for all of it."""

    cited: Cited
    start: int = 0
    end: int = 0

    def item(self) -> msgspec.Raw:
        """As the contract has it, with Google's own beside it."""
        own = {"uri": self.cited.url, "title": self.cited.title}
        return annotation(self.cited, self.start, self.end, msgspec.Raw(msgspec.json.encode(own)))


class Grounding(msgspec.Struct, frozen=True):
    """What one piece of an answer says of its sources."""

    sources: tuple[Source, ...] = ()
    queries: tuple[str, ...] = ()


NO_GROUNDING: Final = Grounding()


def grounding_of(raw: msgspec.Raw, parts: Sequence[str]) -> Grounding:
    """Sources and search queries; nothing for what is not of the known shape.

    Args:
        raw: `groundingMetadata`.
        parts: The visible texts so far: one for each part of a whole answer, one for a stream.
    """
    if raw == _NULL:
        return NO_GROUNDING
    try:
        told = _GROUNDING.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return NO_GROUNDING
    pages = _pages(told)
    sources: list[Source] = []
    used: set[int] = set()
    for support in told.grounding_supports or ():
        start, end = _stretch(support.segment or Segment(), parts)
        for place in _places(support, len(pages)):
            used.add(place)
            if (page := pages[place]) is not None:
                sources.append(Source(page, start, end))
    for place, page in enumerate(pages):
        if place not in used and page is not None:
            sources.append(Source(page))
    return Grounding(tuple(dict.fromkeys(sources)), tuple(told.web_search_queries or ()))


def citations_of(raw: msgspec.Raw, parts: Sequence[str]) -> tuple[Source, ...]:
    """Sources of `citationMetadata`: texts that the answer repeats."""
    if raw == _NULL:
        return ()
    try:
        told = _CITED.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return ()
    cited = (*(told.citation_sources or ()), *(told.citations or ()))
    return tuple(_cited(one, parts) for one in cited if one.uri)


def _cited(one: Citation, parts: Sequence[str]) -> Source:
    segment = Segment(start_index=one.start_index, end_index=one.end_index)
    start, end = _stretch(segment, ("".join(parts),))
    return Source(Cited(url=one.uri or "", title=one.title or ""), start, end)


def _pages(told: GroundingMetadata) -> list[Cited | None]:
    """In their order; None for a chunk that names neither page nor file."""
    pages: list[Cited | None] = []
    for place, chunk in enumerate(told.grounding_chunks or ()):
        web, file = chunk.web, chunk.retrieved_context
        if web is not None and web.uri:
            pages.append(Cited(url=web.uri, title=web.title or web.uri))
        elif file is not None:
            name = file.file_search_store or ""
            title, quote = file.title or name, file.text or ""
            pages.append(
                Cited(url=file.uri or "", title=title, quote=quote, file_id=name, index=place)
            )
        else:
            pages.append(None)
    return pages


def _places(support: GroundingSupport, count: int) -> Iterator[int]:
    return (place for place in support.grounding_chunk_indices or () if 0 <= place < count)


def _stretch(segment: Segment, parts: Sequence[str]) -> tuple[int, int]:
    """The code points of a stretch in the whole text.

    The bytes are counted in one part. Where they do not hold the words that the segment repeats
    (a stream's parts are one to us) the words themselves are looked for.
    """
    if not parts:
        return 0, 0
    part = segment.part_index or 0
    part = part if 0 <= part < len(parts) else 0
    before = sum(len(text) for text in parts[:part])
    data = parts[part].encode(errors="surrogatepass")
    start = len(data[: max(0, segment.start_index or 0)].decode(errors="ignore"))
    end = len(data[: max(0, segment.end_index or 0)].decode(errors="ignore"))
    if not segment.text or parts[part][start:end] == segment.text:
        return before + start, before + max(start, end)
    found = "".join(parts).find(segment.text)
    if found < 0:
        return before + start, before + max(start, end)
    return found, found + len(segment.text)
