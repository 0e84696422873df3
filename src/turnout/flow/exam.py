"""Exams: what a probe asks where its answer can be judged without anybody's opinion. Pure.

A call of the one tool that is offered, a JSON object of the one shape that is wanted. They are
judged as callers' answers are (`metrics.validity`); no call at all is a bad one.
"""

from collections.abc import Collection
from typing import Any, Final, Literal, TypeAlias

Task: TypeAlias = Literal["words", "call", "shape"]

EXAM_PROMPT_TOK: Final = 512
"""More than any tokenizer and template makes of an exam."""
_EXAM_TOK: Final = 96
"""Enough for the longest right answer, however an upstream counts it."""

_WORDS: Final = "Count from one to twenty, in words."
_CALL: Final = "What will the weather be in Oslo in the next 3 days? Ask the tool."
_SHAPE: Final = (
    "How many legs does a spider have? Answer with a JSON object alone, that has the members "
    '"animal" (a string) and "legs" (a whole number).'
)
_TOOL: Final[dict[str, Any]] = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of the next days in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city", "days"],
            "additionalProperties": False,
        },
    },
}
_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"animal": {"type": "string"}, "legs": {"type": "integer"}},
    "required": ["animal", "legs"],
    "additionalProperties": False,
}


def tasks_of(parameters: Collection[str] | None) -> tuple[Task, ...]:
    """What an endpoint that honours these can be asked, in turn; nobody knows: words alone."""
    found: list[Task] = ["words"]
    if parameters is not None and "tools" in parameters:
        found.append("call")
    if parameters is not None and {"response_format", "structured_outputs"} & set(parameters):
        found.append("shape")
    return tuple(found)


def answer_tok(task: Task, max_tokens: int) -> int:
    """The longest answer to ask for; one that is cut short is not judged."""
    return max_tokens if task == "words" else max(max_tokens, _EXAM_TOK)


def asked(task: Task, parameters: Collection[str]) -> dict[str, Any]:
    """The members of the request that are the task."""
    match task:
        case "words":
            return _said(_WORDS)
        case "call":
            choice = {"tool_choice": "required"} if "tool_choice" in parameters else {}
            return _said(_CALL) | {"tools": [_TOOL]} | choice
        case "shape":
            shape: dict[str, Any] = {"type": "json_object"}
            if "structured_outputs" in parameters:
                inner = {"name": "animal", "strict": True, "schema": _SCHEMA}
                shape = {"type": "json_schema", "json_schema": inner}
            return _said(_SHAPE) | {"response_format": shape}


def _said(words: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": words}]}
