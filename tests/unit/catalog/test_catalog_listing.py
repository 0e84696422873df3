"""The routes that list the catalog, as bytes: contract sections 2.2, 2.10 and 8."""

from collections.abc import Mapping
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
from tests.unit.catalog.figures import Figures

from turnout.catalog.index import Catalog
from turnout.catalog.listing import Lister, Listing
from turnout.catalog.measures import EndpointMeasures
from turnout.core.clock import Clock
from turnout.core.errors import Refusal

Row = Mapping[str, Any]
MINI = "openai/gpt-4o-mini"


def _json(listing: Listing) -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode(listing.body)
    return decoded


def _rows(lister: Lister, query: str = "all=true") -> list[Row]:
    rows: list[Row] = _json(lister.models(query))["data"]
    return rows


def _ids(lister: Lister, query: str) -> list[str]:
    return [row["id"] for row in _rows(lister, query)]


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
