"""Cache breakpoints within what an upstream takes: the ones worth most stay, where they were."""

from turnout.core.conversation import CacheMark, Conversation, Message, Part, Text, Tool
from turnout.dialects.lowering.marks import marks_within

FIVE = CacheMark()
HOUR = CacheMark(ttl="1h")


def text(words: str, mark: CacheMark | None = FIVE) -> Part:
    """A text with a breakpoint."""
    return Text(text=words, cache=mark)


def marked(mark: CacheMark = FIVE) -> Conversation:
    """Two tools, two instructions and three turns, a breakpoint on each."""
    return Conversation(
        dialect="openai.chat",
        tools=(Tool(name="t0", cache=mark), Tool(name="t1", cache=mark)),
        messages=(
            Message(role="system", parts=(text("s0", mark), text("s1", mark))),
            Message(role="user", parts=(text("u0", mark),)),
            Message(role="assistant", parts=(text("a0", None),)),
            Message(role="user", parts=(text("u1", mark), text("u2", mark))),
        ),
    )


def places(conversation: Conversation) -> list[str]:
    """What carries a breakpoint."""
    tools = [tool.name for tool in conversation.tools if tool.cache]
    parts = [part for message in conversation.messages for part in message.parts]
    return tools + [part.text for part in parts if isinstance(part, Text) and part.cache]


def test_marks_within_the_bound_are_untouched() -> None:
    """The very same object: not a byte changes."""
    before = marked()
    assert marks_within(before, 7) == (before, ())
    assert marks_within(before, 7)[0] is before


def test_marks_beyond_the_bound_keep_the_ones_worth_most() -> None:
    """The last tool, the last instruction, the latest messages."""
    after, told = marks_within(marked(), 4)
    assert places(after) == ["t1", "s1", "u1", "u2"]
    assert told == ("cache_control",)


def test_marks_go_where_none_is_taken() -> None:
    """And that is told."""
    after, told = marks_within(marked(), 0)
    assert places(after) == []
    assert told == ("cache_control",)


def test_marks_lose_an_hour_that_is_not_known() -> None:
    """They stay as breakpoints of the only kind there is."""
    after, told = marks_within(marked(HOUR), 7, hours=False)
    assert len(places(after)) == 7
    assert after.tools[0].cache == FIVE
    assert told == ("cache_control.ttl",)


def test_marks_are_the_same_at_every_turn_for_what_was_there_before() -> None:
    """A turn later the tools and instructions still carry theirs, so their bytes are equal."""
    before = marked()
    later = Conversation(
        dialect="openai.chat",
        tools=before.tools,
        messages=(*before.messages, Message(role="user", parts=(text("u3"),))),
    )
    first, second = marks_within(before, 3)[0], marks_within(later, 3)[0]
    assert first.tools == second.tools
    assert first.messages[0] == second.messages[0]
