"""Ollama's own chat as it was sent: one JSON object, or one a line; read by hand."""

import json

from tests.recordings import Exchange
from tests.wire.heard import Call, Counts, Fields, Heard, Voice, child, count, items, text


def told_ollama(exchange: Exchange) -> Heard:
    """A whole answer or a stream."""
    voice = Voice()
    heard = Heard({0: voice})
    for line in _lines(exchange.response_body):
        if "error" in line:
            heard.error = True
            continue
        message = child(line, "message")
        voice.text += text(message, "content")
        voice.reasoning += text(message, "thinking")
        for call in items(message, "tool_calls"):
            function = child(call, "function")
            told = json.dumps(child(function, "arguments"))
            voice.calls.append(Call(text(call, "id"), text(function, "name"), told))
        if line["done"]:
            voice.finish = "length" if line.get("done_reason") == "length" else "stop"
            heard.ended = True
            if "eval_count" in line:
                counted = count(line, "prompt_eval_count"), count(line, "eval_count")
                heard.usage = Counts(*counted, 0, 0)
    if voice.calls and voice.finish == "stop":
        voice.finish = "tool_calls"
    return heard


def _lines(body: str) -> list[Fields]:
    try:
        return [json.loads(body)]
    except ValueError:
        return [json.loads(line) for line in body.splitlines() if line.strip()]
