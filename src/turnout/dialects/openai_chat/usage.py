"""Usage both ways: overlapping counts into disjoint buckets, a bill into ChatUsage."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from turnout.core.money import NANO_PER_USD, Nusd, usd
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill

Fields: TypeAlias = Mapping[str, msgspec.Raw]

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_COUNTS: Final = msgspec.json.Decoder(dict[str, int | None])
_NO_FIELDS: Final[Fields] = {}
_NO_COUNTS: Final[Mapping[str, int | None]] = {}
_MAX_COUNT: Final = 2**53
_TICKS_PER_NUSD: Final = 10  # xAI counts cost in 1e-10 USD: docs.x.ai, "cost_in_usd_ticks"

# What we answer ourselves; an upstream's words for these never reach the client.
_OURS: Final = frozenset(
    {
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "prompt_tokens_details",
        "completion_tokens_details",
        "cost",
        "cost_details",
        "is_byok",
        "estimated",
    }
)


class Reported(msgspec.Struct, frozen=True):
    """An upstream's usage object: its counts, and what it says beyond them."""

    usage: Usage
    extra: Fields = _NO_FIELDS
    prompt_extra: Mapping[str, int | None] = _NO_COUNTS
    completion_extra: Mapping[str, int | None] = _NO_COUNTS


def read_object(raw: msgspec.Raw | bytes | None) -> dict[str, msgspec.Raw]:
    """The fields of a JSON object; {} for anything else."""
    if raw is None:
        return {}
    try:
        return _OBJECT.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return {}


def _counts(raw: msgspec.Raw | None) -> dict[str, int | None]:
    """The whole numbers of an object; what is none of them is left out."""
    if raw is None:
        return {}
    try:
        return _COUNTS.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return {n: int(bytes(v)) for n, v in read_object(raw).items() if _is_count(v)}


def _is_count(raw: msgspec.Raw) -> bool:
    text = bytes(raw)
    return len(text) <= 16 and text.isdigit()


def _count(counts: Mapping[str, int | None], *names: str) -> int:
    """The first of the named counts that is there; 0 for null, negatives and nonsense."""
    for name in names:
        value = counts.get(name)
        if value is not None:
            return value if 0 <= value <= _MAX_COUNT else 0
    return 0


Plain = Annotated[int, Meta(ge=0, le=_MAX_COUNT)]


class _Inside(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cached_tokens: Plain = 0
    audio_tokens: Plain = 0


class _Outside(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reasoning_tokens: Plain = 0
    audio_tokens: Plain = 0
    accepted_prediction_tokens: int | UnsetType = UNSET
    rejected_prediction_tokens: int | UnsetType = UNSET


class _Usual(msgspec.Struct, forbid_unknown_fields=True):
    """What most upstreams send, OpenAI's own words; anything else is read the long way."""

    prompt_tokens: Plain
    completion_tokens: Plain
    total_tokens: Plain
    prompt_tokens_details: _Inside = _Inside()
    completion_tokens_details: _Outside = _Outside()


_USUAL: Final = msgspec.json.Decoder(_Usual)


def read_usage(raw: msgspec.Raw | bytes, *, beside: bool = False) -> Reported | None:
    """The counts of a `usage` object, None when it holds none."""
    try:
        usual = _USUAL.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return _read_unusual(raw, beside=beside)
    inside, outside = usual.prompt_tokens_details, usual.completion_tokens_details
    prompt, completion = usual.prompt_tokens, usual.completion_tokens
    known = inside.cached_tokens + inside.audio_tokens
    made = outside.reasoning_tokens + outside.audio_tokens
    if beside or known > prompt or made > completion or usual.total_tokens != prompt + completion:
        return _read_unusual(raw, beside=beside)
    usage = Usage(
        text_in=prompt - known,
        cache_read=inside.cached_tokens,
        audio_in=inside.audio_tokens,
        text_out=completion - made,
        reasoning=outside.reasoning_tokens,
        audio_out=outside.audio_tokens,
    )
    return Reported(usage, completion_extra=_predictions(outside))


def _predictions(outside: _Outside) -> Mapping[str, int | None]:
    accepted, rejected = outside.accepted_prediction_tokens, outside.rejected_prediction_tokens
    if isinstance(accepted, UnsetType) or isinstance(rejected, UnsetType):
        return _NO_COUNTS
    return {"accepted_prediction_tokens": accepted, "rejected_prediction_tokens": rejected}


def _read_unusual(raw: msgspec.Raw | bytes, *, beside: bool) -> Reported | None:
    """The counts of any `usage` object.

    `prompt_tokens` includes cached, written and media tokens, `completion_tokens` thinking;
    xAI counts thinking outside of it, which shows in its total, and Vercel without a trace, which
    is what `beside` says. Hits are called `prompt_cache_hit_tokens` by DeepSeek and
    `cached_tokens` by Moonshot.
    """
    fields = read_object(raw)
    if "prompt_tokens" not in fields and "completion_tokens" not in fields:
        return None
    inside = _counts(fields.get("prompt_tokens_details"))
    outside = _counts(fields.get("completion_tokens_details"))
    flat = {name: int(bytes(value)) for name, value in fields.items() if _is_count(value)}
    text_in, cache_read, cache_write, audio_in, image_in, video_in = _went_in(flat, inside)
    text_out, reasoning, audio_out, image_out = _came_out(flat, outside, beside=beside)
    server = _counts(fields.get("server_tool_use_details") or fields.get("server_tool_use"))
    usage = Usage(
        text_in=text_in,
        cache_read=cache_read,
        cache_write=cache_write,
        image_in=image_in,
        audio_in=audio_in,
        video_in=video_in,
        text_out=text_out,
        reasoning=reasoning,
        audio_out=audio_out,
        image_out=image_out,
        searches=_count(server, "web_search_requests") or _count(flat, "num_search_queries"),
        upstream_cost_nusd=_cost(fields, _count(flat, "cost_in_usd_ticks")),
    )
    return Reported(
        usage,
        {} if fields.keys() <= _OURS else {n: v for n, v in fields.items() if n not in _OURS},
        {name: value for name, value in inside.items() if name not in _PROMPT_OURS},
        {name: value for name, value in outside.items() if name not in _COMPLETION_OURS},
    )


def _went_in(
    flat: Mapping[str, int | None], inside: Mapping[str, int | None]
) -> tuple[int, int, int, int, int, int]:
    """Prompt tokens: text, read from a cache, written to one, sound, pictures, video."""
    left, cache_read = _take(
        _count(flat, "prompt_tokens"),
        _count(inside, "cached_tokens")
        or _count(flat, "prompt_cache_hit_tokens", "cached_tokens", "cache_read_input_tokens"),
    )
    left, cache_write = _take(
        left,
        _count(inside, "cache_write_tokens", "cache_creation_tokens")
        or _count(flat, "cache_creation_input_tokens"),
    )
    left, audio = _take(left, _count(inside, "audio_tokens"))
    left, image = _take(left, _count(inside, "image_tokens"))
    text, video = _take(left, _count(inside, "video_tokens"))
    return text, cache_read, cache_write, audio, image, video


def _came_out(
    flat: Mapping[str, int | None], outside: Mapping[str, int | None], *, beside: bool
) -> tuple[int, int, int, int]:
    """Completion tokens: text, thinking, sound, pictures."""
    prompt, completion = _count(flat, "prompt_tokens"), _count(flat, "completion_tokens")
    reasoning = _count(outside, "reasoning_tokens") or _count(flat, "reasoning_tokens")
    if reasoning and (beside or _thinks_outside(flat, prompt, completion, reasoning)):
        completion += reasoning
    left, reasoning = _take(completion, reasoning)
    left, audio = _take(left, _count(outside, "audio_tokens"))
    text, image = _take(left, _count(outside, "image_tokens"))
    return text, reasoning, audio, image


_PROMPT_OURS: Final = frozenset(
    {"cached_tokens", "cache_write_tokens", "audio_tokens", "video_tokens"}
)
_COMPLETION_OURS: Final = frozenset({"reasoning_tokens", "image_tokens", "audio_tokens"})


def _take(whole: int, part: int) -> tuple[int, int]:
    """Splits a bucket off, never below zero: what is left, what was taken."""
    taken = min(whole, part)
    return whole - taken, taken


def _thinks_outside(
    flat: Mapping[str, int | None], prompt: int, completion: int, reasoning: int
) -> bool:
    return reasoning > completion or _count(flat, "total_tokens") == prompt + completion + reasoning


def _cost(fields: Fields, ticks: int) -> Nusd | None:
    """What the provider says it charged: OpenRouter's number, Perplexity's object, xAI's ticks."""
    if ticks:
        return Nusd(round(Decimal(ticks) / _TICKS_PER_NUSD))
    raw = fields.get("cost")
    if raw is not None and bytes(raw).startswith(b"{"):
        raw = read_object(raw).get("total_cost")
    if raw is None:
        return None
    try:
        amount = Decimal(bytes(raw).decode())
    except (InvalidOperation, ValueError):
        return None
    if not amount.is_finite() or not 0 <= amount < NANO_PER_USD:
        return None
    return Nusd(round(amount * NANO_PER_USD))


def write_usage(bill: Bill, reported: Reported | None = None) -> bytes:
    """The contract's ChatUsage as JSON; money is printed exactly, never through a float."""
    usage = bill.usage
    prompt, completion = usage.prompt_tok, usage.completion_tok
    head = (
        f'{{"prompt_tokens":{prompt},"completion_tokens":{completion},'
        f'"total_tokens":{prompt + completion},{_money(bill)}"is_byok":false,'
        f'"prompt_tokens_details":{{"cached_tokens":{usage.cache_read},'
        f'"cache_write_tokens":{usage.cache_write + usage.cache_write_1h},'
        f'"audio_tokens":{usage.audio_in},"video_tokens":{usage.video_in}'
    ).encode()
    tail = (
        f'}},"completion_tokens_details":{{"reasoning_tokens":{usage.reasoning},'
        f'"image_tokens":{usage.image_out},"audio_tokens":{usage.audio_out}'
    ).encode()
    last = b'},"estimated":true' if usage.estimated else b"}"
    if reported is None:
        return head + tail + last + members(bill.extra) + b"}"
    extra = {**reported.extra, **bill.extra}
    inside, outside = members(reported.prompt_extra), members(reported.completion_extra)
    return head + inside + tail + outside + last + members(extra) + b"}"


def _money(bill: Bill) -> str:
    if bill.charge is None:
        return '"cost":null,"cost_details":null,'
    total = usd(bill.charge.total)
    return (
        f'"cost":{total},"cost_details":{{"upstream_inference_cost":{total},'
        f'"upstream_inference_prompt_cost":{usd(bill.charge.prompt)},'
        f'"upstream_inference_completions_cost":{usd(bill.charge.completion)}}},'
    )


def members(fields: Mapping[str, object]) -> bytes:
    """The fields as `,"name":value` each, to be put behind other members of an object."""
    if not fields:
        return b""
    return b"," + msgspec.json.encode(fields)[1:-1]


def metadata_member(bill: Bill) -> bytes:
    """How it was served, comma in front; b"" when the caller did not ask."""
    return b"" if bill.metadata is None else b',"openrouter_metadata":' + bytes(bill.metadata)
