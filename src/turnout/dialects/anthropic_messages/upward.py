"""A request's fields on their way up: the one place where an upstream's quirks are applied.

Both ways end here, the splice with the client's own fields and the translation with fields written
from the conversation, so an upstream sees the same request either way.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final, TypeAlias
from urllib.parse import quote

import msgspec

from turnout.core.types import Endpoint
from turnout.dialects.adapter import Outgoing, UpstreamRequest
from turnout.dialects.anthropic_messages.quirks import Quirks
from turnout.dialects.anthropic_messages.usage import members_of
from turnout.dialects.anthropic_messages.vocabulary import VERSION
from turnout.dialects.openai_chat.deltas import Json

Headers: TypeAlias = tuple[tuple[str, str], ...]

_TEXT: Final = msgspec.json.Decoder(str)
_NULL: Final = msgspec.Raw(b"null")
_TRUE: Final = (True, msgspec.Raw(b"true"))
_USUAL_OUTPUT_TOK: Final = 8_192
_TIERS: Final = ("auto", "standard_only")

# Between the caller and a router; an upstream that is no router would refuse them.
_ROUTER: Final = frozenset(
    {"provider", "plugins", "session_id", "trace", "stop_server_tools_when", "deferred_tools"}
)
# Of those, what asks for work that nobody has done when such an upstream answers.
_WORK: Final = frozenset({"plugins", "stop_server_tools_when", "deferred_tools"})
_NOTHING: Final = (msgspec.Raw(b"[]"), msgspec.Raw(b"{}"))
# Between the caller and this gateway alone.
_GATEWAY: Final = frozenset({"models", "fallbacks", "route", "preset", "debug", "user"})
_OUR_ENDPOINTS: Final = frozenset({"order", "only", "ignore", "hedging", "continuation"})
_OURS: Final = frozenset({"model", "stream"})
_COUNTED: Final = frozenset(
    {
        "messages", "system", "tools", "tool_choice", "thinking", "cache_control", "mcp_servers",
        "output_config", "output_format", "context_management", "speed",
    }
)  # fmt: skip


def outgoing(
    fields: Mapping[str, Json], quirks: Quirks, endpoint: Endpoint, headers: Headers = ()
) -> Outgoing:
    """The upstream's request, and what it lost.

    Args:
        fields: In the dialect's words. Fields nobody knows go as they are.
        quirks: The upstream's.
        endpoint: Whose model is asked.
        headers: The caller's version and betas.
    """
    streamed = fields.get("stream") in _TRUE
    dropped: list[str] = []
    body = _named(quirks, endpoint)
    for name, value in fields.items():
        if name in _OURS or name in _GATEWAY or value is None or value == _NULL:
            continue
        if name in _ROUTER and not quirks.router_fields:
            if name in _WORK and value not in _NOTHING:
                dropped.append(name)
        elif name in quirks.drop:
            dropped.append(name)
        else:
            body[name] = value
    if not quirks.auto_cache and body.pop("cache_control", None) is not None:
        dropped.append("cache_control")
    body.setdefault("max_tokens", endpoint.max_output_tok or _USUAL_OUTPUT_TOK)
    if streamed and quirks.stream_in_body:
        body["stream"] = True
    if "metadata" not in quirks.drop:
        _user(fields, body)
    _tier(body, dropped)
    _wishes(body, quirks)
    sent, lost = _with_version(body, quirks, headers)
    path = (quirks.stream_path if streamed else None) or quirks.path
    request = UpstreamRequest(
        path=path.format(model=quote(endpoint.upstream_model, safe="@:")),
        body=msgspec.json.encode({**quirks.defaults, **body}),
        headers=sent,
    )
    return Outgoing(request=request, dropped=(*dropped, *lost))


def prefilled(sent: Outgoing) -> Outgoing:
    """The request without thinking, which none of these upstreams does behind a prefill.

    Source: platform.claude.com/docs/en/build-with-claude/extended-thinking.
    """
    body: dict[str, Json] = dict(members_of(msgspec.Raw(sent.request.body)))
    if body.pop("thinking", None) is None:
        return sent
    request = msgspec.structs.replace(sent.request, body=msgspec.json.encode(body))
    return msgspec.structs.replace(sent, request=request, dropped=(*sent.dropped, "reasoning"))


def with_betas(sent: Outgoing, quirks: Quirks, betas: str) -> Outgoing:
    """A request that was written for another dialect's caller, with the caller's betas."""
    if not betas:
        return sent
    asked, request = (("anthropic-beta", betas),), sent.request
    body: dict[str, Json] = dict(members_of(msgspec.Raw(request.body)))
    headers, lost = _with_version(body, quirks, asked)
    if quirks.betas == "body":
        request = msgspec.structs.replace(request, body=msgspec.json.encode(body))
    request = msgspec.structs.replace(request, headers=headers)
    return msgspec.structs.replace(sent, request=request, dropped=(*sent.dropped, *lost))


def counting(
    fields: Mapping[str, Json], quirks: Quirks, endpoint: Endpoint, headers: Headers = ()
) -> UpstreamRequest | None:
    """The upstream's own count of a prompt, None where it has none."""
    if quirks.count_path is None:
        return None
    body = _named(quirks, endpoint)
    body.update((name, value) for name, value in fields.items() if name in _COUNTED)
    sent, _ = _with_version(body, quirks, headers)
    return UpstreamRequest(path=quirks.count_path, body=msgspec.json.encode(body), headers=sent)


def _named(quirks: Quirks, endpoint: Endpoint) -> dict[str, Json]:
    return {"model": endpoint.upstream_model} if quirks.model_in_body else {}


def _user(fields: Mapping[str, Json], body: dict[str, Json]) -> None:
    """Contract section 7: providers never see the caller's own user ids."""
    metadata = body.get("metadata")
    said: dict[str, Json] = {}
    if isinstance(metadata, dict):
        said = dict(metadata)
    elif isinstance(metadata, msgspec.Raw):
        said = dict(members_of(metadata))
    name = said.get("user_id") or fields.get("user")
    if isinstance(name, msgspec.Raw):
        name = _TEXT.decode(name) if bytes(name).startswith(b'"') else None
    if isinstance(name, str) and name:
        body["metadata"] = {**said, "user_id": sha256(name.encode()).hexdigest()}


def _tier(body: dict[str, Json], dropped: list[str]) -> None:
    """The dialect's two words go up; other tiers chose the endpoint and mean nothing there."""
    tier = body.get("service_tier")
    word = _TEXT.decode(tier) if isinstance(tier, msgspec.Raw) else tier
    if word is None or word in _TIERS:
        return
    del body["service_tier"]
    if word == "default":
        body["service_tier"] = "standard_only"
    else:
        dropped.append("service_tier")


def _wishes(body: dict[str, Json], quirks: Quirks) -> None:
    """Names in these are endpoints of ours, not of a router above us."""
    wishes = body.get("provider")
    if quirks.router_fields and isinstance(wishes, msgspec.Raw):
        body["provider"] = {n: v for n, v in members_of(wishes).items() if n not in _OUR_ENDPOINTS}


def _with_version(
    body: dict[str, Json], quirks: Quirks, headers: Headers
) -> tuple[Headers, tuple[str, ...]]:
    """The version and the caller's betas, each where this upstream wants it; what is lost."""
    asked = dict(headers)
    betas = asked.get("anthropic-beta", "")
    sent: list[tuple[str, str]] = []
    if quirks.version is not None:
        body["anthropic_version"] = quirks.version
    else:
        sent.append(("anthropic-version", asked.get("anthropic-version") or VERSION))
    if not betas:
        return tuple(sent), ()
    match quirks.betas:
        case "header":
            sent.append(("anthropic-beta", betas))
        case "body":
            body["anthropic_beta"] = [one.strip() for one in betas.split(",") if one.strip()]
        case "none":
            return tuple(sent), ("anthropic-beta",)
    return tuple(sent), ()
