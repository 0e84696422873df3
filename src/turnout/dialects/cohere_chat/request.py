"""A conversation as the body of Cohere's v2 chat."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.conversation import (
    Conversation,
    Tool,
    ToolChoice,
)
from turnout.core.errors import invalid
from turnout.core.types import Endpoint
from turnout.dialects.adapter import Outgoing, Undo, UpstreamRequest
from turnout.dialects.cohere_chat.messages import Writer
from turnout.dialects.foreign import stripped
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.lowering.names import NameRule, renamed
from turnout.dialects.lowering.schema_tool import AsText, by_forced_tool
from turnout.dialects.lowering.thinking import budget_tok, thinks
from turnout.dialects.openai_chat.deltas import Json

PATH: Final = "/v2/chat"
NAMES: Final = NameRule(
    re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,63}"), 64, re.compile(r"[^a-zA-Z0-9_]")
)
"""Source: the API's Tool.name: letters, digits and "_", no digit first (read 2026-11)."""

OWN_WORDS: Final = ("documents", "safety_mode", "citation_options", "strict_tools", "priority")
"""Cohere's own parameters, which no other house has: they go up as the caller sent them."""

_UNKNOWN: Final = (
    "min_p",
    "top_a",
    "repetition_penalty",
    "logit_bias",
    "top_logprobs",
)
_MOST_STOPS: Final = 5
_MOST_TOP_K: Final = 500
_TOP_P: Final = (0.01, 0.99)


def outgoing(conversation: Conversation, endpoint: Endpoint) -> Outgoing:
    """The upstream's request; raises Refusal for what Cohere takes in no form."""
    losses = Losses()
    own, lost = stripped(conversation, "cohere.chat")
    losses.drop(*(name for name in lost if name not in OWN_WORDS))
    said: dict[str, Json] = {n: conversation.extra[n] for n in OWN_WORDS if n in lost}
    losses.drop_said(own, ("user", "prompt_cache_key", "service_tier", "verbosity"))
    if own.parallel_tool_calls is False:
        losses.drop("parallel_tool_calls")
    own, undo = _lowered(own, losses)
    writer = Writer(losses)
    body: dict[str, Json] = {
        "model": endpoint.upstream_model,
        "messages": writer.messages(own),
        "stream": own.stream,
        **_sampling(own, losses),
        **_tools(own, losses),
        **_format(own),
        **_thinking(own, endpoint, losses),
        **said,
    }
    if writer.documents:
        body["documents"] = [*_documents(said), *writer.documents]
    return Outgoing(
        request=UpstreamRequest(path=PATH, body=msgspec.json.encode(body)),
        dropped=losses.dropped,
        translated=losses.translated,
        emulated=losses.emulated,
        undo=undo,
    )


def _lowered(conversation: Conversation, losses: Losses) -> tuple[Conversation, tuple[Undo, ...]]:
    """Names that fit; a JSON answer beside tools by a tool, which is all Cohere allows."""
    undo: list[Undo] = []
    output = conversation.output
    if output is not None and output.kind in ("grammar", "python"):
        raise invalid("response_format.type", "cannot be said here; allowed: text, JSON.")
    if output is not None and output.kind != "text" and conversation.tools:
        losses.emulate("response_format")
        conversation = by_forced_tool(conversation)
        undo.append(AsText())
    conversation, names = renamed(conversation, NAMES)
    if names is not None:
        losses.translate("tools")
        undo.append(names)
    return conversation, tuple(undo)


def _documents(said: Mapping[str, Json]) -> list[Json]:
    given = said.get("documents")
    if not isinstance(given, msgspec.Raw):
        return []
    try:
        return list(msgspec.json.decode(given, type=list[msgspec.Raw]))
    except msgspec.DecodeError as error:
        raise invalid("documents", "expected a list.") from error


def _sampling(conversation: Conversation, losses: Losses) -> dict[str, Json]:
    sampling = conversation.sampling
    losses.drop_said(sampling, _UNKNOWN)
    if sampling.n is not None and sampling.n != 1:
        losses.drop("n")
    said: dict[str, float | bool | list[str] | None] = {
        "max_tokens": conversation.max_output_tok,
        "temperature": sampling.temperature,
        "p": _within("top_p", sampling.top_p, *_TOP_P, losses),
        "k": _within("top_k", sampling.top_k, 0, _MOST_TOP_K, losses),
        "seed": sampling.seed,
        "frequency_penalty": _within("frequency_penalty", sampling.frequency_penalty, 0, 1, losses),
        "presence_penalty": _within("presence_penalty", sampling.presence_penalty, 0, 1, losses),
        "logprobs": sampling.logprobs,
    }
    stops = list(sampling.stop)
    if len(stops) > _MOST_STOPS:
        losses.drop("stop")
    if stops:
        said["stop_sequences"] = stops[:_MOST_STOPS]
    return {n: msgspec.Raw(msgspec.json.encode(v)) for n, v in said.items() if v is not None}


def _within(
    name: str, value: float | None, least: float, most: float, losses: Losses
) -> float | None:
    """The value in Cohere's range; a move is reported, and so is the name where that differs."""
    if value is None:
        return None
    moved = max(least, min(value, most))
    if moved != value:
        losses.translate(name)
    return moved


def _tools(conversation: Conversation, losses: Losses) -> dict[str, Json]:
    tools, choice = conversation.tools, conversation.tool_choice
    if not tools:
        return {}
    if any(tool.cache is not None for tool in tools):
        losses.drop("tools.cache_control")
    if choice is not None and choice.mode == "named":
        # Nothing demands one tool of several, so it is offered alone.
        if len(tools) > 1:
            losses.emulate("tool_choice")
        tools = tuple(tool for tool in tools if tool.name == choice.name) or tools
    said: dict[str, Json] = {"tools": [_tool(tool) for tool in tools]}
    strict = [tool.strict is True for tool in tools]
    if all(strict):
        said["strict_tools"] = True
    elif any(strict):
        losses.drop("tools.strict")
    mode = _mode(choice)
    return said if mode is None else {**said, "tool_choice": mode}


def _mode(choice: ToolChoice | None) -> str | None:
    if choice is None or choice.mode == "auto":
        return None
    return "NONE" if choice.mode == "none" else "REQUIRED"


def _tool(tool: Tool) -> Json:
    function: dict[str, Json] = {"name": tool.name}
    if tool.description is not None:
        function["description"] = tool.description
    function["parameters"] = tool.parameters or msgspec.Raw(b'{"type":"object","properties":{}}')
    return {"type": "function", "function": function}


def _format(conversation: Conversation) -> dict[str, Json]:
    output = conversation.output
    if output is None or output.kind == "text":
        return {}
    form: dict[str, Json] = {"type": "json_object"}
    if output.schema is not None:
        form["schema"] = output.schema
    return {"response_format": form}


def _thinking(conversation: Conversation, endpoint: Endpoint, losses: Losses) -> dict[str, Json]:
    wish = conversation.reasoning
    if wish is None:
        return {}
    if wish.exclude:
        losses.drop("reasoning.exclude")
    if wish.summary is not None:
        losses.drop("reasoning.summary")
    wanted = thinks(wish)
    if wanted is None:
        return {}
    if endpoint.parameters is not None and "reasoning" not in endpoint.parameters:
        if wanted:
            losses.drop("reasoning")
        return {}
    if not wanted:
        return {"thinking": {"type": "disabled"}}
    thinking: dict[str, Json] = {"type": "enabled"}
    if wish.max_tok is not None or wish.effort is not None:
        thinking["token_budget"] = budget_tok(wish, conversation.max_output_tok, least=1)
        if wish.max_tok is None:
            losses.translate("reasoning")
    return {"thinking": thinking}
