"""Filters and sorts of `GET /models`, and what is refused: contract section 2.2."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from turnout.catalog.index import Catalog
from turnout.catalog.listing import Lister
from turnout.catalog.query import SORTS
from turnout.core.errors import Refusal

MINI, FULL = "openai/gpt-4o-mini", "openai/gpt-4o"
Row = Mapping[str, Any]


def _rows(lister: Lister, query: str) -> list[Row]:
    rows: list[Row] = msgspec.json.decode(lister.models(query).body)["data"]
    return rows


def _ids(lister: Lister, query: str) -> list[str]:
    return [row["id"] for row in _rows(lister, query)]


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("supported_parameters=tools,logprobs", {"tools", "logprobs"}),
        ("supported_parameters=structured_outputs", {"structured_outputs"}),
    ],
)
def test_parameter_filter_wants_all_of_them(lister: Lister, query: str, holds: set[str]) -> None:
    """Some endpoint in view honours each."""
    rows = _rows(lister, f"all=true&{query}")
    assert rows
    assert all(holds <= set(row["supported_parameters"]) for row in rows)


def test_modalities_default_to_text_out(lister: Lister) -> None:
    """`all` lifts it, a list means any of them, inputs mean all of them."""
    everything = _rows(lister, "all=true&output_modalities=all")
    text = _rows(lister, "all=true")
    vectors = _rows(lister, "all=true&output_modalities=embeddings")
    assert len(text) < len(everything)
    assert all("text" in r["architecture"]["output_modalities"] for r in text)
    assert vectors
    assert all(r["architecture"]["output_modalities"] == ["embeddings"] for r in vectors)
    both = _rows(lister, "all=true&input_modalities=image,file")
    assert both
    assert all({"image", "file"} <= set(r["architecture"]["input_modalities"]) for r in both)


def test_price_filters_are_per_million_and_leave_the_unpriced_out(lister: Lister) -> None:
    """Bounds are inclusive."""
    bounds = (
        ("prompt", "min_price", "max_price"),
        ("completion", "min_output_price", "max_output_price"),
    )
    for field, low, high in bounds:
        rows = _rows(lister, f"all=true&{low}=0.15&{high}=0.6")
        prices = [Decimal(r["pricing"][field]) * 10**6 for r in rows]
        assert prices
        assert all(Decimal("0.15") <= p <= Decimal("0.6") for p in prices)
    assert MINI in _ids(lister, "all=true&min_price=0.15&max_price=0.15")
    assert not [r for r in _rows(lister, "all=true&min_price=0") if "unpriced" in r["pricing"]]


def test_house_filters(lister: Lister, catalog: Catalog) -> None:
    """Author, architecture, provider by slug or name, words."""
    authors = _ids(lister, "all=true&model_authors=qwen,z-ai")
    assert authors
    assert all(i.split("/")[0] in {"qwen", "z-ai"} for i in authors)
    claude = _rows(lister, "all=true&arch=claude")
    assert claude
    assert {r["architecture"]["tokenizer"] for r in claude} == {"Claude"}
    by_slug = _ids(lister, "all=true&providers=groq")
    assert by_slug == _ids(lister, "all=true&providers=Groq")
    plain = [i for i in by_slug if not i.startswith("~")]
    assert all("groq" in {e.provider for e in catalog.models[i].endpoints} for i in plain)
    assert MINI in _ids(lister, "all=true&q=GPT 4o-MINI".replace(" ", "+"))
    assert _ids(lister, "all=true&q=no-such-model-anywhere") == []


def test_terms_filters(lister: Lister, catalog: Catalog) -> None:
    """Context, zero retention, distillable, region, age."""
    long = _rows(lister, "all=true&context=1000000")
    assert long
    assert all(r["context_length"] >= 1_000_000 for r in long)
    kept = [i for i in _ids(lister, "all=true&zdr=true") if not i.startswith("~")]
    assert kept
    assert all(any(e.data_policy.zero_retention for e in catalog.models[i].endpoints) for i in kept)
    free_to_learn = _ids(lister, "all=true&distillable=true")
    assert "openai/gpt-oss-120b" in free_to_learn
    assert MINI in _ids(lister, "all=true&distillable=false")
    assert MINI not in free_to_learn
    europe = _ids(lister, "all=true&region=eu")
    assert "anthropic/claude-sonnet-4.5" in europe  # amazon-bedrock/eu
    assert MINI not in europe
    young = _rows(lister, "all=true&max_age_days=365")
    assert young
    assert all(r["created"] > 1_795_435_200 - 366 * 86_400 for r in young)
    assert MINI in _ids(lister, "all=true&min_age_days=365")


def test_score_filters_and_categories(measured: Lister) -> None:
    """Models without the figure are not within any bound."""
    assert _ids(measured, "category=programming") == [MINI]
    assert _ids(measured, "min_intelligence_index=20") == [FULL]
    assert _ids(measured, "max_coding_index=20") == [MINI]
    assert _ids(measured, "min_agentic_index=12&max_agentic_index=12") == [MINI]
    assert _ids(measured, "min_tool_success_rate=0.9") == [FULL]
    assert _ids(measured, "category=legal") == []


@pytest.mark.parametrize(
    ("sort", "first", "second"),
    [
        ("most-popular", MINI, FULL),
        ("top-weekly", MINI, FULL),
        ("throughput-high-to-low", MINI, FULL),
        ("latency-low-to-high", MINI, FULL),
        ("intelligence-high-to-low", FULL, MINI),
        ("coding-high-to-low", FULL, MINI),
        ("agentic-high-to-low", FULL, MINI),
        ("design-arena-elo-high-to-low", FULL, MINI),
    ],
)
def test_measured_sorts_put_the_unmeasured_last(
    measured: Lister, sort: str, first: str, second: str
) -> None:
    """Every model stays in the list; those without the figure keep the default order behind."""
    ids = _ids(measured, f"sort={sort}")
    assert ids[:2] == [first, second]
    rest = [i for i in _ids(measured, "") if i not in {first, second}]
    assert ids[2:] == rest


def test_price_context_and_age_sorts(lister: Lister) -> None:
    """By the average of both prices, by window, by day of release; unknown ones last."""
    cheap = [r["pricing"] for r in _rows(lister, "all=true&sort=pricing-low-to-high")]
    known = [Decimal(p["prompt"]) + Decimal(p["completion"]) for p in cheap if "unpriced" not in p]
    assert known == sorted(known)
    assert all("unpriced" in p for p in cheap[len(known) :])
    dear = [r["pricing"] for r in _rows(lister, "all=true&sort=pricing-high-to-low")]
    falling = [Decimal(p["prompt"]) + Decimal(p["completion"]) for p in dear[: len(known)]]
    assert falling == sorted(known, reverse=True)
    assert all("unpriced" in p for p in dear[len(known) :])
    windows = [r["context_length"] for r in _rows(lister, "all=true&sort=context-high-to-low")]
    assert windows == sorted(windows, reverse=True)
    days = [r["created"] for r in _rows(lister, "all=true&sort=newest")]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("sort", SORTS)
def test_every_sort_keeps_every_row(lister: Lister, sort: str) -> None:
    """A sort is an order, not a filter."""
    assert sorted(_ids(lister, f"all=true&sort={sort}")) == sorted(_ids(lister, "all=true"))


@pytest.mark.parametrize(
    ("query", "param", "allowed"),
    [
        ("sort=best", "sort", "newest"),
        ("limit=0", "limit", "1 to 1000"),
        ("limit=1001", "limit", "1 to 1000"),
        ("offset=-1", "offset", "0 to"),
        ("offset=1e3", "offset", "an integer"),
        ("context=²", "context", "an integer"),
        ("min_price=cheap", "min_price", "a number"),
        ("max_price=nan", "max_price", "finite"),
        ("max_output_price=1e999999", "max_output_price", "finite"),
        ("category=cooking", "category", "programming"),
        ("output_modalities=text,smell", "output_modalities", "embeddings"),
        ("input_modalities=all", "input_modalities", "image"),
        ("zdr=false", "zdr", "true"),
        ("distillable=maybe", "distillable", "false"),
        ("region=mars", "region", "eu, us"),
        ("use_rss=1", "use_rss", "true"),
        ("all=yes", "all", "true"),
    ],
)
def test_a_bad_value_is_refused_by_name(
    lister: Lister, query: str, param: str, allowed: str
) -> None:
    """The refusal says which parameter and what it takes."""
    with pytest.raises(Refusal) as refused:
        lister.models(query)
    assert refused.value.param == param
    assert refused.value.error_type == "invalid_request"
    assert allowed in refused.value.message


@pytest.mark.parametrize("query", ["", "utm_source=x", "sort=&q=&limit=", "offset=null&limit=5"])
def test_unknown_and_empty_parameters_change_nothing(lister: Lister, query: str) -> None:
    """As the contract's own clients send them."""
    assert _rows(lister, query)
