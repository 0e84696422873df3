"""`/docs`: the documentation as data for the site, and as text for programs."""

import msgspec

from turnout.core.errors import Refusal
from turnout.edge import manual
from turnout.edge.ask import Ask, Reply, reply

_MARKDOWN = "text/markdown; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
_CACHED = (("cache-control", "no-cache"),)


class DocumentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One page in the list of contents."""

    slug: str
    title: str
    section: str
    summary: str


class DocumentList(msgspec.Struct, frozen=True):
    """Every page, in order."""

    pages: list[DocumentRow]


class DocumentListAnswer(msgspec.Struct, frozen=True):
    """See `DocumentList`."""

    data: DocumentList


class DocumentText(msgspec.Struct, frozen=True, kw_only=True):
    """One page."""

    slug: str
    title: str
    markdown: str


class DocumentAnswer(msgspec.Struct, frozen=True):
    """See `DocumentText`."""

    data: DocumentText


async def list_documents(_ask: Ask) -> Reply:
    """The pages of the documentation."""
    rows = [
        DocumentRow(slug=d.slug, title=d.title, section=d.section, summary=d.summary)
        for d in manual.manual().values()
    ]
    return reply(DocumentListAnswer(DocumentList(rows)))


async def get_document(ask: Ask) -> Reply:
    """One page of the documentation."""
    found = _document(ask)
    text = DocumentText(slug=found.slug, title=found.title, markdown=found.markdown)
    return reply(DocumentAnswer(text))


async def document_source(ask: Ask) -> Reply:
    """One page of the documentation as Markdown."""
    return Reply(body=_document(ask).markdown.encode(), content_type=_MARKDOWN, headers=_CACHED)


async def llms_txt(ask: Ask) -> Reply:
    """An overview for language models."""
    return Reply(body=manual.overview(ask.origin).encode(), content_type=_TEXT, headers=_CACHED)


async def llms_full_txt(ask: Ask) -> Reply:
    """The whole documentation for language models."""
    return Reply(body=manual.whole(ask.origin).encode(), content_type=_TEXT, headers=_CACHED)


def _document(ask: Ask) -> manual.Document:
    found = manual.manual().get(ask.path("slug"))
    if found is None:
        raise Refusal("not_found", "There is no such page.", param="slug")
    return found
