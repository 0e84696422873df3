"""Bedrock's counts in disjoint buckets."""

from turnout.core.usage import Usage
from turnout.wire.bedrock_converse import Usage as WireUsage


def read_usage(wire: WireUsage | None) -> Usage | None:
    """The counts, None when none were told.

    `inputTokens` leaves out what a cache had or got: recorded for Claude and Nova, whose totals add
    up that way. A total that does not is of a model that counts them in.
    """
    if wire is None or not (wire.input_tokens or wire.output_tokens or wire.total_tokens):
        return None
    read = wire.cache_read_input_tokens or 0
    written = wire.cache_write_input_tokens or 0
    text = wire.input_tokens
    inside = wire.total_tokens == wire.input_tokens + wire.output_tokens
    if read + written and inside and read + written <= text:
        text -= read + written
    long = sum(one.input_tokens for one in wire.cache_details or () if one.ttl == "1h")
    long = min(long, written)
    return Usage(
        text_in=text,
        cache_read=read,
        cache_write=written - long,
        cache_write_1h=long,
        text_out=wire.output_tokens,
    )
