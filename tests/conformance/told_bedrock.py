"""Bedrock's Converse as it was sent, read by botocore with its own model of the service."""

import json
from functools import cache
from importlib import import_module
from typing import Any, Final

from tests.conformance.frames import framed
from tests.recordings import Exchange
from tests.wire.heard import Call, Counts, Fields, Heard, Voice, child, items

_FINISH: Final = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}


@cache
def _service() -> Any:
    session: Any = import_module("botocore.session").get_session()
    return session.get_service_model("bedrock-runtime")


def told_bedrock(exchange: Exchange) -> Heard:
    """A whole answer or a stream."""
    if exchange.api.endswith("Stream"):
        return _streamed(frames_of(exchange))
    parser = import_module("botocore.parsers").create_parser("rest-json")
    shape = _service().operation_model("Converse").output_shape
    answer: Fields = {"status_code": 200, "headers": {}, "body": _known(exchange.body)}
    parsed: Fields = parser.parse(answer, shape)
    voice = Voice(finish=_FINISH.get(parsed["stopReason"], "stop"))
    for block in parsed["output"]["message"]["content"]:
        _block(block, voice)
    return Heard({0: voice}, _counts(parsed.get("usage") or {}), ended=True)


def _known(body: bytes) -> bytes:
    """Without what is newer than botocore's model, whose unions forbid a second member."""
    answer: Fields = json.loads(body)
    members = set(_service().shape_for("ContentBlock").members)
    message = child(child(answer, "output"), "message")
    message["content"] = [
        {name: value for name, value in block.items() if name in members}
        for block in items(message, "content")
    ]
    return json.dumps(answer).encode()


def frames_of(exchange: Exchange) -> bytes:
    """The stream's bytes; recordings that keep only its events are framed again."""
    if exchange.response_encoding == "base64":
        return exchange.body
    events: list[Fields] = [
        json.loads(line) for line in exchange.response_body.splitlines() if line
    ]
    return b"".join(framed(*next(iter(event.items()))) for event in events)


def _streamed(body: bytes) -> Heard:
    events = import_module("botocore.eventstream").EventStreamBuffer()
    parser = import_module("botocore.parsers").EventStreamJSONParser()
    shape = _service().shape_for("ConverseStreamOutput")
    heard, voice = Heard(), Voice()
    names: dict[int, Call] = {}
    heard.choices[0] = voice
    events.add_data(body)
    for event in events:
        parsed: Fields = parser.parse(event.to_response_dict(), shape)
        for kind, said in parsed.items():
            if kind.endswith("Exception"):
                heard.error = True
            else:
                _event(kind, said, heard, names)
    voice.calls = [names[place] for place in sorted(names)]
    heard.ended = voice.finish is not None
    return heard


def _event(kind: str, said: Fields, heard: Heard, names: dict[int, Call]) -> None:
    voice = heard.choices[0]
    match kind:
        case "contentBlockStart" if "toolUse" in said["start"]:
            use = said["start"]["toolUse"]
            if use.get("type") == "server_tool_use":
                return  # the provider's own tool, which it ran itself
            names[said["contentBlockIndex"]] = Call(use["toolUseId"], use["name"], "")
        case "contentBlockDelta":
            delta = said["delta"]
            if "toolUse" in delta:
                if call := names.get(said["contentBlockIndex"]):
                    call.arguments += delta["toolUse"]["input"]
            else:
                _block(delta, voice)
        case "messageStop":
            voice.finish = _FINISH.get(said["stopReason"], "stop")
        case "metadata":
            heard.usage = _counts(child(said, "usage"))
        case _:
            pass


def _block(block: Fields, voice: Voice) -> None:
    if "text" in block:
        voice.text += block["text"]
    elif "reasoningContent" in block:
        thought = block["reasoningContent"]
        voice.reasoning += child(thought, "reasoningText").get("text") or thought.get("text") or ""
    elif "toolUse" in block:
        use = block["toolUse"]
        if use.get("type") == "server_tool_use":
            return
        voice.calls.append(Call(use["toolUseId"], use["name"], json.dumps(use["input"])))


def _counts(usage: Fields) -> Counts | None:
    if not usage:
        return None
    cached = usage.get("cacheReadInputTokens") or 0
    written = usage.get("cacheWriteInputTokens") or 0
    prompt = (usage.get("inputTokens") or 0) + cached + written
    return Counts(prompt, usage.get("outputTokens") or 0, cached, 0)
