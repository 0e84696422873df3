"""Whether a client heard what the provider said."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from tests.wire.heard import Call, Heard, Voice

from turnout.core.types import Dialect

ONE_CHOICE: Final[Mapping[Dialect, bool]] = {"anthropic.messages": True, "openai.responses": True}
"""Client dialects that have no second choice."""

_NO_REASONING_COUNT: Final = {"anthropic.messages"}
_NO_REFUSAL: Final = {"anthropic.messages"}
"""A refusal in words is text there."""
_NO_ERROR: Final = {"anthropic.messages"}
"""A whole answer has no word there for an end by an error."""


def differences(told: Heard, got: Heard, client: Dialect, spoken: Dialect) -> list[str]:
    """What the client heard otherwise of what was spoken in some dialect; [] when it is the same.

    Reasoning tokens are not compared where the client's dialect has no such count; calls are
    compared by their arguments' values, ids where the provider gave one that fits every dialect.
    """
    found: list[str] = []
    choices = dict(list(told.choices.items())[:1]) if client in ONE_CHOICE else told.choices
    if set(got.choices) != set(choices) and any(map(_says, choices.values())):
        found.append(f"choices {sorted(got.choices)} for {sorted(choices)}")
        return found
    for index, voice in choices.items():
        said, heard = _sayable(voice, client, spoken), got.choices.get(index, Voice())
        found += [
            f"{name}: {_short(getattr(heard, name))} for {_short(getattr(said, name))}"
            for name in ("text", "reasoning", "refusal")
            if _same(name, getattr(heard, name)) != _same(name, getattr(said, name))
        ]
        if [_call(call) for call in heard.calls] != [_call(call) for call in said.calls]:
            found.append(f"calls: {_short(str(heard.calls))} for {_short(str(said.calls))}")
        if heard.finish != said.finish and told.ended:
            found.append(f"finish: {heard.finish} for {said.finish}")
    found += _counted(told, got, client)
    if got.error != told.error:
        found.append("an error was told" if got.error else "an error was not told")
    return found


def _sayable(voice: Voice, client: Dialect, spoken: Dialect) -> Voice:
    """The voice as far as the client's dialect has words for it.

    Whenever there is a call the end is for the call; in its own dialect an answer passes as it is.
    """
    said = replace(voice)
    if voice.calls and voice.finish == "stop" and client != spoken:
        said.finish = "tool_calls"
    if client in _NO_REFUSAL:
        said.text, said.refusal = voice.text + voice.refusal, ""
    if client in _NO_ERROR and voice.finish == "error":
        said.finish = "stop"
    return said


def _counted(told: Heard, got: Heard, client: Dialect) -> list[str]:
    if told.usage is None or told.error:
        return []
    if got.usage is None:
        return ["usage: none"]
    names = ["prompt", "completion", "cached"]
    if client not in _NO_REASONING_COUNT and told.usage.reasoning:
        names.append("reasoning")
    return [
        f"usage.{name}: {getattr(got.usage, name)} for {getattr(told.usage, name)}"
        for name in names
        if getattr(got.usage, name) != getattr(told.usage, name)
    ]


def _same(name: str, value: str) -> str:
    """Thoughts that came in several parts may be set apart by white space, words may not."""
    return "".join(value.split()) if name == "reasoning" else value


def _says(voice: Voice) -> bool:
    return bool(voice.text or voice.reasoning or voice.refusal or voice.calls or voice.finish)


def _call(call: Call) -> tuple[str, Any]:
    try:
        return call.name, json.loads(call.arguments or "{}") or {}
    except ValueError:
        return call.name, call.arguments


def _short(value: str) -> str:
    return repr(value if len(value) < 60 else f"{value[:28]} … {value[-28:]}")
