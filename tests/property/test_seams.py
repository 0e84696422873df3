"""However an answer is cut and comes back: nothing is missing, nothing is said twice."""

from itertools import pairwise
from typing import Final

from hypothesis import assume, given
from hypothesis import strategies as st

from turnout.core.conversation import Opaque, Text
from turnout.dialects.events import (
    Event,
    Finish,
    Identity,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
)
from turnout.dialects.seam import Obstacle, Repeats, Said, Seam

ANSWER: Final = st.text(alphabet="ab é🙂 \n\t", max_size=60)
PLACES: Final = st.lists(st.integers(0, 60), max_size=6)


def said_of(*events: Event) -> Said:
    """What a client was given."""
    said = Said(1 << 20)
    for event in events:
        said.add(event)
    return said


def pieces(text: str, places: list[int]) -> list[str]:
    """A text as it is streamed."""
    cuts = sorted({0, len(text), *(place for place in places if place < len(text))})
    return [text[start:end] for start, end in pairwise(cuts)]


def beginning(said: Said) -> str:
    """The words that the next upstream gets."""
    turn = said.turn()
    if turn is None:
        return ""
    [part] = turn.parts
    assert isinstance(part, Text)
    return part.text


def fitted(said: Said, repeats: Repeats, following: list[str]) -> str:
    """What the client is given behind the seam."""
    seam = Seam(said, repeats)
    events: list[Event] = [Identity("another"), *map(TextDelta, following), Finish("stop", "stop")]
    out = [one for event in events for one in seam.feed(event)]
    assert isinstance(out.pop(), Finish)
    return "".join(event.text for event in out if isinstance(event, TextDelta))


@given(ANSWER, st.integers(0, 60), PLACES)
def test_seam_is_exact_behind_the_trimmed_beginning(
    answer: str, at: int, places: list[int]
) -> None:
    """An upstream that goes on behind what it was sent."""
    said = said_of(*map(TextDelta, pieces(answer[:at], places)))
    sent = beginning(said)
    assert sent == answer[:at].rstrip()
    rest = pieces(answer[len(sent) :], places)
    assert answer[:at] + fitted(said, "never", rest) == answer


@given(ANSWER, st.integers(0, 60), PLACES)
def test_seam_is_exact_where_the_beginning_is_repeated(
    answer: str, at: int, places: list[int]
) -> None:
    """An upstream that says all of it again, in other pieces."""
    said = said_of(TextDelta(answer[:at]))
    assert answer[:at] + fitted(said, "always", pieces(answer, places)) == answer
    if len(beginning(said)) >= 16:
        assert answer[:at] + fitted(said, "maybe", pieces(answer, places)) == answer


@given(ANSWER, st.integers(0, 60), PLACES)
def test_seam_is_exact_where_the_beginning_might_have_been_repeated(
    answer: str, at: int, places: list[int]
) -> None:
    """An upstream that may repeat and does not, even if it says some of the same words."""
    said = said_of(TextDelta(answer[:at]))
    sent = beginning(said)
    rest = answer[len(sent) :]
    assume(len(sent) < 16 or not rest.startswith(sent))
    assert answer[:at] + fitted(said, "maybe", pieces(rest, places)) == answer


def test_seam_keeps_what_differs_from_the_white_space_it_waits_for() -> None:
    """A client that has two line breaks gets the words that follow one, and other white space."""
    said = said_of(TextDelta("one\n\n"))
    assert fitted(said, "never", ["\n", "two"]) == "two"
    assert fitted(said, "never", [" two"]) == " two"
    assert fitted(said, "never", ["two"]) == "two"


def test_beginning_of_white_space_alone_is_no_turn() -> None:
    """Then the request goes up as it was, and the white space is not said twice."""
    said = said_of(TextDelta("\n\n"))
    assert said.turn() is None
    assert fitted(said, "never", ["\n\none"]) == "one"


def test_obstacles_are_named() -> None:
    """What nobody can go on with, and why."""
    sealed = ReasoningDelta("so", opaque=Opaque(format="anthropic-claude-v1", signature="abc"))
    whole = ToolCallDelta(0, "call_1", "look", '{"q":"}"}')
    rows: list[tuple[tuple[Event, ...], Obstacle]] = [
        ((), ""),
        ((TextDelta("one"),), ""),
        ((ReasoningDelta("so"), TextDelta("one")), ""),
        ((ReasoningDelta("so"),), "thinking"),
        ((sealed, TextDelta("one")), "thinking"),
        ((whole,), ""),
        ((TextDelta("one"), whole), ""),
        ((whole, TextDelta("two")), "arguments"),
        ((ToolCallDelta(0, "call_1", "look", '{"q":'),), "arguments"),
        ((ToolCallDelta(0, "call_1", "look"),), "arguments"),
        ((RefusalDelta("no"),), "refusal"),
        ((TextDelta("one"), TextDelta("other", choice=1)), "choices"),
        ((TextDelta("x" * (2 << 20)),), "length"),
    ]
    assert [said_of(*events).obstacle for events, _ in rows] == [reason for _, reason in rows]


def test_thoughts_behind_the_seam_are_not_said() -> None:
    """The client had the answer's thinking before its words."""
    seam = Seam(said_of(TextDelta("one")), "never")
    events: list[Event] = [ReasoningDelta("again"), TextDelta(" two")]
    assert [one for event in events for one in seam.feed(event)] == [TextDelta(" two")]


def test_calls_behind_the_seam_have_the_next_numbers() -> None:
    """And an answer that calls ends as one, whatever its last part says."""
    seam = Seam(said_of(ToolCallDelta(0, "call_1", "look", "{}")), "never")
    events: list[Event] = [ToolCallDelta(0, "call_2", "look", "{}"), Finish("stop", "stop")]
    assert [one for event in events for one in seam.feed(event)] == [
        ToolCallDelta(1, "call_2", "look", "{}"),
        Finish("tool_calls", "stop"),
    ]
