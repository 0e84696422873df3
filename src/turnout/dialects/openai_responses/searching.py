"""A wish for a web search as the API's own tool, or as the plugin of a router.

Sources (read 2026-11-25): developers.openai.com/api/docs/guides/tools-web-search,
docs.x.ai/docs/guides/tools/search-tools, contract section 2.1, recorded traffic.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.conversation import WebSearch
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_chat.searching import web_fields
from turnout.dialects.openai_responses.quirks import Quirks

_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])


def with_search(
    fields: Mapping[str, msgspec.Raw], wish: WebSearch | None, quirks: Quirks
) -> dict[str, msgspec.Raw]:
    """The fields, with what says the wish when there is one."""
    if wish is None:
        return dict(fields)
    if quirks.router_fields:
        return {**fields, **web_fields(wish, fields, router=True)}
    if quirks.web_search is None:
        return dict(fields)
    others = _ITEMS.decode(fields["tools"]) if "tools" in fields else []
    tools: list[Json] = [*others, _tool(wish, quirks.web_search)]
    return {**fields, "tools": msgspec.Raw(msgspec.json.encode(tools))}


def _tool(wish: WebSearch, kind: str) -> dict[str, Json]:
    tool: dict[str, Json] = {"type": kind}
    if wish.context_size is not None:
        tool["search_context_size"] = wish.context_size
    if wish.allowed_domains:
        tool["filters"] = {"allowed_domains": list(wish.allowed_domains)}
    if wish.place is not None:
        said = {name: getattr(wish.place, name) for name in wish.place.__struct_fields__}
        known: dict[str, Json] = {name: text for name, text in said.items() if text is not None}
        tool["user_location"] = {"type": "approximate", **known}
    return tool
