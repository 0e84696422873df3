"""A request's fields on their way up: the one place where an upstream's quirks are applied.

Both ways end here, the splice with the client's own fields and the translation with fields written
from the conversation, so an upstream sees the same request either way.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

import msgspec

from turnout.core.conversation import ReasoningEffort, ReasoningWish
from turnout.core.types import Endpoint
from turnout.dialects.adapter import Outgoing, UpstreamRequest
from turnout.dialects.foreign import GATEWAY_FIELDS
from turnout.dialects.lowering.thinking import effort_of
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_responses.history import LOST, readable
from turnout.dialects.openai_responses.quirks import Quirks
from turnout.wire.openai_responses import Knob

_NULL: Final = msgspec.Raw(b"null")
_FALSE: Final = msgspec.Raw(b"false")
_TEXT: Final = msgspec.json.Decoder(str)
_COUNT: Final = msgspec.json.Decoder(int)
_KNOB: Final = msgspec.json.Decoder(Knob)
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NAMES: Final = msgspec.json.Decoder(list[str])
SEALED: Final = "reasoning.encrypted_content"

# Between the caller and a router; an upstream that is no router would refuse them.
_ROUTER: Final = frozenset(
    {
        "provider",
        "plugins",
        "session_id",
        "trace",
        "stop_server_tools_when",
        "deferred_tools",
        "image_config",
    }
)
# Of those, what asks for work that nobody has done when such an upstream answers.
_WORK: Final = frozenset({"plugins", "stop_server_tools_when", "deferred_tools", "image_config"})
_NOTHING: Final = (msgspec.Raw(b"[]"), msgspec.Raw(b"{}"), _NULL)
# Between the caller and this gateway alone.
_GATEWAY: Final = frozenset({"models", "fallbacks", "route", "preset", "debug"})
# Names in these are endpoints of ours, not of a router above us.
_OUR_ENDPOINTS: Final = frozenset({"order", "only", "ignore"})
_EXTENSIONS: Final = frozenset({"max_tokens", "exclude", "enabled"})
_CALLER: Final = ("user", "safety_identifier")


class _Notes:
    """What a request loses on the way, as it is found; each thing once."""

    def __init__(self) -> None:
        self.dropped: dict[str, None] = {}
        self.translated: dict[str, None] = {}
        self.emulated: dict[str, None] = {}


def outgoing(fields: Mapping[str, msgspec.Raw], quirks: Quirks, endpoint: Endpoint) -> Outgoing:
    """The upstream's request, and what it lost or says otherwise.

    Fields nobody knows go as they are, null included: it is a value in this API.
    """
    notes = _Notes()
    body: dict[str, Json] = {"model": endpoint.upstream_model}
    body |= {name: raw for name, raw in fields.items() if _goes(name, raw, quirks, notes)}
    _input(fields, quirks, body, notes)
    _caller(fields, body)
    _limit(quirks, body, notes)
    _reasoning(fields, quirks, endpoint, body, notes)
    if quirks.store:
        body["store"] = _FALSE  # kept nowhere: contract section 2.4
    else:
        body.pop("store", None)
    if _seals(fields, quirks, endpoint):
        _include(fields, body)
    if quirks.router_fields and isinstance(wishes := body.get("provider"), msgspec.Raw):
        ours = _OBJECT.decode(wishes) if wishes not in _NOTHING else {}
        body["provider"] = {n: raw for n, raw in ours.items() if n not in _OUR_ENDPOINTS}
    request = UpstreamRequest(
        path=quirks.path, body=msgspec.json.encode(body), headers=quirks.headers
    )
    return Outgoing(
        request=request,
        dropped=tuple(notes.dropped),
        translated=tuple(notes.translated),
        emulated=tuple(notes.emulated),
    )


def _goes(name: str, raw: msgspec.Raw, quirks: Quirks, notes: _Notes) -> bool:
    if name == "model" or name in _GATEWAY:
        return False
    if name in _ROUTER and not quirks.router_fields:
        if name in _WORK and raw not in _NOTHING:
            notes.dropped[name] = None
        return False
    if name in quirks.drop:
        if raw not in _NOTHING:
            notes.dropped[name] = None
        return False
    return name in _ROUTER or name not in GATEWAY_FIELDS or name == "stream_options"


def _input(
    fields: Mapping[str, msgspec.Raw], quirks: Quirks, body: dict[str, Json], notes: _Notes
) -> None:
    raw = fields.get("input")
    edited = readable(bytes(raw), quirks) if raw is not None else None
    if edited is None:
        return
    body["input"], lost = edited
    if lost:
        notes.dropped[LOST] = None


def _caller(fields: Mapping[str, msgspec.Raw], body: dict[str, Json]) -> None:
    """Contract section 7: providers never see the caller's own user ids."""
    for name in _CALLER:
        if name in body and (raw := fields[name]) != _NULL:
            body[name] = sha256(_TEXT.decode(raw).encode()).hexdigest()


def _limit(quirks: Quirks, body: dict[str, Json], notes: _Notes) -> None:
    raw = body.get("max_output_tokens")
    if not isinstance(raw, msgspec.Raw) or raw == _NULL:
        return
    if _COUNT.decode(raw) < quirks.least_output_tok:
        body["max_output_tokens"] = quirks.least_output_tok
        notes.translated["max_output_tokens"] = None


def _reasoning(
    fields: Mapping[str, msgspec.Raw],
    quirks: Quirks,
    endpoint: Endpoint,
    body: dict[str, Json],
    notes: _Notes,
) -> None:
    """The contract's one knob in this API's word: an effort. A plain knob goes as it is."""
    raw = fields.get("reasoning")
    if raw is None or raw == _NULL or "reasoning" not in body or quirks.router_fields:
        return
    said = _OBJECT.decode(raw)
    if not _EXTENSIONS & said.keys():
        return
    knob = _KNOB.decode(raw)
    ours: dict[str, Json] = {name: one for name, one in said.items() if name not in _EXTENSIONS}
    effort = _effort(knob, fields, endpoint)
    if effort is not None:
        ours["effort"] = effort
    if knob.max_tokens is not None:
        notes.emulated["reasoning.max_tokens"] = None
    if ours:
        body["reasoning"] = ours
    else:
        del body["reasoning"]


def _effort(
    knob: Knob, fields: Mapping[str, msgspec.Raw], endpoint: Endpoint
) -> ReasoningEffort | None:
    if knob.effort is None and knob.max_tokens is None and knob.enabled is None:
        return None
    limit = fields.get("max_output_tokens")
    limit_tok = _COUNT.decode(limit) if limit is not None and limit != _NULL else None
    wish = ReasoningWish(effort=knob.effort, max_tok=knob.max_tokens, enabled=knob.enabled)
    return effort_of(wish, limit_tok or endpoint.max_output_tok)


def _seals(fields: Mapping[str, msgspec.Raw], quirks: Quirks, endpoint: Endpoint) -> bool:
    """Whether to ask for sealed thinking: models that do not think refuse the question."""
    if quirks.sealed is None:
        return False
    if endpoint.parameters is not None:
        return "reasoning" in endpoint.parameters
    raw = fields.get("reasoning")
    return raw is not None and raw not in _NOTHING


def _include(fields: Mapping[str, msgspec.Raw], body: dict[str, Json]) -> None:
    raw = fields.get("include")
    names = _NAMES.decode(raw) if raw is not None and raw != _NULL else []
    if SEALED not in names:
        body["include"] = [*names, SEALED]
