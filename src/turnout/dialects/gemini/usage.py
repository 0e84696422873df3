"""Gemini's overlapping counts into disjoint buckets.

`promptTokenCount` includes what a cache served, `candidatesTokenCount` leaves thinking out, and
tokens that tools brought in stand beside both. The details of the prompt by modality include the
cached ones in some answers and leave them out in others; their sum tells which.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from turnout.core.usage import Usage
from turnout.wire.gemini import ModalityCount, UsageMetadata

_USAGE: Final = msgspec.json.Decoder(UsageMetadata)
_BY_NUMBER: Final = ("MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "VIDEO", "AUDIO", "DOCUMENT")
_MAX_COUNT: Final = 2**53


def read_usage(raw: msgspec.Raw) -> UsageMetadata | None:
    """The counts, None where there are none or they are nonsense."""
    try:
        found = _USAGE.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None
    return found


def usage_of(told: UsageMetadata, searches: int) -> Usage | None:
    """The buckets; None for counts that count nothing."""
    prompt = _sane(told.prompt_token_count)
    cached = min(_sane(told.cached_content_token_count), prompt)
    thought = _sane(told.thoughts_token_count)
    brought = _sane(told.tool_use_prompt_token_count)
    spoken = told.candidates_token_count
    if spoken is None:  # some answers tell only the total
        spoken = max(0, _sane(told.total_token_count) - prompt - thought - brought)
    spoken = _sane(spoken)
    if not (prompt or spoken or thought):
        return None
    media = _media_in(told, prompt, cached)
    left = prompt - cached
    image, left = _take(left, media.get("IMAGE", 0))
    audio, left = _take(left, media.get("AUDIO", 0))
    video, left = _take(left, media.get("VIDEO", 0))
    shown = _by_modality(told.candidates_tokens_details)
    image_out, spoken = _take(spoken, shown.get("IMAGE", 0))
    audio_out, spoken = _take(spoken, shown.get("AUDIO", 0))
    return Usage(
        text_in=left + brought,
        cache_read=cached,
        image_in=image,
        audio_in=audio,
        video_in=video,
        text_out=spoken,
        reasoning=thought,
        image_out=image_out,
        audio_out=audio_out,
        searches=searches,
    )


def _media_in(told: UsageMetadata, prompt: int, cached: int) -> Mapping[str, int]:
    """Prompt tokens by modality that no cache served."""
    all_in = _by_modality(told.prompt_tokens_details)
    if not cached or sum(all_in.values()) <= prompt - cached:
        return all_in
    from_cache = _by_modality(told.cache_tokens_details)
    return {kind: count - from_cache.get(kind, 0) for kind, count in all_in.items()}


def _by_modality(counts: Iterable[ModalityCount] | None) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in counts or ():
        kind = one.modality
        if isinstance(kind, int):
            kind = _BY_NUMBER[kind] if 0 <= kind < len(_BY_NUMBER) else ""
        found[kind] = found.get(kind, 0) + _sane(one.token_count)
    return found


def _take(whole: int, part: int) -> tuple[int, int]:
    """Splits a bucket off, never below zero: what was taken, what is left."""
    taken = max(0, min(whole, part))
    return taken, whole - taken


def _sane(count: int | None) -> int:
    return count if count is not None and 0 <= count <= _MAX_COUNT else 0
