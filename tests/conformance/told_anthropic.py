"""Anthropic's Messages as the provider sent them, read by the official SDK's types."""

import json
from typing import Any, cast

from anthropic.types.beta import BetaMessage, BetaRawMessageStreamEvent
from tests.conformance.heard_messages import FINISH, messages_counts
from tests.recordings import Exchange
from tests.wire.heard import Call, Fields, Heard, Voice, payloads

from anthropic._models import construct_type  # isort: skip  (lenient: recordings are newer than types)


def told_anthropic(exchange: Exchange) -> Heard:
    """A whole answer or a stream."""
    if not exchange.streamed:
        whole = cast("Any", construct_type(type_=BetaMessage, value=json.loads(exchange.body)))
        return _told(whole.to_dict(warnings=False))
    message: Fields = {}
    blocks: dict[int, Fields] = {}
    heard = Heard()
    for payload in payloads(exchange.response_body):
        event: Any = construct_type(type_=BetaRawMessageStreamEvent, value=json.loads(payload))
        match event.type:
            case "message_start":
                message = event.message.to_dict(warnings=False)
            case "content_block_start":
                blocks[event.index] = {**event.content_block.to_dict(warnings=False), "partial": ""}
            case "content_block_delta":
                _grown(blocks[event.index], event.delta)
            case "message_delta":
                message |= {
                    n: v for n, v in event.delta.to_dict(warnings=False).items() if v is not None
                }
                message["usage"] = message["usage"] | _said(event.usage.to_dict(warnings=False))
            case "message_stop":
                heard.ended = True
            case "error":
                heard.error = True
            case _:
                pass
    told = _told({**message, "content": [blocks[index] for index in sorted(blocks)]})
    told.ended, told.error = heard.ended, heard.error
    return told


def _said(usage: Fields) -> Fields:
    return {name: value for name, value in usage.items() if value is not None}


def _grown(block: Fields, delta: Any) -> None:
    match delta.type:
        case "text_delta":
            block["text"] += delta.text
        case "thinking_delta":
            block["thinking"] += delta.thinking
        case "input_json_delta":
            block["partial"] += delta.partial_json
        case _:
            pass


def _told(message: Fields) -> Heard:
    voice = Voice()
    for block in message["content"]:
        match block["type"]:
            case "text":
                voice.text += block["text"]
            case "thinking":
                voice.reasoning += block["thinking"]
            case "tool_use":
                told = block.get("partial") or json.dumps(block["input"])
                voice.calls.append(Call(block["id"], block["name"], told))
            case _:
                pass
    reason = message.get("stop_reason")
    voice.finish = None if reason is None else FINISH.get(reason, "stop")
    usage = message.get("usage")
    return Heard({0: voice}, messages_counts(usage) if usage else None, ended=True)
