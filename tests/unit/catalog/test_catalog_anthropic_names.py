"""Names that Anthropic's clients use lead to the catalog's models, whoever serves them."""

from turnout.catalog.index import Catalog
from turnout.dialects.anthropic_messages.families import STRANGER, family_of
from turnout.dialects.anthropic_messages.models import slug_of


def test_every_name_at_anthropic_means_its_model(catalog: Catalog) -> None:
    """The bare name of each endpoint there, and its dated and annotated forms, are its slug."""
    reached = catalog.routable(frozenset({"anthropic"}))
    assert len(reached.endpoints) > 10
    for slug, endpoints in reached.endpoints.items():
        for endpoint in endpoints:
            bare = endpoint.upstream_model
            for name in (bare, f"{bare.removesuffix('-latest')}-20250929", f"{bare}[1m]"):
                model = reached.find(slug_of(name))
                assert model is not None, name
                assert model.slug == slug


def test_every_claude_has_a_family(catalog: Catalog) -> None:
    """Also under the names that other hosts have for it; other makers' models have none."""
    hosts = frozenset({"anthropic", "amazon-bedrock", "google-vertex", "openrouter"})
    seen = 0
    for slug, endpoints in catalog.routable(hosts).endpoints.items():
        for endpoint in endpoints:
            known = family_of(endpoint.upstream_model) is not STRANGER
            assert known == ("claude" in endpoint.upstream_model), endpoint.upstream_model
            seen += slug.startswith("anthropic/")
    assert seen > 20
