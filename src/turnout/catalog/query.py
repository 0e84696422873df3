"""The query of `GET /models`: every filter and sort of contract section 2.2, typed and checked."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final
from urllib.parse import parse_qsl, urlencode

import msgspec

from turnout.core.errors import Refusal, invalid

SORTS: Final = (
    "most-popular",
    "newest",
    "top-weekly",
    "pricing-low-to-high",
    "pricing-high-to-low",
    "context-high-to-low",
    "throughput-high-to-low",
    "latency-low-to-high",
    "intelligence-high-to-low",
    "coding-high-to-low",
    "agentic-high-to-low",
    "design-arena-elo-high-to-low",
)
CATEGORIES: Final = (
    "programming",
    "roleplay",
    "marketing",
    "marketing/seo",
    "technology",
    "science",
    "translation",
    "legal",
    "finance",
    "health",
    "trivia",
    "academia",
)
INPUTS: Final = ("text", "image", "file", "audio", "video")
OUTPUTS: Final = (
    "text",
    "image",
    "embeddings",
    "audio",
    "video",
    "rerank",
    "decisions",
    "speech",
    "transcription",
)
MAX_LIMIT: Final = 1000
DEFAULT_LIMIT: Final = 500
_MAX_INT: Final = 2**53
_MAX_QUERY_CHARS: Final = 8192
_BOOLS: Final = ("true", "false")


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller wants of the list. None: no such wish.

    Attributes:
        everything: The whole catalog, not only what this installation can reach.
        offset: Rows to skip; None with `limit` None means that the list is not paged.
        output_modalities: None means all of them.
        min_price: USD per million prompt tokens, as are all prices here; decimals.
    """

    everything: bool = False
    use_rss: bool = False
    offset: int | None = None
    limit: int | None = None
    category: str | None = None
    supported_parameters: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] | None = ("text",)
    input_modalities: tuple[str, ...] = ()
    sort: str | None = None
    q: str | None = None
    context: int | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    min_output_price: Decimal | None = None
    max_output_price: Decimal | None = None
    arch: str | None = None
    model_authors: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    distillable: bool | None = None
    zdr: bool = False
    region: str | None = None
    min_age_days: int | None = None
    max_age_days: int | None = None
    min_intelligence_index: Decimal | None = None
    max_intelligence_index: Decimal | None = None
    min_coding_index: Decimal | None = None
    max_coding_index: Decimal | None = None
    min_agentic_index: Decimal | None = None
    max_agentic_index: Decimal | None = None
    min_tool_success_rate: Decimal | None = None
    max_tool_success_rate: Decimal | None = None

    @property
    def paged(self) -> bool:
        """The caller asked for a part of the list."""
        return self.offset is not None or self.limit is not None

    @property
    def ages(self) -> bool:
        """The answer depends on the day."""
        return self.min_age_days is not None or self.max_age_days is not None


def parse_query(text: str) -> Query:
    """The wishes in a raw query string; names nobody knows are ignored, as the contract does.

    Raises:
        Refusal: A known parameter has a value that is not allowed; it names both.
    """
    if len(text) > _MAX_QUERY_CHARS:
        raise Refusal("invalid_request", f"query: longer than {_MAX_QUERY_CHARS} characters")
    values = {name: value for name, value in _pairs(text) if value not in {"", "null"}}
    read = {
        "everything" if name == "all" else name: _READERS[name](name, value)
        for name, value in values.items()
        if name in _READERS
    }
    return msgspec.convert(read, Query)


def next_page(text: str, offset: int, limit: int) -> str:
    """The same query string for the page that begins at `offset`."""
    kept = [(n, v) for n, v in _pairs(text) if n not in {"offset", "limit"}]
    return urlencode([*kept, ("offset", str(offset)), ("limit", str(limit))])


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise Refusal("invalid_request", "query: more than 100 parameters") from None


def _integer(low: int, high: int) -> Callable[[str, str], int]:
    def read(name: str, value: str) -> int:
        digits = value.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(_MAX_INT)):
            raise invalid(name, f"an integer from {low} to {high} is allowed")
        if not low <= int(value) <= high:
            raise invalid(name, f"an integer from {low} to {high} is allowed; got {int(value)}")
        return int(value)

    return read


def _number(name: str, value: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise invalid(name, "a number is allowed") from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise invalid(name, "a finite number is allowed")
    return number


def _one_of(allowed: tuple[str, ...]) -> Callable[[str, str], str]:
    def read(name: str, value: str) -> str:
        if value not in allowed:
            raise invalid(name, f"allowed are {', '.join(allowed)}")
        return value

    return read


def _flag(allowed: tuple[str, ...]) -> Callable[[str, str], bool]:
    check = _one_of(allowed)

    def read(name: str, value: str) -> bool:
        return check(name, value) == "true"

    return read


def _some_of(allowed: tuple[str, ...]) -> Callable[[str, str], tuple[str, ...]]:
    def read(name: str, value: str) -> tuple[str, ...]:
        asked = _words(name, value)
        if any(word not in allowed for word in asked):
            raise invalid(name, f"allowed, separated by commas, are {', '.join(allowed)}")
        return asked

    return read


def _outputs(name: str, value: str) -> tuple[str, ...] | None:
    return None if value == "all" else _some_of(("all", *OUTPUTS))(name, value)


def _words(name: str, value: str) -> tuple[str, ...]:  # noqa: ARG001 (readers share a signature)
    return tuple(dict.fromkeys(word.strip().lower() for word in value.split(",") if word.strip()))


def _text(name: str, value: str) -> str:  # noqa: ARG001 (readers share a signature)
    return value.strip()


_COUNT: Final = _integer(0, _MAX_INT)
_READERS: Final[Mapping[str, Callable[[str, str], object]]] = {
    "all": _flag(_BOOLS),
    "use_rss": _flag(_BOOLS),
    "offset": _COUNT,
    "limit": _integer(1, MAX_LIMIT),
    "category": _one_of(CATEGORIES),
    "supported_parameters": _words,
    "output_modalities": _outputs,
    "input_modalities": _some_of(INPUTS),
    "sort": _one_of(SORTS),
    "q": _text,
    "context": _COUNT,
    "arch": _text,
    "model_authors": _words,
    "providers": _words,
    "distillable": _flag(_BOOLS),
    "zdr": _flag(("true",)),
    "region": _one_of(("eu", "us")),
    "min_age_days": _COUNT,
    "max_age_days": _COUNT,
    **{
        f"{bound}_{figure}": _number
        for bound in ("min", "max")
        for figure in (
            "price",
            "output_price",
            "intelligence_index",
            "coding_index",
            "agentic_index",
            "tool_success_rate",
        )
    },
}
