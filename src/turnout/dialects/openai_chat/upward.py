"""A request's fields on their way up: the one place where an upstream's quirks are applied.

Both ways end here, the splice with the client's own fields and the translation with fields written
from the conversation, so an upstream sees the same request either way.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

import msgspec

from turnout.core.types import Endpoint
from turnout.dialects.adapter import Outgoing, UpstreamRequest
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_chat.knobs import KNOBS, say, wish_of
from turnout.dialects.openai_chat.messages import edited, without_marks
from turnout.dialects.openai_chat.paths import model_name, path_of
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_chat.shapes import reshaped
from turnout.dialects.openai_chat.usage import read_object
from turnout.dialects.powers import Prefill
from turnout.wire.openai_chat import ChatRequest

_NULL: Final = msgspec.Raw(b"null")
_TRUE: Final = msgspec.Raw(b"true")
_FALSE: Final = msgspec.Raw(b"false")
_REQUIRED: Final = msgspec.Raw(b'"required"')
_TEXT: Final = msgspec.json.Decoder(str)
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_USAGE_OPTION: Final = msgspec.Raw(b'{"include_usage":true}')

# Between the caller and a router; an upstream that is no router would refuse them.
_ROUTER: Final = frozenset(
    {
        "provider",
        "plugins",
        "transforms",
        "usage",
        "session_id",
        "trace",
        "stop_server_tools_when",
        "deferred_tools",
        "image_config",
        "x_search_filter",
    }
)
# Of those, what asks for work that nobody has done when such an upstream answers.
_WORK: Final = _ROUTER - {"provider", "usage", "session_id", "trace"}
_NOTHING: Final = (msgspec.Raw(b"[]"), msgspec.Raw(b"{}"))
# Between the caller and this gateway alone: falling back is ours, or the bill names a wrong model.
_GATEWAY: Final = frozenset({"models", "route", "preset", "debug"})
# Names in these are endpoints of ours, not of a router above us.
_OUR_ENDPOINTS: Final = frozenset({"order", "only", "ignore", "hedging", "continuation"})
_OURS: Final = KNOBS | {
    "model", "stream", "stream_options", "messages", "structured_outputs", "service_tier"
}  # fmt: skip
_ORDINARY: Final = (msgspec.Raw(b'"auto"'), msgspec.Raw(b'"default"'))
_KNOWN: Final = frozenset(ChatRequest.__struct_fields__) | {"stream_options"}


def outgoing(fields: Mapping[str, msgspec.Raw], quirks: Quirks, endpoint: Endpoint) -> Outgoing:
    """The upstream's request, and what it lost or says otherwise.

    Null of a known field means unsaid and is left out. Fields nobody knows go as they are.
    """
    body: dict[str, Json] = {"model": model_name(quirks.path, endpoint.upstream_model)}
    dropped: list[str] = []
    emulated: list[str] = []
    translated: list[str] = []
    body["messages"] = _messages(fields["messages"], quirks, dropped, translated)
    rename = quirks.rename
    for name, raw in fields.items():
        if name in _OURS or name in _GATEWAY or (raw == _NULL and name in _KNOWN):
            continue
        if name in _ROUTER and not quirks.router_fields:
            if name in _WORK and raw not in _NOTHING:
                dropped.append(name)
            continue
        if name in quirks.drop:
            dropped.append(name)
        else:
            body[rename.get(name, name) if rename else name] = raw
    _limit(fields, body, rename)
    _special(fields, quirks, body, dropped)
    _tier(fields, quirks, endpoint, body, dropped)
    _stream(fields, quirks, body)
    if not KNOBS.isdisjoint(fields):
        _reasoning(fields, quirks, endpoint, body, dropped, emulated)
    if quirks.defaults:
        body = {**quirks.defaults, **body}
    request = UpstreamRequest(
        path=path_of(quirks.path, endpoint.upstream_model),
        body=msgspec.json.encode(body),
        headers=quirks.headers,
    )
    return Outgoing(
        request=request,
        dropped=tuple(dropped),
        translated=tuple(translated),
        emulated=tuple(emulated),
    )


def prefilled(sent: Outgoing, how: Prefill) -> Outgoing:
    """The request with what makes this upstream go on with its last message."""
    body = read_object(msgspec.Raw(sent.request.body))
    *before, last = _ITEMS.decode(body["messages"])
    messages = [*before, {**read_object(last), **how.member}]
    request = msgspec.structs.replace(
        sent.request,
        body=msgspec.json.encode({**body, "messages": messages, **how.fields}),
        path=how.path or sent.request.path,
    )
    return msgspec.structs.replace(sent, request=request)


def _messages(raw: msgspec.Raw, quirks: Quirks, dropped: list[str], translated: list[str]) -> Json:
    new = edited(bytes(raw), quirks, dropped)
    said = bytes(raw) if new is None else msgspec.json.encode(new)
    shaped = reshaped(said, quirks, translated)
    return shaped if shaped is not None else raw if new is None else new


def _limit(
    fields: Mapping[str, msgspec.Raw], body: dict[str, Json], rename: Mapping[str, str]
) -> None:
    """Of the two names of the output limit one goes up: the newer where both were sent."""
    newer = fields.get("max_completion_tokens")
    if newer is None or newer == _NULL or "max_tokens" not in fields:
        return
    old = rename.get("max_tokens", "max_tokens")
    new = rename.get("max_completion_tokens", "max_completion_tokens")
    if old != new:
        body.pop(old, None)
    if new in body:
        body[new] = newer


def _special(
    fields: Mapping[str, msgspec.Raw],
    quirks: Quirks,
    body: dict[str, Json],
    dropped: list[str],
) -> None:
    """Fields whose value, not only whose name, is ours to say."""
    flag = fields.get("structured_outputs")
    if flag is not None and (quirks.router_fields or flag not in (_TRUE, _FALSE, _NULL)):
        body["structured_outputs"] = flag  # vLLM takes an object by this name; a bool is the flag
    user = quirks.rename.get("user", "user")
    if user in body and "user" in fields:
        # Contract section 7: providers never see the caller's own user ids.
        name = _TEXT.decode(fields["user"])
        body[user] = sha256(name.encode()).hexdigest()
    if quirks.tool_choice_required != "required" and body.get("tool_choice") == _REQUIRED:
        body["tool_choice"] = quirks.tool_choice_required
    if not quirks.cache_marks:
        if body.pop("cache_control", None) is not None:
            dropped.append("cache_control")
        tools = body.get("tools")
        if isinstance(tools, msgspec.Raw) and b'"cache_control"' in bytes(tools):
            body["tools"] = without_marks(tools)
    if quirks.router_fields and "provider" in body:
        wishes = read_object(fields["provider"])
        body["provider"] = {n: v for n, v in wishes.items() if n not in _OUR_ENDPOINTS}


def _tier(
    fields: Mapping[str, msgspec.Raw],
    quirks: Quirks,
    endpoint: Endpoint,
    body: dict[str, Json],
    dropped: list[str],
) -> None:
    """The tier is the chosen endpoint's, whose price is charged, whatever the caller asked for.

    An ordinary endpoint gets no wish for another tier: the provider would grant and charge it.
    """
    asked = fields.get("service_tier")
    name = quirks.rename.get("service_tier", "service_tier")
    if endpoint.tier is not None:
        body[name] = endpoint.tier
    elif asked is not None and asked != _NULL:
        if asked in _ORDINARY and "service_tier" not in quirks.drop:
            body[name] = asked
        else:
            dropped.append("service_tier")


def _stream(fields: Mapping[str, msgspec.Raw], quirks: Quirks, body: dict[str, Json]) -> None:
    """Usage is always wanted of a stream, and asked for where the upstream takes the question."""
    if fields.get("stream") != _TRUE:
        return
    body["stream"] = _TRUE
    if quirks.stream_usage != "option":
        return
    raw = fields.get("stream_options")
    options = read_object(raw)
    body["stream_options"] = {**options, "include_usage": True} if options else _USAGE_OPTION


def _reasoning(
    fields: Mapping[str, msgspec.Raw],
    quirks: Quirks,
    endpoint: Endpoint,
    body: dict[str, Json],
    dropped: list[str],
    emulated: list[str],
) -> None:
    wish = wish_of(fields)
    if wish is None:
        return
    limit = body.get("max_tokens") or body.get("max_completion_tokens")
    limit_tok = msgspec.json.decode(limit, type=int) if isinstance(limit, msgspec.Raw) else None
    said = say(
        wish,
        quirks,
        limit_tok or endpoint.max_output_tok,
        fields.get("chat_template_kwargs"),
    )
    for name, value in said.fields.items():
        if name in quirks.drop:
            dropped.append(name)
        else:
            body[quirks.rename.get(name, name)] = value
    dropped.extend(said.dropped)
    emulated.extend(said.emulated)
