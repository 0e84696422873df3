"""What a caller is told when nobody serves the model, or no model has the name."""

import pytest

from turnout.catalog.advice import nearest, what_would_serve
from turnout.catalog.index import Catalog
from turnout.providers import PROVIDERS


def test_advice_names_the_keys_that_would_help(catalog: Catalog) -> None:
    """The variables of providers that Turnout speaks to, the primary first."""
    said = what_would_serve(catalog.models["openai/gpt-4o-mini"])
    assert said.startswith("To serve openai/gpt-4o-mini, set OPENAI_API_KEY (OpenAI)")


def test_advice_for_a_model_with_many_hosts_stays_short(catalog: Catalog) -> None:
    """Five ways at most, and where to read the others."""
    said = what_would_serve(catalog.models["meta-llama/llama-3.3-70b-instruct"])
    assert said.count("set ") == 5
    assert "more: see `turnout endpoints meta-llama/llama-3.3-70b-instruct`" in said


def test_advice_without_any_adapter_says_how_to_add_a_server(catalog: Catalog) -> None:
    """A host whose API Turnout does not speak is named, and the way around it."""
    hosts = {slug: {e.provider for e in m.endpoints} for slug, m in catalog.models.items()}
    slug, (host,) = next(
        (slug, tuple(found))
        for slug, found in hosts.items()
        if len(found) == 1 and not found & set(PROVIDERS)
    )
    said = what_would_serve(catalog.models[slug], None)
    assert host in said
    assert "turnout.toml" in said


def test_advice_may_name_resellers(catalog: Catalog) -> None:
    """With the catalog at hand, a key of a reseller counts as a way."""
    said = what_would_serve(catalog.models["amazon/nova-premier-v1"], catalog)
    assert "OPENROUTER_API_KEY" in said


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("openai/gpt4o-mini", "openai/gpt-4o-mini"),
        ("gpt-4o-mini", "openai/gpt-4o-mini"),
        ("claude-sonnet-4-5", "anthropic/claude-sonnet-4.5"),
        ("deepseek/deepseek-v4-prp", "deepseek/deepseek-v4-pro"),
        ("OpenAI/GPT-4o-mini:nitro", "openai/gpt-4o-mini"),
    ],
)
def test_the_name_that_was_meant_is_near(catalog: Catalog, asked: str, meant: str) -> None:
    """Typing errors, missing authors and other spellings."""
    assert meant in nearest(asked, catalog)


def test_nothing_is_near_to_noise(catalog: Catalog) -> None:
    """No suggestion is better than a wild one."""
    assert nearest("zzzz/qqqqqqqqqqqqqqqqq", catalog) == ()
