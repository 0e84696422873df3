"""Recorded requests to Ollama's own chat as the contract's, and both in one comparable form."""

import json

from tests.wire.heard import Fields, child, items


def as_chat(recorded: Fields) -> Fields:
    """The contract's request that means what a recorded one meant."""
    chat: Fields = {name: recorded[name] for name in ("stream", "tools") if recorded.get(name)}
    chat["messages"] = [_message(message) for message in recorded["messages"]]
    options = dict(child(recorded, "options"))
    if "num_predict" in options:
        chat["max_tokens"] = options.pop("num_predict")
    return {"model": "author/model", **chat, **options}


def comparable(body: Fields) -> Fields:
    """Without what is said by nothing, and without the ids that only some versions have."""
    return _without_ids({name: value for name, value in body.items() if value != []})


def _message(message: Fields) -> Fields:
    said = dict(message)
    if calls := items(message, "tool_calls"):
        said["tool_calls"] = [
            {
                "id": call.get("id") or "made-up",
                "type": "function",
                "function": {
                    "name": call["function"]["name"],
                    "arguments": json.dumps(call["function"]["arguments"]),
                },
            }
            for call in calls
        ]
    if message["role"] == "tool":
        said.setdefault("tool_call_id", "made-up")
    return said


def _without_ids(body: Fields) -> Fields:
    for message in body["messages"]:
        message.pop("tool_call_id", None)
        message.pop("tool_name", None)
        for call in items(message, "tool_calls"):
            call.pop("id", None)
            call["function"].pop("index", None)
    return body
