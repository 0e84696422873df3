"""Annotations and token probabilities between this API's form and the contract's chat form."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.dialects.events import Annotations, Logprobs
from turnout.dialects.openai_chat.deltas import Json

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_WORD: Final = msgspec.json.Decoder(str)
_TOKENS: Final = msgspec.json.Decoder(dict[str, list[msgspec.Raw] | None])
_FLAT: Final = msgspec.Raw(b'"url_citation"')
_FORMS: Final[Mapping[str, Mapping[str, Json]]] = {
    "url_citation": {"url": "", "title": "", "start_index": 0, "end_index": 0},
    "file_citation": {"file_id": "", "filename": "", "index": 0},
    "container_file_citation": {
        "container_id": "",
        "file_id": "",
        "filename": "",
        "start_index": 0,
        "end_index": 0,
    },
    "file_path": {"file_id": "", "index": 0},
}
"""What each kind must have, and what stands for the unsaid. Source: openai's official types."""
_NEEDED: Final[Mapping[str, frozenset[str]]] = {
    "url_citation": frozenset({"url"}),
    "file_citation": frozenset(),
    "container_file_citation": frozenset({"container_id", "file_id"}),
    "file_path": frozenset({"file_id"}),
}
"""Without these a citation points at nothing."""


def nested(annotation: msgspec.Raw) -> msgspec.Raw:
    """A `url_citation` as chat has it, its fields in an object of their own; others as they are."""
    fields = _OBJECT.decode(annotation)
    if fields.get("type") != _FLAT or "url_citation" in fields:
        return annotation
    inner = {name: raw for name, raw in fields.items() if name != "type"}
    return _raw({"type": "url_citation", "url_citation": {**_FORMS["url_citation"], **inner}})


def flat(annotation: msgspec.Raw) -> msgspec.Raw | None:
    """A citation as this API has it; None for what it has no form of, a parsed file for one.

    A chat citation has its fields in an object of their own, named by its type.
    """
    try:
        fields = _OBJECT.decode(annotation)
        kind = _WORD.decode(fields.get("type", b'""'))
        inner = _OBJECT.decode(fields[kind]) if kind in fields else fields
    except (msgspec.DecodeError, RecursionError):
        return None
    usual = _FORMS.get(kind)
    if usual is None or not _NEEDED[kind] <= inner.keys():
        return None
    return _raw({**usual, **inner, "type": kind})


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
