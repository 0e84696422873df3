"""What one request was charged, item by item."""

from collections.abc import Iterator

import msgspec

from turnout.catalog.index import Routable
from turnout.core.money import Nusd, Rate, to_nusd, usd, usd_per_unit
from turnout.core.types import Generation, Unpriced
from turnout.core.usage import Price, Usage, charge


class ChargeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a bill.

    Attributes:
        tokens: Or requests or searches, as the label says.
        rate: USD for one of them; None where the price has changed since.
        cost: USD.
    """

    label: str
    tokens: int
    rate: str | None
    cost: str


def charges_of(record: Generation, routable: Routable) -> list[ChargeRow]:
    """The items; with their rates only while today's price explains what was charged."""
    if not record.cost_nusd:
        return []
    price = _price(record, routable)
    work = sum(stage.cost_nusd or 0 for stage in record.pipeline)
    if price is not None and charge(price, record.usage).total + work == record.cost_nusd:
        rows = [
            ChargeRow(
                label=label, tokens=count, rate=usd_per_unit(rate), cost=usd(to_nusd(count * rate))
            )
            for label, count, rate in _items(price, record.usage)
            if count
        ]
    else:
        rows = list(_whole(record, work))
    if work:
        rows.append(ChargeRow(label="Work of plugins", tokens=1, rate=None, cost=usd(Nusd(work))))
    return rows


def _price(record: Generation, routable: Routable) -> Price | None:
    for endpoint in routable.endpoints_for(record.model):
        if endpoint.id == record.endpoint:
            return None if isinstance(endpoint.price, Unpriced) else endpoint.price
    return None


def _items(price: Price, usage: Usage) -> Iterator[tuple[str, int, Rate]]:
    rates = price.rates_for(usage.prompt_tok)

    def of(rate: Rate | None, otherwise: Rate) -> Rate:
        return otherwise if rate is None else rate

    write = of(rates.cache_write, rates.prompt)
    yield "Prompt", usage.text_in, rates.prompt
    yield "Prompt, read from cache", usage.cache_read, of(rates.cache_read, rates.prompt)
    yield "Prompt, written to cache", usage.cache_write, write
    yield "Prompt, cached for an hour", usage.cache_write_1h, of(rates.cache_write_1h, write)
    yield "Pictures", usage.image_in, of(rates.image, rates.prompt)
    yield "Sound", usage.audio_in, of(rates.audio, rates.prompt)
    yield "Video", usage.video_in, of(rates.video, rates.prompt)
    yield "Completion", usage.text_out, rates.completion
    yield "Reasoning", usage.reasoning, of(rates.reasoning, rates.completion)
    yield "Spoken completion", usage.audio_out, of(rates.audio_out, rates.completion)
    yield "Pictures made", usage.image_out, of(rates.image_out, rates.completion)
    if rates.request:
        yield "Request", usage.requests, rates.request
    if rates.search:
        yield "Web searches", usage.searches, rates.search


def _whole(record: Generation, work: int) -> Iterator[ChargeRow]:
    usage = record.usage
    fees = record.cost_nusd - work - record.prompt_cost_nusd - record.completion_cost_nusd
    for label, count, nusd in (
        ("Prompt", usage.prompt_tok, record.prompt_cost_nusd),
        ("Completion", usage.completion_tok, record.completion_cost_nusd),
        ("Fees", usage.requests, fees),
    ):
        if nusd:
            yield ChargeRow(label=label, tokens=count, rate=None, cost=usd(Nusd(nusd)))
