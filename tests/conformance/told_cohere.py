"""Cohere's chat as the provider sent it, read by the official SDK's types."""

import json
from typing import Any, Final, cast

from cohere import V2ChatResponse, V2ChatStreamResponse
from cohere.core.unchecked_base_model import construct_type
from tests.recordings import Exchange
from tests.wire.heard import Call, Counts, Heard, Voice, payloads

_FINISH: Final = {
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop",
    "MAX_TOKENS": "length",
    "TOOL_CALL": "tool_calls",
    "ERROR_TOXIC": "content_filter",
    "ERROR": "error",
    "TIMEOUT": "error",
}


def told_cohere(exchange: Exchange) -> Heard:
    """A whole answer or a stream; a plan for tools is thinking, as Cohere says."""
    voice = Voice()
    heard = Heard({0: voice}, ended=True)
    if not exchange.streamed:
        told = json.loads(exchange.body)
        answer: Any = construct_type(object_=told, type_=V2ChatResponse)
        voice.reasoning += answer.message.tool_plan or ""
        for part in answer.message.content or ():
            _content(part, voice)
        for call in answer.message.tool_calls or ():
            voice.calls.append(Call(call.id, call.function.name, call.function.arguments or ""))
        voice.finish, heard.usage = _FINISH[answer.finish_reason], _counts(answer.usage)
        return heard
    for payload in payloads(exchange.response_body):
        if payload.strip() == "[DONE]":
            continue
        event: Any = construct_type(
            object_=json.loads(payload), type_=cast("Any", V2ChatStreamResponse)
        )
        _event(event, voice, heard)
    return heard


def _event(event: Any, voice: Voice, heard: Heard) -> None:
    match event.type:
        case "content-start" | "content-delta":
            _content(event.delta.message.content, voice)
        case "tool-plan-delta":
            voice.reasoning += event.delta.message.tool_plan or ""
        case "tool-call-start":
            call = event.delta.message.tool_calls
            voice.calls.append(Call(call.id, call.function.name, call.function.arguments or ""))
        case "tool-call-delta":
            voice.calls[-1].arguments += event.delta.message.tool_calls.function.arguments
        case "message-end":
            voice.finish = _FINISH[event.delta.finish_reason]
            heard.error = voice.finish == "error"
            heard.usage = _counts(event.delta.usage)
        case _:
            pass


def _content(part: Any, voice: Voice) -> None:
    voice.text += getattr(part, "text", None) or ""
    voice.reasoning += getattr(part, "thinking", None) or ""


def _counts(usage: Any) -> Counts | None:
    tokens = getattr(usage, "tokens", None) or getattr(usage, "billed_units", None)
    if tokens is None:
        return None
    cached = int(getattr(usage, "cached_tokens", None) or 0)
    return Counts(int(tokens.input_tokens or 0), int(tokens.output_tokens or 0), cached, 0)
