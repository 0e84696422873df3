"""What a recorded Gemini answer says, read by Google's own SDK types and nothing of the gateway."""

import json
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

from google.genai import types

Fields = dict[str, Any]

FILTERED = ("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR")
BROKEN = ("OTHER", "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL")
NUMBERED = {1: "STOP", 2: "MAX_TOKENS", 3: "SAFETY"}
MODALITIES = {1: "TEXT", 2: "IMAGE", 3: "VIDEO", 4: "AUDIO", 5: "DOCUMENT"}


@dataclass
class Told:
    """A whole answer: its first candidate and its last counts."""

    text: str = ""
    thoughts: str = ""
    calls: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])
    seals: list[str] = field(default_factory=list[str])
    pictures: int = 0
    sounds: int = 0
    finish: str | None = None
    native: str | None = None
    counts: tuple[int, int, int, int] | None = None
    urls: set[str] = field(default_factory=set[str])
    passages: set[str] = field(default_factory=set[str])


def responses(body: str) -> list[Fields]:
    """Every response of a body: one object, an array of them, or events with or without gaps."""
    text = body.lstrip()
    if not text.startswith("data:"):
        whole = json.loads(text)
        return cast("list[Fields]", whole if isinstance(whole, list) else [whole])
    lines = (line[5:] for line in body.splitlines() if line.startswith("data:"))
    return [json.loads(line) for line in lines]


def told(body: str) -> Told:
    """The sum of all responses, by google.genai.types."""
    out = Told()
    open_call: tuple[str, Fields] | None = None
    for fields in responses(body):
        seals = _seals_apart(fields)
        response = types.GenerateContentResponse.model_validate(_worded(fields))
        for candidate in (response.candidates or [])[:1]:
            for part in (candidate.content.parts if candidate.content else None) or []:
                call = part.function_call
                if call is not None and (call.will_continue or call.partial_args or open_call):
                    open_call = open_call or (call.name or "", {})
                    for piece in call.partial_args or []:
                        _put(open_call[1], piece)
                    if not call.will_continue:
                        out.calls.append(open_call)
                        open_call = None
                else:
                    _part(part, out)
            if candidate.finish_reason is not None:
                out.native = candidate.finish_reason.value
            _sources(candidate, out)
        out.seals += seals
        feedback = response.prompt_feedback
        if feedback and feedback.block_reason and not response.candidates:
            out.native, out.finish = feedback.block_reason.value, "content_filter"
        out.counts = _counts(response.usage_metadata) or out.counts
    out.finish = out.finish or _finish(out)
    return out


def _seals_apart(fields: Fields) -> list[str]:
    """The signatures over what can go back, in order; taken out, as some sources cut them."""
    seals: list[str] = []
    for candidate in fields.get("candidates", [])[:1]:
        for part in candidate.get("content", {}).get("parts", []):
            seal = part.pop("thoughtSignature", "")
            if seal and {"text", "functionCall", "thought"} & set(part):
                seals.append(seal)
    return seals


def _put(root: Fields, piece: types.PartialArg) -> None:
    """One piece of streamed arguments at its path, "$.a[0].b"."""
    steps = [
        int(step) if step.isdigit() else step
        for step in re.findall(r"[^.\[\]$]+", piece.json_path or "")
    ]
    here: Any = root
    for step, following in pairwise(steps):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(step, int):
            if step == len(here):
                here.append(empty)
            here = here[step]
        else:
            here = here.setdefault(step, empty)
    value: Any = piece.string_value if piece.string_value is not None else piece.number_value
    last = steps[-1]
    if isinstance(last, int):
        if last == len(here):
            here.append("")
        here[last] = here[last] + value if isinstance(value, str) else value
    else:
        here[last] = here.get(last, "") + value if isinstance(value, str) else value


def _worded(fields: Fields) -> Fields:
    """Numbered enumerations as words: the types know no others."""
    for candidate in fields.get("candidates", []):
        if isinstance(candidate.get("finishReason"), int):
            candidate["finishReason"] = NUMBERED[candidate["finishReason"]]
    usage = fields.get("usageMetadata", {})
    for name in ("trafficType", "serviceTier"):
        usage.pop(name, None)
    for name, value in usage.items():
        for one in value if name.endswith("Details") else ():
            if isinstance(one["modality"], int):
                one["modality"] = MODALITIES[one["modality"]]
    return fields


def _part(part: types.Part, out: Told) -> None:
    if part.thought:
        out.thoughts += part.text or ""
    elif part.function_call is not None:
        out.calls.append((part.function_call.name or "", part.function_call.args or {}))
    elif part.text is not None:
        out.text += part.text
    elif part.inline_data is not None:
        kind = (part.inline_data.mime_type or "").partition("/")[0]
        out.pictures += kind == "image"
        out.sounds += kind == "audio"


def _sources(candidate: types.Candidate, out: Told) -> None:
    grounding = candidate.grounding_metadata
    for chunk in (grounding.grounding_chunks if grounding else None) or []:
        if chunk.web is not None and chunk.web.uri:
            out.urls.add(chunk.web.uri)
        if chunk.retrieved_context is not None:
            out.passages.add(chunk.retrieved_context.text or "")


def _finish(out: Told) -> str | None:
    if out.native is None:
        return None
    if out.native in FILTERED:
        return "content_filter"
    if out.native in BROKEN:
        return "error"
    if out.native == "MAX_TOKENS":
        return "length"
    return "tool_calls" if out.calls else "stop"


def _counts(
    usage: types.GenerateContentResponseUsageMetadata | None,
) -> tuple[int, int, int, int] | None:
    """Prompt, completion, cached, thinking."""
    if usage is None:
        return None
    prompt = (usage.prompt_token_count or 0) + (usage.tool_use_prompt_token_count or 0)
    thought, total = usage.thoughts_token_count or 0, usage.total_token_count or 0
    spoken = usage.candidates_token_count
    spoken = max(0, total - prompt - thought) if spoken is None else spoken
    if not prompt + spoken + thought:
        return None
    return prompt, spoken + thought, usage.cached_content_token_count or 0, thought
