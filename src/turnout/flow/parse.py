"""Bytes → request: everything that is wrong with it is said before any upstream byte."""

import msgspec

from turnout.core.errors import invalid
from turnout.dialects.adapter import ClientDialect, Inbound
from turnout.flow.gateway import Snapshot
from turnout.flow.generation import Call


async def parse(dialect: ClientDialect, call: Call, snapshot: Snapshot) -> Inbound:
    """The request as types.

    Raises:
        Refusal: 413 over the body limit; 400 that names the field, what was wrong, what is allowed.
    """
    inbound = dialect.read(await call.body(), call.headers)
    if inbound.models:
        return inbound
    if snapshot.default_model is None:
        raise invalid("model", "is required: name a model such as 'openai/gpt-4o-mini'")
    return msgspec.structs.replace(inbound, models=(snapshot.default_model,))
