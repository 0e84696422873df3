"""What is said of a model wherever it is hosted: the overlay, then its maker, then other hosts."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, TypeVar

import msgspec

from turnout.catalog.gather import Candidate
from turnout.catalog.hosts import HostTable
from turnout.catalog.sources.overlay import Aliases, Fact, Kin, Overlay
from turnout.catalog.sources.rows import Traits
from turnout.core.types import Modality, Model

_T = TypeVar("_T")
_TEXT: Final[frozenset[Modality]] = frozenset({"text"})
_DATED: Final = re.compile(r"-20\d{2}-?\d{2}-?\d{2}$")
_HUGGING_FACE: Final = re.compile(r"^(?:hf:)?([A-Za-z0-9-]+/[A-Za-z0-9._-]+)(?::[a-z0-9-]+)?$")
_TOKENIZERS: Final = (
    (r"^openai/", "GPT"),
    (r"^anthropic/", "Claude"),
    (r"^google/gemini", "Gemini"),
    (r"^google/gemma", "Gemma"),
    (r"^x-ai/", "Grok"),
    (r"^cohere/", "Cohere"),
    (r"^amazon/nova", "Nova"),
    (r"^qwen/qwen3", "Qwen3"),
    (r"^qwen/", "Qwen"),
    (r"^01-ai/yi", "Yi"),
    (r"^deepseek/", "DeepSeek"),
    (r"^mistralai/", "Mistral"),
    (r"^meta-llama/llama-4", "Llama4"),
    (r"^meta-llama/llama-3", "Llama3"),
    (r"^meta-llama/llama-2", "Llama2"),
)
_INSTRUCT_TYPES: Final = (
    (r"^meta-llama/llama-3.*instruct", "llama3"),
    (r"^deepseek/deepseek-r1", "deepseek-r1"),
    (r"^deepseek/deepseek-(chat-)?v3\.1", "deepseek-v3.1"),
    (r"^google/gemma", "gemma"),
    (r"^qwen/qwen3", "qwen3"),
    (r"^qwen/qwq", "qwq"),
    (r"^qwen/qwen-?2", "chatml"),
    (r"^mistralai/", "mistral"),
)


class Descriptions:
    """Merged traits by slug, asked while models and endpoints are made."""

    def __init__(
        self,
        overlay: Overlay,
        aliases: Aliases,
        candidates: Iterable[Candidate],
        hosts: HostTable,
    ) -> None:
        self._names = aliases.names
        self._kin = overlay.family
        self._facts: defaultdict[str, list[Fact]] = defaultdict(list)
        for fact in overlay.model:
            for slug in fact.slugs:
                self._facts[slug].append(fact)
        self._said: defaultdict[str, list[tuple[tuple[bool, bool, bool, int], Candidate]]] = (
            defaultdict(list)
        )
        for candidate in candidates:
            author = candidate.slug.partition("/")[0]
            nearness = (
                candidate.source == "genai-prices",
                hosts.authors_own(candidate.host) != author,
                candidate.host != "openrouter",
                candidate.rank,
            )
            self._said[candidate.slug.removesuffix(":free")].append((nearness, candidate))
        for said in self._said.values():
            said.sort(key=lambda pair: pair[0])
        self._merged: dict[str, Traits] = {}

    def traits(self, slug: str) -> Traits:
        """What is known of a slug from every side."""
        base = slug.removesuffix(":free")
        if base not in self._merged:
            self._merged[base] = self._merge(base)
        return self._merged[base]

    def parameters(self, slug: str) -> frozenset[str] | None:
        """The exact parameters that the overlay states, None when it states none."""
        return self._fact(slug, "parameters", frozenset[str])

    def inputs(self, slug: str) -> frozenset[Modality] | None:
        """What goes in at every host, where the overlay states it."""
        return self._fact(slug, "inputs", frozenset[Modality])

    def model(self, slug: str) -> Model:
        """The model of a slug, without endpoints."""
        base, traits = slug.removesuffix(":free"), self.traits(slug)
        author = base.partition("/")[0]
        free = slug != base
        return Model(
            slug=slug,
            canonical_slug=_permaslug(base, traits.released) + (":free" if free else ""),
            name=self._name(base, traits) + (" (free)" if free else ""),
            author=author,
            description=traits.description or "",
            created=_unix(traits.released),
            knowledge_cutoff=traits.cutoff,
            context_tok=traits.context_tok or 0,
            max_output_tok=traits.max_output_tok,
            inputs=traits.inputs or _TEXT,
            outputs=traits.outputs or _TEXT,
            tokenizer=self._fact(base, "tokenizer", str) or _first(_TOKENIZERS, base) or "Other",
            instruct_type=self._fact(base, "instruct_type", str) or _first(_INSTRUCT_TYPES, base),
            hugging_face_id=self._fact(base, "hugging_face_id", str) or self._hugging_face(base),
            open_weights=traits.open_weights,
            reasons=traits.reasons or False,
        )

    def _merge(self, slug: str) -> Traits:
        found: dict[str, object] = {}
        for source in (
            *self._facts.get(slug, ()),
            *(candidate.traits for _, candidate in self._said[slug]),
            *(kin for kin in self._kin if re.match(kin.pattern, slug)),
        ):
            for name in Traits.__struct_fields__:
                value: object = getattr(source, name, None)
                if value is not None and name not in found and not _vague(name, source):
                    found[name] = value
        return msgspec.convert(found, Traits)

    def _fact(self, slug: str, field: str, kind: type[_T]) -> _T | None:
        for fact in self._facts.get(slug, ()):
            value: object = getattr(fact, field)
            if value is not None:
                return msgspec.convert(value, kind)
        return None

    def _name(self, slug: str, traits: Traits) -> str:
        author, _, rest = slug.partition("/")
        if (told := self._fact(slug, "name", str)) is not None:
            return told
        shown = self._names.get(author, author.replace("-", " ").title())
        name = (traits.name or rest).removesuffix(" (free)").removesuffix(" (latest)")
        return name if ": " in name else f"{shown}: {name.removeprefix(f'{shown} ')}"

    def _hugging_face(self, slug: str) -> str | None:
        key = _squeezed(slug.partition("/")[2])
        for _, candidate in self._said[slug]:
            match = _HUGGING_FACE.match(candidate.upstream)
            written = None if match is None else match[1]
            if written is None or written == written.lower() or candidate.suffix:
                continue
            if _squeezed(written.partition("/")[2]).startswith(key):
                return written
        return None


def _vague(name: str, source: Fact | Traits | Kin) -> bool:
    # A row that knows no modalities says so by having no release date either.
    return name in {"inputs", "outputs"} and isinstance(source, Traits) and source.released is None


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _first(table: Iterable[tuple[str, str]], slug: str) -> str | None:
    return next((value for pattern, value in table if re.match(pattern, slug)), None)


def _permaslug(slug: str, released: str | None) -> str:
    if released is None or _DATED.search(slug):
        return slug
    return f"{slug}-{released.replace('-', '')}"


def _unix(day: str | None) -> int:
    if day is None:
        return 0
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
