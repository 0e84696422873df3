"""A request with tools as one without, whose answer is held to a schema of calls."""

from hashlib import blake2s
from typing import Final

import msgspec

from turnout.core.conversation import (
    Conversation,
    Message,
    OutputFormat,
    Sampling,
    Text,
    ToolCall,
    ToolResult,
)
from turnout.dialects.adapter import Undo
from turnout.dialects.lowering.grammar_tools.history import in_words
from turnout.dialects.lowering.grammar_tools.offer import Offer, offered
from turnout.dialects.lowering.grammar_tools.reading import AsCalls
from turnout.dialects.lowering.grammar_tools.schema import reply_schema
from turnout.dialects.lowering.grammar_tools.signature import signature

_NAME: Final = "reply"
_ONE: Final = '{"name": ..., "arguments": {...}}'
_IN_EXTRA: Final = frozenset({"tools", "tool_choice"})


class Lowered(msgspec.Struct, frozen=True, kw_only=True):
    """The request as the server takes it; the lists are `Outgoing`'s."""

    conversation: Conversation
    undo: tuple[Undo, ...] = ()
    dropped: tuple[str, ...] = ()
    translated: tuple[str, ...] = ()
    emulated: tuple[str, ...] = ()


def wants_tools(conversation: Conversation) -> bool:
    """Whether there is anything to lower: tools, or a history with calls."""
    if conversation.tools or not _IN_EXTRA.isdisjoint(conversation.extra):
        return True
    return _has_called(conversation)


def _has_called(conversation: Conversation) -> bool:
    return any(
        isinstance(part, ToolCall | ToolResult)
        for message in conversation.messages
        for part in message.parts
    )


def by_grammar(conversation: Conversation) -> Lowered:
    """The request without tools, and how its answer becomes calls.

    Where calls and words are both possible the server's grammar leaves the choice to the model,
    see `offered`; then log probabilities would describe our JSON, so they are not asked for.

    Raises:
        Refusal: `tool_choice` names a tool that is not in `tools`.
    """
    offer = offered(conversation)
    bare = msgspec.structs.replace(
        conversation,
        messages=in_words(conversation.messages),
        tools=(),
        tool_choice=None,
        parallel_tool_calls=None,
        extra={n: raw for n, raw in conversation.extra.items() if n not in _IN_EXTRA},
    )
    emulated = _emulated(conversation)
    translated = ("messages.tool",) if _has_called(conversation) else ()
    dropped = ("tools.type",) if "tools" in conversation.extra else ()
    if not offer.tools:
        return Lowered(conversation=bare, dropped=dropped, translated=translated, emulated=emulated)
    schema = reply_schema(offer, conversation.output)
    sampling, unsaid = _without_logprobs(conversation.sampling)
    lowered = msgspec.structs.replace(
        bare,
        messages=_described(bare.messages, offer),
        sampling=sampling,
        output=OutputFormat(kind="json_schema", name=_NAME, schema=schema),
    )
    return Lowered(
        conversation=lowered,
        undo=(AsCalls(names=offer.names, seed=_seed(lowered)),),
        dropped=(*dropped, *unsaid),
        translated=translated,
        emulated=emulated,
    )


def _emulated(conversation: Conversation) -> tuple[str, ...]:
    said = {
        "tools": bool(conversation.tools),
        "tool_choice": conversation.tool_choice is not None or "tool_choice" in conversation.extra,
        "parallel_tool_calls": conversation.parallel_tool_calls is not None,
    }
    return tuple(name for name, is_said in said.items() if is_said)


def _without_logprobs(sampling: Sampling) -> tuple[Sampling, tuple[str, ...]]:
    if not sampling.logprobs:
        return sampling, ()
    bare = msgspec.structs.replace(sampling, logprobs=None, top_logprobs=None)
    return bare, ("logprobs",) if sampling.top_logprobs is None else ("logprobs", "top_logprobs")


def _described(messages: tuple[Message, ...], offer: Offer) -> tuple[Message, ...]:
    """The tools at the end of the first system message, which is made where there is none."""
    text = Text(text=_description(offer))
    if messages and messages[0].role in ("system", "developer"):
        first = messages[0]
        own = "".join(part.text for part in first.parts if isinstance(part, Text))
        joined = Text(text=f"{own}\n\n{text.text}")
        return (msgspec.structs.replace(first, parts=(joined,)), *messages[1:])
    return (Message(role="system", parts=(text,)), *messages)


def _description(offer: Offer) -> str:
    tools = "\n".join(signature(tool) for tool in offer.tools)
    how = f'{{"calls": [{_ONE}, ...]}}' if offer.several else _ONE
    other = "" if offer.must_call else ' To answer without a function, write {"answer": ...}.'
    return f"You can call these functions:\n{tools}\n\nTo call, write {how}.{other}"


def _seed(conversation: Conversation) -> str:
    """Tells this request from the ones before it in the same conversation."""
    told = msgspec.json.encode(conversation.messages)
    return blake2s(told, digest_size=12).hexdigest()
