"""Annotations and token probabilities between this API's form and the contract's chat form."""

from typing import Final

import msgspec

from turnout.dialects.events import Annotations, Logprobs
from turnout.dialects.openai_chat.deltas import Json

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_WORD: Final = msgspec.json.Decoder(str)
_TOKENS: Final = msgspec.json.Decoder(dict[str, list[msgspec.Raw] | None])
_FLAT: Final = msgspec.Raw(b'"url_citation"')


def nested(annotation: msgspec.Raw) -> msgspec.Raw:
    """A `url_citation` as chat has it, its fields in an object of their own; others as they are."""
    fields = _OBJECT.decode(annotation)
    if fields.get("type") != _FLAT or "url_citation" in fields:
        return annotation
    inner = {name: raw for name, raw in fields.items() if name != "type"}
    return _raw({"type": "url_citation", "url_citation": dict(inner)})


def flat(annotation: msgspec.Raw) -> msgspec.Raw:
    """A chat `url_citation` as this API has it; others as they are."""
    try:
        fields = _OBJECT.decode(annotation)
        inner = _OBJECT.decode(fields["url_citation"])
    except (msgspec.DecodeError, KeyError):
        return annotation
    whole: dict[str, Json] = {"type": "url_citation", "start_index": 0, "end_index": 0, "title": ""}
    return _raw({**whole, **inner})


def annotations(items: list[msgspec.Raw]) -> Annotations:
    """The event for some of an answer's annotations."""
    return Annotations(tuple(nested(item) for item in items))


def logprobs(items: list[msgspec.Raw]) -> Logprobs:
    """The event for some of an answer's token probabilities."""
    return Logprobs(_raw({"content": list(items)}))


def token_items(payload: msgspec.Raw) -> list[msgspec.Raw]:
    """The tokens of a chat `logprobs` object; [] for anything else."""
    try:
        return _TOKENS.decode(payload).get("content") or []
    except msgspec.DecodeError:
        return []


def _raw(value: Json) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
