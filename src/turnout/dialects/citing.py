"""Citations in the contract's `annotations[]` form; the upstream's own rides along.

Places are counted in code points of the whole visible text. Pages are `url_citation`; what has no
address is a `file_citation`, the form that OpenAI gives to the caller's own files. The upstream's
words are under `native_citation`: a client dialect must not take them for its own.
"""

import msgspec


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """What words rest on.

    Attributes:
        url: Of a page, "" for the caller's own files and results.
        title: Of the page or the file, "" where nobody said.
        quote: The words of the source.
        file_id: What the upstream calls the file.
        index: Its place among the files.
    """

    url: str = ""
    title: str = ""
    quote: str = ""
    file_id: str = ""
    index: int = 0


def annotation(cited: Cited, start: int, end: int, own: msgspec.Raw) -> msgspec.Raw:
    """One item for the words from `start` up to `end`."""
    place: dict[str, object] = {"start_index": start, "end_index": end}
    if cited.url.startswith(("http://", "https://")):
        said = {"url": cited.url, "title": cited.title, "content": cited.quote, **place}
        item: dict[str, object] = {"type": "url_citation", "url_citation": said}
    else:
        said = {
            "file_id": cited.file_id,
            "filename": cited.title,
            "index": cited.index,
            "quote": cited.quote,
            **place,
        }
        item = {"type": "file_citation", "file_citation": said}
    return msgspec.Raw(msgspec.json.encode({**item, "native_citation": own}))
