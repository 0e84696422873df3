"""Settings and catalog become the view that requests are planned on."""

from datetime import date
from pathlib import Path

import pytest

from turnout.catalog.build import build
from turnout.catalog.index import Catalog
from turnout.config.load import load
from turnout.config.snapshot import LocalAddress, snapshot
from turnout.core.types import DataPolicy, Unpriced
from turnout.core.usage import Price
from turnout.flow.gateway import Snapshot

SMOL = "huggingfacetb/smollm2-135m-instruct"
HOUSE = """\
[providers.house]
base_url = "http://127.0.0.1:9/v1/"
kind = "vllm"
"""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The real one, as of a day."""
    return build(date(2026, 11, 23))


def seen(
    tmp_path: Path,
    catalog: Catalog,
    text: str,
    listed: tuple[str, ...] | None = None,
    **environ: str,
) -> Snapshot:
    """The snapshot of a file with that text; `listed` is what the server `house` lists."""
    file = tmp_path / "turnout.toml"
    file.write_text(text)
    discovered = {} if listed is None else {"house": listed}
    return snapshot(load(file, environ), catalog, version=3, discovered=discovered)


def test_snapshot_connects_what_is_on(tmp_path: Path, catalog: Catalog) -> None:
    """Address, keys and headers in the open, for the wire; nothing for what is off."""
    text = '[providers.groq]\napi_keys = ["a", "b"]\nheaders = { x = "1" }\ntimeouts.idle_s = 2\n'
    view = seen(tmp_path, catalog, text)
    assert view.version == 3
    assert set(view.connections) == {"groq"}
    groq = view.connections["groq"]
    assert (groq.keys, groq.headers) == (("a", "b"), (("x", "1"),))
    assert groq.base_url == "https://api.groq.com/openai/v1"
    assert groq.timeouts is not None
    assert view.routable.endpoints
    assert {e.provider for found in view.routable.endpoints.values() for e in found} == {"groq"}


def test_snapshot_takes_the_embedded_model_when_it_has_an_address(
    tmp_path: Path, catalog: Catalog
) -> None:
    """Known only when its process is to run; without an address it is not there."""
    assert seen(tmp_path, catalog, "").routable.endpoints == {}
    settings = load(tmp_path / "turnout.toml", {})
    view = snapshot(settings, catalog, 1, local=LocalAddress("http://127.0.0.1:5/v1", "k"))
    assert set(view.routable.endpoints) == {SMOL, "local/smollm2-135m-embeddings"}
    assert view.connections["local"].keys == ("k",)
    off = load(tmp_path / "turnout.toml", {"TURNOUT_LOCAL_ENABLED": "0"})
    view = snapshot(off, catalog, 1, local=LocalAddress("http://127.0.0.1:5/v1", "k"))
    assert view.connections == {}


def test_snapshot_adds_models_of_the_file(tmp_path: Path, catalog: Catalog) -> None:
    """Exact price with its source and date; names and limits as written."""
    text = (
        HOUSE
        + """\
[[providers.house.models]]
id = "acme/new"
upstream = "new-v2"
price = { prompt = 0.1, completion = "0.3", request = "0.001" }
context = 4096
max_output = 512
inputs = ["text", "image"]
parameters = ["tools"]
quantization = "fp8"
[[providers.house.models]]
id = "meta-llama/llama-3.3-70b-instruct"
"""
    )
    view = seen(tmp_path, catalog, text)
    (found,) = view.routable.endpoints["acme/new"]
    assert isinstance(found.price, Price)
    assert found.price.rates.prompt == 100_000_000_000
    assert found.price.rates.completion == 300_000_000_000
    assert found.price.rates.request == 1_000_000_000_000_000
    assert found.price.source == "turnout.toml"
    assert date.fromisoformat(found.price.as_of)
    assert (found.upstream_model, found.context_tok, found.max_output_tok) == ("new-v2", 4096, 512)
    assert (found.inputs, found.parameters) == ({"text", "image"}, {"tools"})
    assert found.data_policy.zero_retention  # as of every vLLM: the operator's own machine
    known = view.routable.endpoints["meta-llama/llama-3.3-70b-instruct"]
    assert [(e.provider, isinstance(e.price, Unpriced)) for e in known] == [("house", True)]
    assert view.connections["house"].base_url == "http://127.0.0.1:9/v1"


def test_snapshot_lets_the_file_correct_a_known_price(tmp_path: Path, catalog: Catalog) -> None:
    """What is stated wins over the catalog; what is not stays."""
    text = """\
[[providers.openai.models]]
id = "openai/gpt-4o-mini"
price = { prompt = "0.12", completion = "0.5" }
"""
    view = seen(tmp_path, catalog, text, OPENAI_API_KEY="k")
    found = view.routable.endpoints["openai/gpt-4o-mini"][0]
    assert isinstance(found.price, Price)
    assert found.price.rates.prompt == 120_000_000_000
    assert (found.upstream_model, found.max_output_tok) == ("gpt-4o-mini", 16384)
    before = catalog.models["openai/gpt-4o-mini"].endpoints[0]
    assert found.data_policy == before.data_policy
    assert isinstance(before.price, Price)
    assert before.price.rates.prompt == 150_000_000_000


def test_snapshot_takes_in_what_a_server_lists(tmp_path: Path, catalog: Catalog) -> None:
    """A known name joins its model; an unknown one is the server's own; the file wins."""
    listed = ("meta-llama/Llama-3.3-70B-Instruct", "llama3.2:3b", "acme/house")
    text = HOUSE + '[[providers.house.models]]\nid = "acme/house"\ncontext = 999\n'
    view = seen(tmp_path, catalog, text, listed)
    assert set(view.routable.endpoints) == {
        "meta-llama/llama-3.3-70b-instruct",
        "house/llama3.2:3b",
        "acme/house",
    }
    (own,) = view.routable.endpoints["house/llama3.2:3b"]
    assert own.upstream_model == "llama3.2:3b"
    assert isinstance(own.price, Unpriced)
    assert own.data_policy.zero_retention
    (stated,) = view.routable.endpoints["acme/house"]
    assert stated.context_tok == 999


def test_snapshot_forgets_what_an_off_provider_listed(tmp_path: Path, catalog: Catalog) -> None:
    """A list that arrives after its provider was turned off is ignored."""
    view = seen(tmp_path, catalog, HOUSE + "enabled = false\n", ("a/b",))
    assert view.connections == {}
    assert "a/b" not in view.routable.catalog.models


def test_snapshot_applies_a_providers_policy_to_all_its_models(
    tmp_path: Path, catalog: Catalog
) -> None:
    """An operator with a zero-retention contract says it once."""
    text = "[providers.openai]\ndata_policy = { trains = false, retains = false }\n"
    view = seen(tmp_path, catalog, text, OPENAI_API_KEY="k")
    policies = {
        e.data_policy
        for found in view.routable.endpoints.values()
        for e in found
        if e.provider == "openai"
    }
    assert policies == {DataPolicy(trains=False, retains=False)}


def test_snapshot_knows_providers_by_any_name(tmp_path: Path, catalog: Catalog) -> None:
    """Slug, display name in any case, alias, the operator's own name; tags keep their suffix."""
    view = seen(tmp_path, catalog, HOUSE + 'name = "Our House"\n')
    assert view.provider_name("our house") == "house"
    assert view.provider_name("xAI") == "xai"
    assert view.provider_name("DeepInfra/turbo") == "deepinfra/turbo"
    assert view.provider_name("z-ai") == "zai"
    assert view.routable.catalog.providers["house"].name == "Our House"
