"""The routes that list the catalog, as bytes: contract sections 2.2, 2.10 and 8."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import fromstring

import msgspec
import pytest
from openrouter.components import (
    ModelResponse,
    ModelsCountResponse,
    ModelsListResponse,
)
from openrouter.operations import (
    ListEndpointsResponse,
    ListEndpointsZdrResponse,
    ListProvidersResponse,
)

from turnout.catalog.index import Catalog
from turnout.catalog.listing import Lister, Listing
from turnout.catalog.measures import EndpointMeasures, ModelMeasures, Percentiles
from turnout.catalog.query import SORTS
from turnout.core.clock import Clock
from turnout.core.errors import Refusal

Row = Mapping[str, Any]


def _json(listing: Listing) -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode(listing.body)
    return decoded


def _rows(lister: Lister, query: str = "all=true") -> list[Row]:
    rows: list[Row] = _json(lister.models(query))["data"]
    return rows


def _ids(lister: Lister, query: str) -> list[str]:
    return [row["id"] for row in _rows(lister, query)]


class Figures:
    """Measures of two models and their endpoints; everything else is unmeasured."""

    def __init__(self) -> None:
        self.epoch = 1
        self.models: dict[str, ModelMeasures] = {}
        self.endpoints: dict[str, EndpointMeasures] = {}

    def endpoint(self, endpoint_id: str) -> EndpointMeasures:
        """As put in."""
        return self.endpoints.get(endpoint_id, EndpointMeasures())

    def model(self, canonical_slug: str) -> ModelMeasures:
        """As put in."""
        return self.models.get(canonical_slug, ModelMeasures())


MINI, FULL = "openai/gpt-4o-mini", "openai/gpt-4o"


@pytest.fixture
def figures(catalog: Catalog) -> Figures:
    """gpt-4o-mini is fast and popular, gpt-4o is clever."""
    found = Figures()
    found.models[catalog.models[MINI].canonical_slug] = ModelMeasures(
        weekly_tok=900,
        requests=90,
        tool_success_rate=0.8,
        intelligence_index=10,
        coding_index=11,
        agentic_index=12,
        design_arena_elo=1000,
        categories=frozenset({"programming"}),
    )
    found.models[catalog.models[FULL].canonical_slug] = ModelMeasures(
        weekly_tok=100,
        requests=10,
        tool_success_rate=0.95,
        intelligence_index=30,
        coding_index=31,
        agentic_index=32,
        design_arena_elo=1200,
    )
    found.endpoints[f"{MINI}@openai"] = EndpointMeasures(
        latency_last_30m=Percentiles(200, 300, 400, 900),
        throughput_last_30m=Percentiles(90, 70, 60, 20),
        uptime_last_5m=100.0,
        uptime_last_30m=99.5,
        uptime_last_1d=99.9,
        status=-1,
    )
    found.endpoints[f"{FULL}@openai"] = EndpointMeasures(
        latency_last_30m=Percentiles(500, 600, 700, 1900),
        throughput_last_30m=Percentiles(40, 30, 20, 10),
    )
    return found


@pytest.fixture
def measured(catalog: Catalog, figures: Figures, noon: Clock) -> Lister:
    """The same installation with measures."""
    return Lister(catalog.routable(frozenset({"openai"})), figures, noon)


def test_the_default_list_is_what_this_installation_can_reach(lister: Lister) -> None:
    """Keys for OpenAI and Groq, and the embedded model: nothing else is offered."""
    ids = set(_ids(lister, ""))
    assert {MINI, "huggingfacetb/smollm2-135m-instruct", "~openai/gpt-latest"} <= ids
    assert "anthropic/claude-sonnet-4.5" not in ids
    assert "anthropic/claude-sonnet-4.5" in _ids(lister, "all=true")


def test_the_row_of_gpt_4o_mini_is_exact(lister: Lister) -> None:
    """Decimal strings in USD per token, and the limits of the primary endpoint."""
    (row,) = [r for r in _rows(lister, "") if r["id"] == MINI]
    pricing = row["pricing"]
    assert pricing["prompt"] == "0.00000015"
    assert pricing["completion"] == "0.0000006"
    assert pricing["input_cache_read"] == "0.000000075"
    assert pricing["price_source"].startswith("genai-prices ")
    assert row["architecture"]["modality"] == "text+image+file->text"
    assert row["knowledge_cutoff"] == "2023-10-01"
    assert row["context_length"] == 128_000
    assert row["top_provider"]["max_completion_tokens"] == 16_384
    assert len(row["supported_parameters"]) == 15
    assert row["links"]["details"].endswith("/endpoints")


def test_no_price_is_shown_as_zero_unless_it_is_zero(lister: Lister) -> None:
    """An unknown price reads -1 with its reason; a stated one carries source and day."""
    unpriced = 0
    for row in _rows(lister, "all=true&output_modalities=all"):
        pricing = row["pricing"]
        assert ("unpriced" in pricing) == (pricing["prompt"] == "-1")
        assert ("price_source" in pricing) != ("unpriced" in pricing)
        unpriced += "unpriced" in pricing
    assert unpriced > 0


def test_the_official_sdk_reads_every_answer(lister: Lister) -> None:
    """The pydantic types of the `openrouter` package accept our bytes."""
    everything = "all=true&output_modalities=all"
    listed = ModelsListResponse.model_validate_json(lister.models(everything).body)
    assert listed.total_count == len(listed.data)
    counted = ModelsCountResponse.model_validate_json(lister.count(everything).body)
    assert counted.data.count == listed.total_count
    shown = ModelResponse.model_validate_json(lister.model(MINI).body)
    assert shown.data.id == MINI
    hosted = ListEndpointsResponse.model_validate_json(lister.endpoints(MINI, "all=true").body)
    assert {e.provider_name for e in hosted.data.endpoints} == {"OpenAI", "Azure"}
    hosts = ListProvidersResponse.model_validate_json(lister.providers("all=true").body)
    assert len(hosts.data) >= 60
    kept = ListEndpointsZdrResponse.model_validate_json(lister.zdr("all=true").body)
    assert kept.data


def test_every_models_endpoints_are_readable_by_the_sdk(lister: Lister, catalog: Catalog) -> None:
    """Tiers, regions, unpriced and odd ones included."""
    for slug in catalog.models:
        body = lister.endpoints(slug, "all=true").body
        assert ListEndpointsResponse.model_validate_json(body).data.id == slug


MODEL_KEYS = {
    "architecture",
    "canonical_slug",
    "context_length",
    "created",
    "default_parameters",
    "id",
    "links",
    "name",
    "per_request_limits",
    "pricing",
    "supported_parameters",
    "supported_voices",
    "top_provider",
}
ENDPOINT_KEYS = {
    "name",
    "model_id",
    "model_name",
    "tag",
    "provider_name",
    "context_length",
    "max_completion_tokens",
    "max_prompt_tokens",
    "pricing",
    "quantization",
    "service_tier",
    "supported_parameters",
    "supports_tool_choice",
    "supports_implicit_caching",
    "supports_diarization",
    "native_tools",
    "latency_last_30m",
    "throughput_last_30m",
    "uptime_last_5m",
    "uptime_last_30m",
    "uptime_last_1d",
}


def test_required_keys_are_there_even_when_null(lister: Lister) -> None:
    """Section 2.10: the keys without which the official client raises."""
    answer = _json(lister.models(""))
    assert set(answer) == {"data", "total_count", "links"}
    assert "next" in answer["links"]
    for row in answer["data"]:
        assert set(row) >= MODEL_KEYS
        assert {"prompt", "completion"} <= set(row["pricing"])
    for row in _json(lister.endpoints(MINI))["data"]["endpoints"]:
        assert set(row) >= ENDPOINT_KEYS
        assert set(row["supports_tool_choice"]) == {"auto", "function", "none", "required"}
    for row in _json(lister.providers())["data"]:
        assert {"name", "slug", "privacy_policy_url"} <= set(row)


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


def test_pages_join_to_the_whole_list(lister: Lister) -> None:
    """Following `links.next` gives every row once; the total is the same on each page."""
    whole = _json(lister.models("all=true&arch=Qwen"))
    assert whole["links"]["next"] is None
    query: str = "all=true&arch=Qwen&limit=7"
    seen: list[str] = []
    while query:
        page = _json(lister.models(query, "https://turnout.example/api/v1"))
        assert len(page["data"]) <= 7
        assert page["total_count"] == whole["total_count"]
        seen += [row["id"] for row in page["data"]]
        following = page["links"]["next"]
        assert following is None or following.startswith("https://turnout.example/api/v1/models?")
        query = "" if following is None else urlsplit(str(following)).query
    assert seen == [row["id"] for row in whole["data"]]
    assert _ids(lister, "all=true&offset=100000") == []


def test_the_feed_is_rss(lister: Lister) -> None:
    """RSS 2.0 with one item per row, as XML that parses."""
    answer = lister.models("all=true&use_rss=true", "https://turnout.example/api/v1")
    assert answer.content_type == "application/rss+xml; charset=utf-8"
    root = fromstring(answer.body)  # noqa: S314 (our own bytes)
    items = root.findall("./channel/item")
    assert root.get("version") == "2.0"
    assert len(items) == len(_rows(lister, "all=true"))
    guids = [item.findtext("guid") for item in items]
    assert MINI in guids
    assert all(item.findtext("title") for item in items)


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


def test_model_resolves_aliases_and_suffixes(lister: Lister) -> None:
    """The singular route shows the row that a name means."""
    assert _json(lister.model(f"{MINI}:nitro"))["data"]["id"] == MINI
    assert _json(lister.model("openai/gpt-4o-mini-20240718"))["data"]["id"] == MINI
    free = _json(lister.model("meta-llama/llama-3.3-70b-instruct:free:online"))["data"]
    assert free["id"] == "meta-llama/llama-3.3-70b-instruct:free"
    assert free["pricing"]["prompt"] == "0"
    latest = _json(lister.model("~openai/gpt-latest"))["data"]
    assert latest["id"] == "~openai/gpt-latest"
    assert latest["alias_target"]["slug"] == "openai/gpt-5.5"


@pytest.mark.parametrize("name", ["openai/gpt-4o-mimi", "gpt-4o-mini", "openai/gpt-4o-mini:cheap"])
def test_an_unknown_model_is_refused_with_the_nearest(lister: Lister, name: str) -> None:
    """A 404 that helps."""
    for ask in (lister.model, lister.endpoints):
        with pytest.raises(Refusal) as refused:
            ask(name)
        assert refused.value.error_type == "not_found"
        assert MINI in refused.value.message


def test_a_model_that_nobody_here_serves_has_no_endpoints_in_view(lister: Lister) -> None:
    """The model exists; its hosts are shown on request."""
    slug = "anthropic/claude-sonnet-4.5"
    assert _json(lister.endpoints(slug))["data"]["endpoints"] == []
    assert _json(lister.endpoints(slug, "all=true"))["data"]["endpoints"]
    assert _json(lister.model(slug))["data"]["id"] == slug


def test_measures_show_in_the_endpoints(measured: Lister, figures: Figures) -> None:
    """Null without data, the numbers with; a new epoch makes new bytes."""
    row = next(
        r for r in _json(measured.endpoints(MINI))["data"]["endpoints"] if r["tag"] == "openai"
    )
    assert row["latency_last_30m"] == {"p50": 200, "p75": 300, "p90": 400, "p99": 900}
    assert row["uptime_last_30m"] == 99.5
    assert row["status"] == -1
    before = measured.endpoints(MINI)
    figures.endpoints[f"{MINI}@openai"] = EndpointMeasures()
    assert measured.endpoints(MINI) is before
    figures.epoch += 1
    after = _json(measured.endpoints(MINI))["data"]["endpoints"]
    assert next(r for r in after if r["tag"] == "openai")["latency_last_30m"] is None


def test_bytes_are_built_once_and_tagged_by_content(
    lister: Lister, catalog: Catalog, noon: Clock
) -> None:
    """The same question gives the same object; equal content the same ETag in any process."""
    assert lister.models("all=true") is lister.models("all=true")
    other = Lister(catalog.routable(frozenset({"local", "openai", "groq"})), clock=noon)
    assert other.models("all=true").etag == lister.models("all=true").etag
    assert lister.models("").etag != lister.models("all=true").etag
    assert lister.models("").etag.startswith('"')


def test_the_cache_is_bounded(catalog: Catalog, noon: Clock) -> None:
    """Questions that never repeat do not grow the process."""
    asked = Lister(catalog.routable(frozenset({"openai"})), clock=noon)
    first = asked.models("all=true&context=0")
    for number in range(1, 40):
        asked.models(f"all=true&context={number}")
    assert asked.models("all=true&context=0") is not first


def test_providers_are_those_switched_on(lister: Lister) -> None:
    """With all=true every host of the catalog, resellers left out."""
    on = [row["slug"] for row in _json(lister.providers())["data"]]
    everyone = [row["slug"] for row in _json(lister.providers("all=true"))["data"]]
    assert on == ["groq", "local", "openai"]
    assert "azure" in everyone
    assert "openrouter" not in everyone
