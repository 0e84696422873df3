"""A conversation as the body of Ollama's /api/chat."""

from typing import Final

import msgspec

from turnout.core.conversation import Conversation, Extra, Tool
from turnout.core.errors import invalid
from turnout.core.types import Endpoint
from turnout.dialects.adapter import Outgoing, UpstreamRequest
from turnout.dialects.foreign import stripped
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.lowering.thinking import effort_of, nearest_effort, thinks
from turnout.dialects.ollama_chat.messages import Writer
from turnout.dialects.openai_chat.deltas import Json

PATH: Final = "/api/chat"
OWN_WORDS: Final = ("options", "keep_alive")
"""Ollama's own parameters, which go up as the caller sent them; `options` over ours."""

_OPTIONS: Final = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "min_p": "min_p",
    "repetition_penalty": "repeat_penalty",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
    "seed": "seed",
}
"""Ours to theirs. Source: docs.ollama.com/modelfile, valid parameters (read 2026-11)."""

_LEVELS: Final = ("low", "medium", "high")
_LEVELLED: Final = "gpt-oss"
"""The models whose thinking has levels; others think or do not: docs.ollama.com/capabilities."""

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def outgoing(conversation: Conversation, endpoint: Endpoint) -> Outgoing:
    """The upstream's request; raises Refusal for what Ollama takes in no form."""
    losses = Losses()
    own, lost = stripped(conversation, "ollama.chat")
    losses.drop(*(name for name in lost if name not in OWN_WORDS))
    losses.drop_said(own, ("user", "prompt_cache_key", "service_tier", "verbosity"))
    if own.parallel_tool_calls is False:
        losses.drop("parallel_tool_calls")
    body: dict[str, Json] = {
        "model": endpoint.upstream_model,
        "messages": Writer(losses).messages(own),
        "stream": own.stream,
        **_tools(own, losses),
        **_format(own),
        **_thinking(own, endpoint, losses),
        **_probabilities(own),
    }
    options = _options(own, conversation.extra, losses)
    if options:
        body["options"] = options
    if "keep_alive" in conversation.extra:
        body["keep_alive"] = conversation.extra["keep_alive"]
    return Outgoing(
        request=UpstreamRequest(path=PATH, body=msgspec.json.encode(body)),
        dropped=losses.dropped,
        translated=losses.translated,
        emulated=losses.emulated,
    )


def _options(conversation: Conversation, extra: Extra, losses: Losses) -> dict[str, Json]:
    sampling = conversation.sampling
    losses.drop_said(sampling, ("top_a", "logit_bias"))
    if sampling.n is not None and sampling.n != 1:
        losses.drop("n")
    options: dict[str, Json] = {}
    for ours, theirs in _OPTIONS.items():
        value: float | None = getattr(sampling, ours)
        if value is not None:
            options[theirs] = msgspec.Raw(msgspec.json.encode(value))
    if sampling.stop:
        options["stop"] = list(sampling.stop)
    if conversation.max_output_tok is not None:
        options["num_predict"] = conversation.max_output_tok
    if "options" in extra:
        try:
            options |= _OBJECT.decode(extra["options"])
        except msgspec.DecodeError as error:
            raise invalid("options", "expected an object.") from error
    return options


def _probabilities(conversation: Conversation) -> dict[str, Json]:
    sampling = conversation.sampling
    said: dict[str, Json] = {"logprobs": sampling.logprobs, "top_logprobs": sampling.top_logprobs}
    return {name: value for name, value in said.items() if value is not None}


def _tools(conversation: Conversation, losses: Losses) -> dict[str, Json]:
    """Ollama cannot be told to call or not to call, only what there is to call."""
    choice = conversation.tool_choice
    tools = conversation.tools
    if choice is not None and tools:
        if choice.mode == "none":
            losses.emulate("tool_choice")
            return {}
        if choice.mode in ("required", "named"):
            losses.drop("tool_choice")
    if any(tool.cache is not None for tool in tools):
        losses.drop("tools.cache_control")
    if any(tool.strict for tool in tools):
        losses.drop("tools.strict")
    return {"tools": [_tool(tool) for tool in tools]} if tools else {}


def _tool(tool: Tool) -> Json:
    function: dict[str, Json] = {"name": tool.name}
    if tool.description is not None:
        function["description"] = tool.description
    function["parameters"] = tool.parameters or msgspec.Raw(b'{"type":"object","properties":{}}')
    return {"type": "function", "function": function}


def _format(conversation: Conversation) -> dict[str, Json]:
    output = conversation.output
    match output.kind if output is not None else "text":
        case "text":
            return {}
        case "json_object":
            return {"format": "json"}
        case "json_schema" if output is not None:
            return {"format": output.schema or "json"}
        case _:
            raise invalid("response_format.type", "cannot be said here; allowed: text, JSON.")


def _thinking(conversation: Conversation, endpoint: Endpoint, losses: Losses) -> dict[str, Json]:
    """`think`: a level for the models that have levels, else whether."""
    wish = conversation.reasoning
    if wish is None:
        return {}
    if wish.exclude:
        losses.drop("reasoning.exclude")
    if wish.summary is not None:
        losses.drop("reasoning.summary")
    wanted = thinks(wish)
    if not wanted:
        return {} if wanted is None else {"think": False}
    levelled = _LEVELLED in endpoint.upstream_model
    if not levelled:
        if wish.max_tok is not None:
            losses.drop("reasoning.max_tokens")
        if wish.effort is not None:
            losses.translate("reasoning.effort")
        return {"think": True}
    level = nearest_effort(effort_of(wish, conversation.max_output_tok), _LEVELS)
    if level != wish.effort:
        losses.translate("reasoning")
    return {"think": level}
