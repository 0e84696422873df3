"""Prompt-cache breakpoints: never more than the dialect takes, long ones before short ones.

The prefix that is cached runs tools, system, messages; a breakpoint covers all before it. So the
last of the tools, the last of the system and the latest of the messages are worth most. Source:
docs.anthropic.com/en/docs/build-with-claude/prompt-caching.
"""

from typing import Final, TypeAlias, cast

from turnout.dialects.openai_chat.deltas import Json

MOST: Final = 4
Marked: TypeAlias = dict[str, Json]


def kept_marks(fields: dict[str, Json], translated: dict[str, None]) -> dict[str, Json]:
    """The fields, which nobody else holds, with the breakpoints that may stay."""
    groups = [_in_tools(fields), _in_system(fields), _in_messages(fields)]
    found = [block for group in groups for block in group]
    most = MOST - ("cache_control" in fields)
    if len(found) > most:
        translated["cache_control"] = None
        wanted = [group[-1] for group in groups[:2] if group] + groups[2][::-1]
        wanted += [block for group in groups[:2] for block in group[-2::-1]]
        kept = {id(block) for block in wanted[:most]}
        for block in found:
            if id(block) not in kept:
                del block["cache_control"]
    _shortened([block for block in found if "cache_control" in block], translated)
    return fields


def _shortened(marked: list[Marked], translated: dict[str, None]) -> None:
    """An hour's breakpoint behind one of five minutes is a 400: it becomes one of five, too."""
    short = False
    for block in marked:
        mark = block["cache_control"]
        long = isinstance(mark, dict) and mark.get("ttl") == "1h"
        if long and short:
            block["cache_control"] = {"type": "ephemeral"}
            translated["cache_control.ttl"] = None
        short = short or not long


def _in_tools(fields: dict[str, Json]) -> list[Marked]:
    return _marked(fields.get("tools"))


def _in_system(fields: dict[str, Json]) -> list[Marked]:
    return _marked(fields.get("system"))


def _in_messages(fields: dict[str, Json]) -> list[Marked]:
    found: list[Marked] = []
    messages = fields.get("messages")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict):
            content = message.get("content")
            for block in content if isinstance(content, list) else ():
                inside = block.get("content") if isinstance(block, dict) else None
                found += _marked(inside)
                found += _marked([block])
    return found


def _marked(blocks: Json) -> list[Marked]:
    if not isinstance(blocks, list):
        return []
    return [
        cast("Marked", one) for one in blocks if isinstance(one, dict) and "cache_control" in one
    ]
