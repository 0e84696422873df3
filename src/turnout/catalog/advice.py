"""What to say to a caller who cannot be served: which key would help, or which name was meant."""

from difflib import get_close_matches
from typing import Final

from turnout.catalog.index import Catalog, ProviderFacts
from turnout.core.types import Model
from turnout.dialects.provider import Provider
from turnout.providers import PROVIDERS

_MOST_NAMED: Final = 5
_CLOSENESS: Final = 0.6


def what_would_serve(model: Model, catalog: Catalog | None = None) -> str:
    """One sentence: the settings that would turn a provider of the model on, the primary first.

    Args:
        model: One that exists; its endpoints are all known ones.
        catalog: Adds providers that resell it, when given.
    """
    endpoints = model.endpoints if catalog is None else catalog.all_endpoints(model.slug)
    hosts = list(dict.fromkeys(endpoint.provider for endpoint in endpoints))
    known = [PROVIDERS[host] for host in hosts if host in PROVIDERS]
    ways = [_way(provider) for provider in known][:_MOST_NAMED]
    if ways:
        more = len(known) - len(ways)
        tail = f", or {more} more: see `turnout endpoints {model.slug}`" if more else ""
        return f"To serve {model.slug}, {_either(ways)}{tail}."
    if hosts:
        names = ", ".join(_host_name(host, catalog) for host in hosts[:_MOST_NAMED])
        return (
            f"{model.slug} is hosted by {names}, none of which Turnout speaks to by itself; any "
            "OpenAI-compatible server of it can be added under [providers] in turnout.toml."
        )
    return f"No host of {model.slug} is known; add one under [providers] in turnout.toml."


def nearest(name: str, catalog: Catalog, most: int = 3) -> tuple[str, ...]:
    """Slugs that a name may have meant, the likeliest first; empty when none is near.

    Names without an author match by the part after the slash.
    """
    asked = name.lower().split(":", 1)[0]
    if "/" not in asked:
        exact = [s for s in catalog.models if s.partition("/")[2].split(":", 1)[0] == asked]
        if exact:
            return tuple(exact[:most])
        tails = {s.partition("/")[2]: s for s in reversed(tuple(catalog.models))}
        close = get_close_matches(asked, tails, n=most, cutoff=_CLOSENESS)
        return tuple(tails[tail] for tail in close)
    return tuple(get_close_matches(asked, catalog.models, n=most, cutoff=_CLOSENESS))


def _way(provider: Provider) -> str:
    if provider.api_key_env:
        return f"set {provider.api_key_env[0]} ({provider.name})"
    return f"configure [providers.{provider.id}] ({provider.name})"


def _either(ways: list[str]) -> str:
    return ways[0] if len(ways) == 1 else f"{', '.join(ways[:-1])} or {ways[-1]}"


def _host_name(host: str, catalog: Catalog | None) -> str:
    facts: ProviderFacts | None = None if catalog is None else catalog.providers.get(host)
    return host if facts is None else facts.name
