"""The documentation that the gateway serves: the pages of docs/, which the wheel carries along."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import msgspec

import turnout

FOLDER: Final = "manual"
"""In the package, where a wheel puts docs/ (see pyproject.toml)."""

_SECTIONS: Final[Mapping[str, str]] = {
    "": "Start",
    "howto": "How to",
    "explain": "Explained",
    "reference": "Reference",
    "adr": "Decisions",
}
"""Folders of docs/ in the order in which they are listed."""
_TITLE: Final = re.compile(r"^# (.+)$", re.MULTILINE)
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK: Final = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_SUMMARY_CHARS: Final = 200


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One page.

    Attributes:
        slug: Its path in docs/ without ".md": "howto/operate".
        summary: Its first sentences, without markup.
    """

    slug: str
    title: str
    section: str
    summary: str
    markdown: str


@cache
def manual() -> Mapping[str, Document]:
    """Every page by its slug, in the order in which they are listed; read once."""
    root = files("turnout").joinpath(FOLDER)
    if not root.is_dir():  # an editable install: the repository is around the package
        root = Path(turnout.__file__).parents[2] / "docs"
    return read(root) if root.is_dir() else {}


def read(root: Traversable) -> Mapping[str, Document]:
    """The pages of a folder; what stands in a folder of no section is left out."""
    found: dict[str, Document] = {}
    for folder, section in _SECTIONS.items():
        place = root.joinpath(folder) if folder else root
        if not place.is_dir():
            continue
        for entry in sorted(place.iterdir(), key=lambda one: one.name):
            if entry.name.endswith(".md"):
                name = entry.name.removesuffix(".md")
                slug = f"{folder}/{name}" if folder else name
                found[slug] = document(slug, section, entry.read_text(encoding="utf-8"))
    return found


def document(slug: str, section: str, markdown: str) -> Document:
    """A page from its text."""
    title = _TITLE.search(markdown)
    return Document(
        slug=slug,
        title=title[1].strip() if title is not None else slug,
        section=section,
        summary=next(_paragraphs(markdown), ""),
        markdown=markdown,
    )


def _paragraphs(markdown: str) -> Iterator[str]:
    for block in _COMMENT.sub("", markdown).split("\n\n"):
        text = " ".join(block.split())
        if text and text[0] not in "#|`-*<>" and not text[0].isdigit():
            plain = _LINK.sub(r"\1", text).replace("`", "").replace("**", "")
            if len(plain) > _SUMMARY_CHARS:
                plain = plain[:_SUMMARY_CHARS].rpartition(" ")[0] + " …"
            yield plain


# ── for language models ─────────────────────────────────────────────────────────────────────────

_INTRODUCTION: Final = """\
# Turnout

> The LLM router that people own: one OpenAI-compatible endpoint in front of every provider.

The API is below {origin}/api/v1 and speaks OpenAI's chat completions, completions, responses and
embeddings, Anthropic's messages, and rerank; {origin}/openapi.json describes all of it. A key goes
into `Authorization: Bearer`. Models are named "author/slug".
"""


def overview(origin: str) -> str:
    """`/llms.txt`: every page in a line; see llmstxt.org for the form."""
    lines = [_INTRODUCTION.format(origin=origin)]
    for section in _SECTIONS.values():
        pages = [page for page in manual().values() if page.section == section]
        if pages:
            lines.append(f"## {section}\n")
            lines += [
                f"- [{page.title}]({origin}/docs/{page.slug}.md): {page.summary}" for page in pages
            ]
            lines.append("")
    return "\n".join(lines)


def whole(origin: str) -> str:
    """`/llms-full.txt`: the text of every page, one after the other; decisions are left out."""
    pages = [page.markdown for page in manual().values() if page.section != _SECTIONS["adr"]]
    return "\n\n".join([_INTRODUCTION.format(origin=origin), *pages])
