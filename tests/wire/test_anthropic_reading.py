"""What the client side of Anthropic's dialect reads: checked, found, and refused with its field."""

from typing import Any, Final

import msgspec
import pytest

from turnout.core.errors import Refusal
from turnout.core.types import Endpoint, Unpriced
from turnout.dialects.adapter import Inbound
from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.client import CLIENT
from turnout.dialects.anthropic_messages.models import slug_of

HI: Final[list[dict[str, Any]]] = [{"role": "user", "content": "hi"}]
ENDPOINT: Final = Endpoint(
    id="a/m@p",
    model="a/m",
    provider="p",
    tag="p",
    upstream_model="their-m",
    price=Unpriced(),
    context_tok=8_192,
    max_output_tok=1_000,
)
OWN: Final = AnthropicMessages()


def read(headers: dict[str, str] | None = None, **fields: Any) -> Inbound:
    """A request of these fields."""
    body = {"model": "a/m", "max_tokens": 9, "messages": HI, **fields}
    return CLIENT.read(msgspec.json.encode(body), headers or {})


REFUSED: Final = (
    ("no json", b"{", None, "not valid JSON"),
    ("no object", b"[]", None, "JSON object"),
    ("not UTF-8", b'{"messages":"\xff"}', None, "UTF-8"),
    ("no messages", b"{}", "messages", "required"),
    ("no message", b'{"messages":[]}', "messages", "at least one"),
    (
        "a strange role",
        b'{"messages":[{"role":"bot","content":"a"}]}',
        "messages[0].role",
        "assistant",
    ),
    ("no content", b'{"messages":[{"role":"user"}]}', "messages[0].content", "required"),
    (
        "a block without a type",
        b'{"messages":[{"role":"user","content":[{"text":"a"}]}]}',
        "messages[0].content[0].type",
        "required",
    ),
)
WRONG: Final[tuple[tuple[dict[str, Any], str, str], ...]] = (
    ({"max_tokens": 0}, "max_tokens", ">= 1"),
    ({"temperature": 2.5}, "temperature", "<= 2"),
    ({"thinking": {"type": "enabled"}}, "thinking.budget_tokens", "1024"),
    ({"thinking": {"type": "enabled", "budget_tokens": 5}}, "thinking.budget_tokens", ">= 1024"),
    (
        {"thinking": {"type": "enabled", "budget_tokens": 2000}, "max_tokens": 2000},
        "thinking.budget_tokens",
        "less than max_tokens",
    ),
    ({"tool_choice": {"type": "maybe"}}, "tool_choice.type", "auto, any, tool, none"),
    ({"tool_choice": {"type": "tool"}}, "tool_choice.name", "required"),
    ({"tools": [{"input_schema": {}}]}, "tools[0].name", "name"),
    ({"stop_sequences": [" \n"]}, "stop_sequences[0]", "whitespace"),
    ({"output_config": {"effort": "huge"}}, "output_config.effort", "xhigh"),
    ({"output_config": {"format": {"type": "xml"}}}, "output_config.format.type", "json_schema"),
    ({"service_tier": "gold"}, "service_tier", "standard_only"),
    ({"cache_control": {"type": "x"}}, "cache_control.type", "ephemeral"),
    ({"models": ["a/m"], "fallbacks": [{"model": "b/n"}]}, "fallbacks", "models"),
    ({"fallbacks": [{"model": "b/n", "x": 1}]}, "fallbacks[0]", "unknown field"),
    ({"fallbacks": [{"model": "b/n"}] * 4}, "fallbacks", "<= 3"),
    ({"provider": {"sort": "taste"}}, "provider.sort", "price"),
    ({"session_id": "x" * 300}, "session_id", "256"),
)


@pytest.mark.parametrize(
    ("body", "param", "word"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refusal_of_a_body_names_field_fault_and_remedy(
    body: bytes, param: str | None, word: str
) -> None:
    """A wrong body is a 400 that says where, what and what would be right."""
    with pytest.raises(Refusal) as caught:
        CLIENT.read(body, {})
    assert caught.value.error_type == "invalid_request"
    assert caught.value.param == param
    assert word in caught.value.message


@pytest.mark.parametrize(("fields", "param", "word"), WRONG, ids=[row[1] for row in WRONG])
def test_refusal_of_a_field_names_fault_and_remedy(
    fields: dict[str, Any], param: str, word: str
) -> None:
    """So is a wrong field, or two that go not together."""
    with pytest.raises(Refusal) as caught:
        read(**fields)
    assert caught.value.param == param
    assert word in caught.value.message


DEEPER: Final[tuple[tuple[dict[str, Any], str], ...]] = (
    ({"type": "tool_use", "name": "n", "input": {}}, "id"),
    ({"type": "tool_use", "id": "t", "input": {}}, "name"),
    ({"type": "tool_result", "content": "a"}, "tool_use_id"),
    ({"type": "image"}, "source"),
    ({"type": "image", "source": {"type": "base64"}}, "source"),
    ({"type": "document", "source": {"type": "tape", "data": "x"}}, "source"),
)


@pytest.mark.parametrize(("block", "field"), DEEPER)
def test_refusal_of_a_block_names_its_place(block: dict[str, Any], field: str) -> None:
    """What only a translation looks at is refused by it, with the block's place."""
    inbound = read(messages=[{"role": "user", "content": [block]}])
    with pytest.raises(Refusal) as caught:
        inbound.conversation()
    assert caught.value.param == f"messages[0].content[0].{field}"


def test_read_finds_what_routing_needs() -> None:
    """Models in order, preferences, modalities, parameters, limit, tier, session and user."""
    png = {"type": "base64", "media_type": "image/png", "data": "A" * 40_000}
    content = [
        {"type": "text", "text": "x" * 400},
        {"type": "image", "source": png},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a"}},
        {
            "type": "tool_result",
            "tool_use_id": "t",
            "content": [{"type": "document", "source": {"type": "url", "url": "https://x.test"}}],
        },
    ]
    inbound = read(
        model="claude-sonnet-4-5-20250929",
        fallbacks=[{"model": "b/n:floor"}],
        messages=[{"role": "user", "content": content}],
        provider={"order": ["p"]},
        temperature=0,
        top_k=None,
        stop_sequences=["END"],
        thinking={"type": "adaptive"},
        output_config={"format": {"type": "json_schema", "schema": {}}},
        service_tier="standard_only",
        session_id="s",
        metadata={"user_id": "u"},
    )
    assert inbound.models == ("anthropic/claude-sonnet-4.5", "b/n:floor")
    assert inbound.preferences.order == ("p",)
    needs = inbound.needs
    assert needs.inputs == {"text", "image", "file"}
    assert needs.parameters == {
        "max_tokens",
        "temperature",
        "stop",
        "reasoning",
        "response_format",
        "structured_outputs",
    }
    assert (needs.max_output_tok, needs.tier) == (9, "default")
    assert 100 <= needs.prompt_tok < 400, "pictures by value are no text"
    assert (inbound.session_id, inbound.user, inbound.stream) == ("s", "u", False)


def test_plain_text_document_is_text() -> None:
    """It asks for no model that reads files."""
    source = {"type": "text", "media_type": "text/plain", "data": "a"}
    inbound = read(messages=[{"role": "user", "content": [{"type": "document", "source": source}]}])
    assert inbound.needs.inputs == {"text"}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("claude-sonnet-4-5", "anthropic/claude-sonnet-4.5"),
        ("claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4.5"),
        ("claude-sonnet-4-5@20250929", "anthropic/claude-sonnet-4.5"),
        ("claude-opus-4-1[1m]", "anthropic/claude-opus-4.1"),
        ("claude-sonnet-4-20250514", "anthropic/claude-sonnet-4"),
        ("claude-sonnet-4-0", "anthropic/claude-sonnet-4"),
        ("claude-3-5-haiku-latest", "anthropic/claude-3.5-haiku"),
        ("claude-3-7-sonnet-20250219:nitro", "anthropic/claude-3.7-sonnet:nitro"),
        ("claude-3-haiku-20240307", "anthropic/claude-3-haiku"),
        ("claude-fable-5", "anthropic/claude-fable-5"),
        ("anthropic/claude-sonnet-4.5[1m]", "anthropic/claude-sonnet-4.5"),
        ("openai/gpt-4o-mini:floor", "openai/gpt-4o-mini:floor"),
        ("~anthropic/claude-opus-latest", "~anthropic/claude-opus-latest"),
    ],
)
def test_names_of_anthropics_clients_are_slugs(name: str, slug: str) -> None:
    """Bare, dated and annotated names mean the catalog's model; slugs mean themselves."""
    assert slug_of(name) == slug
    assert read(model=name).models == (slug,)


def test_no_model_means_the_default_one() -> None:
    """A caller who names no model leaves the choice to the installation."""
    assert CLIENT.read(msgspec.json.encode({"messages": HI}), {}).models == ()
