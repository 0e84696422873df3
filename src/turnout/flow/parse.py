"""Bytes → request: everything that is wrong with it is said before any upstream byte."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.errors import invalid
from turnout.core.types import Headers, Modality
from turnout.dialects.adapter import ClientDialect, Inbound
from turnout.dialects.plugins import NO_WISHES, Wishes, wishes_of, without_search
from turnout.flow.gateway import Snapshot
from turnout.flow.generation import Call
from turnout.presets.apply import applied
from turnout.presets.store import Preset

_SESSION_CHARS: Final = 256
_SEARCHED: Final = frozenset({"web_search_options"})
_TOOLS: Final = frozenset({"tools", "tool_choice"})
_FILES: Final[frozenset[Modality]] = frozenset({"file"})


async def parse(
    dialect: ClientDialect, call: Call, snapshot: Snapshot, presets: Mapping[str, Preset]
) -> Inbound:
    """The request as types, its preset filled in.

    Raises:
        Refusal: 413 over the body limit; 400 that names the field, what was wrong, what is allowed;
            404 for a preset that is not there.
    """
    body = applied(await call.body(), dialect.dialect, presets)
    return read(dialect, body, call.headers, snapshot)


def read(dialect: ClientDialect, body: bytes, headers: Headers, snapshot: Snapshot) -> Inbound:
    """As `parse`, for a body that is here and whose preset is filled in."""
    inbound = dialect.read(body, headers)
    session_id = headers.get("x-session-id")
    if session_id and inbound.session_id is None:  # the body's word counts (contract, 6)
        inbound = msgspec.structs.replace(inbound, session_id=_session(session_id))
    wishes = wishes_of(inbound.fields, inbound.models)
    if wishes is not NO_WISHES:
        inbound = _with_wishes(inbound, wishes, snapshot)
    if "file" in inbound.needs.inputs and snapshot.reads_files and wishes.files != "native":
        needs = msgspec.structs.replace(inbound.needs, readable=_FILES)
        inbound = msgspec.structs.replace(inbound, needs=needs)
    if inbound.models:
        return inbound
    if snapshot.default_model is None:
        raise invalid("model", "is required: name a model such as 'openai/gpt-4o-mini'")
    return msgspec.structs.replace(inbound, models=(snapshot.default_model,))


def _searched(inbound: Inbound) -> frozenset[str]:
    """Parameters that only ask for a search, which is done here for who cannot."""
    tools = inbound.fields.get("tools")
    only = tools is None or without_search(tools) is None
    return _SEARCHED | _TOOLS if only else _SEARCHED


def _session(session_id: str) -> str:
    if len(session_id) > _SESSION_CHARS:
        raise invalid("x-session-id", f"at most {_SESSION_CHARS} characters are allowed.")
    return session_id


def _with_wishes(inbound: Inbound, wishes: Wishes, snapshot: Snapshot) -> Inbound:
    needs = inbound.needs
    if wishes.web is not None and snapshot.search is not None and wishes.web.engine != "native":
        needs = msgspec.structs.replace(needs, served=_searched(inbound))
    if wishes.compress is not None:
        needs = msgspec.structs.replace(needs, compress=wishes.compress)
    return msgspec.structs.replace(inbound, wishes=wishes, needs=needs)
