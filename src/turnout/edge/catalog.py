"""The catalog's routes: bytes made once for each catalog and query, with an ETag."""

from turnout.catalog.listing import Lister, Listing
from turnout.edge.ask import Ask, Reply


async def models(ask: Ask) -> Reply:
    """List models: those this installation can route to, or all with `all=true`."""
    return _reply(ask, _lister(ask).models(ask.query_string, _base_url(ask)))


async def embedding_models(ask: Ask) -> Reply:
    """List models that embed: those this installation can route to, or all with `all=true`."""
    base_url = _base_url(ask).removesuffix("/embeddings")
    return _reply(ask, _lister(ask).embedding_models(ask.query_string, base_url))


async def count(ask: Ask) -> Reply:
    """Count the models that the same query of `/models` lists."""
    return _reply(ask, _lister(ask).count(ask.query_string))


async def model(ask: Ask) -> Reply:
    """Get one model by its slug; aliases and variants resolve."""
    return _reply(ask, _lister(ask).model(_slug(ask), ask.query_string))


async def endpoints(ask: Ask) -> Reply:
    """List where a model is hosted, with prices, limits and measures."""
    return _reply(ask, _lister(ask).endpoints(_slug(ask), ask.query_string))


async def providers(ask: Ask) -> Reply:
    """List the providers that are on, or every host with `all=true`."""
    return _reply(ask, _lister(ask).providers(ask.query_string))


async def zero_retention(ask: Ask) -> Reply:
    """List the endpoints that keep no prompts and train on none."""
    return _reply(ask, _lister(ask).zdr(ask.query_string))


def _lister(ask: Ask) -> Lister:
    return ask.listers.of(ask.gateway.snapshot)


def _slug(ask: Ask) -> str:
    return f"{ask.path('author')}/{ask.path('slug')}"


def _base_url(ask: Ask) -> str:
    url = ask.request.url
    return f"{url.scheme}://{url.netloc}{url.path.rpartition('/models')[0]}"


def _reply(ask: Ask, listing: Listing) -> Reply:
    headers = (("etag", listing.etag), ("cache-control", "no-cache"))
    if listing.etag in ask.request.headers.get("if-none-match", ""):
        return Reply(body=b"", status=304, content_type=listing.content_type, headers=headers)
    return Reply(body=listing.body, content_type=listing.content_type, headers=headers)
