"""Puts annotations on an answer: results that were searched for it, files that were read for it."""

from collections.abc import Iterable, Sequence

import msgspec

from turnout.dialects.adapter import EventFilter
from turnout.dialects.events import Annotations, Event, Finish, TextDelta


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """A web page that stood in the prompt."""

    url: str
    title: str
    content: str = ""


class Citing(msgspec.Struct, frozen=True):
    """Adds annotations before the end of the first choice.

    Attributes:
        pages: Each becomes a `url_citation`, with the place where the answer links to it.
        others: Annotations as they are.
    """

    pages: tuple[Cited, ...] = ()
    others: tuple[msgspec.Raw, ...] = ()

    def filter(self) -> EventFilter:
        """See Undo."""
        return _Citing(self)


class _Citing:
    """Listens to the words, and speaks once, before the finish."""

    def __init__(self, citing: Citing) -> None:
        self._citing: Citing | None = citing
        self._words: list[str] = []

    def feed(self, event: Event) -> Iterable[Event]:
        match event:
            case TextDelta(text=text, choice=0):
                if self._citing is not None and self._citing.pages:
                    self._words.append(text)
                return (event,)
            case Finish(choice=0):
                return (*self._annotations(), event)
            case _:
                return (event,)

    def end(self) -> Iterable[Event]:
        return self._annotations()

    def _annotations(self) -> Iterable[Event]:
        citing, self._citing = self._citing, None
        if citing is None:
            return ()
        items = (*citations(citing.pages, "".join(self._words)), *citing.others)
        return (Annotations(items),) if items else ()


def citations(pages: Sequence[Cited], text: str) -> tuple[msgspec.Raw, ...]:
    """The contract's annotations; places are code points, 0 to 0 for a page without a link.

    A markdown link "[…](url)" counts as a whole, a bare address by itself.
    """
    return tuple(_citation(page, *_place(page.url, text)) for page in pages)


def _citation(page: Cited, start: int, end: int) -> msgspec.Raw:
    inner: dict[str, str | int] = {
        "url": page.url,
        "title": page.title,
        "start_index": start,
        "end_index": end,
    }
    if page.content:
        inner["content"] = page.content
    return msgspec.Raw(msgspec.json.encode({"type": "url_citation", "url_citation": inner}))


def _place(url: str, text: str) -> tuple[int, int]:
    at = text.find(url)
    if at < 0:
        return 0, 0
    end = at + len(url)
    if text[max(0, at - 2) : at] == "](" and text[end : end + 1] == ")":
        start = text.rfind("[", 0, at)
        if start >= 0:
            return start, end + 1
    return at, end
