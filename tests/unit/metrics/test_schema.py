"""The checker of draft 7 says what `jsonschema` says, or that it cannot say."""

import time
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from turnout.metrics.schema import DEPTH, Unjudged, matches

NAMES: Final = st.sampled_from(["a", "b", "cc"])
SCALARS: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 12),
    st.sampled_from([0.5, 1.0, 2.5]),
    st.sampled_from(["", "a", "ab", "xyz"]),
)
VALUES: Final = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
TYPES: Final = st.sampled_from(
    ["object", "array", "string", "number", "integer", "boolean", "null"]
)


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    count = st.integers(0, 3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES, min_size=1, max_size=2, unique=True),
            "enum": st.lists(SCALARS, min_size=1, max_size=3),
            "const": SCALARS,
            "properties": st.dictionaries(NAMES, inner, max_size=2),
            "required": st.lists(NAMES, max_size=2, unique=True),
            "additionalProperties": inner,
            "patternProperties": st.dictionaries(st.sampled_from(["^a", "c+$"]), inner, max_size=1),
            "propertyNames": inner,
            "dependencies": st.dictionaries(
                NAMES, inner | st.lists(NAMES, unique=True), max_size=1
            ),
            "items": inner | st.lists(inner, min_size=1, max_size=2),
            "additionalItems": inner,
            "contains": inner,
            "uniqueItems": st.booleans(),
            "pattern": st.sampled_from(["^a", "b$", "[xy]z"]),
            "minimum": count,
            "maximum": count,
            "exclusiveMinimum": count,
            "exclusiveMaximum": count,
            "multipleOf": st.sampled_from([1, 2, 0.5]),
            "minLength": count,
            "maxLength": count,
            "minItems": count,
            "maxItems": count,
            "minProperties": count,
            "maxProperties": count,
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
        },
    )


LEAVES: Final[st.SearchStrategy[Any]] = st.sampled_from([True, False, {}])
SCHEMAS: Final[st.SearchStrategy[Any]] = st.recursive(LEAVES, _schemas, max_leaves=6)


@given(SCHEMAS, VALUES)
def test_schema_verdicts_are_those_of_jsonschema(schema: Any, value: Any) -> None:
    """For any schema of the assertions of draft 7."""
    judge: Any = Draft7Validator(schema)
    expected = judge.is_valid(value)
    assert matches(value, schema) is expected


def test_schema_follows_local_references() -> None:
    """Recursive ones too; siblings of a reference do not count."""
    node = {"type": "object", "properties": {"next": {"$ref": "#"}}}
    schema: Any = {
        "definitions": {"node/x": node},
        "$ref": "#/definitions/node~1x",
        "type": "string",
    }
    assert matches({"next": {"next": {}}}, schema)
    assert not matches({"next": {"next": 5}}, schema)


LONG: Final = "a" * 40


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        ({}, "object"),
        ({}, {"type": "no-such-type"}),
        ("x", {"pattern": "["}),
        (LONG + "!", {"pattern": "^(a+)+$"}),
        (LONG + "!", {"pattern": "^a*a*a*a*$"}),
        ("a" * 300, {"pattern": "^a"}),
        ({}, {"$ref": "http://elsewhere/schema"}),
        ({}, {"$ref": "#/definitions/gone"}),
        ({}, {"$ref": "#"}),
        ({}, {"properties": 5}),
        (1, {"minimum": "2"}),
        ([1] * 101, {"uniqueItems": True}),
        ([1] * 5000, {"items": {"type": "integer"}}),
    ],
)
def test_schema_that_cannot_be_judged_is_said_to_be(value: Any, schema: Any) -> None:
    """Quickly, whatever a stranger wrote: no regular expression may run away."""
    began_s = time.perf_counter()
    with pytest.raises(Unjudged):
        matches(value, schema)
    assert time.perf_counter() - began_s < 0.5


def test_schema_nested_too_deeply_is_not_judged() -> None:
    """The depth is bounded."""
    schema: Any = {}
    for _ in range(DEPTH + 1):
        schema = {"allOf": [schema]}
    with pytest.raises(Unjudged):
        matches({}, schema)
