"""A wish for a web search as the dialect's own tool.

Source: docs.claude.com/en/docs/agents-and-tools/tool-use/web-search-tool (read 2026-11-25).
"""

from typing import Final

from turnout.core.conversation import WebSearch
from turnout.dialects.anthropic_messages.quirks import Quirks
from turnout.dialects.openai_chat.deltas import Json

NAME: Final = "web_search"


def with_search(fields: dict[str, Json], wish: WebSearch | None, quirks: Quirks) -> dict[str, Json]:
    """The fields, which nobody else holds, with the search tool when one is wished for."""
    if wish is None or quirks.web_search is None:
        return fields
    tools = fields.get("tools")
    others = tools if isinstance(tools, list) else []
    fields["tools"] = [*others, _tool(wish, quirks.web_search)]
    return fields


def _tool(wish: WebSearch, kind: str) -> dict[str, Json]:
    tool: dict[str, Json] = {"type": kind, "name": NAME}
    if wish.max_uses is not None:
        tool["max_uses"] = wish.max_uses
    # Both lists in one request are a 400: what is allowed says more than what is not.
    if wish.allowed_domains:
        tool["allowed_domains"] = list(wish.allowed_domains)
    elif wish.excluded_domains:
        tool["blocked_domains"] = list(wish.excluded_domains)
    if wish.place is not None:
        place = wish.place
        said = {name: getattr(place, name) for name in place.__struct_fields__}
        known: dict[str, Json] = {name: text for name, text in said.items() if text is not None}
        tool["user_location"] = {"type": "approximate", **known}
    return tool
