"""A wish for a web search in the dialect's words: an option of some models, a plugin of routers.

Source: platform.openai.com/docs/guides/tools-web-search (read 2026-11-25), contract section 2.1.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.conversation import WebSearch, Whereabouts
from turnout.dialects.openai_chat.deltas import Json

_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])


def web_fields(
    wish: WebSearch, fields: Mapping[str, msgspec.Raw], *, router: bool
) -> dict[str, msgspec.Raw]:
    """The field that says it.

    Args:
        fields: Of the request; plugins that are there stay.
        router: It is said by plugin.
    """
    if router:
        plugins: list[Json] = [*_ITEMS.decode(fields["plugins"])] if "plugins" in fields else []
        return {"plugins": _raw([*plugins, _plugin(wish)])}
    options: dict[str, Json] = {}
    if wish.context_size is not None:
        options["search_context_size"] = wish.context_size
    if wish.place is not None:
        place = _place(wish.place)
        options["user_location"] = {"type": "approximate", "approximate": place}
    return {"web_search_options": _raw(options)}


def _plugin(wish: WebSearch) -> dict[str, Json]:
    said: dict[str, Json] = {
        "id": "web",
        "engine": wish.engine if wish.engine != "auto" else None,
        "max_results": wish.max_results,
        "max_uses": wish.max_uses,
        "search_prompt": wish.prompt,
        "include_domains": list(wish.allowed_domains) or None,
        "exclude_domains": list(wish.excluded_domains) or None,
    }
    if wish.place is not None:
        said["user_location"] = {"type": "approximate", **_place(wish.place)}
    return {name: value for name, value in said.items() if value is not None}


def _place(place: Whereabouts) -> dict[str, Json]:
    said = {name: getattr(place, name) for name in place.__struct_fields__}
    return {name: value for name, value in said.items() if value is not None}


def _raw(value: Json) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
