"""JSON that was nearly right is mended, anything else is left alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.dialects.events import Finish, TextDelta
from turnout.dialects.lowering.healing import Healing, healed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('```json\n{"a": 1}\n```', {"a": 1}),
        ("```\n[1, 2]\n```\nThat is it.", [1, 2]),
        ('Here it is: {"a": 1}', {"a": 1}),
        ('{"a": 1,}', {"a": 1}),
        ("[1, 2,, 3,]", [1, 2, 3]),
        ("{a: 1, b-c: 'x'}", {"a": 1, "b-c": "x"}),
        ("{'it\\'s': 'a \"quote\"'}", {"it's": 'a "quote"'}),
        ('{"a": True, "b": False, "c": None}', {"a": True, "b": False, "c": None}),
        ('{"a": [1, {"b": 2}', {"a": [1, {"b": 2}]}),
        ('{"a": 1 "b": 2}', {"a": 1, "b": 2}),
        ('{"a": 1, // why\n "b": 2 /* so */}', {"a": 1, "b": 2}),
        ('{"a": "two\nlines"}', {"a": "two\nlines"}),
    ],
)
def test_healing_mends(text: str, meant: object) -> None:
    """Fences, words around, commas, bare and single-quoted names, literals, open brackets."""
    mended = healed(text)
    assert mended is not None
    assert json.loads(mended) == meant


@pytest.mark.parametrize(
    "text",
    ["", "no json here", '{"a": "cut in the mid', '{"a": ', "{a b c}", "[1, 2}", "[" * 10_000],
)
def test_healing_leaves_alone_what_it_does_not_understand(text: str) -> None:
    """A string that is cut off is not ours to end."""
    assert healed(text) is None


@given(JSON)
def test_healing_never_touches_what_is_valid(value: object) -> None:
    """However odd."""
    assert healed(json.dumps(value)) is None


@given(value=st.dictionaries(st.text(), JSON, min_size=1), comma=st.booleans())
def test_healing_of_a_fenced_value_gives_that_value(value: object, *, comma: bool) -> None:
    """Fence and trailing comma are the whole difference."""
    text = json.dumps(value)
    text = text[:-1] + ("," if comma else "") + text[-1]
    mended = healed(f"Sure!\n```json\n{text}\n```\n")
    assert mended is not None
    assert json.loads(mended) == value


@given(st.text(alphabet="{}[]\",:\\'abc1 \n/`", max_size=60))
def test_healing_survives_everything(text: str) -> None:
    """It ends, and what it gives is JSON."""
    mended = healed(text)
    assert mended is None or json.loads(mended) is not Ellipsis


@pytest.mark.parametrize(("reason", "mends"), [("stop", True), ("length", False)])
def test_healing_is_not_for_answers_that_were_cut_off(reason: str, *, mends: bool) -> None:
    """Words are held to the finish, and only a natural one mends them."""
    done: list[str] = []
    one = Healing(done).filter()
    assert list(one.feed(TextDelta("{a: "))) == []
    assert list(one.feed(TextDelta("1}"))) == []
    finish = Finish("stop" if mends else "length", reason)
    assert list(one.feed(finish)) == [TextDelta('{"a":1}' if mends else "{a: 1}"), finish]
    assert bool(done) is mends
