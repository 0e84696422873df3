"""What Bedrock said and was asked, read by AWS's own model of Converse."""

import base64
import json
from collections.abc import Iterator
from typing import Any, Final, cast

from botocore import (  # pyright: ignore[reportMissingTypeStubs] (the library has no types)
    eventstream,
    parsers,
    session,
    validate,
)
from tests.recordings import Exchange
from tests.wire.aws_frames import event
from tests.wire.heard import Call, Counts, Fields, Heard, Voice, child, items

_SESSION: Any = session
_PARSERS: Any = parsers
_STREAMS: Any = eventstream
_VALIDATE: Any = validate
_MODEL: Final = _SESSION.get_session().get_service_model("bedrock-runtime")

UNIFIED: Final = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
    "malformed_model_output": "error",
    "malformed_tool_use": "error",
    "tool_use": "stop",
}


def wire_bytes(exchange: Exchange) -> bytes:
    """The stream as Bedrock sends it; recordings that kept only its JSON are framed again."""
    if exchange.fidelity != "chunks":
        return exchange.body
    lines = (json.loads(line) for line in exchange.response_body.splitlines() if line.strip())
    events = [(kind, payload) for line in lines for kind, payload in line.items()]
    return b"".join(
        event(kind, payload) for kind, payload in events if payload.get("start") != {}
    )  # an empty start, in recordings made by hand, is no message of the model


def from_bedrock(exchange: Exchange) -> Heard:
    """A whole answer, by botocore's parser."""
    shape = _MODEL.operation_model("Converse").output_shape
    fields: Fields = json.loads(exchange.body)
    for block in items(fields["output"]["message"], "content"):
        block.pop("type", None)  # in recordings made by hand
    body = json.dumps(fields).encode()
    response: Fields = {"body": body, "headers": {}, "status_code": 200}
    answer: Fields = _PARSERS.create_parser("rest-json").parse(response, shape)
    heard, voice = Heard(ended=True), Voice()
    for block in items(child(child(answer, "output"), "message"), "content"):
        _block(block, voice)
    return _told(heard, voice, answer.get("stopReason"), child(answer, "usage"))


def _block(block: Fields, voice: Voice) -> None:
    if "text" in block:
        voice.text += block["text"]
    for words in items(child(block, "citationsContent"), "content"):
        voice.text += words["text"]
    voice.reasoning += child(child(block, "reasoningContent"), "reasoningText").get("text") or ""
    use = child(block, "toolUse")
    if use and use.get("type") != "server_tool_use":
        voice.calls.append(Call(use["toolUseId"], use["name"], json.dumps(use["input"])))


def _told(heard: Heard, voice: Voice, stop: str | None, usage: Fields) -> Heard:
    if stop is not None:
        reason = UNIFIED[stop]
        voice.finish = "tool_calls" if voice.calls and reason == "stop" else reason
    heard.choices[0] = voice
    if any(usage.values()):
        read = usage.get("cacheReadInputTokens") or 0
        written = usage.get("cacheWriteInputTokens") or 0
        prompt = (usage.get("inputTokens") or 0) + read + written
        heard.usage = Counts(prompt, usage.get("outputTokens") or 0, read, 0)
    return heard


def stream_from_bedrock(body: bytes) -> Heard:
    """A stream, by botocore's reader."""
    heard, voice, stop = Heard(), Voice(), cast("str | None", None)
    usage: Fields = {}
    calls: dict[int, Call] = {}
    for kind, payload in _events(body):
        place: int = payload.get("contentBlockIndex", 0)
        match kind:
            case "contentBlockStart":
                use = child(child(payload, "start"), "toolUse")
                if use and use.get("type") != "server_tool_use":
                    calls[place] = Call(use["toolUseId"], use["name"], "")
                    voice.calls.append(calls[place])
            case "contentBlockDelta":
                delta = child(payload, "delta")
                voice.text += delta.get("text") or ""
                voice.reasoning += child(delta, "reasoningContent").get("text") or ""
                if place in calls:
                    calls[place].arguments += child(delta, "toolUse").get("input") or ""
            case "messageStop":
                stop = payload["stopReason"]
                heard.ended = True
            case "metadata":
                usage = child(payload, "usage")
            case _:
                pass
    for call in voice.calls:
        call.arguments = call.arguments or "{}"
    return _told(heard, voice, stop, usage)


def _events(body: bytes) -> Iterator[tuple[str, Fields]]:
    shape = _MODEL.operation_model("ConverseStream").output_shape.members["stream"]
    parser = _PARSERS.EventStreamJSONParser()
    buffer = _STREAMS.EventStreamBuffer()
    buffer.add_data(body)
    for message in buffer:
        (pair,) = parser.parse(message.to_response_dict(), shape).items()
        yield pair


# ── what was asked ──────────────────────────────────────────────────────────────────────────────


def faults(body: bytes) -> str:
    """What AWS's model of the operation says against a body, "" for nothing."""
    fields = {**json.loads(body), "modelId": "m"}
    report = _VALIDATE.ParamValidator().validate(
        fields, _MODEL.operation_model("ConverseStream").input_shape
    )
    return str(report.generate_report())


_MIME: Final = {
    "pdf": "application/pdf",
    "txt": "text/plain",
    "csv": "text/csv",
    "html": "text/html",
    "md": "text/markdown",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class UnsayableError(Exception):
    """The contract has no words for what was asked."""


def as_chat(body: Fields, *, stream: bool) -> Fields:
    """The contract's request that means what a recorded one meant; raises UnsayableError."""
    chat: Fields = {"model": "author/model", "messages": []}
    if system := _parts(items(body, "system")):
        chat["messages"].append({"role": "system", "content": system})
    for message in body["messages"]:
        chat["messages"] += _messages(message)
    _tools(child(body, "toolConfig"), chat)
    for theirs, ours in (
        ("maxTokens", "max_tokens"),
        ("temperature", "temperature"),
        ("topP", "top_p"),
        ("stopSequences", "stop"),
    ):
        value = child(body, "inferenceConfig").get(theirs)
        if value not in (None, []):
            chat[ours] = value
    _additional(child(body, "additionalModelRequestFields"), chat)
    if schema := child(child(child(body, "outputConfig"), "textFormat"), "structure"):
        wire = schema["jsonSchema"]
        named = {n: wire[n] for n in ("name", "description") if n in wire}
        chat["response_format"] = {
            "type": "json_schema",
            "json_schema": {**named, "schema": json.loads(wire["schema"])},
        }
    if tier := child(body, "serviceTier"):
        chat["service_tier"] = tier["type"]
    if stream:
        chat["stream"] = True
    return chat


def _parts(blocks: list[Fields]) -> list[Fields]:
    parts: list[Fields] = []
    for block in blocks:
        match block:
            case {"text": str(text)}:
                parts.append({"type": "text", "text": text})
            case {"cachePoint": point}:
                ttl = {"ttl": point["ttl"]} if "ttl" in point else {}
                parts[-1]["cache_control"] = {"type": "ephemeral", **ttl}
            case {"image": {"format": kind, "source": {"bytes": data}}}:
                url = f"data:image/{kind};base64,{data}"
                parts.append({"type": "image_url", "image_url": {"url": url}})
            case {"document": {"format": kind, "name": name, "source": {"bytes": data}}}:
                url = f"data:{_MIME[kind]};base64,{data}"
                file = {"filename": f"{name}.{kind}", "file_data": url}
                parts.append({"type": "file", "file": file})
            case {"video": {"format": kind, "source": {"bytes": data}}} if "/" not in kind:
                url = f"data:video/{kind};base64,{data}"
                parts.append({"type": "video_url", "video_url": {"url": url}})
            case {"video": {"source": {"s3Location": {"uri": uri}}}}:
                parts.append({"type": "video_url", "video_url": {"url": uri}})
            case _:
                raise UnsayableError(str(list(block)))
    return parts


def _messages(message: Fields) -> list[Fields]:
    blocks: list[Fields] = message["content"]
    if message["role"] == "assistant":
        return [_assistant(blocks)]
    results = [block["toolResult"] for block in blocks if "toolResult" in block]
    others = [block for block in blocks if "toolResult" not in block]
    out: list[Fields] = []
    for result in results:
        if result.get("status") == "error":
            raise UnsayableError("status")
        content = [
            {"text": json.dumps(one["json"])} if "json" in one else one for one in result["content"]
        ]
        parts = _parts(content)
        out.append({"role": "tool", "tool_call_id": result["toolUseId"], "content": parts})
    return [*out, {"role": "user", "content": _parts(others)}] if others else out


def _assistant(blocks: list[Fields]) -> Fields:
    said: Fields = {"role": "assistant", "content": None}
    texts: list[Fields] = []
    details: list[Fields] = []
    for block in blocks:
        if "reasoningContent" in block:
            details.append(_detail(block["reasoningContent"]))
        elif "toolUse" in block and "type" not in block["toolUse"]:
            use = block["toolUse"]
            function = {"name": use["name"], "arguments": json.dumps(use["input"])}
            call = {"id": use["toolUseId"], "type": "function", "function": function}
            said.setdefault("tool_calls", []).append(call)
        else:
            texts.append(block)
    said["content"] = _parts(texts) or None
    return {**said, "reasoning_details": details} if details else said


def _detail(wire: Fields) -> Fields:
    known = {"format": "anthropic-claude-v1", "index": 0}
    if "redactedContent" in wire:
        data = base64.b64decode(wire["redactedContent"]).decode()
        return {"type": "reasoning.encrypted", "data": data, **known}
    return {"type": "reasoning.text", **wire["reasoningText"], **known}


def _tools(config: Fields, chat: Fields) -> None:
    for tool in items(config, "tools"):
        if "cachePoint" in tool:
            chat["tools"][-1]["cache_control"] = {"type": "ephemeral"}
            continue
        if "toolSpec" not in tool:
            raise UnsayableError("systemTool")
        spec = tool["toolSpec"]
        function: Fields = {"name": spec["name"], "parameters": spec["inputSchema"]["json"]}
        function |= {name: spec[name] for name in ("description", "strict") if name in spec}
        chat.setdefault("tools", []).append({"type": "function", "function": function})
    match config.get("toolChoice"):
        case {"auto": _}:
            chat["tool_choice"] = "auto"
        case {"any": _}:
            chat["tool_choice"] = "required"
        case {"tool": {"name": name}}:
            chat["tool_choice"] = {"type": "function", "function": {"name": name}}
        case _:
            pass


def _additional(fields: Fields, chat: Fields) -> None:
    if "top_k" in fields:
        chat["top_k"] = fields["top_k"]
    if "topK" in child(fields, "inferenceConfig"):
        chat["top_k"] = fields["inferenceConfig"]["topK"]
    for name in ("reasoning_effort", "reasoning_config"):
        if name in fields:
            chat["reasoning_effort"] = fields[name]
    match fields.get("thinking"):
        case {"budget_tokens": budget}:
            chat["reasoning"] = {"max_tokens": budget}
        case {"type": "adaptive"}:
            chat["reasoning"] = child(fields, "output_config") or {"enabled": True}
        case _:
            pass
