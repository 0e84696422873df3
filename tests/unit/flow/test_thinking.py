"""Thinking of earlier turns: laid out as it was, and only before who can read it."""

import msgspec
import pytest

from turnout.core.conversation import (
    Conversation,
    Message,
    Opaque,
    Part,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
)
from turnout.core.types import Endpoint, Unpriced
from turnout.dialects.adapter import Tally
from turnout.dialects.bridge import note
from turnout.dialects.events import ReasoningDelta, TextDelta, ToolCallDelta
from turnout.flow.prepare.thinking import (
    blames_seals,
    carries_seals,
    legible,
    reads,
    recall,
    remember,
)
from turnout.vault.vault import Maker, Vault, VaultLimits

CLAUDE = "anthropic-claude-v1"
GEMINI = "google-gemini-v1"
OPENAI = "openai-responses-v1"


class Still:
    """A clock that stands."""

    def now_s(self) -> float:
        """See Clock."""
        return 0.0

    def unix_ms(self) -> int:
        """See Clock."""
        return 0


def endpoint(model: str, provider: str) -> Endpoint:
    """A model at a provider."""
    return Endpoint(
        id=f"{model}@{provider}",
        model=model,
        provider=provider,
        tag=provider,
        upstream_model="x",
        price=Unpriced(),
        context_tok=1000,
    )


def maker(model: str, provider: str) -> Maker:
    """That endpoint as a maker."""
    return Maker(provider, model, f"{model}@{provider}")


def talk(*messages: Message) -> Conversation:
    """A conversation."""
    return Conversation(dialect="openai.chat", messages=messages)


def said(*parts: Part) -> Message:
    """The assistant's turn."""
    return Message(role="assistant", parts=parts)


def call(id_: str, opaque: Opaque | None = None) -> ToolCall:
    """A call."""
    return ToolCall(id=id_, name="look", arguments="{}", opaque=opaque)


RESULT = Message(role="tool", parts=(ToolResult(call_id="c1", parts=(Text(text="r"),)),))
SEAL = Opaque(format=CLAUDE, signature="s")


@pytest.mark.parametrize(
    ("made_by", "opaque_format", "asked", "readable"),
    [
        (("anthropic/claude", "anthropic"), CLAUDE, ("anthropic/claude", "amazon-bedrock"), True),
        (("anthropic/claude", "anthropic"), CLAUDE, ("anthropic/other", "google-vertex"), True),
        (("anthropic/claude", "anthropic"), CLAUDE, ("openai/gpt", "openai"), False),
        (("google/gemini", "google-vertex"), GEMINI, ("google/gemini", "google-vertex"), True),
        (("google/gemini", "google-vertex"), GEMINI, ("google/gemini", "google-ai-studio"), False),
        (("openai/gpt", "openai"), OPENAI, ("openai/gpt", "azure"), False),
        (("openai/gpt", "openai"), OPENAI, ("openai/gpt-mini", "openai"), True),
        (("x-ai/grok", "xai"), "xai-responses-v1", ("openai/gpt", "openai"), False),
        (("acme/one", "a"), "unknown", ("acme/one", "a"), True),
        (("acme/one", "a"), "unknown", ("acme/one", "b"), False),
        (("acme/one", "router"), CLAUDE, ("acme/one", "router"), True),
    ],
)
def test_sealed_thinking_is_read_by_its_maker(
    made_by: tuple[str, str], opaque_format: str, asked: tuple[str, str], *, readable: bool
) -> None:
    """Claude's on every platform, the others' at one provider."""
    assert reads(endpoint(*asked), opaque_format, maker(*made_by)) is readable


def test_legible_keeps_words_and_drops_seals_on_a_forced_hop() -> None:
    """Visible thoughts stay plain, sealed ones without words go, calls lose their seals."""
    before = talk(
        said(
            Reasoning(text="I think", opaque=SEAL, index=0),
            Reasoning(kind="encrypted", opaque=Opaque(format=CLAUDE, data="d")),
            Text(text="words"),
            call("c1", SEAL),
        )
    )
    after = legible(before, endpoint("deepseek/r", "deepseek"), maker("anthropic/c", "anthropic"))
    assert after.messages[0].parts == (Reasoning(text="I think"), Text(text="words"), call("c1"))


def test_legible_leaves_alone_what_can_be_read() -> None:
    """The very same object, so nothing is written anew."""
    before = talk(said(Reasoning(text="I", opaque=SEAL), Text(text="w")))
    at = endpoint("anthropic/c", "anthropic")
    assert legible(before, at, None) is before
    assert carries_seals(before)
    assert not carries_seals(legible(before, at, None, unsealed=True))


def remembered(*events: ReasoningDelta | TextDelta | ToolCallDelta, plain: bool = False) -> Vault:
    """A vault that has seen one answer."""
    vault, tally = Vault(Still(), VaultLimits()), Tally()
    for event in events:
        note(tally, event)
    remember(vault, "me", tally, maker("anthropic/c", "anthropic"), plain=plain)
    return vault


def test_recall_lays_thoughts_out_as_they_stood_among_the_calls() -> None:
    """Interleaved: a thought, words, a call, another thought, another call."""
    vault = remembered(
        ReasoningDelta("fir", index=0),
        ReasoningDelta("st", index=0),
        ReasoningDelta(opaque=SEAL, index=0),
        TextDelta("words"),
        ToolCallDelta(0, "c1", "look"),
        ToolCallDelta(0, arguments="{}"),
        ReasoningDelta("second", opaque=Opaque(format=CLAUDE, signature="t"), index=1),
        ToolCallDelta(1, "c2", "look", "{}"),
    )
    stripped = talk(said(Text(text="words"), call("c1"), call("c2")), RESULT)
    found = recall(vault, "me", stripped)
    assert found is not None
    assert (found.restored, found.open_loop) == (1, True)
    assert found.maker.provider == "anthropic"
    assert found.conversation.messages[0].parts == (
        Reasoning(text="first", opaque=SEAL, index=0),
        Text(text="words"),
        call("c1"),
        Reasoning(text="second", opaque=Opaque(format=CLAUDE, signature="t"), index=1),
        call("c2"),
    )


def test_recall_leaves_a_client_alone_that_kept_everything() -> None:
    """The request stays the very same; only its maker is known."""
    vault = remembered(
        ReasoningDelta("first", opaque=SEAL, index=0), ToolCallDelta(0, "c1", "look", "{}")
    )
    whole = talk(said(Reasoning(text="first", opaque=SEAL), call("c1")), RESULT)
    found = recall(vault, "me", whole)
    assert found is not None
    assert found.restored == 0
    assert found.conversation is whole


def test_recall_restores_signatures_that_calls_carried() -> None:
    """Gemini's ride on the call itself."""
    seal = Opaque(format=GEMINI, signature="g")
    vault = remembered(ToolCallDelta(0, "c1", "look", "{}", opaque=seal))
    found = recall(vault, "me", talk(said(call("c1")), RESULT))
    assert found is not None
    assert found.conversation.messages[0].parts == (call("c1", seal),)


def test_remember_keeps_plain_thoughts_only_for_who_wants_them() -> None:
    """Most providers do not take them back, and then nothing is kept."""
    events = (ReasoningDelta("plain"), ToolCallDelta(0, "c1", "look", "{}"))
    assert len(remembered(*events)) == 0
    assert len(remembered(*events, plain=True)) == 1


def test_remember_ignores_answers_without_thoughts_and_other_choices() -> None:
    """Words and calls alone leave nothing; a second choice is nobody's history."""
    assert len(remembered(TextDelta("w"), ToolCallDelta(0, "c1", "look"), plain=True)) == 0
    second = msgspec.structs.replace(ReasoningDelta("x", opaque=SEAL), choice=1)
    assert len(remembered(second, TextDelta("w"))) == 0


@pytest.mark.parametrize(
    ("message", "blamed"),
    [
        ("messages.1.content.0: Invalid `signature` in `thinking` block", True),
        ("Corrupted thought signature.", True),
        ("The encrypted content could not be decrypted", True),
        ("`reasoning_content` must be passed back", True),
        ("temperature: must be at most 1", False),
    ],
)
def test_a_refusal_of_seals_is_known_by_its_words(message: str, *, blamed: bool) -> None:
    """Only then is there a second try without."""
    assert blames_seals(message) is blamed
