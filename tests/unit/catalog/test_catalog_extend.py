"""What configuration adds to the catalog, or says better."""

from turnout.catalog.extend import DEFAULT_CONTEXT_TOK, ConfiguredModel, discovered, extend
from turnout.catalog.index import Catalog, ProviderFacts, is_priced
from turnout.core.money import rate_per_million
from turnout.core.types import DataPolicy
from turnout.core.usage import Price, Rates

OWN_PRICE = Price(
    rates=Rates(prompt=rate_per_million("0.01"), completion=rate_per_million("0.02")),
    source="turnout.toml",
    as_of="2026-11-23",
)


def test_a_model_of_ones_own_becomes_routable(catalog: Catalog) -> None:
    """A server of one's own, its model, price and limits."""
    mine = ConfiguredModel(
        slug="me/tuned",
        provider="rack",
        upstream="tuned-7b",
        price=OWN_PRICE,
        context_tok=4096,
        parameters=frozenset({"temperature"}),
    )
    extended = extend(catalog, [mine], [ProviderFacts(slug="rack", name="My rack", keyless=True)])
    (endpoint,) = extended.routable(frozenset({"rack"})).endpoints_for("me/tuned")

    assert endpoint.id == "me/tuned@rack"
    assert endpoint.upstream_model == "tuned-7b"
    assert endpoint.price == OWN_PRICE
    assert endpoint.context_tok == 4096
    assert endpoint.parameters == {"temperature"}
    assert extended.providers["rack"].name == "My rack"
    assert extended.version != catalog.version
    assert "me/tuned" not in catalog.models


def test_an_own_server_may_host_a_known_model(catalog: Catalog) -> None:
    """It joins the model's other endpoints and takes its modalities and context from it."""
    slug = "meta-llama/llama-3.3-70b-instruct"
    extended = extend(catalog, [ConfiguredModel(slug=slug, provider="rack")])
    (endpoint,) = extended.routable(frozenset({"rack"})).endpoints_for(slug)

    assert endpoint.upstream_model == "llama-3.3-70b-instruct"
    assert endpoint.context_tok == catalog.models[slug].context_tok
    assert not is_priced(endpoint)
    assert len(extended.models[slug].endpoints) == len(catalog.models[slug].endpoints) + 1


def test_a_price_override_changes_the_price_and_nothing_else(catalog: Catalog) -> None:
    """A negotiated price of a known provider; its service tiers keep theirs."""
    slug = "openai/gpt-4o-mini"
    extended = extend(catalog, [ConfiguredModel(slug=slug, provider="openai", price=OWN_PRICE)])
    before = {e.tag: e for e in catalog.models[slug].endpoints}
    after = {e.tag: e for e in extended.models[slug].endpoints}

    assert after["openai"].price == OWN_PRICE
    assert after["openai"].parameters == before["openai"].parameters
    assert after["openai"].upstream_model == "gpt-4o-mini"
    assert after["openai/priority"] == before["openai/priority"]
    assert after["azure"] == before["azure"]


def test_a_resellers_price_can_be_overridden_too(catalog: Catalog) -> None:
    """Also endpoints that are only in view where a reseller is configured."""
    slug = "openai/gpt-4o-mini"
    entry = ConfiguredModel(slug=slug, provider="openrouter", price=OWN_PRICE)
    view = extend(catalog, [entry]).routable(frozenset({"openrouter"}))
    assert view.endpoints_for(slug)[0].price == OWN_PRICE


def test_discovered_names_are_unpriced_until_somebody_prices_them(catalog: Catalog) -> None:
    """`/models` tells names, not prices; a later stated price wins over the discovery."""
    names = ["llama3.2:3b", "openai/gpt-oss-20b", "Org/Model-X"]
    found = discovered(catalog, "ollama", names)
    extended = extend(catalog, found)
    view = extended.routable(frozenset({"ollama"}))

    assert [entry.slug for entry in found] == [
        "ollama/llama3.2:3b",
        "openai/gpt-oss-20b",
        "org/model-x",
    ]
    assert [view.endpoints_for(e.slug)[0].upstream_model for e in found] == names
    assert not any(is_priced(view.endpoints_for(e.slug)[0]) for e in found)
    assert view.endpoints_for("ollama/llama3.2:3b")[0].context_tok == DEFAULT_CONTEXT_TOK

    priced = ConfiguredModel(slug="org/model-x", provider="ollama", price=OWN_PRICE)
    both = extend(catalog, [*found, priced]).routable(frozenset({"ollama"}))
    assert both.endpoints_for("org/model-x")[0].price == OWN_PRICE
    assert both.endpoints_for("org/model-x")[0].upstream_model == "Org/Model-X"


def test_discovery_never_overrides_what_is_known(catalog: Catalog) -> None:
    """A provider of the catalog that also lists its models keeps its prices and names."""
    found = discovered(catalog, "openai", ["openai/gpt-4o-mini"])
    assert extend(catalog, found).models == catalog.models


def test_a_stated_data_policy_wins(catalog: Catalog) -> None:
    """An operator with a zero-retention contract says so."""
    kept = DataPolicy(trains=False, retains=False)
    entry = ConfiguredModel(slug="openai/gpt-4o-mini", provider="openai", data_policy=kept)
    changed = extend(catalog, [entry]).models["openai/gpt-4o-mini"].endpoints[0]
    assert changed.data_policy.zero_retention


def test_the_same_configuration_gives_the_same_version(catalog: Catalog) -> None:
    """A reload without changes keeps every ETag."""
    entry = ConfiguredModel(slug="me/tuned", provider="rack")
    assert extend(catalog, [entry]).version == extend(catalog, [entry]).version
