"""What a provider said, by recorded dialect: readings that share no code with the gateway."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from tests.conformance.told_anthropic import told_anthropic
from tests.conformance.told_bedrock import told_bedrock
from tests.conformance.told_cohere import told_cohere
from tests.conformance.told_gemini import told_gemini
from tests.conformance.told_ollama import told_ollama
from tests.conformance.told_responses import told_responses
from tests.recordings import Exchange
from tests.wire.heard import Fields, Heard, ended, from_provider

from turnout.core.types import Dialect


def told_chat(exchange: Exchange) -> Heard:
    """OpenAI's chat, in all the ways in which hosts speak it."""
    told = from_provider(exchange.response_body.removeprefix("\ufeff"), streamed=exchange.streamed)
    for voice in told.choices.values():
        voice.finish = ended(voice, marked=told.ended)
    told.ended = told.ended or all(voice.finish for voice in told.choices.values())
    return told


TOLD: Final[Mapping[Dialect, Callable[[Exchange], Heard]]] = {
    "openai.chat": told_chat,
    "openai.responses": told_responses,
    "anthropic.messages": told_anthropic,
    "gemini": told_gemini,
    "bedrock.converse": told_bedrock,
    "cohere.chat": told_cohere,
    "ollama.chat": told_ollama,
}
"""By the dialect that the provider spoke."""


def provider_words(exchange: Exchange) -> str:
    """The message of an error body, wherever it stands; "" without one."""
    try:
        body: Any = json.loads(exchange.response_body)
    except ValueError:
        return ""
    first: Any = next(iter(cast("list[Any]", body)), None) if isinstance(body, list) else body
    found: Any = cast("Fields", first).get("error", first) if isinstance(first, dict) else first
    words: Any = cast("Fields", found).get("message", "") if isinstance(found, dict) else found
    return words if isinstance(words, str) else ""
