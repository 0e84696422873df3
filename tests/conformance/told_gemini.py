"""Gemini's answers as the provider sent them, read by the official SDK's types."""

import json
import re
from itertools import pairwise
from typing import Any, Final, cast

from google.genai.types import GenerateContentResponse
from tests.recordings import Exchange
from tests.wire.heard import Call, Counts, Fields, Heard, Voice, payloads

_FILTERS: Final = {
    "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "LANGUAGE",
    "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR",
}  # fmt: skip
_FAULTS: Final = {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "OTHER", "MALFORMED_RESPONSE"}
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+)\]")


def told_gemini(exchange: Exchange) -> Heard:
    """A whole answer, a stream of events, or a stream that is one JSON array."""
    heard = Heard(choices={}, ended=True)
    for piece in _pieces(exchange):
        if "error" in piece:
            heard.error = True
            continue
        _hear(GenerateContentResponse.model_validate(_known(piece)), heard)
    for voice in heard.choices.values():
        if voice.finish is None and not exchange.streamed:
            voice.finish = "stop"  # an answer in one piece is whole
        if voice.calls and voice.finish == "stop":
            voice.finish = "tool_calls"
    return heard


def _pieces(exchange: Exchange) -> list[Fields]:
    if exchange.streamed:
        lines = [line for payload in payloads(exchange.response_body) for line in _whole(payload)]
        return [json.loads(line) for line in lines]
    body: Any = json.loads(exchange.response_body)
    return cast("list[Fields]", body) if isinstance(body, list) else [body]


def _whole(payload: str) -> list[str]:
    """The SDK takes each line of data for an event, so blank lines may be missing."""
    lines = payload.split("\n")
    return lines if all(line.startswith("{") for line in lines) else [payload]


def _known(piece: Fields) -> Fields:
    """Without what is newer than the SDK's types, which forbid the unknown."""
    usage = {n: v for n, v in piece.get("usageMetadata", {}).items() if n != "serviceTier"}
    return {**piece, "usageMetadata": usage}


def _hear(piece: GenerateContentResponse, heard: Heard) -> None:
    for place, candidate in enumerate(piece.candidates or ()):
        voice = heard.choices.setdefault(candidate.index or place, Voice())
        parts: Any = (candidate.content.parts if candidate.content else None) or ()
        for part in parts:
            _part(part, voice)
        if candidate.finish_reason is not None:
            voice.finish = _finish(candidate.finish_reason.value)
    if piece.prompt_feedback is not None and piece.prompt_feedback.block_reason is not None:
        voice = heard.choices.setdefault(0, Voice())
        voice.finish = "content_filter"
        voice.refusal = piece.prompt_feedback.block_reason_message or ""
    usage = piece.usage_metadata
    if usage is not None and usage.prompt_token_count is not None:
        thoughts = usage.thoughts_token_count or 0
        heard.usage = Counts(
            usage.prompt_token_count + (usage.tool_use_prompt_token_count or 0),
            (usage.candidates_token_count or 0) + thoughts,
            usage.cached_content_token_count or 0,
            thoughts,
        )


def _part(part: Any, voice: Voice) -> None:
    if part.function_call is not None:
        _call(part.function_call, voice)
    elif part.executable_code is not None:
        # Code that the provider ran is told as fenced thinking: clients have no other word for it.
        voice.reasoning += f"```python\n{part.executable_code.code}\n```"
    elif part.code_execution_result is not None:
        voice.reasoning += f"```\n{part.code_execution_result.output or ''}\n```"
    elif part.text:
        if part.thought:
            voice.reasoning += part.text
        else:
            voice.text += part.text


def _call(call: Any, voice: Voice) -> None:
    """A whole call, or a piece of one: a call that will go on has a name, its pieces have none."""
    if call.name:
        voice.calls.append(Call(call.id or "", call.name, json.dumps(call.args or {})))
    if call.partial_args:
        arguments: Fields = json.loads(voice.calls[-1].arguments)
        for piece in call.partial_args:
            _grow(arguments, piece)
        voice.calls[-1].arguments = json.dumps(arguments)


def _grow(arguments: Fields, piece: Any) -> None:
    """Puts a piece where its path says, "$.rows[0].name"; more of a text is appended."""
    steps = [step or int(place) for step, place in _STEP.findall(piece.json_path)]
    inside: Any = arguments
    for step, following in pairwise(steps):
        inside = _at(inside, step, [] if isinstance(following, int) else {})
    last, value = steps[-1], _value(piece)
    if isinstance(value, str):
        value = _at(inside, last, "") + value
    _at(inside, last, value)
    inside[last] = value


def _at(inside: Any, step: Any, fresh: Any) -> Any:
    if isinstance(inside, list):
        row = cast("list[Any]", inside)
        if step == len(row):
            row.append(fresh)
        return row[step]
    return inside.setdefault(step, fresh)


def _value(piece: Any) -> Any:
    told = (piece.string_value, piece.number_value, piece.bool_value)
    return next((value for value in told if value is not None), None)


def _finish(reason: str) -> str:
    if reason in _FILTERS:
        return "content_filter"
    if reason in _FAULTS:
        return "error"
    return "length" if reason == "MAX_TOKENS" else "stop"
