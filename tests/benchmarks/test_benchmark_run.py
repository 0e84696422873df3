"""`turnout benchmarks` beside a real gateway; runs need inspect-ai, which no lock holds."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from openrouter.components import UnifiedBenchmarksResponse
from tests.gateway import Gateway, Template, open_gateway, open_simulator, provider_table

HARNESS = importlib.util.find_spec("inspect_ai") is not None

SCENARIO = """\
[providers.alpha]
answer = { text = "Let me think. The answer is 51" }
"""


@pytest.fixture(scope="module")
def serving(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Gateway]:
    """A gateway with one model, which has one answer."""
    folder = tmp_path_factory.mktemp("benchmarks")
    with open_simulator(folder, SCENARIO) as simulator:
        config = provider_table("alpha", simulator, ["acme/sure"])
        with open_gateway(template, folder, config) as gateway:
            yield gateway


def command(gateway: Gateway, *words: str) -> subprocess.CompletedProcess[str]:
    """`turnout benchmarks …` with the gateway's own folder and configuration."""
    where = ("--data-dir", str(gateway.data_dir), "--config", str(gateway.config_file))
    return subprocess.run(
        [sys.executable, "-m", "turnout", "benchmarks", *words, *where, "--json"],
        env={"PATH": os.environ["PATH"], "HOME": str(gateway.folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def scores(gateway: Gateway, model: str) -> list[dict[str, Any]]:
    """What the site is told of a model."""
    found = gateway.call("GET", f"/api/internal/models/{model}/benchmarks")
    assert found.status == 200, found.body
    return found.json["data"]["scores"]


def test_imported_scores_are_shown_and_ranked(serving: Gateway, tmp_path: Path) -> None:
    """What is imported beside a serving gateway is on the model's page at once."""
    file = tmp_path / "ours.csv"
    file.write_text("model,benchmark,score,source\nacme/sure,mmlu,99.5,Us\n")
    done = command(serving, "import", str(file))
    assert (done.returncode, json.loads(done.stdout)) == (0, {"imported": 1})
    [score] = [one for one in scores(serving, "acme/sure") if one["benchmark"] == "mmlu"]
    assert (score["score_percent"], score["source"], score["rank"]) == (99.5, "Us", 1)
    assert (score["percentile"], score["run_count"], score["cost"]) == (100.0, None, None)
    listed = json.loads(command(serving, "list", "acme/sure").stdout)
    assert [one["score"]["percent"] for one in listed if one["score"]["source"] == "Us"] == [99.5]


def test_a_refused_file_imports_nothing(serving: Gateway, tmp_path: Path) -> None:
    """The command fails with the line, and no row of the file is stored."""
    file = tmp_path / "wrong.csv"
    file.write_text("model,benchmark,score\nacme/sure,drop,1\nacme/sure,drop,wrong\n")
    done = command(serving, "import", str(file))
    assert done.returncode == 1
    assert "line 3" in json.loads(done.stdout)["error"]["message"]
    assert [one for one in scores(serving, "acme/sure") if one["benchmark"] == "drop"] == []


def test_public_route_answers_in_the_contracts_shape(serving: Gateway) -> None:
    """OpenRouter's SDK takes the answer; filters narrow it; it is for keys."""
    heard = serving.call("GET", "/api/v1/benchmarks?benchmark_type=mmlu")
    assert heard.status == 200, heard.body
    parsed = UnifiedBenchmarksResponse.model_validate(heard.json)
    assert parsed.meta.version == "v1"
    assert {item["benchmark_type"] for item in heard.json["data"]} == {"mmlu"}
    accuracies = [item["accuracy"] for item in heard.json["data"]]
    assert accuracies == sorted(accuracies, reverse=True)
    mini = [one for one in heard.json["data"] if one["display_name"] == "OpenAI: GPT-4o-mini"]
    assert [(one["accuracy"], one["source_url"][:19]) for one in mini] == [
        (0.82, "https://openai.com/")
    ]
    coding = serving.call("GET", "/api/v1/benchmarks?task_type=coding&max_results=3").json
    assert len(coding["data"]) == 3
    assert serving.call("GET", "/api/v1/benchmarks?source=design-arena").json["data"] == []
    assert serving.call("GET", "/api/v1/benchmarks?source=elsewhere").status == 400
    assert serving.call("GET", "/api/v1/benchmarks", key="sk-or-v1-none").status == 401


def test_unknown_model_has_no_page_of_scores(serving: Gateway) -> None:
    """A model that the catalog does not have is a 404."""
    assert serving.call("GET", "/api/internal/models/nobody/none/benchmarks").status == 404


@pytest.mark.skipif(HARNESS, reason="inspect-ai is installed here")
def test_run_without_harness_says_what_to_install(serving: Gateway) -> None:
    """Nothing is asked, and no key stays usable."""
    done = command(serving, "run", "acme/sure", "--url", serving.url)
    assert done.returncode == 1
    assert "pip install 'turnout[eval]'" in json.loads(done.stdout)["error"]["message"]
    keys = serving.call("GET", "/api/v1/keys?include_disabled=true", key=serving.management_key)
    made = [key for key in keys.json["data"] if key["name"].startswith("Benchmark")]
    assert [key["disabled"] for key in made] == [True]


@pytest.mark.timeout(180)
@pytest.mark.skipif(not HARNESS, reason="needs inspect-ai (pip install 'turnout[eval]')")
def test_run_stores_score_runs_and_cost(serving: Gateway, tmp_path: Path) -> None:
    """Two runs through the gateway become one score, with what their keys were charged."""
    file = tmp_path / "mine.jsonl"
    file.write_text('{"input":"3 * 17?","target":"51"}\n{"input":"1 + 1?","target":"2"}\n')
    words = ("run", "acme/sure", "--benchmark", "mine", "--tasks", str(file), "--repeat", "2")
    done = command(serving, *words, "--url", serving.url)
    assert done.returncode == 0, done.stdout + done.stderr
    [score] = [one for one in scores(serving, "acme/sure") if one["benchmark"] == "mine"]
    assert (score["score_percent"], score["run_count"], score["kind"]) == (50.0, 2, "run")
    assert float(score["cost"]) > 0
