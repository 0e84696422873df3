"""Citations both ways: Anthropic cites for each text block, the contract by places in the text.

The upstream's own citation rides in the annotation as `citation`, so that nothing of it is lost.
Places are counted in code points of the whole visible text. Source: recorded traffic.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from turnout.wire.anthropic_messages import Cited

_CITED: Final = msgspec.json.Decoder(Cited)


class _UrlCitation(msgspec.Struct):
    url: str = ""
    title: str | None = None
    content: str | None = None


class _Annotation(msgspec.Struct):
    type: str = ""
    url_citation: _UrlCitation | None = None
    citation: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_ANNOTATION: Final = msgspec.json.Decoder(_Annotation)


def annotations(citations: Iterable[msgspec.Raw], start: int, end: int) -> tuple[msgspec.Raw, ...]:
    """The contract's annotations for citations of the block between these places."""
    return tuple(_annotation(raw, start, end) for raw in citations)


def _annotation(raw: msgspec.Raw, start: int, end: int) -> msgspec.Raw:
    try:
        cited = _CITED.decode(raw)
    except msgspec.DecodeError:
        cited = Cited()
    place: dict[str, object] = {"start_index": start, "end_index": end}
    url = cited.url or (cited.source if cited.type == "search_result_location" else None)
    if url:
        said = {"url": url, "title": cited.title or "", "content": cited.cited_text or "", **place}
        item: dict[str, object] = {"type": "url_citation", "url_citation": said}
    else:
        said = {
            "file_id": cited.file_id or "",
            "filename": cited.document_title or cited.title or "",
            "index": cited.document_index or 0,
            "quote": cited.cited_text or "",
            **place,
        }
        item = {"type": "file_citation", "file_citation": said}
    return msgspec.Raw(msgspec.json.encode({**item, "citation": raw}))


def citation(item: msgspec.Raw) -> msgspec.Raw | None:
    """An annotation as the dialect cites: its own, or a search result's; None otherwise."""
    try:
        told = _ANNOTATION.decode(item)
    except msgspec.DecodeError:
        return None
    if isinstance(told.citation, msgspec.Raw):
        return told.citation
    found = told.url_citation
    if found is None or not found.url:
        return None
    written = {
        "type": "web_search_result_location",
        "url": found.url,
        "title": found.title,
        "cited_text": found.content or "",
        "encrypted_index": "",
    }
    return msgspec.Raw(msgspec.json.encode(written))
