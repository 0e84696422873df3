"""Usage both ways: the dialect's counts into disjoint buckets, a bill into its usage object.

`input_tokens` leaves out cached tokens; writes are counted by time to live where the upstream tells
them apart. In a stream the counts are cumulative and come in two halves. Source: recorded traffic.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from turnout.core.money import usd
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill
from turnout.wire.anthropic_messages import WireUsage

Fields: TypeAlias = Mapping[str, msgspec.Raw]

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NULL: Final = msgspec.Raw(b"null")
_NO_TOOLS: Final = {"web_search_requests": 0, "web_fetch_requests": 0}


def merged(before: WireUsage | None, more: WireUsage) -> WireUsage:
    """What is known after both halves: the later count where there is one, be it 0."""
    if before is None:
        return more
    return WireUsage(
        *(
            earlier if later is None else later
            for earlier, later in zip(
                msgspec.structs.astuple(before), msgspec.structs.astuple(more), strict=True
            )
        )
    )


def usage_of(wire: WireUsage) -> Usage:
    """Disjoint buckets; negative counts, which nobody means, are none."""
    written = _count(wire.cache_creation_input_tokens)
    by_ttl = wire.cache_creation
    hour = _count(by_ttl.ephemeral_1h_input_tokens) if by_ttl is not None else 0
    if by_ttl is not None and not written:
        written = hour + _count(by_ttl.ephemeral_5m_input_tokens)
    out = _count(wire.output_tokens)
    details = wire.output_tokens_details
    thought = min(out, _count(details.thinking_tokens)) if details is not None else 0
    server = wire.server_tool_use
    return Usage(
        text_in=_count(wire.input_tokens),
        cache_read=_count(wire.cache_read_input_tokens),
        cache_write=max(0, written - hour),
        cache_write_1h=min(hour, written),
        text_out=out - thought,
        reasoning=thought,
        searches=_count(server.web_search_requests) if server is not None else 0,
    )


def _count(number: int | None) -> int:
    return max(0, number) if number is not None else 0


def usage_start(usage: Usage) -> bytes:
    """The usage a stream begins with: what went in, as far as it is known by then."""
    return msgspec.json.encode({**_counts(usage), "service_tier": None, "inference_geo": None})


def _counts(usage: Usage) -> dict[str, object]:
    searched = {**_NO_TOOLS, "web_search_requests": usage.searches}
    return {
        "input_tokens": usage.prompt_tok
        - usage.cache_read
        - usage.cache_write
        - usage.cache_write_1h,
        "cache_creation_input_tokens": usage.cache_write + usage.cache_write_1h,
        "cache_read_input_tokens": usage.cache_read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": usage.cache_write,
            "ephemeral_1h_input_tokens": usage.cache_write_1h,
        },
        "output_tokens": usage.completion_tok,
        "output_tokens_details": {"thinking_tokens": usage.reasoning},
        "server_tool_use": searched if usage.searches else None,
    }


def write_usage(bill: Bill, reported: Fields, tier: str | None = "standard") -> bytes:
    """The usage object: counts and money of the bill, the upstream's own members beside them.

    Args:
        bill: What is charged.
        reported: The upstream's usage object, where it speaks this dialect; its counts win.
        tier: The service tier that served, in this dialect's words; None for one it has not.
    """
    told: dict[str, object] = {name: raw for name, raw in reported.items() if raw != _NULL}
    if "server_tool_use" in told:
        # Older answers count searches alone; the SDK's type wants both counts.
        told["server_tool_use"] = {**_NO_TOOLS, **members_of(reported["server_tool_use"])}
    members = {
        **_counts(bill.usage),
        "service_tier": tier,
        "inference_geo": None,
        **told,
        **bill.extra,
    }
    return msgspec.json.encode(members)[:-1] + _money(bill)


def _money(bill: Bill) -> bytes:
    """Printed exactly, never through a float; closes the object."""
    last = ',"estimated":true}' if bill.usage.estimated else "}"
    if bill.charge is None:
        return f',"cost":null,"cost_details":null,"is_byok":false{last}'.encode()
    total = usd(bill.charge.total)
    return (
        f',"cost":{total},"cost_details":{{"upstream_inference_cost":{total},'
        f'"upstream_inference_prompt_cost":{usd(bill.charge.prompt)},'
        f'"upstream_inference_completions_cost":{usd(bill.charge.completion)}}},'
        f'"is_byok":false{last}'
    ).encode()


def members_of(raw: msgspec.Raw | None) -> dict[str, msgspec.Raw]:
    """The members of an object; {} for null, absence and anything else."""
    if raw is None or not bytes(raw).lstrip().startswith(b"{"):
        return {}
    return _OBJECT.decode(raw)
