"""What a dialogue is known by: nothing that its later turns change."""

from typing import Any

import msgspec
import pytest
from tests.unit.flow.routing import inbound

from turnout.dialects.anthropic_messages.client import CLIENT as MESSAGES
from turnout.dialects.embeddings.client import CLIENT as EMBEDDINGS
from turnout.dialects.openai_responses.client import CLIENT as RESPONSES
from turnout.flow.dialogue import name_of

SYSTEM = {"role": "system", "content": "Be brief."}
HELLO = {"role": "user", "content": "hello"}
MORE = [{"role": "assistant", "content": "yes?"}, {"role": "user", "content": "go on"}]


def name(owner: str = "key", **fields: Any) -> bytes | None:
    """Of a chat request."""
    return name_of(owner, inbound(**fields))


def test_name_is_that_of_the_opening() -> None:
    """Later turns keep it; another first message, system, model or key makes another."""
    first = name(messages=[SYSTEM, HELLO])
    assert first is not None
    assert len(first) == 16
    assert name(messages=[SYSTEM, HELLO, *MORE]) == first
    others = [
        name(messages=[HELLO]),
        name(messages=[SYSTEM, {"role": "user", "content": "good day"}]),
        name(messages=[{"role": "system", "content": "Be long."}, HELLO]),
        name(messages=[SYSTEM, HELLO], model="acme/two"),
        name("another", messages=[SYSTEM, HELLO]),
    ]
    assert len({first, *others}) == 6


def test_name_does_not_change_with_marks_of_a_cache() -> None:
    """Clients move them to the newest turn; a single text may be a part or a string."""
    marked = {"type": "text", "text": "hello", "cache_control": {"type": "ephemeral"}}
    plain = {"type": "text", "text": "hello"}
    first = name(messages=[SYSTEM, HELLO])
    for part in (marked, plain):
        assert name(messages=[SYSTEM, {"role": "user", "content": [part]}, *MORE]) == first


@pytest.mark.parametrize("said", [{"session_id": "s"}, {"prompt_cache_key": "k"}])
def test_name_of_a_session_or_a_cache_key_comes_before_the_opening(said: dict[str, str]) -> None:
    """Two openings are one dialogue then; a session and a key of the same text are two."""
    one = name(messages=[HELLO], **said)
    assert name(messages=[SYSTEM], **said) == one
    assert name(messages=[HELLO]) != one
    assert name(messages=[HELLO], session_id="x") != name(messages=[HELLO], prompt_cache_key="x")
    both = name(messages=[HELLO], session_id="s", prompt_cache_key="k")
    assert both == name(messages=[HELLO], session_id="s")


def test_names_of_the_other_dialects() -> None:
    """System and instructions count; vectors are no dialogue."""

    def messages(**fields: Any) -> bytes | None:
        body = {"model": "acme/one", "max_tokens": 9, "messages": [HELLO], **fields}
        return name_of("key", MESSAGES.read(msgspec.json.encode(body), {}))

    def responses(**fields: Any) -> bytes | None:
        body = {"model": "acme/one", "input": "hello", **fields}
        return name_of("key", RESPONSES.read(msgspec.json.encode(body), {}))

    assert messages() == messages(messages=[HELLO, *MORE])
    assert messages() != messages(system="Be brief.")
    assert responses() == responses() != responses(instructions="Be brief.")
    turns = [{"type": "message", "role": "user", "content": "hello"}]
    later = [*turns, {"type": "message", "role": "assistant", "content": "yes?"}]
    assert responses(input=turns) == responses(input=later)
    vectors = EMBEDDINGS.read(b'{"model":"acme/v","input":"hello","session_id":"s"}', {})
    assert name_of("key", vectors) is None
