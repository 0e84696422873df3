"""How each search engine is asked, and what is made of its answer."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from turnout.core.conversation import WebSearch, Whereabouts
from turnout.upstream.search.engines import (
    BASE_URLS,
    EngineName,
    Found,
    SearchEngine,
    ask,
    results,
)

WISH = WebSearch(
    max_results=3,
    context_size="low",
    allowed_domains=("a.org", "b.org"),
    excluded_domains=("bad.a.org",),
    place=Whereabouts(country="ch"),
)


def engine(name: EngineName) -> SearchEngine:
    """The engine with a key."""
    return SearchEngine(name=name, base_url=BASE_URLS.get(name, "http://searx"), api_key="k-1")


def test_searxng_is_asked_by_get_for_json() -> None:
    """Domains go into the query, in the words that every web engine knows."""
    asked = ask(engine("searxng"), " two\nwords ", WISH)
    place = urlsplit(asked.url)
    assert (place.netloc, place.path, asked.method, asked.body) == ("searx", "/search", "GET", b"")
    query = parse_qs(place.query)
    assert query["format"] == ["json"]
    assert query["q"] == ["two words site:a.org OR site:b.org -site:bad.a.org"]


def test_brave_gets_its_key_in_a_header() -> None:
    """And the country of the asker."""
    asked = ask(engine("brave"), "x", WISH)
    place = urlsplit(asked.url)
    assert place.path == "/res/v1/web/search"
    query = parse_qs(place.query)
    assert (query["count"], query["country"]) == (["3"], ["CH"])
    assert ("x-subscription-token", "k-1") in asked.headers
    assert "k-1" not in asked.url


@pytest.mark.parametrize(
    ("name", "header", "body"),
    [
        (
            "exa",
            ("x-api-key", "k-1"),
            {
                "query": "x", "numResults": 3, "contents": {"text": {"maxCharacters": 500}},
                "includeDomains": ["a.org", "b.org"], "excludeDomains": ["bad.a.org"],
            },
        ),
        (
            "tavily",
            ("authorization", "Bearer k-1"),
            {
                "query": "x", "max_results": 3, "include_domains": ["a.org", "b.org"],
                "exclude_domains": ["bad.a.org"],
            },
        ),
    ],
)  # fmt: skip
def test_exa_and_tavily_are_asked_by_post(
    name: EngineName, header: tuple[str, str], body: dict[str, Any]
) -> None:
    """Everything in the body but the key."""
    asked = ask(engine(name), "x", WISH)
    assert (asked.method, urlsplit(asked.url).path) == ("POST", "/search")
    assert header in asked.headers
    assert json.loads(asked.body) == body


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("searxng", {"results": [{"url": "https://a.org/1", "title": "T", "content": "C"}]}),
        (
            "brave",
            {"web": {"results": [{"url": "https://a.org/1", "title": "T", "description": "C"}]}},
        ),
        ("exa", {"results": [{"url": "https://a.org/1", "title": "T", "text": "C"}]}),
        ("tavily", {"results": [{"url": "https://a.org/1", "title": "T", "content": "C"}]}),
    ],
)
def test_results_have_one_form(name: EngineName, answer: Any) -> None:
    """Whatever an engine calls its members."""
    found = results(engine(name), WISH, json.dumps(answer).encode())
    assert found == (Found(url="https://a.org/1", title="T", text="C"),)


def test_results_stay_within_the_wish() -> None:
    """Domains and count hold even where an engine does not; other schemes never pass."""
    urls = [
        "https://a.org/1", "https://sub.b.org/2", "https://bad.a.org/3", "https://c.org/4",
        "javascript:alert(1)", "http://[", "https://nota.org/5", "https://a.org/6",
        "https://a.org/7",
    ]  # fmt: skip
    answer = {"results": [{"url": url, "content": "x" * 9999} for url in urls]}
    found = results(engine("exa"), WISH, json.dumps(answer).encode())
    assert [one.url for one in found] == [
        "https://a.org/1", "https://sub.b.org/2", "https://a.org/6",
    ]  # fmt: skip
    assert {len(one.text) for one in found} == {500}
    assert found[0].title == "https://a.org/1"


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"results": 3}', b"[]"])
def test_results_of_something_else_are_refused(body: bytes) -> None:
    """A page, or another shape."""
    with pytest.raises(ValueError, match="not an answer"):
        results(engine("searxng"), WISH, body)
