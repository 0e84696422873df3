"""The canonical slugs, and which of them a host's name means.

The slugs are those that clients of the contract already use, as the listings in OpenRouter's own
vocabulary spell them; models that only a maker or an open-weights host lists are added under
`author/name`. A name leads to a slug by the first of its readings that is known (see `names`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import msgspec

from turnout.catalog.names import Reading, literal, loose, readings
from turnout.catalog.sources.overlay import Aliases
from turnout.catalog.sources.rows import Row
from turnout.core.types import Unpriced

_NOT_CHAT: Final = re.compile(
    r"whisper|transcri|[-_]asr|asr[-_]|tts|realtime|[-_]live|lyria|dall-e|imagen|sora|veo|flux|recraft"
    r"|imagine|gpt-image|image-edit|qwen-image|chatgpt-image|orpheus|voxtral-mini|stable-|sdxl|fal-ai|wan2|diffusion"
    r"|cosmos|esm|gliner|speaker|paligemma|moderation|ocr|voice|decider|realtime|prompt-guard|translate"
    r"|bevformer|rerank|parakeet|canary|retriever|bge-|e5-|gte-|minilm|mpnet|indictrans|m2m100|distilbert"
    r"|^auto$|model-router|^ft:|\.ft-|sparsedrive|streampetr|usd|studio"
)
_RULES: Final = frozenset({"openrouter", "switchpoint", "kilo-auto", "kilo"})  # routers, not models
_DOTTED: Final = re.compile(r"^([a-z0-9]{2,})\.([a-z].*)$")  # "qwen.qwen3-32b", as Amazon writes
_FOLDERS: Final = frozenset({"models", "routers"})  # parts of a path, nobody's name


class Match(msgspec.Struct, frozen=True):
    """A slug, what the name said beyond it, and how far the name was bent (0 is literal)."""

    slug: str
    flavour: str
    rank: int


def is_chat(name: str) -> bool:
    """A model that answers messages or embeds text, as far as its name tells."""
    return _NOT_CHAT.search(name.lower()) is None


class Spine:
    """The known slugs by key; grows while sources are read, then only answers."""

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases
        self._keys: dict[str, str] = {}
        self._loose: defaultdict[str, set[str]] = defaultdict(set)

    def slugs(self) -> frozenset[str]:
        """All slugs that were added."""
        return frozenset(self._keys.values())

    def author(self, written: str) -> str:
        """The canonical author for how a publisher writes it."""
        return self._aliases.authors.get(written.lower(), written.lower())

    def add_listing(self, names: Iterable[str]) -> None:
        """Adds names that are already `author/slug`; variants and routers are left out."""
        for name in names:
            author, slash, rest = name.partition("/")
            if not slash or ":" in rest or author.startswith("~") or author in _RULES:
                continue
            if is_chat(rest):
                self._add(f"{self.author(author)}/{rest}")

    def add_unknown(self, row: Row, author: str | None) -> None:
        """Adds a priced model that nothing known covers, when its name or host tells its author."""
        name = row.upstream.removeprefix("hf:")
        org, slash, rest = name.rpartition("/")
        if not slash and (dotted := _DOTTED.match(name)):
            org, slash, rest = dotted[1], ".", dotted[2]
        writer = org.rpartition("/")[2] if slash else author
        if not writer or writer in _FOLDERS or row.deprecated or isinstance(row.price, Unpriced):
            return
        if "latest" in name or not is_chat(name) or self.find(name) is not None:
            return
        self._add(f"{self.author(writer)}/{rest.lower().replace(':', '-')}")

    def find(self, name: str) -> Match | None:
        """What a host's name means, None when no slug is close enough."""
        for rank, reading in enumerate(readings(name)):
            slug = self._known(reading)
            if slug is not None:
                return Match(slug, reading.flavour, rank)
        return None

    def _known(self, reading: Reading) -> str | None:
        alias = self._aliases.keys.get(reading.key)
        if alias is not None:
            return alias
        slug = self._keys.get(reading.key)
        if slug is None and len(near := self._loose.get(reading.key, ())) == 1:
            slug = next(iter(near))
        return slug

    def _add(self, slug: str) -> None:
        key = literal(slug)
        if key in self._keys or key in self._aliases.keys:
            return
        shortened = loose(key)
        if shortened != key and shortened in self._keys and slug.endswith("-preview"):
            return
        self._keys[key] = slug
        self._loose[shortened].add(slug)
