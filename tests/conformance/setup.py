"""turnout.toml for recordings: their providers, with a model for each exchange."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tests.conformance.scope import Way, author_of, model_of
from tests.recordings import Exchange

from turnout.core.types import Dialect

_OUTPUTS: Final[Mapping[Dialect, str]] = {
    "openai.embeddings": '["embeddings"]',
    "rerank": '["rerank"]',
}
_CLIENTS: Final = ("chat", "messages", "responses")


def gateway_config(ways: Sequence[tuple[Exchange, Way]], url: str) -> str:
    """Every provider at the player, one model for each exchange.

    A recorded failure rests its endpoint; so each client has a model of its own then.
    """
    tables: dict[str, list[str]] = {}
    for exchange, way in ways:
        if way.provider not in tables:
            kind = f'kind = "{way.kind}"\n' if way.kind else ""
            head = (
                f'[providers.{way.provider}]\n{kind}base_url = "{url}"\napi_keys = ["sk-recorded"]'
            )
            tables[way.provider] = [head]
        tables[way.provider] += _models(exchange, way)
    # What one recording's model thought must not be put into another's history, and nothing is
    # fetched from where it was recorded.
    fixed = "[vault]\nenabled = false\n[media]\nenabled = false"
    return "\n".join([fixed, *(line for lines in tables.values() for line in lines)])


def _models(exchange: Exchange, way: Way) -> Iterable[str]:
    outputs = _OUTPUTS.get(way.dialect, '["text", "image", "audio"]')
    for name in sorted({slug(exchange, client) for client in _CLIENTS}):
        yield (
            f'[[providers.{way.provider}.models]]\nid = "{name}"\n'
            f"upstream = {json.dumps(model_of(exchange))}\ncontext = 10000000\n"
            f'dialect = "{way.dialect}"\n'
            'inputs = ["text", "image", "file", "audio", "video"]\n'
            f"outputs = {outputs}"
        )


def slug(exchange: Exchange, client: str) -> str:
    """The model's name for a client, by its last word."""
    own = f"-{client.rpartition('.')[2]}" if exchange.status >= 400 else ""
    return f"{author_of(exchange)}/{exchange.id}{own}"
