"""A wish for a web search at upstreams that speak Responses: a tool, or a plugin."""

import json
from typing import Any, Final

import msgspec
import pytest

from turnout.core.conversation import WebSearch, Whereabouts
from turnout.core.types import Endpoint, Unpriced
from turnout.dialects.openai_chat.client import CLIENT as CHAT
from turnout.dialects.openai_responses.adapter import OpenAIResponses
from turnout.dialects.openai_responses.quirks import OPEN_MODELS, UNKNOWN_SERVER, Quirks
from turnout.dialects.powers import SearchesWeb

ENDPOINT: Final = Endpoint(
    id="a/m@p",
    model="a/m",
    provider="p",
    tag="p",
    upstream_model="m",
    price=Unpriced(),
    context_tok=1000,
)
ASKED: Final = {
    "model": "a/m",
    "messages": [{"role": "user", "content": "News?"}],
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
}
WISH: Final = WebSearch(
    context_size="low", allowed_domains=("a.test",), place=Whereabouts(country="NL")
)


def sent(quirks: Quirks) -> Any:
    """The upstream's request for a chat request with the wish."""
    conversation = CHAT.read(json.dumps(ASKED).encode(), {}).conversation()
    wishing = msgspec.structs.replace(conversation, web=WISH)
    return json.loads(OpenAIResponses(quirks).encode(wishing, ENDPOINT).request.body)


def test_search_is_the_tool_of_openai() -> None:
    """Domains, size and place are said in the tool, behind the caller's own tools."""
    assert [tool["type"] for tool in sent(Quirks())["tools"]] == ["function", "web_search"]
    assert sent(Quirks())["tools"][1] == {
        "type": "web_search",
        "search_context_size": "low",
        "filters": {"allowed_domains": ["a.test"]},
        "user_location": {"type": "approximate", "country": "NL"},
    }


def test_search_is_the_plugin_of_a_router() -> None:
    """A router of the same contract gets the wish as the contract has it."""
    (plugin,) = sent(Quirks(drop=frozenset(), router_fields=True))["plugins"]
    assert (plugin["id"], plugin["include_domains"]) == ("web", ["a.test"])


@pytest.mark.parametrize(
    ("quirks", "searches"), [(Quirks(), True), (UNKNOWN_SERVER, False), (OPEN_MODELS, False)]
)
def test_servers_of_which_no_search_is_known_have_none(quirks: Quirks, *, searches: bool) -> None:
    """Only upstreams with a search of their own are asked for it."""
    adapter = OpenAIResponses(quirks)
    assert isinstance(adapter, SearchesWeb)
    assert adapter.searches_web(ENDPOINT) is searches
