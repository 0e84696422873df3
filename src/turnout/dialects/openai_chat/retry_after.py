"""How long a provider asks us to wait, in whichever of its ways it says so."""

import re
from email.utils import parsedate_to_datetime
from typing import Final

from turnout.core.types import Headers

_LONGEST_S: Final = 86_400.0
_EPOCH_S: Final = 1_000_000_000  # numbers above it are points in time, not spans
_EPOCH_MS: Final = 1_000_000_000_000

_SPAN: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|h|m|s|d)")
_SPANS: Final = re.compile(r"(?:\d{1,9}(?:\.\d{1,9})?(?:ms|h|m|s|d))+")
_NUMBER: Final = re.compile(r"\d{1,15}(?:\.\d{1,9})?")
_IN_WORDS: Final = re.compile(
    r"(?:try again|retry) (?:in|after) ((?:\d{1,9}(?:\.\d{1,9})?(?:ms|h|m|s|d))+)"
)
_UNIT_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def retry_after_s(headers: Headers, message: str = "") -> float | None:
    """Seconds to wait, 0 to a day, None when nothing was said.

    In order: `retry-after-ms` (Azure), `retry-after` as seconds or as a date, the reset of
    whichever `x-ratelimit-*` bucket is empty (OpenAI and Groq write "6m0s", others seconds or a
    time), and "try again in 7.5s" in the message. A date counts from the answer's own `date`
    header: we have no clock here and the provider's may differ from ours.
    """
    for wait in (
        _scaled(headers.get("retry-after-ms"), 0.001),
        _header(headers.get("retry-after"), headers),
        _reset(headers),
        _in_words(message),
    ):
        if wait is not None:
            return min(max(wait, 0.0), _LONGEST_S)
    return None


def _scaled(text: str | None, unit_s: float) -> float | None:
    if text is None or not _NUMBER.fullmatch(text.strip()):
        return None
    return float(text) * unit_s


def _header(text: str | None, headers: Headers) -> float | None:
    if text is None:
        return None
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return _since(float(text), headers)
    if _SPANS.fullmatch(text):
        return _span_s(text)
    then, now = _date_s(text), _date_s(headers.get("date"))
    return then - now if then is not None and now is not None else None


def _reset(headers: Headers) -> float | None:
    waits = [
        _header(headers.get(f"x-ratelimit-reset{bucket}"), headers)
        for bucket in ("", "-requests", "-tokens")
        if (headers.get(f"x-ratelimit-remaining{bucket}") or "").strip() == "0"
    ]
    return max((wait for wait in waits if wait is not None), default=None)


def _in_words(message: str) -> float | None:
    found = _IN_WORDS.search(message)
    return _span_s(found.group(1)) if found else None


def _since(value: float, headers: Headers) -> float | None:
    """A span as it is; a point in time (seconds or milliseconds of the epoch) from the answer's."""
    if value < _EPOCH_S:
        return value
    now = _date_s(headers.get("date"))
    if now is None:
        return None
    return (value / 1000 if value >= _EPOCH_MS else value) - now


def _span_s(text: str) -> float:
    return sum(float(number) * _UNIT_S[unit] for number, unit in _SPAN.findall(text))


def _date_s(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
