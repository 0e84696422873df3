"""Our no to a body: from the codec's words to a field, what was wrong and what is allowed."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.errors import Refusal, invalid

_AT: Final = re.compile(r"(?P<what>.*?) - at `(?:key in )?\$\.?(?P<path>[^`]*)`", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(?P<name>[^`]+)`")

# What is allowed where the codec only says "Invalid enum value", by the last name of the path.
_ALLOWED: Final[Mapping[str, str]] = {
    "role": "system, developer, user, assistant, tool (or function, its forerunner)",
    "effort": "max, xhigh, high, medium, low, minimal, none",
    "reasoning_effort": "max, xhigh, high, medium, low, minimal, none",
    "summary": "auto, concise, detailed",
    "verbosity": "low, medium, high, xhigh, max",
    "tool_choice": 'none, auto, required or {"type": "function", "function": {"name": …}}',
    "modalities": "text, image, audio",
    "service_tier": "auto, default, fast, flex, priority, scale, ultrafast",
    "data_collection": "allow, deny",
    "sort": "price, throughput, latency, exacto or an object with `by`",
    "by": "price, throughput, latency, exacto",
    "partition": "model, none",
    "quantizations": ("int4, int8, fp4, mxfp4, nvfp4, fp6, fp8, mxfp8, fp16, bf16, fp32, unknown"),
    "response_format.type": "text, json_object, json_schema, grammar, python",
    "cache_control.type": "ephemeral",
    "ttl": "5m, 1h",
}


def malformed(error: Exception) -> Refusal:
    """400 for bytes that are no JSON at all, or nested beyond any use."""
    if isinstance(error, RecursionError):
        return Refusal("invalid_request", "The body is nested too deeply to be read.")
    if isinstance(error, UnicodeDecodeError):
        return Refusal("invalid_request", f"The body is not UTF-8 (byte {error.start}).")
    return Refusal("invalid_request", f"The body is not valid JSON: {error}")


def wrong_shape(
    error: msgspec.ValidationError, under: str = "", allowed: Mapping[str, str] = _ALLOWED
) -> Refusal:
    """400 for a field of the wrong type or range.

    Args:
        error: The codec's.
        under: The path of what was decoded.
        allowed: What is allowed where the codec does not say, by the last name or two of the path.
    """
    text = str(error)
    found = _AT.fullmatch(text)
    what = found["what"] if found else text
    path = _join(under, found["path"] if found else "")
    if missing := _MISSING.fullmatch(what):
        path = _join(path, missing["name"])
        return invalid(path, "this field is required.")
    if not path:
        return Refusal("invalid_request", f"The body must be a JSON object. {_sentence(what)}")
    if what.startswith("Invalid enum value") and (words := _allowed(path, allowed)):
        return invalid(path, f"{what[:80]}; allowed: {words}.")
    return invalid(path, _sentence(what))


def _join(under: str, path: str) -> str:
    if not under or not path:
        return under or path
    return under + path if path.startswith("[") else f"{under}.{path}"


def _allowed(path: str, allowed: Mapping[str, str]) -> str | None:
    names = re.sub(r"\[[^\]]*\]", "", path).split(".")
    return allowed.get(".".join(names[-2:])) or allowed.get(names[-1])


def _sentence(what: str) -> str:
    """The codec's words, which never quote more of the caller's text than one enum value."""
    text = what[:200].replace("`", "")
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")
