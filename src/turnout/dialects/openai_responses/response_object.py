"""An upstream's own `response` object on its way to the client: id, model and money made ours."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.dialects.adapter import Bill, Head
from turnout.dialects.openai_chat.usage import Reported, members, metadata_member
from turnout.dialects.openai_responses.usage import write_usage

_NULL: Final = msgspec.Raw(b"null")
_CALLER: Final = ("user", "safety_identifier")
_MONEY: Final = frozenset({"usage", "openrouter_metadata"})
_REQUIRED: Final[Mapping[str, bytes]] = {
    "object": b'"response"',
    "status": b'"completed"',
    "completed_at": b"null",
    "error": b"null",
    "incomplete_details": b"null",
    "output": b"[]",
    "instructions": b"null",
    "metadata": b"{}",
    "parallel_tool_calls": b"true",
    "tool_choice": b'"auto"',
    "tools": b"[]",
    "temperature": b"null",
    "top_p": b"null",
    "frequency_penalty": b"null",
    "presence_penalty": b"null",
}
"""What an answer must have (contract section 2.4) and older servers leave out."""
_ANSWERS_OWN: Final = frozenset(
    {"object", "status", "completed_at", "error", "incomplete_details", "output"}
)
"""Of those, what repeats nothing of the request."""


def ours(fields: Mapping[str, msgspec.Raw], head: Head) -> dict[str, msgspec.Raw]:
    """The object with our id and model, the caller's own user id, and no required field missing."""
    said = dict(fields)
    for name, usual in _REQUIRED.items():
        if name not in said:
            own = None if name in _ANSWERS_OWN else head.asked.get(name)
            said[name] = own if own is not None else msgspec.Raw(usual)
    if "created_at" not in said:
        said["created_at"] = msgspec.Raw(b"%d" % head.created_s)
    said["id"] = msgspec.Raw(msgspec.json.encode(head.id))
    said["model"] = msgspec.Raw(msgspec.json.encode(head.model))
    for name in _CALLER:
        if name in said:
            said[name] = head.asked.get(name, _NULL)
    return said


def billed(
    fields: Mapping[str, msgspec.Raw], head: Head, bill: Bill, counted: Reported | None
) -> bytes:
    """The last object of an answer, its usage ours as well."""
    said = {name: raw for name, raw in ours(fields, head).items() if name not in _MONEY}
    return b"".join(
        (
            b"{",
            members(said)[1:],
            b',"usage":',
            write_usage(bill, counted),
            metadata_member(bill),
            b"}",
        )
    )
