"""Requests to Bedrock's Converse in one comparable form."""

import json
from typing import cast

from tests.wire.heard import Fields, child, items


def comparable(body: Fields) -> Fields:
    """Both requests in one form: what is said by default is left out, JSON results are text."""
    body = cast("Fields", json.loads(json.dumps(body)))
    if config := body.get("toolConfig"):
        choice = config.get("toolChoice")
        if choice is None or "auto" in choice:
            config.pop("toolChoice", None)
    for name in ("inferenceConfig", "system", "toolConfig"):
        if not body.get(name):
            body.pop(name, None)
    if form := child(child(body, "outputConfig"), "textFormat"):
        wire: Fields = form["structure"]["jsonSchema"]
        wire["schema"] = json.loads(wire["schema"])
    merged: list[Fields] = []
    if body["messages"][0]["role"] == "assistant":
        body["messages"].insert(0, {"role": "user", "content": [{"text": "Continue."}]})
    for message in body["messages"]:
        content = [_comparable(block) for block in _worded(message["content"])]
        content.sort(key=lambda block: "toolResult" not in block)
        if merged and merged[-1]["role"] == message["role"]:
            merged[-1]["content"] += content
        else:
            merged.append({"role": message["role"], "content": content})
    body["messages"] = merged
    return body


def _worded(content: list[Fields]) -> list[Fields]:
    """Without blank text, which Bedrock refuses elsewhere, and the cache point it carries."""
    kept: list[Fields] = []
    blank = False
    for block in content:
        point = blank and "cachePoint" in block
        blank = "text" in block and not block["text"].strip()
        if not (blank or point):
            kept.append(block)
    return kept


def _comparable(block: Fields) -> Fields:
    if result := block.get("toolResult"):
        result.setdefault("status", "success")
        for one in items(result, "content"):
            if "json" in one:
                one["text"] = json.dumps(one.pop("json"))
    if image := block.get("image"):
        data: str = image["source"].get("bytes", "")
        starts = {"iVBORw0KGgo": "png", "/9j/": "jpeg"}
        image["format"] = next(
            (k for m, k in starts.items() if data.startswith(m)), image["format"]
        )
    return block
