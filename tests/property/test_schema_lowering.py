"""Lowering of JSON Schema: only allowed words, the same twice, and stable; plus cases by hand."""

import json
from typing import Any, Final, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.core.errors import Refusal
from turnout.dialects.lowering.schema import (
    GEMINI_JSON_SCHEMA,
    GEMINI_SCHEMA,
    Lowered,
    Vocabulary,
    is_empty,
    lowered,
)

NAMES: Final = st.sampled_from(["a", "b", "c", "$ref", "type"])
SCALARS: Final[st.SearchStrategy[Any]] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=4)
)
TYPES: Final = st.sampled_from(
    ["object", "array", "string", "integer", "number", "boolean", "null", "STRING"]
)
REFERENCES: Final = st.sampled_from(
    ["#", "#/$defs/a", "#/definitions/b", "#/properties/a", "#/nowhere", "https://x.example/s"]
)


def schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects of keywords, with schemas inside."""
    named = st.dictionaries(NAMES, inner, max_size=3)
    listed = st.lists(inner, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.one_of(TYPES, st.lists(TYPES, max_size=3)),
            "properties": named,
            "required": st.lists(NAMES, max_size=3),
            "additionalProperties": st.one_of(st.booleans(), inner),
            "items": st.one_of(inner, listed),
            "prefixItems": listed,
            "anyOf": listed,
            "oneOf": listed,
            "allOf": listed,
            "enum": st.lists(SCALARS, max_size=3),
            "const": SCALARS,
            "format": st.sampled_from(["date-time", "email", "int32"]),
            "description": st.text(max_size=4),
            "nullable": st.booleans(),
            "exclusiveMinimum": st.one_of(st.integers(), st.booleans()),
            "minimum": st.integers(),
            "multipleOf": st.integers(1, 9),
            "$ref": REFERENCES,
            "$defs": named,
            "definitions": named,
            "$schema": st.just("x"),
            "default": SCALARS,
            "not": inner,
            "x-mine": SCALARS,
        },
    )


SCHEMAS: Final[st.SearchStrategy[Any]] = st.recursive(
    st.one_of(st.booleans(), st.just({})), schemas, max_leaves=12
)
VOCABULARIES: Final = st.sampled_from([GEMINI_SCHEMA, GEMINI_JSON_SCHEMA])


def low(schema: Any, words: Vocabulary = GEMINI_SCHEMA) -> Any:
    """The lowered schema, read."""
    return json.loads(bytes(lowering(schema, words).schema))


def lowering(schema: Any, words: Vocabulary = GEMINI_SCHEMA) -> Lowered:
    """The lowered schema."""
    return lowered(msgspec.Raw(json.dumps(schema).encode()), words)


def keywords(schema: Any) -> set[str]:
    """Every keyword of a lowered schema; names of properties are none."""
    if not isinstance(schema, dict):
        return set()
    fields = cast("dict[str, Any]", schema)
    inner: list[Any] = [fields.get("items"), fields.get("additionalProperties")]
    for name in ("properties", "$defs"):
        inner += fields.get(name, {}).values()
    for name in ("anyOf", "oneOf", "prefixItems"):
        inner += fields.get(name, [])
    return set(fields) | {word for one in inner for word in keywords(one)}


@given(SCHEMAS, VOCABULARIES)
def test_lowered_schema_has_only_allowed_words(schema: Any, words: Vocabulary) -> None:
    """Whatever came in; or it is refused as too large."""
    try:
        got = low(schema, words)
    except Refusal:
        return
    assert isinstance(got, dict)
    assert keywords(got) <= words.keywords


@given(SCHEMAS, VOCABULARIES)
def test_lowering_twice_is_lowering_once(schema: Any, words: Vocabulary) -> None:
    """So that a history that was lowered before keeps its bytes."""
    try:
        once = lowering(schema, words)
    except Refusal:
        return
    assert lowered(once.schema, words).schema == once.schema


@given(SCHEMAS, VOCABULARIES)
def test_lowering_depends_on_nothing_but_the_schema(schema: Any, words: Vocabulary) -> None:
    """The same bytes each time: prompt caches live on that."""
    try:
        assert lowering(schema, words) == lowering(schema, words)
    except Refusal:
        return


TREE: Final[dict[str, Any]] = {
    "$defs": {
        "Node": {
            "type": "object",
            "properties": {"next": {"$ref": "#/$defs/Node"}, "value": {"type": "string"}},
            "required": ["value"],
        }
    },
    "$ref": "#/$defs/Node",
}
CUT: Final[dict[str, Any]] = {"type": "object"}


def node(following: Any) -> dict[str, Any]:
    """One level of the tree."""
    return {
        "type": "object",
        "properties": {"next": following, "value": {"type": "string"}},
        "required": ["value"],
    }


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"type": ["string", "integer"]}, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        (
            {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "T"},
            {"title": "T", "nullable": True, "type": "string"},
        ),
        (
            {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        ),
        (
            {
                "allOf": [
                    {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
                    {"properties": {"b": {"type": "integer"}}, "required": ["b"]},
                ]
            },
            {
                "type": "object",
                "properties": {"b": {"type": "integer"}, "a": {"type": "string"}},
                "required": ["a", "b"],
            },
        ),
        ({"const": "x"}, {"enum": ["x"], "type": "string"}),
        (
            {"enum": [1, 2], "description": "D."},
            {"description": "D. One of: 1, 2.", "type": "integer"},
        ),
        ({"enum": ["a", None]}, {"enum": ["a"], "nullable": True, "type": "string"}),
        ({"type": "array"}, {"type": "array", "items": {"type": "string"}}),
        (
            {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]},
            {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        ),
        ({"type": "string", "format": "date-time"}, {"type": "string", "format": "date-time"}),
        (
            {"type": "string", "format": "email", "description": "whom"},
            {"type": "string", "description": "whom (format: email)"},
        ),
        ({"type": "integer", "exclusiveMinimum": 0}, {"type": "integer", "minimum": 1}),
        (
            {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
            {"type": "integer", "minimum": 1},
        ),
        (
            {"properties": {"a": {}}, "required": ["a", "b"], "additionalProperties": False},
            {"properties": {"a": {}}, "required": ["a"], "type": "object"},
        ),
        (TREE, node(node(CUT))),
    ],
)
def test_openapi_subset_says_it_in_its_words(schema: Any, expected: Any) -> None:
    """`parameters` and `responseSchema`."""
    assert low(schema) == expected


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        ({"enum": [1, 2], "type": "integer"}, {"enum": [1, 2], "type": "integer"}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"const": 3}, {"enum": [3], "type": "integer"}),
        ({"$schema": "x", "type": "object", "default": None}, {"type": "object", "default": None}),
        (TREE, TREE),
        (
            {
                "definitions": {"A": {"type": "string"}},
                "properties": {"a": {"$ref": "#/definitions/A"}},
            },
            {
                "properties": {"a": {"$ref": "#/$defs/A"}},
                "type": "object",
                "$defs": {"A": {"type": "string"}},
            },
        ),
    ],
)
def test_json_schema_keeps_what_google_takes(schema: Any, expected: Any) -> None:
    """`parametersJsonSchema` and `responseJsonSchema`: references stay, where they are named."""
    assert low(schema, GEMINI_JSON_SCHEMA) == expected


def test_schema_that_may_go_keeps_its_bytes() -> None:
    """White space and order as the client wrote them."""
    raw = msgspec.Raw(b'{ "type":"object",\n "properties":{"b":{"type":"string"}} }')
    for words in (GEMINI_SCHEMA, GEMINI_JSON_SCHEMA):
        assert lowered(raw, words) == Lowered(raw, lossy=False)


@pytest.mark.parametrize(
    ("schema", "lossy"),
    [
        ({"$schema": "x", "title": "T", "type": "object", "additionalProperties": False}, False),
        ({"type": "object", "properties": {"a": {"multipleOf": 2}}}, True),
        ({"not": {}}, True),
        ({"type": "array"}, True),
        ({"$ref": "https://x.example/s"}, True),
        (TREE, True),
    ],
)
def test_loss_of_meaning_is_told(schema: Any, *, lossy: bool) -> None:
    """Words for people are none."""
    assert lowering(schema).lossy is lossy


def test_explosion_of_references_is_refused() -> None:
    """A schema of few bytes may stand for more than any upstream takes."""
    definitions = {
        f"d{n}": {"properties": {k: {"$ref": f"#/$defs/d{n + 1}"} for k in "abcd"}}
        for n in range(12)
    }
    schema = {"$defs": {**definitions, "d12": {"type": "string"}}, "$ref": "#/$defs/d0"}
    with pytest.raises(Refusal, match="too large"):
        lowering(schema)
    with pytest.raises(Refusal, match="too large"):
        lowering({"allOf": [{"$ref": "#"}] * 9})


EMPTY: Final[list[tuple[Any, bool]]] = [
    ({}, True),
    ({"type": "object", "properties": {}, "additionalProperties": False}, True),
    ({"type": "object", "properties": {"a": {}}}, False),
    ({"type": "object", "anyOf": [{}]}, False),
    (True, False),
]


@pytest.mark.parametrize(("schema", "empty"), EMPTY)
def test_empty_object_is_no_arguments(schema: Any, *, empty: bool) -> None:
    """Such a schema is better left out."""
    assert is_empty(msgspec.Raw(json.dumps(schema).encode())) is empty
