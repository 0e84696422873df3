"""How each engine is asked and what it answers. Pure.

Sources (read 2026-11-25): docs.searxng.org/dev/search_api.html; api-dashboard.search.brave.com/app/
documentation/web-search/query; docs.exa.ai/reference/search; docs.tavily.com/documentation/
api-reference/endpoint/search.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias
from urllib.parse import urlencode, urlsplit

import msgspec

from turnout.core.conversation import WebSearch
from turnout.core.money import Nusd

EngineName = Literal["searxng", "brave", "exa", "tavily"]
Json: TypeAlias = str | int | bool | Sequence["Json"] | Mapping[str, "Json"]

BASE_URLS: Final[Mapping[EngineName, str]] = {
    "brave": "https://api.search.brave.com",
    "exa": "https://api.exa.ai",
    "tavily": "https://api.tavily.com",
}
"""Where the hosted ones are; a SearXNG is always one's own."""

MOST_QUERY_CHARS: Final = 400
"""Brave's bound, which suits the others too."""

_SNIPPET_CHARS: Final[Mapping[str, int]] = {"low": 500, "medium": 1500, "high": 4000}
_MOST_RESULTS: Final = 20


class SearchEngine(msgspec.Struct, frozen=True, kw_only=True):
    """The engine that config names.

    Attributes:
        base_url: Without a trailing slash.
        api_key: None for engines that need none.
        max_results: When the caller does not say.
        price_nusd: Of one search.
        timeout_s: Of one search.
    """

    name: EngineName
    base_url: str
    api_key: str | None = None
    max_results: int = 5
    price_nusd: Nusd = Nusd(0)
    timeout_s: float = 10.0


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One result; `text` is what the engine shows of the page."""

    url: str
    title: str
    text: str = ""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def results_wanted(engine: SearchEngine, wish: WebSearch) -> int:
    """How many results are asked for: 1 to 20."""
    return min(wish.max_results or engine.max_results, _MOST_RESULTS)


def ask(engine: SearchEngine, query: str, wish: WebSearch) -> Question:
    """The request for a query."""
    text = " ".join(query.split())[:MOST_QUERY_CHARS]
    match engine.name:
        case "searxng":
            words = {"q": _scoped(text, wish), "format": "json"}
            return Question(url=f"{engine.base_url}/search?{urlencode(words)}", headers=_KEYLESS)
        case "brave":
            count = str(results_wanted(engine, wish))
            words = {"q": _scoped(text, wish), "count": count}
            place = wish.place
            if place is not None and place.country is not None and len(place.country) == 2:
                words["country"] = place.country.upper()
            headers = (*_KEYLESS, ("x-subscription-token", engine.api_key or ""))
            url = f"{engine.base_url}/res/v1/web/search?{urlencode(words)}"
            return Question(url=url, headers=headers)
        case "exa":
            return _ask_exa(engine, text, wish)
        case "tavily":
            return _ask_tavily(engine, text, wish)


_KEYLESS: Final = (("accept", "application/json"),)
_JSON: Final = ("content-type", "application/json")


def _ask_exa(engine: SearchEngine, text: str, wish: WebSearch) -> Question:
    most = _SNIPPET_CHARS[wish.context_size or "medium"]
    fields: dict[str, Json] = {
        "query": text,
        "numResults": results_wanted(engine, wish),
        "contents": {"text": {"maxCharacters": most}},
    }
    if wish.allowed_domains:
        fields["includeDomains"] = wish.allowed_domains
    if wish.excluded_domains:
        fields["excludeDomains"] = wish.excluded_domains
    return Question(
        url=f"{engine.base_url}/search",
        method="POST",
        headers=(*_KEYLESS, _JSON, ("x-api-key", engine.api_key or "")),
        body=msgspec.json.encode(fields),
    )


def _ask_tavily(engine: SearchEngine, text: str, wish: WebSearch) -> Question:
    fields: dict[str, Json] = {"query": text, "max_results": results_wanted(engine, wish)}
    if wish.context_size == "high":
        fields["search_depth"] = "advanced"
    if wish.allowed_domains:
        fields["include_domains"] = wish.allowed_domains
    if wish.excluded_domains:
        fields["exclude_domains"] = wish.excluded_domains
    return Question(
        url=f"{engine.base_url}/search",
        method="POST",
        headers=(*_KEYLESS, _JSON, ("authorization", f"Bearer {engine.api_key or ''}")),
        body=msgspec.json.encode(fields),
    )


def _scoped(text: str, wish: WebSearch) -> str:
    """The query with its domains in the words that every web engine knows."""
    sites = " OR ".join(f"site:{domain}" for domain in wish.allowed_domains)
    others = " ".join(f"-site:{domain}" for domain in wish.excluded_domains)
    return " ".join(part for part in (text, sites, others) if part)


class _Row(msgspec.Struct):
    url: str
    title: str | None = None
    content: str | None = None
    description: str | None = None
    text: str | None = None


class _Rows(msgspec.Struct):
    results: list[_Row] = []


class _Answer(_Rows):
    web: _Rows | None = None  # Brave puts its results under the kind they are of


_ANSWER: Final = msgspec.json.Decoder(_Answer)


def results(engine: SearchEngine, wish: WebSearch, body: bytes) -> tuple[Found, ...]:
    """What an engine found, in its order, at most as many as wanted.

    Raises:
        ValueError: The body is no answer of that engine.
    """
    try:
        answer = _ANSWER.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError("not an answer of the engine") from error
    rows = answer.web.results if answer.web is not None else answer.results
    most = _SNIPPET_CHARS[wish.context_size or "medium"]
    found = [
        Found(
            url=row.url,
            title=row.title or row.url,
            text=(row.text or row.content or row.description or "")[:most],
        )
        for row in rows
        if _is_within(row.url, wish)
    ]
    return tuple(found[: results_wanted(engine, wish)])


def _is_within(url: str, wish: WebSearch) -> bool:
    """A web page on a domain that was not ruled out: engines take their operators as hints."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host:
        return False
    if any(_is_of(host, domain) for domain in wish.excluded_domains):
        return False
    return not wish.allowed_domains or any(_is_of(host, one) for one in wish.allowed_domains)


def _is_of(host: str, domain: str) -> bool:
    name = domain.lower().removeprefix("*.").partition("/")[0]
    return host == name or host.endswith(f".{name}")
