"""What the readers make of the packages' own words."""

from datetime import date
from decimal import Decimal

import pytest
from genai_prices import data as published
from genai_prices.types import ModelPrice, TieredPrices

from turnout.catalog.sources import models_dev
from turnout.catalog.sources.genai_prices import Book
from turnout.catalog.sources.overlay import read, read_aliases
from turnout.catalog.sources.rows import exact_rate
from turnout.core.money import ATTO_PER_USD, rate_per_million
from turnout.core.types import Unpriced
from turnout.core.usage import Price


@pytest.fixture(scope="module")
def book() -> Book:
    """The prices of the day."""
    return Book(date(2026, 11, 23))


def test_prices_are_the_packages_decimals_to_the_last_digit(book: Book) -> None:
    """Every plain price of genai-prices comes back unchanged but for float noise below 1e-9."""
    compared = 0
    for provider in published.providers:
        for model in provider.models:
            prices = model.prices
            row = book.find(provider.id, model.id)
            if not isinstance(prices, ModelPrice) or row is None or row.upstream != model.id:
                continue
            usd = vars(prices).get("input_mtok")
            if not isinstance(row.price, Price) or not isinstance(usd, Decimal):
                continue
            read_back = Decimal(row.price.rates.prompt) * 10**6 / ATTO_PER_USD
            assert abs(read_back - usd) < Decimal("1e-9"), model.id
            compared += 1
    assert compared > 1000


def test_tiers_carry_every_rate_of_their_bound(book: Book) -> None:
    """A tier's rates are whole: what a tier does not name is as below it."""
    tiered = 0
    for provider in published.providers:
        for row in book.rows(provider.id):
            if isinstance(row.price, Price) and row.price.tiers:
                bounds = [tier.above_prompt_tok for tier in row.price.tiers]
                assert bounds == sorted(set(bounds))
                assert all(tier.rates.prompt >= 0 for tier in row.price.tiers)
                tiered += 1
    assert tiered > 100
    assert TieredPrices.__doc__ is not None
    assert "ALL tokens" in TieredPrices.__doc__  # the meaning that core.usage.Tier has too


def test_of_two_times_of_day_the_dearer_price_is_taken(book: Book) -> None:
    """DeepSeek's off-peak rebate never makes us charge too little."""
    row = book.find("deepseek", "deepseek-chat")
    assert row is not None
    assert isinstance(row.price, Price)
    assert row.price.rates.completion == rate_per_million("1.1")


def test_models_dev_tiers_survive() -> None:
    """The JSON has tiers that the package's own dataclass drops."""
    rows = {
        row.upstream: row.price
        for row in models_dev.rows(models_dev.read())
        if row.publisher == "openai"
    }
    price = rows["gpt-5.4"]
    assert isinstance(price, Price)
    assert [tier.above_prompt_tok for tier in price.tiers] == [272_000]
    assert price.tiers[0].rates.prompt == 2 * price.rates.prompt


def test_models_dev_zeros_are_not_prices() -> None:
    """A provider that publishes nothing has 0 there; only a `:free` name means it."""
    unpriced = 0
    for row in models_dev.rows(models_dev.read()):
        unpriced += isinstance(row.price, Unpriced)
        if isinstance(row.price, Price) and row.price.rates.prompt == 0:
            free = row.price.rates.completion == 0
            assert not free or row.upstream.endswith(":free"), row.upstream
    assert unpriced > 300


@pytest.mark.parametrize(
    ("noisy", "clean"),
    [("0.049999999999999996", "0.05"), ("0.18000000000000002", "0.18"), ("0.075", "0.075")],
)
def test_float_noise_is_cut_and_digits_are_kept(noisy: str, clean: str) -> None:
    """Nobody lists a price finer than a nano-USD per million."""
    assert exact_rate(Decimal(noisy)) == rate_per_million(clean)


def test_every_fact_of_ours_names_its_source() -> None:
    """A host, a model, a family or an endpoint without a source does not decode."""
    overlay, aliases = read(), read_aliases()
    named = (*overlay.host, *overlay.reseller, *overlay.model, *overlay.family, *overlay.endpoint)
    assert all(fact.source for fact in named)
    assert all("/" in slug for slug in aliases.keys.values())
