"""Commands that look at models, providers and plans, from outside."""

import json

import pytest
from turnout_command import SECRET, Turnout


@pytest.fixture(scope="module")
def looking(tmp_path_factory: pytest.TempPathFactory) -> Turnout:
    """A command whose data folder keeps the catalog between tests that only look."""
    folder = tmp_path_factory.mktemp("looking")
    (folder / "data").mkdir()
    return Turnout(folder)


def test_models_lists_what_can_be_reached(looking: Turnout) -> None:
    """Nothing without a key but the embedded model; with one, that provider's models."""
    bare = looking("models", "--json", TURNOUT_LOCAL_ENABLED="false")
    assert bare.json == {"models": []}
    rows = looking("models", "gpt-4o-mini", "--json", OPENAI_API_KEY=SECRET).json["models"]
    found = next(row for row in rows if row["id"] == "openai/gpt-4o-mini")
    assert found["providers"] == ["openai"]
    assert (found["prompt"], found["completion"], found["context"]) == ("0.15", "0.6", 128000)
    quiet = looking("models", "-q", "gpt-4o-mini", OPENAI_API_KEY=SECRET).out.splitlines()
    assert quiet == [row["id"] for row in rows]
    whole = looking("models", "--all", "-q").out.splitlines()
    assert len(whole) >= 400
    table = looking("models", OPENAI_API_KEY=SECRET).out
    assert table.splitlines()[0].split() == [
        "MODEL",
        "CONTEXT",
        "IN",
        "$/M",
        "OUT",
        "$/M",
        "PROVIDERS",
    ]
    assert SECRET not in table


def test_models_tells_prices_of_the_file(looking: Turnout) -> None:
    """A server of one's own is listed with the very digits that were written."""
    file = looking.folder / "own.toml"
    file.write_text(
        '[providers.house]\nbase_url = "http://127.0.0.1:9/v1"\n[[providers.house.models]]\n'
        'id = "acme/house"\nprice = { prompt = 0.10, completion = "0.300000000001" }\n'
    )
    rows = looking("models", "acme/house", "--json", "--config", "own.toml").json["models"]
    assert [(row["prompt"], row["completion"]) for row in rows] == [("0.1", "0.300000000001")]
    rows = looking("endpoints", "acme/house", "--json", "--config", "own.toml").json["endpoints"]
    assert [(row["upstream_model"], row["price_source"]) for row in rows] == [("house", "own.toml")]


def test_providers_says_who_is_on_and_why(looking: Turnout) -> None:
    """Those that are on come first; keys are counted, never shown."""
    done = looking("providers", "--json", GROQ_API_KEY=f"{SECRET},other")
    rows = {row["slug"]: row for row in done.json["providers"]}
    assert rows["groq"]["on"] is True
    assert (rows["groq"]["keys"], rows["groq"]["why"]) == (2, "GROQ_API_KEY is set")
    assert rows["openai"]["why"] == "set OPENAI_API_KEY"
    assert len(rows) >= 31
    table = looking("providers", "--on", GROQ_API_KEY=SECRET).out
    assert "groq" in table
    assert "openai" not in table
    assert SECRET not in done.out + table


def test_endpoints_says_where_a_model_is_hosted(looking: Turnout) -> None:
    """With prices and their source, and with what would turn a provider on."""
    done = looking("endpoints", "openai/gpt-4o-mini", "--json")
    rows = {row["tag"]: row for row in done.json["endpoints"]}
    assert rows["openai"]["price"]["cache_read"] == "0.075"
    assert rows["openai"]["on"] is False
    assert rows["openai"]["price_date"]
    table = looking("endpoints", "openai/gpt-4o-mini")
    assert "set OPENAI_API_KEY (OpenAI)" in table.err
    wrong = looking("endpoints", "openai/gpt-4o-mni", "--json")
    assert wrong.code == 1
    assert "openai/gpt-4o-mini" in wrong.json["error"]["message"]


# ── explain ─────────────────────────────────────────────────────────────────────────────────────

LLAMA = "meta-llama/llama-3.3-70b-instruct"
KEYS = {"GROQ_API_KEY": SECRET, "DEEPINFRA_API_KEY": SECRET}


def test_explain_gives_a_reason_for_each_endpoint(looking: Turnout) -> None:
    """Every endpoint of the model is a step or left out, once; shares of draws sum to one."""
    told = looking("explain", LLAMA, "--seed", "7", "--json", **KEYS).json
    everywhere = looking("endpoints", LLAMA, "--json").json["endpoints"]
    kept = [row["endpoint"] for row in told["steps"]]
    dropped = [row["endpoint"] for row in told["dropped"]]
    assert sorted(kept + dropped) == sorted(row["id"] for row in everywhere)
    assert {row["provider"] for row in told["steps"]} == {"groq", "deepinfra"}
    assert sum(row["share"] for row in told["steps"]) == pytest.approx(1)
    assert all(row["reason"] for row in [*told["steps"], *told["dropped"]])
    assert "set TOGETHER_API_KEY" in " ".join(row["reason"] for row in told["dropped"])
    again = looking("explain", LLAMA, "--seed", "7", "--json", **KEYS).json
    assert again == told
    words = looking("explain", LLAMA, **KEYS).out
    assert words.startswith("Order: balanced by price")
    assert "Left out:" in words
    assert SECRET not in words


def test_explain_takes_the_options_of_a_request(looking: Turnout) -> None:
    """Mode, provider object, limits and a whole body; a plan without steps exits with 1."""
    cheapest = looking("explain", LLAMA, "--mode", "floor", "--json", **KEYS).json
    assert cheapest["basis"] == "price"
    blends = [float(row["blended"]) for row in cheapest["steps"]]
    assert blends == sorted(blends)
    only = ("--provider", '{"only": ["Groq"]}')
    told = looking("explain", LLAMA, *only, "--tools", "--json", **KEYS).json
    assert [row["provider"] for row in told["steps"]] == ["groq"]
    filters = {row["provider"]: row["filter"] for row in told["dropped"]}
    assert (filters["deepinfra"], filters["together"]) == ("allowed_providers", "provider_off")
    none = looking("explain", LLAMA, "--max-tokens", "100000000", "--json", **KEYS)
    assert (none.code, none.json["steps"]) == (1, [])
    body = json.dumps(
        {"models": [LLAMA, "openai/gpt-4o-mini"], "messages": [{"role": "user", "content": "x"}]}
    )
    told = looking("explain", "--body", "-", "--json", stdin=body, **KEYS).json
    assert told["models"] == [LLAMA, "openai/gpt-4o-mini"]


def test_explain_refuses_as_the_gateway_would(looking: Turnout) -> None:
    """An unknown model or a wrong preference is told in the gateway's words."""
    done = looking("explain", "openai/gpt-5o-mini-ultra", "--json")
    assert done.code == 1
    assert "is not a valid model ID" in done.json["error"]["message"]
    done = looking("explain", LLAMA, "--provider", '{"sort": "cheap"}', "--json")
    assert done.code == 1
    assert "sort" in done.json["error"]["message"]
    assert looking("explain", LLAMA, "--provider", "[", "--json").code == 2
