"""Usage both ways: the API's names for counts into disjoint buckets, a bill into its usage object.

The counts overlap as in OpenAI's chat and only their names differ, so one reading serves both.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.money import usd
from turnout.dialects.adapter import Bill
from turnout.dialects.openai_chat.usage import Reported, members, read_object, read_usage

_IN_CHAT: Final[Mapping[str, str]] = {
    "input_tokens": "prompt_tokens",
    "output_tokens": "completion_tokens",
    "input_tokens_details": "prompt_tokens_details",
    "output_tokens_details": "completion_tokens_details",
}


def reported(raw: msgspec.Raw) -> Reported | None:
    """The counts of a `usage` object, None for null and nonsense."""
    fields = read_object(raw)
    if not fields:
        return None
    named = {_IN_CHAT.get(name, name): value for name, value in fields.items()}
    return read_usage(msgspec.json.encode(named))


def write_usage(bill: Bill, seen: Reported | None = None) -> bytes:
    """The contract's usage object as JSON; money is printed exactly, never through a float."""
    usage = bill.usage
    prompt, completion = usage.prompt_tok, usage.completion_tok
    inside = members(seen.prompt_extra) if seen is not None else b""
    outside = members(seen.completion_extra) if seen is not None else b""
    extra = {**(seen.extra if seen is not None else {}), **bill.extra}
    return b"".join(
        (
            b'{"input_tokens":%d,"input_tokens_details":{"cached_tokens":%d,'
            b'"cache_write_tokens":%d'
            % (prompt, usage.cache_read, usage.cache_write + usage.cache_write_1h),
            inside,
            b'},"output_tokens":%d,"output_tokens_details":{"reasoning_tokens":%d'
            % (completion, usage.reasoning),
            outside,
            b'},"total_tokens":%d,' % (prompt + completion),
            _money(bill).encode(),
            b'"is_byok":false',
            b',"estimated":true' if usage.estimated else b"",
            members(extra),
            b"}",
        )
    )


def _money(bill: Bill) -> str:
    if bill.charge is None:
        return '"cost":null,"cost_details":null,'
    total = usd(bill.charge.total)
    return (
        f'"cost":{total},"cost_details":{{"upstream_inference_cost":{total},'
        f'"upstream_inference_input_cost":{usd(bill.charge.prompt)},'
        f'"upstream_inference_output_cost":{usd(bill.charge.completion)}}},'
    )
