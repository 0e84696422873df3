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


def ours(fields: Mapping[str, msgspec.Raw], head: Head) -> dict[str, msgspec.Raw]:
    """The object with our id and model, and the caller's own user id where one is told."""
    said = dict(fields)
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
