"""The pages of models: facts of the catalog, and numbers that are those of the records."""

import gzip
from decimal import Decimal
from typing import Any

import pytest
from tests.pages.traffic import Traffic, spend_nusd, tokens

pytestmark = pytest.mark.timeout(120)

NANO = Decimal(10**9)
MINI = "/models/openai/gpt-4o-mini"


def test_models_are_the_whole_catalog_on_or_off(traffic: Traffic) -> None:
    """Hundreds of models, each once; `on` counts endpoints of providers that are on."""
    page = traffic.page("/models")
    rows = {row["slug"]: row for row in page["models"]}
    assert len(rows) == len(page["models"]) > 400
    mini, duo = rows["openai/gpt-4o-mini"], rows["acme/duo"]
    assert (mini["price_prompt"], mini["price_completion"]) == ("0.00000015", "0.0000006")
    assert (mini["context_length"], mini["on"]) == (128_000, 0)
    assert mini["endpoints"] >= 2
    assert {"text", "image"} <= set(mini["input_modalities"])
    assert mini["knowledge_cutoff"] == "2023-10"
    assert mini["created"] == 1_721_260_800, "2024-07-18"
    assert "#multimodal" in mini["tags"]
    assert (duo["on"], duo["endpoints"]) == (2, 2)
    assert (duo["price_prompt"], duo["throughput_tps"] is not None) == ("0.000001", True)
    assert {author["slug"] for author in page["authors"]} >= {"openai", "anthropic", "acme"}
    assert {"slug": "openai", "name": "OpenAI"} in page["authors"]
    assert "temperature" in page["parameters"]
    assert [row for row in rows.values() if row["free"]], "some cost nothing"


def test_models_are_kept_packed_with_an_etag(traffic: Traffic) -> None:
    """The list is sent gzipped to who takes that, and not at all to who has it."""
    key = {"authorization": f"Bearer {traffic.gateway.management_key}"}
    plain = traffic.get("/models")
    packed = traffic.gateway.request(
        "GET", "/api/internal/models", headers=key | {"accept-encoding": "gzip"}
    )
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) * 4 < len(plain.body)
    if packed.headers["etag"] == plain.headers["etag"]:  # else a minute has passed between
        assert gzip.decompress(packed.body) == plain.body
    known = key | {"if-none-match": packed.headers["etag"]}
    again = traffic.gateway.request("GET", "/api/internal/models", headers=known)
    assert (again.status, again.body) == (304, b"") or again.headers["etag"] != known[
        "if-none-match"
    ]


def test_model_page_tells_facts_with_their_source(traffic: Traffic) -> None:
    """Price, standing, policy, and what would turn its providers on."""
    page = traffic.page(MINI)
    openai = next(e for e in page["endpoints"] if e["tag"] == "openai")
    assert (openai["on"], openai["off_reason"]) == (False, "set OPENAI_API_KEY")
    assert openai["pricing"]["prompt"] == "0.00000015"
    assert openai["pricing"]["input_cache_read"] == "0.000000075"
    assert openai["price_source"].startswith("genai-prices")
    assert openai["data_policy"]["training"] is False
    assert (openai["status"], openai["latency_ms"], openai["share"]) == ("idle", None, None)
    assert [day["uptime"] for day in openai["uptime_days"]] == [None] * 30
    assert page["standing"]["price"]["word"] in {"Low", "Avg", "High"}
    assert 0 <= page["standing"]["context"]["percentile"] <= 100
    assert page["effective"] == {
        "prompt": None,
        "completion": None,
        "cache_hit_rate": None,
        "tokens": 0,
    }


def test_model_page_tells_what_becomes_of_parameters(traffic: Traffic) -> None:
    """As the adapters do it: OpenAI takes tools, Claude gets no logit_bias."""
    rows = {row["name"]: row for row in traffic.page(MINI)["parameters"]}
    assert rows["temperature"]["by_endpoint"]["openai"] == "honoured"
    assert rows["tools"]["type"] == "list"
    assert "top_k" not in rows, "nobody takes it for this model"
    claude = traffic.page("/models/anthropic/claude-haiku-4.5")["parameters"]
    fates = {row["name"]: row["by_endpoint"]["anthropic"] for row in claude}
    assert fates["tools"] == "translated" or fates["tools"] == "honoured"
    assert fates["stop"] in {"translated", "honoured"}
    assert fates.get("logit_bias", "dropped") == "dropped"


def test_model_page_resolves_aliases_and_refuses_others(traffic: Traffic) -> None:
    """The permanent slug leads to the model; a wrong one is a 404 with the nearest."""
    assert traffic.page("/models/openai/gpt-4o-mini-20240718")["slug"] == "openai/gpt-4o-mini"
    heard = traffic.get("/models/openai/gpt-4o-minni")
    assert heard.status == 404
    assert "openai/gpt-4o-mini" in heard.error["message"]


def test_measured_endpoints_have_their_windows(traffic: Traffic) -> None:
    """What was just tried is in the card: percentiles of half an hour, uptime, share."""
    good, dead = traffic.page("/models/acme/duo")["endpoints"]
    if good["tag"] == "dead":
        good, dead = dead, good
    assert (good["status"], good["measured_over"]) == ("ok", "30m")
    assert good["latency_ms"]["p50"] > 0
    assert good["ttft_ms"]["p50"] > 0
    assert (good["share"], dead["share"]) == (1.0, 0.0)
    assert dead["uptime"]["last_30m"] == 0
    assert dead["status"] in {"degraded", "down"}
    assert good["uptime_days"][-1]["uptime"] == 100
    assert dead["uptime_days"][-1]["uptime"] == 0


@pytest.mark.parametrize("model", ["acme/solo", "acme/duo", "other/one"])
def test_activity_of_a_model_is_that_of_its_records(traffic: Traffic, model: str) -> None:
    """Thirty days, and their sum is what was stored."""
    found = traffic.served(model)
    days = traffic.page(f"/models/{model}/activity")["days"]
    assert len(days) == 30
    assert sum(day["requests"] for day in days) == len(found) > 0
    assert sum(day["prompt"] + day["completion"] for day in days) == tokens(found)
    assert sum(day["reasoning"] for day in days) == sum(
        record["usage"].get("reasoning", 0) for record in found
    )
    assert sum(Decimal(day["cost"]) for day in days) * NANO == spend_nusd(found)


def test_prices_of_a_model_are_what_its_tokens_cost(traffic: Traffic) -> None:
    """Effective price times tokens is the money, and an unpriced model has none."""
    found = traffic.served("acme/solo")
    page = traffic.page("/models/acme/solo/pricing")
    prompt = sum(record.get("prompt_cost_nusd", 0) for record in found)
    ins = sum(r["usage"].get("text_in", 0) + r["usage"].get("cache_read", 0) for r in found)
    assert Decimal(page["effective"]["prompt"]) * ins * NANO == pytest.approx(prompt, abs=1)
    (row,) = page["providers"]
    assert (row["list_prompt"], row["list_completion"]) == ("0.000001", "0.000002")
    assert row["tokens"] == page["effective"]["tokens"] == tokens(found)
    assert {day["tag"] for day in page["days"]} == {"", "good"}
    assert traffic.page("/models/other/one/pricing")["effective"]["prompt"] is None


def test_apps_of_a_model_have_its_tokens(traffic: Traffic) -> None:
    """By the origin of their Referer, with the title they gave."""
    page = traffic.page("/models/acme/solo/apps", range="1d")
    (app,) = page["apps"]
    named = traffic.served("acme/solo", app_title="The App")
    assert (app["app"], app["title"]) == ("https://app.example", "The App")
    assert (app["requests"], app["tokens"]) == (len(named), tokens(named))
    assert app["share"] == pytest.approx(
        tokens(named) / tokens(traffic.served("acme/solo")), abs=1e-4
    )


def test_uptime_is_higher_with_routing(traffic: Traffic) -> None:
    """A dead endpoint beside a good one: everybody was served, the pinned caller was not."""
    page = traffic.page("/models/acme/duo/uptime")
    assert (len(page["days"]), len(page["hours"])) == (30, 72)
    today = page["days"][-1]
    assert today["with_routing"] == 100
    assert today["without_routing"] < 100
    by_tag = {row["tag"]: row for row in page["providers"]}
    assert by_tag["dead"]["days"][-1]["uptime"] == 0
    assert by_tag["good"]["hours"][-1]["uptime"] in {100, None}
    lost = traffic.page("/models/acme/lost/uptime")["days"][-1]
    assert (lost["with_routing"], lost["without_routing"]) == (0, 0)
    assert traffic.page("/models/acme/solo/uptime")["days"][0]["with_routing"] is None


@pytest.mark.parametrize("name", ["1h", "1d", "1w", "30d"])
def test_performance_of_every_range_counts_the_attempts(traffic: Traffic, name: str) -> None:
    """Live windows and roll-ups agree on how many there were, and on who served."""
    page = traffic.page("/models/acme/duo/performance", range=name)
    found = [a for r in traffic.records for a in r.get("attempts", []) if a["model"] == "acme/duo"]
    for tag in ("good", "dead"):
        points = [point for point in page["points"] if point["tag"] == tag]
        assert sum(point["requests"] for point in points) == sum(
            attempt["provider"] == tag for attempt in found
        )
    good = [point for point in page["points"] if point["tag"] == "good"]
    assert all(point["latency_ms"]["p50"] > 0 for point in good)
    assert {row["tag"] for row in page["providers"]} == {"good", "dead"}


def test_performance_refuses_other_ranges(traffic: Traffic) -> None:
    """A 400 that names what is allowed."""
    heard = traffic.get("/models/acme/duo/performance", {"range": "1y"})
    assert heard.status == 400
    assert heard.error["param"] == "range"


@pytest.mark.parametrize("mode", ["balanced", "nitro", "exacto", "floor"])
def test_routing_tells_the_plan_of_each_mode(traffic: Traffic, mode: str) -> None:
    """All endpoints, each with a rank or a reason for having none."""
    page = traffic.page("/models/acme/duo/routing", mode=mode)
    assert page["policy"].endswith(".")
    kept = [row for row in page["endpoints"] if not row["dropped"]]
    assert [row["rank"] for row in kept] == list(range(1, len(kept) + 1))
    assert {row["tag"] for row in page["endpoints"]} == {"good", "dead"}
    assert all(row["reason"] for row in page["endpoints"])
    off: list[Any] = traffic.page(f"{MINI}/routing", mode=mode)["endpoints"]
    assert all(row["dropped"] and not row["on"] for row in off)
    assert next(row for row in off if row["tag"] == "openai")["reason"] == "set OPENAI_API_KEY"


def test_routing_knows_variants_and_tools(traffic: Traffic) -> None:
    """A variant that does not exist is refused; tools are planned for."""
    heard = traffic.get("/models/acme/duo/routing", {"variant": "frugal"})
    assert heard.status == 400
    assert ":free" in heard.error["message"]
    page = traffic.page("/models/acme/duo/routing", tools="true")
    assert {row["tag"] for row in page["endpoints"]} == {"good", "dead"}
