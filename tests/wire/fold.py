"""A client's view of a stream or an answer: what its chunks add up to, strict on the contract."""

import json
from typing import Any

Folded = dict[str, Any]


def fold_stream(body: bytes) -> Folded:
    """Everything known that the chunks say; asserts their shape on the way."""
    choices: dict[int, Folded] = {}
    out: Folded = {"choices": choices, "usage": None, "error": None, "done": 0}
    for event in body.decode().split("\n\n"):
        if not event:
            continue
        assert event.startswith("data: "), event
        assert not out["done"], "something follows [DONE]"
        if event == "data: [DONE]":
            out["done"] += 1
            continue
        chunk = json.loads(event[6:])
        assert chunk["object"] == "chat.completion.chunk"
        assert {"id", "created", "model", "provider"} <= set(chunk)
        if "error" in chunk:
            assert isinstance(chunk["error"]["code"], int)
            out["error"] = chunk["error"]
        if "usage" in chunk:
            assert out["usage"] is None, "usage twice"
            out["usage"] = known_usage(chunk["usage"])
        for choice in chunk["choices"]:
            _fold_choice(choice, choices)
    return out


def _fold_choice(choice: Folded, choices: dict[int, Folded]) -> None:
    assert {"index", "delta", "finish_reason"} <= set(choice)
    delta = choice["delta"]
    index = choice["index"]
    if index not in choices:
        assert delta.get("role") == "assistant", "the role comes first"
        choices[index] = empty()
    else:
        assert "role" not in delta, "the role comes once"
    voice = choices[index]
    for name in ("content", "reasoning", "refusal"):
        voice[name] += delta.get(name) or ""
    for item in delta.get("reasoning_details") or ():
        _fold_detail(item, voice["details"])
    for item in delta.get("tool_calls") or ():
        _fold_call(item, voice["calls"])
    voice["images"] += delta.get("images") or []
    voice["annotations"] += delta.get("annotations") or []
    voice["logprobs"] += [choice["logprobs"]] if choice.get("logprobs") else []
    if choice["finish_reason"] is not None:
        assert choice["finish_reason"]
        assert voice["finish"] is None, "two ends"
        voice["finish"] = (choice["finish_reason"], choice["native_finish_reason"])


def empty() -> Folded:
    """A choice that has said nothing."""
    return {
        "content": "",
        "reasoning": "",
        "refusal": "",
        "details": [],
        "calls": [],
        "images": [],
        "annotations": [],
        "logprobs": [],
        "finish": None,
    }


def _fold_call(item: Folded, calls: list[Folded]) -> None:
    number: int = item["index"]
    assert 0 <= number <= len(calls), "indices are dense"
    if number == len(calls):
        assert item["id"]
        assert item["type"] == "function"
        calls.append({"id": item["id"], "name": "", "arguments": ""})
    else:
        assert "id" not in item, "the id comes once"
    call = calls[number]
    name = item["function"].get("name")
    assert not (name and call["name"]), "the name comes once"
    call["name"] = call["name"] or name or ""
    call["arguments"] += item["function"]["arguments"]


def _fold_detail(item: Folded, details: list[Folded]) -> None:
    """Deltas of one block add up: same type and index, until its signature."""
    new = {name: value for name, value in item.items() if value is not None}
    new.setdefault("format", "unknown")
    new.setdefault("index", 0)
    last = details[-1] if details else None
    if (
        last is not None
        and (last["type"], last["index"]) == (new["type"], new["index"])
        and not {"signature", "data"} & set(last)
        and "data" not in new
    ):
        for name in ("text", "summary"):
            if name in new:
                new[name] = last.get(name, "") + new[name]
        last.update(new)
    else:
        details.append(new)


def known_usage(usage: Folded) -> Folded:
    """The contract's members alone."""
    names = {
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "cost",
        "cost_details",
        "is_byok",
        "estimated",
    }
    known = {name: value for name, value in usage.items() if name in names}
    inside = usage["prompt_tokens_details"]
    outside = usage["completion_tokens_details"]
    known["inside"] = [
        inside[name]
        for name in ("cached_tokens", "cache_write_tokens", "audio_tokens", "video_tokens")
    ]
    known["outside"] = [
        outside[name] for name in ("reasoning_tokens", "image_tokens", "audio_tokens")
    ]
    return known


def fold_answer(body: bytes) -> Folded:
    """A whole answer in the same form."""
    answer = json.loads(body)
    assert answer["object"] == "chat.completion"
    assert "system_fingerprint" in answer
    choices: dict[int, Folded] = {}
    for choice in answer["choices"]:
        message = choice["message"]
        assert message["role"] == "assistant"
        voice = choices[choice["index"]] = empty()
        for name in ("content", "reasoning", "refusal"):
            voice[name] = message.get(name) or ""
        for item in message.get("reasoning_details") or ():
            _fold_detail(item, voice["details"])
        for call in message.get("tool_calls") or ():
            assert call["type"] == "function"
            voice["calls"].append({"id": call["id"], **call["function"]})
        voice["images"] = message.get("images") or []
        voice["annotations"] = message.get("annotations") or []
        voice["logprobs"] = [choice["logprobs"]] if choice.get("logprobs") else []
        if choice["finish_reason"] is not None:
            voice["finish"] = (choice["finish_reason"], choice["native_finish_reason"])
    return {
        "choices": choices,
        "usage": known_usage(answer["usage"]),
        "fingerprint": answer["system_fingerprint"],
    }
