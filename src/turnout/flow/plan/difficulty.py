"""How hard a request looks: cheap, offline, from the last of its words and from what it asks for.

It only moves a bar between models, so it need not be right about every request; what it goes by is
in docs/explain/routers.md. The words are English: in other languages length and needs decide.
"""

import math
import re
from typing import Final, Literal, TypeAlias

import msgspec

from turnout.dialects.adapter import Inbound

Task: TypeAlias = Literal["code", "math", "tools", "structured", "vision", "documents", "chat"]

_LOOKED_AT_B: Final = 8192
_CODE: Final = re.compile(
    rb"```|traceback|\bdef \w+\(|\bclass \w+[:({]|\bfunction\b|\bselect\b.{1,80}\bfrom\b|#include"
    rb"|stack ?trace|\bregex\b|\brefactor|\bdebug|\bunit tests?\b|=>|\bcompile",
    re.IGNORECASE,
)
_MATH: Final = re.compile(
    rb"\bprove\b|\bproof\b|theorem|\bderive\b|integral|equation|\bprobability\b|\\\\frac|\\\\sum"
    rb"|\bsolve for\b|\blemma\b",
    re.IGNORECASE,
)
_THOUGHT: Final = re.compile(
    rb"step by step|\banaly[sz]e|\bcompare\b|trade-?offs?\b|\bdesign\b|architect|\boptimi[sz]e"
    rb"|\bplan\b|\bstrateg|\bwhy\b|\bexplain\b|\breason|\bevaluate\b|\bcritique\b|\balgorithm",
    re.IGNORECASE,
)
_HARD_EFFORTS: Final = (b'"high"', b'"xhigh"', b'"max"')
_MANY_TOK: Final = 20_000.0
_MOST: Final = 0.85


class Difficulty(msgspec.Struct, frozen=True):
    """What a request looks like.

    Attributes:
        task: The kind of work, for people and records.
        score: In [0, 1]; 0 is small talk.
    """

    task: Task
    score: float


def difficulty_of(inbound: Inbound) -> Difficulty:
    """Looks at the last 8 KB of what was said; the same request always looks the same."""
    fields, needs = inbound.fields, inbound.needs
    said = fields.get("messages") or fields.get("input") or fields.get("prompt") or msgspec.Raw()
    text = bytes(memoryview(said)[-_LOOKED_AT_B:])
    code, math_words = len(_CODE.findall(text)), len(_MATH.findall(text))
    thought = len(set(_THOUGHT.findall(text)))
    tools = bytes(fields["tools"]).count(b'"name"') if "tools" in fields else 0
    score = 0.30 * min(1.0, math.log1p(needs.prompt_tok) / math.log1p(_MANY_TOK))
    score += 0.12 * min(code, 3) + 0.20 * min(math_words, 2) + 0.08 * min(thought, 4)
    score += 0.03 * min(tools, 5)
    score += 0.10 if "structured_outputs" in needs.parameters else 0.0
    score += 0.30 if _asks_for_thought(inbound) else 0.0
    return Difficulty(_task(inbound, code, math_words), min(1.0, score / _MOST))


def _asks_for_thought(inbound: Inbound) -> bool:
    asked = inbound.fields.get("reasoning_effort") or inbound.fields.get("reasoning")
    return asked is not None and any(effort in bytes(asked) for effort in _HARD_EFFORTS)


def _task(inbound: Inbound, code: int, math_words: int) -> Task:
    needs = inbound.needs
    if "image" in needs.inputs or "video" in needs.inputs:
        return "vision"
    if "file" in needs.inputs:
        return "documents"
    if math_words > code:
        return "math"
    if code:
        return "code"
    if "tools" in needs.parameters:
        return "tools"
    return "structured" if "response_format" in needs.parameters else "chat"
