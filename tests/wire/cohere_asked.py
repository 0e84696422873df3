"""Recorded requests to Cohere as the contract's, and both in one comparable form."""

import json
from typing import Any

from tests.wire.heard import Fields, items, text


def as_chat(recorded: Fields) -> Fields:
    """The contract's request that means what a recorded one meant."""
    chat: Fields = {
        "model": "author/model",
        "messages": [_message(m) for m in recorded["messages"]],
    }
    for name in ("tools", "temperature", "documents", "stream", "max_tokens"):
        if recorded.get(name) not in (None, []):
            chat[name] = recorded[name]
    if "stop_sequences" in recorded:
        chat["stop"] = recorded["stop_sequences"]
    if choice := recorded.get("tool_choice"):
        chat["tool_choice"] = choice.lower()
    if form := recorded.get("response_format"):
        named = {"name": "x", "schema": form.get("schema")}
        schema = {"type": "json_schema", "json_schema": named}
        chat["response_format"] = schema if "schema" in form else form
    return chat


def _message(message: Fields) -> Fields:
    said: Fields = {name: value for name, value in message.items() if name != "tool_plan"}
    content: Any = message.get("content")
    if message["role"] == "tool" and isinstance(content, list):
        said["content"] = json.dumps(content)
    if message["role"] == "assistant" and isinstance(content, list):
        parts = items(message, "content")
        said["content"] = [part for part in parts if part["type"] == "text"]
        said["reasoning"] = "".join(text(part, "thinking") for part in parts)
    if plan := message.get("tool_plan"):
        said["reasoning_details"] = [{"type": "reasoning.summary", "summary": plan}]
    return {name: value for name, value in said.items() if value is not None}


def comparable(body: Fields) -> Fields:
    """Both requests in one form: one text as a string, equal neighbours as one message."""
    body = {name: value for name, value in body.items() if value not in (None, [])}
    messages: list[Fields] = []
    for message in body["messages"]:
        content = message.get("content")
        if isinstance(content, str) and message["role"] in ("assistant", "user"):
            content = [{"type": "text", "text": content}]
        if message["role"] == "tool" and isinstance(content, list):
            content = json.dumps(content)
        if messages and messages[-1]["role"] == message["role"] == "user":
            messages[-1]["content"] += content
            continue
        messages.append({**message, "content": content})
    body["messages"] = messages
    return body
