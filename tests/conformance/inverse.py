"""Recorded requests of dialects that no client speaks, as the contract's; both made comparable.

The readers are the tests' own. What the contract has no words for makes a request unsayable.
"""

import json
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from tests.recordings import Exchange
from tests.wire import bedrock_asked, cohere_asked, gemini_asked, ollama_asked
from tests.wire.bedrock_heard import UnsayableError
from tests.wire.bedrock_heard import as_chat as bedrock_chat
from tests.wire.heard import Fields, child, items

from turnout.core.conversation import Conversation, ToolCall
from turnout.core.errors import Refusal
from turnout.core.types import Dialect
from turnout.dialects.openai_chat.writing import fields_of

_ROLES: Final = {"user", "model", "function", "tool"}
_SAID_APART: Final = ("guardrailConfig", "performanceConfig")
"""Bedrock's, said in `provider.options`."""


class Inverse(msgspec.Struct, frozen=True):
    """One upstream dialect: a recorded request as chat, and any request in one form."""

    as_chat: Callable[[Exchange, Fields], Fields]
    comparable: Callable[[Fields], Fields]


def _gemini(exchange: Exchange, recorded: Fields) -> Fields:
    if gemini_asked.is_blank(recorded):
        raise UnsayableError("nothing is asked")
    roles = {content.get("role", "user") for content in items(recorded, "contents")}
    if not roles <= _ROLES:
        raise UnsayableError(f"a role {min(roles - _ROLES)}")
    stream = exchange.api.endswith("streamGenerateContent")
    try:
        conversation = gemini_asked.conversation_of(recorded, stream=stream)
        chat: Fields = json.loads(msgspec.json.encode(fields_of(conversation)))
    except (gemini_asked.Unreadable, Refusal) as reason:
        raise UnsayableError(str(reason)) from reason
    if "tool_choice" in chat and "tools" not in chat:
        raise UnsayableError("a choice among no functions")
    if "imageConfig" in child(recorded, "generationConfig"):
        raise UnsayableError("the format of pictures")
    _seal(chat, conversation)
    if "modalities" in chat:
        chat["modalities"] = [name.lower() for name in chat["modalities"]]
    if conversation.web is not None:
        chat["plugins"] = [{"id": "web", "engine": "native"}]
    return chat


def _seal(chat: Fields, conversation: Conversation) -> None:
    """Seals of calls, which a client keeps in the call's `extra_content`."""
    sealed = [
        part.opaque
        for message in conversation.messages
        for part in message.parts
        if isinstance(part, ToolCall)
    ]
    calls = [call for message in chat["messages"] for call in items(message, "tool_calls")]
    for call, opaque in zip(calls, sealed, strict=True):
        if opaque is not None:
            call["extra_content"] = {"google": {"thought_signature": opaque.signature}}


def _bedrock(exchange: Exchange, recorded: Fields) -> Fields:
    if not recorded.get("messages"):
        raise UnsayableError("nothing is asked")
    chat = bedrock_chat(recorded, stream=exchange.api.endswith("Stream"))
    apart = {name: recorded[name] for name in _SAID_APART if name in recorded}
    return {**chat, "provider": {"options": {"amazon-bedrock": apart}}} if apart else chat


INVERSES: Final[Mapping[Dialect, Inverse]] = {
    "gemini": Inverse(_gemini, gemini_asked.comparable),
    "bedrock.converse": Inverse(_bedrock, bedrock_asked.comparable),
    "cohere.chat": Inverse(lambda _, asked: cohere_asked.as_chat(asked), cohere_asked.comparable),
    "ollama.chat": Inverse(lambda _, asked: ollama_asked.as_chat(asked), ollama_asked.comparable),
}
