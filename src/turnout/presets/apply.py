"""A request that names a preset becomes the request it stands for; its own fields win."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.errors import Refusal, invalid
from turnout.core.types import Dialect
from turnout.presets.fields import spoken
from turnout.presets.store import Preset

_HINT: Final = b"preset"
_MARK: Final = "@preset/"
_NULL: Final = b"null"
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_MESSAGES: Final = msgspec.json.Decoder(list[msgspec.Raw])
_PROMPT_FIELDS: Final[Mapping[Dialect, str]] = {
    "anthropic.messages": "system",
    "openai.responses": "instructions",
}


class _Role(msgspec.Struct):
    role: str = ""


def applied(body: bytes, dialect: Dialect, presets: Mapping[str, Preset]) -> bytes:
    """The body with its preset filled in; the same bytes when it names none.

    A preset is named by `preset: "slug"`, by `model: "@preset/slug"`, or after a model that wins
    over the preset's: `model: "author/model@preset/slug"`. Source: contract section 3.1.

    Raises:
        Refusal: 404 for a preset that nobody has made, 400 for two of them.
    """
    if _HINT not in body:
        return body
    try:
        fields = _FIELDS.decode(body)
        named = _named(fields)
    except (msgspec.DecodeError, RecursionError):  # told by whoever reads the request
        return body
    if named is None:
        return body
    slug, param, model = named
    preset = presets.get(slug)
    if preset is None:
        raise Refusal("not_found", f"{param}: there is no preset '{slug[:100]}'", param=param)
    fields.pop("preset", None)
    if model is not None:
        fields["model"] = msgspec.Raw(msgspec.json.encode(model))
    own = {name: value for name, value in fields.items() if bytes(value) != _NULL}
    if model == "":
        del own["model"]
    merged = dict(spoken(dialect, preset.config))
    if "max_completion_tokens" in own:  # the same limit by its newer name
        merged.pop("max_tokens", None)
    merged |= own
    if preset.system_prompt:
        _instruct(merged, dialect, preset.system_prompt)
    return msgspec.json.encode(merged)


def _named(fields: Mapping[str, msgspec.Raw]) -> tuple[str, str, str | None] | None:
    """The preset, the field that names it, and the model beside it ("" for the preset's own)."""
    said = msgspec.json.decode(fields.get("preset", _NULL), type=str | None)
    model = msgspec.json.decode(fields.get("model", _NULL), type=str | None) or ""
    own, mark, slug = model.partition(_MARK)
    if said is None:
        return (slug, "model", own) if mark else None
    said = said.removeprefix(_MARK)
    if mark and slug != said:
        raise invalid("preset", f"names another preset than the model does ('{slug[:100]}')")
    return said, "preset", own if mark else None


def _instruct(fields: dict[str, msgspec.Raw], dialect: Dialect, prompt: str) -> None:
    """Puts the preset's system prompt in, where the request has none of its own."""
    name = _PROMPT_FIELDS.get(dialect)
    if name is not None:
        fields.setdefault(name, msgspec.Raw(msgspec.json.encode(prompt)))
    elif dialect == "openai.chat" and "messages" in fields:
        messages = _MESSAGES.decode(fields["messages"])
        first = msgspec.json.decode(messages[0], type=_Role).role if messages else ""
        if first not in {"system", "developer"}:
            spoken_first = msgspec.json.encode({"role": "system", "content": prompt})
            fields["messages"] = msgspec.Raw(
                msgspec.json.encode([msgspec.Raw(spoken_first), *messages])
            )
