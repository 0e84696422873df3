"""A conversation as `contents` and `systemInstruction`.

Thought signatures go back on the part that carried them. A signature over a call travels with the
call (`ToolCall.opaque`) and, for clients that know only `reasoning_details`, as sealed reasoning
with the call's id; one without an id belongs to the last words of its turn, or to a part of its own
when there are none. Source: https://ai.google.dev/gemini-api/docs/thought-signatures (read
2026-11-25).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from turnout.core.conversation import (
    Conversation,
    Image,
    Part,
    Reasoning,
    Refused,
    Text,
    ToolCall,
    ToolResult,
)
from turnout.dialects.gemini.calls import GOOGLE_FORMAT
from turnout.dialects.gemini.media import Fields, Json, Media, content_part
from turnout.dialects.gemini.quirks import Family, Quirks
from turnout.dialects.lowering.arguments import as_object
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.lowering.turns import Turn, alternating

UNSEALED: Final = "skip_thought_signature_validator"
"""Google's own word for a call whose signature nobody has: it came from another model."""

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_BIG: Final = re.compile(rb"\d{16,}")
_LEAST_BIG: Final = 2**53


class Written(msgspec.Struct, frozen=True):
    """The two fields of a request."""

    contents: list[Json]
    system: Json


class Writer:
    """Writes the turns of one request.

    Args:
        quirks: Of the house.
        family: Of the model.
        losses: Takes what could not be said as it was.
    """

    def __init__(self, quirks: Quirks, family: Family, losses: Losses) -> None:
        self._quirks = quirks
        self._family = family
        self._losses = losses
        self._names: dict[str, str] = {}

    def write(self, conversation: Conversation) -> Written:
        """All turns, the first one the user's."""
        if any(message.name for message in conversation.messages):
            self._losses.drop("messages.name")
        turns = alternating(conversation)
        self._losses.translate(*turns.changed)
        contents: list[Json] = []
        for turn in turns.turns:
            if turn.role == "assistant":
                contents.append({"role": "model", "parts": self._model_parts(turn)})
            else:
                contents += self._user_contents(turn)
        system: list[Json] = [
            content_part(part, self._quirks) for part in self._visible(turns.system)
        ]
        if not system:
            return Written(contents, None)
        if self._family.system:
            return Written(contents, {"parts": system})
        self._losses.translate("messages.system")
        return Written(_before(system, contents), None)

    def _visible(self, parts: Iterable[Part]) -> Iterable[Text | Media]:
        for part in parts:
            if not isinstance(part, Reasoning | ToolCall | ToolResult | Refused):
                if part.cache is not None:
                    self._losses.drop("cache_control")
                if isinstance(part, Image) and part.detail not in (None, "auto"):
                    self._losses.drop("messages.image_url.detail")
                yield part

    # ── the user's turns ────────────────────────────────────────────────────────────────────────

    def _user_contents(self, turn: Turn) -> list[Json]:
        """Results in a content of their own: their number must be that of the calls."""
        beside: list[Json] = []
        results: list[Json] = [
            self._result(part, beside) for part in turn.parts if isinstance(part, ToolResult)
        ]
        words = [content_part(part, self._quirks) for part in self._visible(turn.parts)]
        out: list[Json] = []
        if results:
            out.append({"role": "user", "parts": results})
        if beside or words:
            out.append({"role": "user", "parts": [*beside, *words]})
        return out

    def _result(self, result: ToolResult, beside: list[Json]) -> Fields:
        if result.cache is not None:
            self._losses.drop("cache_control")
        texts = [part.text for part in result.parts if isinstance(part, Text)]
        media: list[Json] = [
            content_part(part, self._quirks)
            for part in self._visible(result.parts)
            if not isinstance(part, Text)
        ]
        response: Fields = {
            "name": self._names.get(result.call_id, "unknown_tool"),
            "response": _response("\n".join(texts), is_error=result.is_error),
            "id": result.call_id,
        }
        if media and self._family.media_in_results:
            response["parts"] = media
        elif media:
            self._losses.translate("messages.tool")
            beside += media
        return {"functionResponse": response}

    # ── the model's turns ───────────────────────────────────────────────────────────────────────

    def _model_parts(self, turn: Turn) -> list[Json]:
        seals = _seals(turn.parts)
        parts: list[Fields] = []
        last_words: Fields | None = None
        sealed = not self._family.sealed_calls
        for part in turn.parts:
            match part:
                case Reasoning():
                    parts += self._thought(part)
                case ToolCall():
                    parts.append(self._call(part, seals, needed=not sealed))
                    sealed = True
                case Text():
                    (words,) = (content_part(one, self._quirks) for one in self._visible((part,)))
                    parts.append(words)
                    last_words = words
                case ToolResult():
                    continue
                case _:
                    parts += (content_part(one, self._quirks) for one in self._visible((part,)))
        if (signature := seals.get("")) is not None:
            if last_words is not None:
                last_words["thoughtSignature"] = signature
            else:
                parts.append({"text": "", "thoughtSignature": signature})
        return list(parts) or [{"text": ""}]

    def _call(self, call: ToolCall, seals: Mapping[str, str], *, needed: bool) -> Fields:
        """A call with its signature; `needed`: it is the first of its turn and must have one."""
        self._names[call.id] = call.name
        args = as_object(call, self._losses)
        fields: Fields = {"functionCall": {"name": call.name, "args": args, "id": call.id}}
        own = call.opaque is not None and call.opaque.format == GOOGLE_FORMAT
        signature = call.opaque.signature if own and call.opaque is not None else None
        signature = signature or seals.get(call.id)
        if signature is None and needed:
            signature = UNSEALED
        if signature is not None:
            fields["thoughtSignature"] = signature
        return fields

    def _thought(self, thought: Reasoning) -> list[Fields]:
        """Google's own thoughts; those of another house mean nothing here."""
        made = thought.opaque
        if thought.kind == "encrypted" and made is not None and made.format == GOOGLE_FORMAT:
            return []  # a signature over another part, see `_seals`
        if made is None or made.format != GOOGLE_FORMAT:
            self._losses.drop("messages.reasoning")
            return []
        fields: Fields = {"text": thought.text, "thought": True}
        if made.signature:
            fields["thoughtSignature"] = made.signature
        return [fields]


def _seals(parts: Sequence[Part]) -> dict[str, str]:
    """Signatures that came as sealed reasoning, by the id of their call; "" for words."""
    seals: dict[str, str] = {}
    for part in parts:
        if isinstance(part, Reasoning) and part.kind == "encrypted" and part.opaque is not None:
            made = part.opaque
            signature = made.data or made.signature
            if made.format == GOOGLE_FORMAT and signature:
                seals[made.id or ""] = signature
    return seals


def _response(text: str, *, is_error: bool) -> Json:
    """An object as it is, where Google's numbers can hold it; anything else under Google's words.

    A `$ref` anywhere in a response is refused there.
    """
    if is_error:
        return {"error": text}
    data = text.encode()
    try:
        fields = _OBJECT.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return {"output": text}
    if '"$ref"' in text or (_BIG.search(data) and not _holds(data)):
        return {"output": text}
    return msgspec.Raw(data) if fields else {}


def _holds(data: bytes) -> bool:
    """Whether numbers survive as doubles; only long digits are asked about."""
    return all(int(found[0][:20]) < _LEAST_BIG for found in _BIG.finditer(data))


def _before(system: list[Json], contents: list[Json]) -> list[Json]:
    """The instructions before the user's first words."""
    first = contents[0]
    if isinstance(first, dict) and isinstance(parts := first["parts"], list):
        return [{**first, "parts": [*system, *parts]}, *contents[1:]]
    return [{"role": "user", "parts": system}, *contents]
