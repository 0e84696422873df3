"""What a provider calls a model, taken apart: the model's own name, the flavour, the precision.

Hosts write one model in a dozen ways: "meta.llama3-3-70b-instruct-v1:0",
"Llama-3.3-70B-Instruct-Turbo", "accounts/fireworks/models/llama-v3p3-70b-instruct",
"@cf/meta/llama-3.3-70b-instruct-fp8-fast". `readings` gives keys from the most literal to the
loosest; the join takes the first that is known.
"""

import re
from collections.abc import Iterator
from typing import Final, cast

import msgspec

from turnout.core.types import Quantization

_QUANTIZATIONS: Final = "int4|int8|fp4|mxfp4|nvfp4|fp6|fp8|mxfp8|fp16|bf16|fp32"
_FLAVOURS: Final = "fast|turbo|tee|maas|ultrafast|highspeed|throughput|us|eu|original|base10"
_SUFFIX: Final = re.compile(
    rf"^(.+)-({_QUANTIZATIONS}|{_FLAVOURS}|awq|gptq|hf|(?<=instruct-)lite)$"
)
_QUANTIZED: Final = re.compile(rf"(?:^|[^a-z0-9])({_QUANTIZATIONS})(?:$|[^a-z0-9])")
_DATE: Final = re.compile(r"-(?:20\d{2}-?[01]\d-?[0-3]\d)(?=-|$)")
_REVISION: Final = re.compile(r"(?<=\d)-v\d$")
_REGION: Final = re.compile(r"^(us|eu|apac|au|jp|global|regional)\.(?=[a-z0-9]+\.)")
_MAKER: Final = re.compile(
    r"^(?:anthropic|amazon|meta|mistral|google|openai|deepseek|qwen|alibaba|nvidia|moonshotai|moonshot|zai"
    r"|minimax|writer|cohere|ai21|databricks|arcee|azure)(?:\.|--|-(?=claude|gpt|llama|qwen|nvidia"
    r"|nemotron|gemini|trinity|o\d|mistral|deepseek))"
)
_CLAUDE: Final = re.compile(r"^claude-(\d+(?:-\d)?)-(opus|sonnet|haiku|fable)(.*)$")
_LOOSE: Final = re.compile(r"-(?:instruct|it|preview|a\d+b|\d+e)(?=-|$)")


class Reading(msgspec.Struct, frozen=True):
    """One way to understand a name; `flavour` is what was taken off to get to `key`."""

    key: str
    flavour: str = ""


def literal(name: str) -> str:
    """A name's most literal key: the last path part, lower case, one kind of dash."""
    text = name.lower().rsplit("/", 1)[-1].partition("@")[0]
    text = _REGION.sub("", text)
    text = _MAKER.sub("", text)
    text = re.sub(r"-v\d+:\d+$|:0$", "", text)
    text = re.sub(r"(?<=\d)p(?=\d)", "-", text)
    text = re.sub(r"[^a-z0-9]+", "-", text).strip("-")
    text = re.sub(r"^meta-(?=llama)|^nvidia-(?=[a-z])", "", text)
    text = re.sub(r"^(llama|qwen|gemma|glm|nova)-?v?(?=\d)", r"\1-", text)
    claude = _CLAUDE.match(text)
    if claude and (claude[1][0] >= "4" or claude[2] == "fable"):
        text = f"claude-{claude[2]}-{claude[1]}{claude[3]}"
    return text


def readings(name: str) -> Iterator[Reading]:
    """Keys from the most literal to the loosest, each with what was taken off."""
    key, flavour = literal(name), ""
    yield Reading(key)
    while suffix := _SUFFIX.match(key):
        key = suffix[1]
        flavour = f"{suffix[2]}-{flavour}".strip("-")
        yield Reading(key, flavour)
    undated = _REVISION.sub("", _DATE.sub("", key))
    if undated != key:
        yield Reading(undated, flavour)
    yield Reading(loose(undated), flavour)


def loose(key: str) -> str:
    """A key without the words that hosts leave out: instruct, it, preview, active size."""
    return _LOOSE.sub("", key)


def region(name: str) -> str | None:
    """The region that a name is bound to ("us.anthropic.claude…"), None when to none."""
    found = _REGION.match(name.lower())
    return None if found is None or found[1] in {"global", "regional"} else found[1]


def quantization(name: str) -> Quantization:
    """The precision that a name states, else "unknown"."""
    found = _QUANTIZED.search(name.lower())
    return cast("Quantization", found[1]) if found else "unknown"


def tag_suffix(flavour: str) -> str:
    """What of a flavour tells two endpoints of one provider apart in a tag; "" for nothing."""
    return "-".join(p for p in flavour.split("-") if p not in {"hf", "maas", "tee", "original"})
