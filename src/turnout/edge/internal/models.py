"""`/models`: the whole catalog in one answer, for a list that filters and sorts by itself."""

import asyncio
import gzip
from hashlib import sha256
from typing import Final

import msgspec

from turnout.edge.ask import Ask, Reply
from turnout.edge.internal.cards import ModelCard, Name
from turnout.edge.internal.dealing import model_card
from turnout.edge.internal.desk import Desk

_MINUTE_MS: Final = 60_000
_LEVEL: Final = 9
"""Packed once a minute at most, and sent to everybody."""
_KEY: Final = ("models",)


class Models(msgspec.Struct, frozen=True):
    """Every model that is known, on or off, and the values that can be filtered by."""

    models: list[ModelCard]
    authors: list[Name]
    providers: list[Name]
    parameters: list[str]


class ModelsAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /models`."""

    data: Models


class Kept(msgspec.Struct, frozen=True):
    """A finished answer and when it was made; `etag` is quoted."""

    minute: int
    body: bytes
    gzipped: bytes
    etag: str


async def list_models(ask: Ask) -> Reply:
    """List every known model with its price, context and measures, for the site's own list."""
    desk = Desk(ask)
    minute = desk.now_ms // _MINUTE_MS
    kept = desk.shelf.kept.get(_KEY)
    if not isinstance(kept, Kept) or kept.minute != minute:
        body = msgspec.json.encode(ModelsAnswer(models_of(desk)))
        etag = f'"{sha256(body).hexdigest()[:32]}"'
        if isinstance(kept, Kept) and kept.etag == etag:
            kept = msgspec.structs.replace(kept, minute=minute)
        else:
            packed = await asyncio.to_thread(gzip.compress, body, _LEVEL, mtime=0)
            kept = Kept(minute, body, packed, etag)
        desk.shelf.kept[_KEY] = kept
    headers = (("etag", kept.etag), ("cache-control", "no-cache"))
    if kept.etag in ask.request.headers.get("if-none-match", ""):
        return Reply(body=b"", status=304, headers=headers)
    return Reply(body=kept.body, gzipped=kept.gzipped, headers=headers)


def models_of(desk: Desk) -> Models:
    """The list as it is now."""
    shelf = desk.shelf
    known = shelf.catalog.models
    cards = [
        model_card(shelf, known[slug], desk.live, desk.weekly_tokens(known[slug]))
        for slug in shelf.models
    ]
    authors = dict.fromkeys(card.author for card in cards)
    hosts = dict.fromkeys(host for card in cards for host in card.providers)
    return Models(
        models=cards,
        authors=[Name(slug, shelf.author_name(slug)) for slug in sorted(authors)],
        providers=[Name(slug, shelf.provider_name(slug)) for slug in sorted(hosts)],
        parameters=sorted({name for card in cards for name in card.supported_parameters}),
    )
