"""What exams ask, and that a right answer passes the judge that callers' answers pass."""

from typing import Any

import pytest
from tests.unit.flow.routing import inbound

from turnout.dialects.adapter import Called, Tally
from turnout.flow.exam import answer_tok, asked, tasks_of
from turnout.flow.probe import PROMPT_TOK
from turnout.metrics.validity import shape_valid, tools_valid

ALL = frozenset({"tools", "tool_choice", "response_format", "structured_outputs"})


@pytest.mark.parametrize(
    ("parameters", "tasks"),
    [
        (None, ("words",)),
        (frozenset({"temperature"}), ("words",)),
        (frozenset({"tools"}), ("words", "call")),
        (frozenset({"response_format"}), ("words", "shape")),
        (ALL, ("words", "call", "shape")),
    ],
)
def test_endpoints_are_examined_in_what_they_honour(
    parameters: frozenset[str] | None, tasks: tuple[str, ...]
) -> None:
    """Whoever is not known to take tools or JSON is only asked for words."""
    assert tasks_of(parameters) == tasks


@pytest.mark.parametrize(
    ("arguments", "valid"),
    [
        (b'{"city": "Oslo", "days": 3}', True),
        (b'{"city": "Oslo"}', False),
        (b'{"city": "Oslo", "days": "3"}', False),
        (b'{"city": "Oslo", ', False),
    ],
)
def test_call_is_judged_by_its_schema(arguments: bytes, valid: bool) -> None:  # noqa: FBT001 (a parameter)
    """Parsed, complete, of the right types."""
    request = inbound(**asked("call", ALL))
    tally = Tally(finish="tool_calls", tool_calls=1)
    tally.calls[0, 0] = Called("weather", bytearray(arguments))
    assert tools_valid(request, tally) is valid


@pytest.mark.parametrize("parameters", [ALL, frozenset({"response_format"})])
def test_shape_is_judged_by_what_the_endpoint_was_asked(parameters: frozenset[str]) -> None:
    """A schema where it takes one, else any object."""

    def judged(text: str) -> bool | None:
        tally = Tally(finish="stop", spoken=bytearray(text.encode()))
        return shape_valid(inbound(**asked("shape", parameters)), tally)

    assert judged('{"animal": "spider", "legs": 8}') is True
    assert judged("A spider has eight legs.") is False
    assert judged('{"animal": "spider"}') is (parameters != ALL)


def test_exams_fit_what_they_may_cost() -> None:
    """A longer answer than a probe's words, and the same words as ever for those."""
    assert (answer_tok("words", 8), answer_tok("call", 8), answer_tok("shape", 200)) == (8, 96, 200)
    words: Any = asked("words", ALL)
    assert inbound(**words).needs.prompt_tok < PROMPT_TOK
    assert words.keys() == {"messages"}
