"""Middle-out: what stays, what goes, and that it fits."""

from hypothesis import given
from hypothesis import strategies as st

from turnout.core.conversation import Message, Role, Text, ToolCall, ToolResult
from turnout.flow.prepare.shortening import middle_out


def say(role: Role, text: str, name: str | None = None) -> Message:
    """A message of words."""
    return Message(role=role, parts=(Text(text=text),), name=name)


def calling(id_: str) -> list[Message]:
    """A call and its result."""
    call = ToolCall(id=id_, name="look", arguments="{}")
    result = ToolResult(call_id=id_, parts=(Text(text=f"result {id_}"),))
    return [
        Message(role="assistant", parts=(call,)),
        Message(role="tool", parts=(result,)),
    ]


def texts(messages: tuple[Message, ...]) -> list[str]:
    """Their words."""
    return [part.text for one in messages for part in one.parts if isinstance(part, Text)]


def test_what_fits_is_left_alone() -> None:
    """Nothing goes."""
    messages = [say("system", "s"), say("user", "u")]
    short = middle_out(messages, [1, 1], 2)
    assert (list(short.messages), short.left_out, short.cut) == (messages, 0, 0)


def test_the_middle_goes_first() -> None:
    """Instructions, the first turn and the last stay to the end."""
    messages = [say("system", "s"), *(say("user", str(n)) for n in range(7))]
    sizes = [10] * 8
    assert texts(middle_out(messages, sizes, 70).messages) == ["s", "0", "1", "2", "4", "5", "6"]
    assert texts(middle_out(messages, sizes, 50).messages) == ["s", "0", "1", "5", "6"]
    assert texts(middle_out(messages, sizes, 30).messages) == ["s", "0", "6"]


def test_a_call_goes_with_its_results() -> None:
    """Never one without the other."""
    messages = [say("user", "u"), *calling("a"), *calling("b"), *calling("c"), say("user", "v")]
    for limit in range(20, 90, 10):
        short = middle_out(messages, [10] * 8, limit)
        calls = [p.id for m in short.messages for p in m.parts if isinstance(p, ToolCall)]
        results = [p.call_id for m in short.messages for p in m.parts if isinstance(p, ToolResult)]
        assert calls == results


def test_a_last_message_that_is_too_long_loses_its_middle() -> None:
    """Beginning and end of the longest text stay, with a mark between."""
    long = "begin " + "x" * 4000 + " end"
    short = middle_out([say("user", "u"), say("user", long)], [1, 1000], 500)
    (first, last) = texts(short.messages)
    assert (first, short.left_out, short.cut) == ("u", 0, 1)
    assert last.startswith("begin x")
    assert last.endswith("x end")
    assert "[…]" in last
    assert len(last) <= len(long) / 2 + 10


def test_a_bound_on_their_number_counts_too() -> None:
    """However small they are."""
    messages = [say("user", str(n)) for n in range(9)]
    short = middle_out(messages, [1] * 9, 100, most_messages=4)
    assert texts(short.messages) == ["0", "1", "7", "8"]


@given(
    st.lists(st.tuples(st.sampled_from(["user", "assistant", "system"]), st.integers(1, 300))),
    st.integers(1, 2000),
)
def test_instructions_and_the_last_turn_always_stay(
    shapes: list[tuple[Role, int]], limit_tok: int
) -> None:
    """Order is kept, and all but those that must stay fits."""
    messages = [say(role, "x" * size * 4, str(n)) for n, (role, size) in enumerate(shapes)]
    sizes = [size for _, size in shapes]
    short = middle_out(messages, sizes, limit_tok)
    numbers = [int(message.name or "") for message in short.messages]
    assert numbers == sorted(numbers)
    assert short.left_out == len(messages) - len(short.messages)
    for n, (role, _) in enumerate(shapes):
        turns = [k for k, (other, _) in enumerate(shapes) if other != "system"]
        if role == "system" or n in (turns[:1] + turns[-1:]):
            assert n in numbers
