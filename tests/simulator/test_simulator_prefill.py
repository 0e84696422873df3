"""The simulator goes on with a begun answer: what was said and what follows are the uncut one."""

from typing import Any

import msgspec
import pytest

from turnout.simulator.answers import Ask, answer
from turnout.simulator.scenario import Answering
from turnout.simulator.shapes.anthropic import AnthropicShape

PROMPT = {"role": "user", "content": "hello"}
TOOLS = [{"function": {"name": "look"}}]


def said(how: Answering, *messages: Any, **fields: Any) -> tuple[str, list[str], str]:
    """Words, calls and finish of the answer to a chat request."""
    body = msgspec.json.encode({"model": "m", "messages": [PROMPT, *messages], **fields})
    made = answer(how, msgspec.json.decode(body, type=Ask), 1)
    return "".join(made.tokens), [str(call.id) for call in made.calls], made.finish


def begun(text: str, **fields: Any) -> dict[str, Any]:
    """The beginning of an answer."""
    return {"role": "assistant", "content": text, **fields}


def test_rest_follows_from_wherever_the_answer_was_cut() -> None:
    """At every character, asked for by the request or by the message."""
    how = Answering(tokens=12)
    uncut, _, _ = said(how)
    for at in range(len(uncut) + 1):
        rest, _, finish = said(how, begun(uncut[:at]), continue_final_message=True)
        assert uncut[:at] + rest == uncut
        assert finish == "stop"
        assert said(how, begun(uncut[:at], prefix=True))[0] == rest


def test_rest_does_not_depend_on_how_the_prompt_is_spelled() -> None:
    """White space of JSON is no part of a prompt."""
    spaced = b'{ "model": "m", "messages" : [ { "role": "user", "content": "hello" } ] }'
    made = answer(Answering(), msgspec.json.decode(spaced, type=Ask), 1)
    assert "".join(made.tokens) == said(Answering())[0]


def test_provider_may_repeat_or_ignore_the_beginning() -> None:
    """As some do."""
    uncut, _, _ = said(Answering())
    repeats = Answering(prefill="repeats")
    assert said(repeats, begun(uncut[:9], prefix=True))[0] == uncut
    ignored = Answering(prefill="ignored")
    assert said(ignored, begun(uncut[:9], prefix=True))[0] == uncut


def test_other_words_are_answered_as_any_turn() -> None:
    """Nobody knows what would follow words that this answer does not begin with."""
    uncut, _, _ = said(Answering())
    assert said(Answering(), begun("Something else", prefix=True))[0] == uncut


def test_thoughts_are_not_thought_again() -> None:
    """Behind words there are words."""
    how = Answering(reasoning_tokens=5)
    uncut, _, _ = said(how)
    body = {"model": "m", "messages": [PROMPT, begun(uncut[:9], prefix=True)]}
    made = answer(how, msgspec.json.decode(msgspec.json.encode(body), type=Ask), 1)
    assert made.reasoning == ()


def test_calls_go_on_behind_whole_ones() -> None:
    """With the ids that they would have had."""
    how = Answering(tool_calls=3)
    _, whole, _ = said(how, tools=TOOLS)
    assert len(whole) == 3
    for count in range(4):
        calls = [{"id": one, "function": {"name": "look"}} for one in whole[:count]]
        last = begun("", tool_calls=calls)
        words, rest, finish = said(how, last, tools=TOOLS, continue_final_message=True)
        assert (words, rest, finish) == ("", whole[count:], "tool_calls")


def test_messages_refuse_white_space_at_the_end() -> None:
    """As Anthropic does; else the last turn is gone on with unasked."""
    shape = AnthropicShape()

    def asked(*messages: Any) -> Ask:
        body = {"model": "m", "messages": [PROMPT, *messages], "max_tokens": 100}
        return shape.ask("v1/messages", msgspec.json.encode(body))

    uncut = "".join(answer(Answering(), asked(), 1).tokens)
    rest = "".join(answer(Answering(), asked(begun(uncut[:9].rstrip())), 1).tokens)
    assert uncut[:9].rstrip() + rest == uncut
    parts = [{"type": "text", "text": uncut[:9].rstrip()}]
    turn = {"role": "assistant", "content": parts}
    assert "".join(answer(Answering(), asked(turn), 1).tokens) == rest
    with pytest.raises(msgspec.ValidationError, match="trailing whitespace"):
        asked(begun("Well, "))
