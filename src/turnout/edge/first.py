"""What a page draws first, put into the shell: answers of `/api/internal` by their path there."""

import re
from typing import Any, Final

import msgspec

from turnout.core.errors import TurnoutError
from turnout.edge.admission import admit
from turnout.edge.ask import Ask
from turnout.edge.internal.model import get_model
from turnout.edge.internal.session import session_of

_MODEL: Final = re.compile(r"/([\w.-]+)/([\w.-]+)(?::[\w-]+)?(?:/[a-z]+)?/?")


class _Answer(msgspec.Struct):
    data: msgspec.Raw


async def first_of(ask: Ask) -> bytes:
    """JSON of the session, and of the model on a model's page: {"/session": …, "/models/a/b": …}.

    What cannot be told is left out: the page asks for it again, and says what is wrong.
    """
    told: dict[str, Any] = {}
    try:
        told["/session"] = await session_of(ask)
        found = _MODEL.fullmatch(ask.request.url.path)
        if found is not None and _is_model(ask, slug := f"{found[1]}/{found[2]}"):
            await admit(ask.gateway, ask.settings, ask.request, "page")
            ask.request.scope["path_params"] = {"author": found[1], "slug": found[2]}
            answer = await get_model(ask)
            told[f"/models/{slug}"] = msgspec.json.decode(answer.body, type=_Answer).data
    except TurnoutError:
        pass
    return msgspec.json.encode(told)


def _is_model(ask: Ask, slug: str) -> bool:
    return slug in ask.gateway.snapshot.routable.catalog.models
