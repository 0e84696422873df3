"""An ordinary inference request as what a preset keeps of it."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.errors import invalid
from turnout.core.types import Dialect
from turnout.dialects.adapter import ClientDialect
from turnout.presets.fields import KEPT, kept
from turnout.presets.store import Change

_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_PROMPTS: Final[Mapping[Dialect, tuple[str, bytes]]] = {
    "openai.chat": ("messages", b'[{"role":"user","content":"."}]'),
    "anthropic.messages": ("messages", b'[{"role":"user","content":"."}]'),
    "openai.responses": ("input", b'"."'),
}
"""Where each dialect has its prompt, and the shortest one: a preset is checked with it."""


class _Part(msgspec.Struct):
    text: str = ""


class _Message(msgspec.Struct):
    role: str = ""
    content: str | list[_Part] | None = None


def preset_of(body: bytes, dialect: ClientDialect) -> Change:
    """What a preset keeps of a request: its fields and its system prompt, never its messages.

    Raises:
        Refusal: 400 that names the field, as for the request itself.
    """
    fields = _decoded(body)
    _check(fields, dialect)
    return Change(
        config=kept(dialect.dialect, fields), system_prompt=_instructions(fields, dialect.dialect)
    )


def preset_of_fields(
    config: Mapping[str, msgspec.Raw], system_prompt: str | None, dialect: ClientDialect
) -> Change:
    """A preset from fields in the words of chat.

    Args:
        config: The fields.
        system_prompt: Kept beside them.
        dialect: Chat.

    Raises:
        Refusal: 400 that names a field that no preset keeps, or a wrong value.
    """
    for name in config:
        if name not in KEPT:
            raise invalid(f"body.{name[:100]}", f"no preset keeps it. Allowed: {', '.join(KEPT)}")
    _check(config, dialect)
    return Change(config=kept(dialect.dialect, config), system_prompt=system_prompt or None)


def _decoded(body: bytes) -> dict[str, msgspec.Raw]:
    try:
        return _FIELDS.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise invalid("body", f"is not a JSON object: {error}") from error


def _check(fields: Mapping[str, msgspec.Raw], dialect: ClientDialect) -> None:
    name, prompt = _PROMPTS[dialect.dialect]
    limit = {"max_tokens": 1} if dialect.dialect == "anthropic.messages" else {}
    dialect.read(msgspec.json.encode({name: msgspec.Raw(prompt), **limit, **fields}), {})


def _instructions(fields: Mapping[str, msgspec.Raw], dialect: Dialect) -> str | None:
    """The system prompt; whatever reads the request has accepted its shape."""
    said: str | list[_Part] | None
    match dialect:
        case "openai.responses":
            said = msgspec.json.decode(fields.get("instructions", b"null"), type=str | None)
        case "anthropic.messages":
            system = fields.get("system", b"null")
            said = msgspec.json.decode(system, type=str | list[_Part] | None)
        case _:
            messages = msgspec.json.decode(fields.get("messages", b"[]"), type=list[_Message])
            own = messages[0] if messages else _Message()
            said = own.content if own.role in {"system", "developer"} else None
    text = "\n\n".join(part.text for part in said) if isinstance(said, list) else said
    return text or None
