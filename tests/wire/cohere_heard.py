"""What Cohere said, read by the types of Cohere's own SDK."""

import json
from typing import Any, Final

from cohere.core.unchecked_base_model import construct_type
from cohere.v2.types import V2ChatResponse, V2ChatStreamResponse
from tests.wire.heard import Call, Counts, Heard, Voice, payloads

UNIFIED: Final = {
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop",
    "TOOL_CALL": "tool_calls",
    "MAX_TOKENS": "length",
}


def _typed(type_: Any, value: Any) -> Any:
    return construct_type(type_=type_, object_=value)


def from_cohere(body: bytes) -> Heard:
    """A whole answer."""
    answer = _typed(V2ChatResponse, json.loads(body))
    heard, voice = Heard(ended=True), Voice()
    voice.reasoning = answer.message.tool_plan or ""
    for item in answer.message.content or ():
        if item.type == "thinking":
            voice.reasoning += item.thinking
        else:
            voice.text += item.text
    for call in answer.message.tool_calls or ():
        voice.calls.append(Call(call.id, call.function.name, call.function.arguments or ""))
    _end(heard, voice, answer.finish_reason, answer.usage)
    return heard


def stream_from_cohere(body: str) -> Heard:
    """A stream."""
    heard, voice = Heard(), Voice()
    heard.choices[0] = voice
    for payload in payloads(body):
        if payload == "[DONE]":
            continue
        event = _typed(V2ChatStreamResponse, json.loads(payload))
        message: Any = getattr(getattr(event, "delta", None), "message", None)
        match event.type:
            case "content-start" | "content-delta":
                voice.text += getattr(message.content, "text", None) or ""
                voice.reasoning += getattr(message.content, "thinking", None) or ""
            case "tool-plan-delta":
                voice.reasoning += message.tool_plan
            case "tool-call-start":
                call = message.tool_calls
                voice.calls.append(Call(call.id, call.function.name, call.function.arguments or ""))
            case "tool-call-delta":
                voice.calls[-1].arguments += message.tool_calls.function.arguments or ""
            case "message-end":
                heard.ended = True
                heard.error = event.delta.finish_reason == "ERROR"
                _end(heard, voice, event.delta.finish_reason, event.delta.usage)
            case _:
                pass
    return heard


def _end(heard: Heard, voice: Voice, finish: str, usage: Any) -> None:
    voice.finish = UNIFIED.get(finish, "error")
    heard.choices[0] = voice
    if usage is not None and usage.tokens is not None:
        cached = usage.cached_tokens or 0
        counts = (usage.tokens.input_tokens, usage.tokens.output_tokens, cached, 0)
        heard.usage = Counts(*(round(count) for count in counts))
