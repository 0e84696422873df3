"""Media, caching, sampling and formats: what a client of chat asks, what Anthropic receives."""

from hashlib import sha256
from typing import Any, Final

from tests.wire.cases.lowering import (
    EPHEMERAL,
    HAIKU_35,
    LOOK,
    OPUS_47,
    SCHEMA,
    TOOL,
    Lowering,
    text,
)
from tests.wire.cases.wire_case import Fields


def image(source: Fields) -> list[Fields]:
    """A user's turn with a picture."""
    return [{"role": "user", "content": [{"type": "image", "source": source}]}]


def document(source: Fields, **more: Any) -> list[Fields]:
    """A user's turn with a file."""
    return [{"role": "user", "content": [{"type": "document", "source": source, **more}]}]


def part(**fields: Any) -> list[Fields]:
    """A user's turn of one part."""
    return [{"role": "user", "content": [fields]}]


MEDIA: Final = (
    Lowering(
        "a picture by address",
        {"messages": part(type="image_url", image_url={"url": "https://x.test/a.png"})},
        {"messages": image({"type": "url", "url": "https://x.test/a.png"})},
    ),
    Lowering(
        "a picture by value, its type as the dialect spells it",
        {"messages": part(type="image_url", image_url={"url": "data:image/jpg;base64,AAAA"})},
        {"messages": image({"type": "base64", "media_type": "image/jpeg", "data": "AAAA"})},
    ),
    Lowering(
        "a PDF by value",
        {
            "messages": part(
                type="file",
                file={"file_data": "data:application/pdf;base64,JVBE", "filename": "a.pdf"},
            )
        },
        {
            "messages": document(
                {"type": "base64", "media_type": "application/pdf", "data": "JVBE"}, title="a.pdf"
            )
        },
    ),
    Lowering(
        "a text file by value",
        {"messages": part(type="file", file={"file_data": "data:text/markdown;base64,I8OpCg=="})},
        {"messages": document({"type": "text", "media_type": "text/plain", "data": "#é\n"})},
    ),
    Lowering(
        "a file by address",
        {"messages": part(type="file", file={"file_data": "https://x.test/a.pdf"})},
        {"messages": document({"type": "url", "url": "https://x.test/a.pdf"})},
    ),
)


def marked(*places: int, count: int = 6, ttl: str | None = None) -> list[Fields]:
    """One turn of some texts, a breakpoint on each of those places."""
    mark = {"type": "ephemeral", "ttl": ttl} if ttl else EPHEMERAL
    content = [
        text(f"{n}", cache_control=mark) if n in places else text(f"{n}") for n in range(count)
    ]
    return [{"role": "user", "content": content}]


def system(*, ttl: str | None = None, mark: bool = True) -> Fields:
    """Instructions with a breakpoint."""
    marking: Fields = {"cache_control": {"type": "ephemeral", "ttl": ttl} if ttl else EPHEMERAL}
    return text("Be kind.", **(marking if mark else {}))


CACHING: Final = (
    Lowering(
        "breakpoints and their times stay",
        {"messages": [{"role": "system", "content": [system(ttl="1h")]}, *marked(1, ttl="5m")]},
        {"system": [system(ttl="1h")], "messages": marked(1, ttl="5m")},
    ),
    Lowering(
        "of too many, the last of tools and system and the latest of the messages stay",
        {
            "tools": [{**TOOL, "cache_control": EPHEMERAL}],
            "messages": [{"role": "system", "content": [system()]}, *marked(0, 1, 2, 3)],
        },
        {
            "tools": [{**LOOK, "cache_control": EPHEMERAL}],
            "system": [system()],
            "messages": marked(2, 3),
        },
        translated={"cache_control"},
    ),
    Lowering(
        "an hour's breakpoint behind one of five minutes is one of five minutes",
        {"messages": [{"role": "system", "content": [system()]}, *marked(1, ttl="1h")]},
        {"system": [system()], "messages": marked(1)},
        translated={"cache_control.ttl"},
    ),
    Lowering(
        "automatic caching is one of the four",
        {"cache_control": EPHEMERAL, "messages": marked(0, 1, 2, 3)},
        {"cache_control": EPHEMERAL, "messages": marked(1, 2, 3)},
        translated={"cache_control"},
    ),
)

USER: Final[Fields] = {"metadata": {"user_id": sha256(b"someone").hexdigest()}}

SETTINGS: Final = (
    Lowering(
        "sampling within its bounds",
        {"temperature": 1.5, "top_k": 5, "stop": ["END", "\n\n"]},
        {"temperature": 1.0, "top_k": 5, "stop_sequences": ["END"]},
        dropped={"stop"},
        translated={"temperature"},
    ),
    Lowering(
        "temperature or top_p, where only one of them may be said",
        {"temperature": 0.5, "top_p": 0.9},
        {"temperature": 0.5},
        dropped={"top_p"},
    ),
    Lowering(
        "both where both may",
        {"temperature": 0.5, "top_p": 0.9},
        {"temperature": 0.5, "top_p": 0.9},
        model=HAIKU_35,
    ),
    Lowering(
        "no sampling where the model takes none",
        {"temperature": 0.5, "top_p": 0.9, "top_k": 5},
        {},
        model=OPUS_47,
        dropped={"temperature", "top_p", "top_k"},
    ),
    Lowering(
        "what the dialect has no word for",
        {
            "frequency_penalty": 0.3,
            "presence_penalty": 0.3,
            "repetition_penalty": 1.1,
            "min_p": 0.1,
            "top_a": 0.1,
            "seed": 7,
            "logit_bias": {"5": 1},
            "logprobs": True,
            "top_logprobs": 2,
            "n": 2,
            "prompt_cache_key": "k",
            "x_new": 1,
        },
        {},
        dropped={
            "frequency_penalty",
            "presence_penalty",
            "repetition_penalty",
            "min_p",
            "top_a",
            "seed",
            "logit_bias",
            "logprobs",
            "top_logprobs",
            "n",
            "prompt_cache_key",
            "x_new",
        },
    ),
    Lowering("the caller's user, unreadable", {"user": "someone"}, USER),
    Lowering("the tiers it knows", {"service_tier": "default"}, {"service_tier": "standard_only"}),
    Lowering("a tier it has not", {"service_tier": "flex"}, {}, dropped={"service_tier"}),
    Lowering(
        "verbosity is an effort",
        {"verbosity": "low"},
        {"output_config": {"effort": "low"}},
        model=OPUS_47,
        translated={"verbosity"},
    ),
    Lowering("verbosity where there is none", {"verbosity": "low"}, {}, dropped={"verbosity"}),
    Lowering(
        "a schema for the answer, closed and without bounds",
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "a", "schema": SCHEMA},
            }
        },
        {
            "output_config": {
                "format": {
                    "type": "json_schema",
                    "schema": {
                        "type": "object",
                        "properties": {"a": {"type": "integer", "description": "{minimum: 1}"}},
                        "additionalProperties": False,
                    },
                }
            }
        },
        translated={"response_format"},
    ),
    Lowering(
        "a schema by a tool that must be called, where there is no other way",
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "a", "schema": SCHEMA},
            }
        },
        {
            "tools": [
                {
                    "name": "structured_answer",
                    "description": "Gives the answer (a): call it once, with the whole answer as "
                    "its arguments.",
                    "input_schema": SCHEMA,
                }
            ],
            "tool_choice": {"type": "tool", "name": "structured_answer"},
        },
        model=HAIKU_35,
        emulated={"response_format"},
    ),
)

REFUSED_THERE: Final = (
    ("sound", part(type="input_audio", input_audio={"data": "UklG", "format": "wav"}), "audio"),
    ("video", part(type="video_url", video_url={"url": "https://x.test/v.mp4"}), "video"),
    (
        "a file it cannot read",
        part(type="file", file={"file_data": "data:application/zip;base64,UEsD"}),
        "PDF and text",
    ),
    ("another's file id", part(type="file", file={"file_id": "file-1"}), "file id"),
)
"""What, messages, and a word of the refusal."""
