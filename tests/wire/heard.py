"""What an answer says, read twice and apart: from a provider's bytes, and from what the client got.

Neither reading uses the gateway's code. The provider's is lenient, as providers are; the client's
knows the contract's fields only.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, cast

Fields: TypeAlias = dict[str, Any]


@dataclass
class Call:
    """A tool call; `id` is "" where the provider sent none."""

    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass
class Voice:
    """One choice."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    calls: list[Call] = field(default_factory=list[Call])
    finish: str | None = None


@dataclass
class Counts:
    """Totals as the contract counts them: cached inside prompt, reasoning inside completion."""

    prompt: int
    completion: int
    cached: int
    reasoning: int


@dataclass
class Heard:
    """A whole answer."""

    choices: dict[int, Voice] = field(default_factory=dict[int, Voice])
    usage: Counts | None = None
    ended: bool = False
    error: bool = False


def payloads(body: str) -> list[str]:
    """The data of every server-sent event, joined over lines; comments and names left out."""
    events: list[str] = []
    lines: list[str] = []
    for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line == "":
            if lines:
                events.append("\n".join(lines))
            lines = []
        elif line.startswith("data:"):
            lines.append(line[5:].removeprefix(" "))
    if lines:
        events.append("\n".join(lines))
    return events


def child(fields: Fields, name: str) -> Fields:
    """The object of that name; {} for null and absence."""
    return cast("Fields", fields.get(name) or {})


def items(fields: Fields, name: str) -> list[Fields]:
    """The list of that name; [] for null and absence."""
    return cast("list[Fields]", fields.get(name) or [])


def text(fields: Fields, *names: str) -> str:
    """The first of these that says something; "" for null and absence."""
    return next((cast("str", fields[name]) for name in names if fields.get(name)), "")


def count(fields: Fields, *names: str) -> int:
    """The first of these that counts something; 0 for null and absence."""
    return next((cast("int", fields[name]) for name in names if fields.get(name)), 0)


# ── the provider's side ─────────────────────────────────────────────────────────────────────────


def from_provider(body: str, *, streamed: bool) -> Heard:
    """What a provider said."""
    heard = Heard()
    if not streamed:
        _provider_chunk(json.loads(body), heard)
        heard.ended = True
        return heard
    for payload in payloads(body):
        if payload.strip() == "[DONE]":
            heard.ended = True
        elif not heard.ended:
            _provider_chunk(json.loads(payload), heard)
    return heard


def _provider_chunk(chunk: Fields, heard: Heard) -> None:
    if chunk.get("error"):
        heard.error = True
        return
    for place, choice in enumerate(items(chunk, "choices")):
        index: int = place if choice.get("index") is None else choice["index"]
        voice = heard.choices.setdefault(index, Voice())
        _provider_words(child(choice, "delta") or child(choice, "message"), voice)
        voice.finish = voice.finish or text(choice, "finish_reason") or None
        if usage := child(choice, "usage"):
            heard.usage = _provider_counts(usage)
    if usage := child(chunk, "usage") or child(child(chunk, "x_groq"), "usage"):
        heard.usage = _provider_counts(usage)


def _provider_words(words: Fields, voice: Voice) -> None:
    content = words.get("content")
    if isinstance(content, str):
        voice.text += content
    elif isinstance(content, list):
        _provider_parts(items(words, "content"), voice)
    elif content is not None:  # Cloudflare answers a JSON schema with the object itself
        voice.text += json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    voice.reasoning += _provider_thoughts(words)
    voice.refusal += text(words, "refusal")
    for place, item in enumerate(items(words, "tool_calls")):
        _provider_call(place, item, voice)


def _provider_parts(parts: list[Fields], voice: Voice) -> None:
    """Mistral's reasoning models answer in parts."""
    for part in parts:
        if part["type"] == "thinking":
            voice.reasoning += "".join(text(inner, "text") for inner in items(part, "thinking"))
        else:
            voice.text += text(part, "text")


def _provider_thoughts(words: Fields) -> str:
    details = items(words, "reasoning_details")
    told = "".join(text(item, "text", "summary") for item in details)
    return told or text(words, "reasoning", "reasoning_content")


def _provider_call(place: int, item: Fields, voice: Voice) -> None:
    function = child(item, "function")
    call_id = text(item, "id")
    number: int = place if item.get("index") is None else item["index"]
    known = number < len(voice.calls)
    if not known or (call_id and voice.calls[number].id not in {"", call_id}):
        voice.calls.append(Call())
        number = len(voice.calls) - 1
    call = voice.calls[number]
    call.id = call.id or call_id
    call.name = call.name or text(function, "name")
    arguments = function.get("arguments") or ""
    call.arguments += arguments if isinstance(arguments, str) else json.dumps(arguments)


def _provider_counts(usage: Fields) -> Counts:
    prompt, completion = count(usage, "prompt_tokens"), count(usage, "completion_tokens")
    cached = count(child(usage, "prompt_tokens_details"), "cached_tokens") or count(
        usage, "prompt_cache_hit_tokens", "cached_tokens", "cache_read_input_tokens"
    )
    reasoning = count(child(usage, "completion_tokens_details"), "reasoning_tokens")
    beside = usage.get("total_tokens") == prompt + completion + reasoning
    if reasoning and (beside or "market_cost" in usage):
        completion += reasoning  # counted beside the completion by xAI and, without trace, Vercel
    return Counts(prompt, completion, min(cached, prompt), min(reasoning, completion))


_UNIFIED: Final = {
    "function_call": "tool_calls",
    "tool_calls": "tool_calls",
    "length": "length",
    "content_filter": "content_filter",
}


def ended(voice: Voice, *, marked: bool) -> str | None:
    """The unified end; an answer that is whole and gives no reason ended well.

    Whole is an answer in one piece, and a stream up to its end mark.
    """
    if voice.finish is None:
        if not marked:
            return None
        return "tool_calls" if voice.calls else "stop"
    reason = _UNIFIED.get(voice.finish, "stop")
    return "tool_calls" if voice.calls and reason == "stop" else reason


# ── the client's side ───────────────────────────────────────────────────────────────────────────


def from_gateway(body: bytes, *, streamed: bool) -> Heard:
    """What the client got; strict on the contract's shapes."""
    heard = Heard()
    if not streamed:
        answer: Fields = json.loads(body)
        assert answer["object"] == "chat.completion"
        _gateway_chunk(answer, heard, "message")
        heard.ended = True
        return heard
    for payload in payloads(body.decode()):
        assert not heard.ended, "something follows [DONE]"
        if payload == "[DONE]":
            heard.ended = True
            continue
        chunk: Fields = json.loads(payload)
        assert chunk["object"] == "chat.completion.chunk"
        _gateway_chunk(chunk, heard, "delta")
    return heard


def _gateway_chunk(chunk: Fields, heard: Heard, key: str) -> None:
    assert {"id", "created", "model", "choices"} <= set(chunk)
    heard.error = heard.error or "error" in chunk
    choices: list[Fields] = chunk["choices"]
    for choice in choices:
        voice = heard.choices.setdefault(choice["index"], Voice())
        words: Fields = choice[key]
        voice.text += text(words, "content")
        voice.reasoning += text(words, "reasoning")
        voice.refusal += text(words, "refusal")
        for place, item in enumerate(items(words, "tool_calls")):
            _gateway_call(item["index"] if key == "delta" else place, item, voice)
        if choice["finish_reason"] is not None:
            assert voice.finish is None or choice["finish_reason"] == "error"
            voice.finish = choice["finish_reason"]
    if usage := child(chunk, "usage"):
        heard.usage = _gateway_counts(usage)


def _gateway_call(number: int, item: Fields, voice: Voice) -> None:
    if number == len(voice.calls):
        voice.calls.append(Call())
        assert item["id"]
        assert item["type"] == "function"
    call = voice.calls[number]
    function = child(item, "function")
    call.id += text(item, "id")
    call.name += text(function, "name")
    call.arguments += text(function, "arguments")


def _gateway_counts(usage: Fields) -> Counts:
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    return Counts(
        usage["prompt_tokens"],
        usage["completion_tokens"],
        usage["prompt_tokens_details"]["cached_tokens"],
        usage["completion_tokens_details"]["reasoning_tokens"],
    )
