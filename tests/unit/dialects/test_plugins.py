"""What a request wishes of the gateway, in every way it can be said."""

import json
from typing import Any

import msgspec
import pytest

from turnout.core.conversation import WebSearch, Whereabouts
from turnout.core.errors import Refusal
from turnout.dialects.plugins import (
    NO_WISHES,
    Wishes,
    wishes_of,
    without_search,
    without_served,
)


def wishes(model: str = "acme/one", **fields: Any) -> Wishes:
    """Of a request with these fields."""
    raw = {name: msgspec.Raw(json.dumps(value).encode()) for name, value in fields.items()}
    return wishes_of(raw, (model,))


def test_most_requests_wish_nothing() -> None:
    """And then it is the very same object, so that nobody looks further."""
    assert wishes(messages=[], tools=[{"type": "function"}]) is NO_WISHES


@pytest.mark.parametrize(
    ("fields", "web", "own_words"),
    [
        ({"plugins": [{"id": "web"}]}, WebSearch(), False),
        (
            {
                "plugins": [
                    {
                        "id": "web", "engine": "exa", "max_results": 3, "max_uses": 2,
                        "search_prompt": "P", "include_domains": ["a.b"], "exclude_domains": ["c"],
                        "user_location": {"type": "approximate", "city": "Bern", "country": "CH"},
                    }
                ]
            },
            WebSearch(
                engine="exa", max_results=3, max_uses=2, prompt="P", allowed_domains=("a.b",),
                excluded_domains=("c",), place=Whereabouts(city="Bern", country="CH"),
            ),
            False,
        ),
        ({"plugins": [{"id": "web", "enabled": False}]}, None, False),
        (
            {"web_search_options": {"search_context_size": "high"}},
            WebSearch(context_size="high"),
            True,
        ),
        ({"tools": [{"type": "openrouter:web_search"}]}, WebSearch(), False),
        (
            {"tools": [{"type": "openrouter:web_search", "parameters": {"max_results": 2}}]},
            WebSearch(max_results=2),
            False,
        ),
        (
            {"tools": [{"type": "web_search_preview", "search_context_size": "low"}]},
            WebSearch(context_size="low"),
            True,
        ),
        (
            {"tools": [{"type": "web_search_20250305", "name": "web_search", "max_uses": 5,
                        "blocked_domains": ["x.y"]}]},
            WebSearch(max_uses=5, excluded_domains=("x.y",)),
            True,
        ),
        ({"tools": [{"type": "function", "function": {"name": "web_search"}}]}, None, False),
    ],
)  # fmt: skip
def test_a_search_is_understood(
    fields: dict[str, Any], web: WebSearch | None, *, own_words: bool
) -> None:
    """By plugin, by option, by each dialect's tool; a function of that name is only a function."""
    found = wishes(**fields)
    assert (found.web, found.own_words) == (web, own_words)


def test_online_is_a_search() -> None:
    """The variant of a model."""
    assert wishes("acme/one:online").web == WebSearch()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"plugins": [{"id": "context-compression"}]}, Wishes(compress=True)),
        ({"plugins": [{"id": "context-compression", "enabled": False}]}, Wishes(compress=False)),
        ({"transforms": ["middle-out"]}, Wishes(compress=True)),
        ({"transforms": []}, Wishes(compress=False)),
        ({"plugins": [{"id": "response-healing"}]}, Wishes(heal=True)),
        ({"plugins": [{"id": "file-parser"}]}, Wishes()),
        (
            {"plugins": [{"id": "file-parser", "pdf": {"engine": "pdf-text"}}]},
            Wishes(files="pdf-text"),
        ),
        ({"plugins": [{"id": "file-parser", "enabled": False}]}, Wishes(files="native")),
        ({"plugins": [{"id": "fusion"}]}, Wishes(unserved=("plugins.fusion",))),
    ],
)
def test_plugins_are_understood(fields: dict[str, Any], expected: Wishes) -> None:
    """Each with its own members; those of the hosted company are told, not refused."""
    assert wishes(**fields) == expected


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"plugins": [{"id": "web"}, {"id": "teleport"}]}, "plugins[1].id"),
        ({"plugins": [{"id": "web", "max_results": 0}]}, "plugins"),
        ({"plugins": {"id": "web"}}, "plugins"),
        ({"plugins": [{"id": "file-parser", "pdf": {"engine": "magic"}}]}, "plugins"),
        ({"web_search_options": {"search_context_size": "huge"}}, "web_search_options"),
        ({"tools": [{"type": "web_search", "max_results": "many"}]}, "tools"),
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any], param: str) -> None:
    """With its place."""
    with pytest.raises(Refusal) as refused:
        wishes(**fields)
    assert refused.value.param == param


def test_what_is_served_here_does_not_go_up() -> None:
    """Lists lose what was served, and vanish when nothing is left."""
    tools = msgspec.Raw(b'[{"type":"function","x":1},{"type":"web_search"}]')
    assert without_search(tools) == msgspec.Raw(b'[{"type":"function","x":1}]')
    assert without_search(msgspec.Raw(b'[{"type":"openrouter:web_search"}]')) is None
    plugins = msgspec.Raw(b'[{"id":"web"},{"id":"fusion","y":2}]')
    assert without_served(plugins) == msgspec.Raw(b'[{"id":"fusion","y":2}]')
    assert without_served(msgspec.Raw(b'[{"id":"web"}]')) is None
