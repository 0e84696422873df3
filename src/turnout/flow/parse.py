"""Bytes → request: everything that is wrong with it is said before any upstream byte."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.errors import invalid
from turnout.core.types import Modality
from turnout.dialects.adapter import ClientDialect, Inbound
from turnout.dialects.plugins import NO_WISHES, Wishes, wishes_of
from turnout.flow.gateway import Snapshot
from turnout.flow.generation import Call
from turnout.presets.apply import applied
from turnout.presets.store import Preset

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
    inbound = dialect.read(body, call.headers)
    wishes = wishes_of(inbound.fields, inbound.models)
    if wishes is not NO_WISHES:
        inbound = _with_wishes(inbound, wishes)
    if "file" in inbound.needs.inputs and snapshot.reads_files and wishes.files != "native":
        needs = msgspec.structs.replace(inbound.needs, readable=_FILES)
        inbound = msgspec.structs.replace(inbound, needs=needs)
    if inbound.models:
        return inbound
    if snapshot.default_model is None:
        raise invalid("model", "is required: name a model such as 'openai/gpt-4o-mini'")
    return msgspec.structs.replace(inbound, models=(snapshot.default_model,))


def _with_wishes(inbound: Inbound, wishes: Wishes) -> Inbound:
    needs = inbound.needs
    if wishes.compress is not None:
        needs = msgspec.structs.replace(needs, compress=wishes.compress)
    return msgspec.structs.replace(inbound, wishes=wishes, needs=needs)
