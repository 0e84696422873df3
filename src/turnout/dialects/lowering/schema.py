"""JSON Schema in the narrower words of an upstream: nothing that it would refuse, order kept.

A pure function of the schema, so that the same tool has the same bytes in every request and prompt
caches keep hitting. Source: shared checklist of normalisation, section 6.3;
https://ai.google.dev/api/caching#Schema and https://ai.google.dev/api/generate-content (read
2026-11-25) for Gemini's two vocabularies.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias, cast

import msgspec

from turnout.core.errors import invalid
from turnout.dialects.lowering.schema_merge import merged
from turnout.dialects.lowering.schema_words import (
    as_branches,
    as_enum,
    as_limits,
    as_nullable,
    as_tuple,
)

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Node: TypeAlias = dict[str, Json]

MOST_NODES: Final = 5_000
"""Of one schema with its references written out."""
DEEPEST: Final = 48
UNROLLED: Final = 2
"""How often a reference is written out inside itself; deeper it is any value."""


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True):
    """What an upstream takes.

    Attributes:
        keywords: Everything else is left out.
        formats: Values of `format` that it takes, None for all.
        references: It takes `$ref` into `$defs`; else they are written out.
        type_lists: It takes `type` as a list, and the type "null".
        only_texts: Members of `enum` must be texts.
    """

    keywords: frozenset[str]
    formats: frozenset[str] | None = None
    references: bool = False
    type_lists: bool = False
    only_texts: bool = False


_SHARED: Final = frozenset(
    {
        "type",
        "title",
        "description",
        "format",
        "enum",
        "properties",
        "required",
        "items",
        "anyOf",
        "minItems",
        "maxItems",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "minProperties",
        "maxProperties",
        "pattern",
        "default",
        "propertyOrdering",
    }
)

GEMINI_SCHEMA: Final = Vocabulary(
    keywords=_SHARED | {"nullable", "example"},
    formats=frozenset({"enum", "date-time", "float", "double", "int32", "int64"}),
    only_texts=True,
)
"""`parameters` and `responseSchema`: a subset of OpenAPI's schema."""

GEMINI_JSON_SCHEMA: Final = Vocabulary(
    keywords=_SHARED
    | {"$ref", "$defs", "$id", "$anchor", "prefixItems", "oneOf", "additionalProperties"}
    | {"uniqueItems"},
    references=True,
    type_lists=True,
)
"""`parametersJsonSchema` and `responseJsonSchema`: most of JSON Schema."""

_SAYS_NOTHING: Final = frozenset(
    {"$schema", "$id", "$comment", "$anchor", "title", "examples", "example", "deprecated"}
    | {"readOnly", "writeOnly", "definitions", "$defs", "default", "markdownDescription"}
)
"""Left out without a loss: what they say is for people and for tools that read schemas."""


class Lowered(msgspec.Struct, frozen=True):
    """A schema as it may go.

    Attributes:
        lossy: Something that constrains was left out or said in coarser words.
    """

    schema: msgspec.Raw
    lossy: bool


def lowered(schema: msgspec.Raw, vocabulary: Vocabulary, path: str = "schema") -> Lowered:
    """The schema in that vocabulary; the very bytes where nothing had to change.

    Args:
        schema: JSON Schema of any draft; what is no object constrains nothing.
        vocabulary: What may be said.
        path: Of the field, for a refusal.

    Raises:
        Refusal: It is too large or too deep when its references are written out.
    """
    root: Json = msgspec.json.decode(schema)
    if not isinstance(root, dict):
        return Lowered(msgspec.Raw(b'{"type":"object"}'), lossy=True)
    work = _Lowering(root, vocabulary, path)
    out = work.node(root, 0)
    if vocabulary.references and work.kept:
        out["$defs"] = work.definitions()
    if out == root and list(out) == list(root):
        return Lowered(schema, work.lossy)
    return Lowered(msgspec.Raw(msgspec.json.encode(out)), work.lossy)


class _Lowering:
    """One schema on its way.

    Attributes:
        lossy: See `Lowered`.
        kept: References that stay, in the order in which they were met, and what they name.
    """

    def __init__(self, root: Node, vocabulary: Vocabulary, path: str) -> None:
        self.lossy = False
        self.kept: dict[str, str] = {}
        self._root = root
        self._words = vocabulary
        self._path = path
        self._open: list[str] = []
        self._nodes = 0

    def definitions(self) -> Node:
        """What the kept references name; lowering one may keep further ones."""
        out: Node = {}
        while missing := [name for name in self.kept if name not in out]:
            for name in missing:
                out[name] = self.node(self._target(self.kept[name]), 1)
        return out

    def node(self, value: Json, depth: int) -> Node:
        """One schema in the vocabulary."""
        self._count(depth)
        if not isinstance(value, dict):  # true and {} take everything; false is said by no upstream
            self.lossy = self.lossy or value is not True
            return {}
        reference = value.get("$ref")
        if isinstance(reference, str):
            return self._referred(reference, value, depth)
        node = self._reworded(value)
        reference = node.get("$ref")
        if isinstance(reference, str):
            return self._referred(reference, node, depth)
        return self._said(node, depth)

    def _reworded(self, value: Node) -> Node:
        """The node with what it says in words that the vocabulary lacks said in those it has.

        A branch that is merged into its node brings words of its own, so it is done until nothing
        changes.
        """
        for _ in range(DEEPEST):
            before, value = value, self._reworded_once(value)
            if value == before:
                break
        return value

    def _reworded_once(self, value: Node) -> Node:
        words = self._words
        whole = merged(value, self._target)
        node = as_tuple(as_enum(whole, only_texts=words.only_texts), words.keywords)
        closed = as_limits(node)
        self.lossy = (
            self.lossy
            or whole is not value
            or node.get("enum", node) != whole.get("enum", node)
            or ("prefixItems" in whole and "prefixItems" not in node)
            or closed != node
        )
        return as_nullable(closed) if words.type_lists else as_branches(closed)

    def _said(self, node: Node, depth: int) -> Node:
        out: Node = {}
        for name, value in node.items():
            if name not in self._words.keywords:
                self.lossy = self.lossy or not _is_idle(name, value)
            elif name == "format" and not self._takes(value):
                out["description"] = _with_format(out.get("description"), node, value)
            elif name != "$defs" and name not in out:  # they are written anew at the end
                out[name] = self._inner(name, value, depth)
        self._settle(out)
        return out

    def _takes(self, value: Json) -> bool:
        return self._words.formats is None or value in self._words.formats

    def _inner(self, name: str, value: Json, depth: int) -> Json:
        match name, value:
            case "properties", dict():
                return {key: self.node(one, depth + 1) for key, one in value.items()}
            case ("items", _) | ("additionalProperties", dict()):
                return self.node(value, depth + 1)
            case (("anyOf" | "oneOf" | "prefixItems"), list()):
                return [self.node(one, depth + 1) for one in value]
            case _:
                return value.lower() if name == "type" and isinstance(value, str) else value

    def _settle(self, out: Node) -> None:
        """What one keyword demands of another: arrays have items, only known names are required."""
        if "type" not in out and (kind := _kind_of(out)) is not None:
            out["type"] = kind
        required, properties = out.get("required"), out.get("properties")
        if isinstance(required, list):
            names = properties if isinstance(properties, dict) else {}
            known: list[Json] = [name for name in required if name in names]
            if known:
                out["required"] = known
            else:
                del out["required"]
        if out.get("type") == "array" and "items" not in out and "prefixItems" not in out:
            out["items"] = {} if self._words.type_lists else {"type": "string"}
            self.lossy = self.lossy or not self._words.type_lists

    # ── references ──────────────────────────────────────────────────────────────────────────────

    def _referred(self, reference: str, value: Node, depth: int) -> Node:
        name = _definition(reference)
        others = {key: one for key, one in value.items() if key not in ("$ref", "$defs")}
        if self._words.references and name is not None:
            self.kept.setdefault(name, reference)
            # Beside a reference only words for people are known to be taken.
            told = {k: v for k, v in others.items() if k in ("title", "description", "default")}
            self.lossy = self.lossy or any(
                not _is_idle(key, one) for key, one in others.items() if key not in told
            )
            return {"$ref": f"#/$defs/{name}", **told}
        if self._open.count(reference) >= UNROLLED:
            self.lossy = True
            return {"type": "object"}
        self._open.append(reference)
        target = self._target(reference)
        both = {**target, **others} if isinstance(target, dict) else others
        out = self.node(both, depth + 1)
        self._open.pop()
        return out

    def _count(self, depth: int = 0) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES or depth > DEEPEST:
            raise invalid(self._path, "is too large for this endpoint with its references.")

    def _target(self, reference: str) -> Json:
        """What a reference into this schema names; {} for one that leads nowhere."""
        self._count()
        here: Json = self._root
        if not reference.startswith("#"):
            self.lossy = True
            return {}
        for step in reference[1:].split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(here, dict) or key not in here:
                self.lossy = True
                return {}
            here = here[key]
        return here


def _definition(reference: str) -> str | None:
    """The name, of a reference straight into the definitions."""
    for prefix in ("#/$defs/", "#/definitions/"):
        name = reference.removeprefix(prefix)
        if name != reference and "/" not in name:
            return name
    return None


def _is_idle(name: str, value: Json) -> bool:
    return name in _SAYS_NOTHING or (name == "additionalProperties" and value in (False, True))


def _with_format(said: Json, node: Mapping[str, Json], value: Json) -> str:
    """A format that is no keyword there still tells the model something."""
    text = said if isinstance(said, str) else node.get("description")
    return f"{text} (format: {value})" if isinstance(text, str) and text else f"Format: {value}"


def _kind_of(node: Mapping[str, Json]) -> str | None:
    """The type that goes without saying."""
    if "properties" in node:
        return "object"
    if "items" in node or "prefixItems" in node:
        return "array"
    enum = node.get("enum")
    if isinstance(enum, list) and enum and all(isinstance(one, str) for one in enum):
        return "string"
    return None


def is_empty(schema: msgspec.Raw) -> bool:
    """An object without a property: no arguments at all, which some upstreams want unsaid."""
    root: Json = msgspec.json.decode(schema)
    if not isinstance(root, dict):
        return False
    meaning = {k: v for k, v in root.items() if not _is_idle(k, v) and k != "description"}
    properties = cast("Json", meaning.pop("properties", {}))
    return not properties and meaning in (
        {},
        {"type": "object"},
        {"type": "object", "required": []},
    )
