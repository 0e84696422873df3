"""`turnout lab` as a person runs it, and the page that its result is published on."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from turnout.lab.policies import POLICIES
from turnout.lab.scenario import shipped

ROOT = Path(__file__).parents[2]
OWN = """
name = "own"
description = "Two endpoints, one of which breaks."
requests = 500
[traffic]
rate_rps = 10
[[endpoints]]
tag = "alpha"
prompt = 0.1
completion = 0.4
[[endpoints.events]]
from_s = 20
to_s = 30
fault_share = 1
[[endpoints]]
tag = "beta"
prompt = 0.3
completion = 1.2
ttft_s = 0.2
speed_tps = 200
"""


def lab(*words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Runs the command in a folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "turnout", "lab", *words],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def own(tmp_path: Path) -> Path:
    """A folder with one scenario."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "own.toml").write_text(OWN, encoding="utf-8")
    return folder


def test_lab_plays_scenarios_of_ones_own(tmp_path: Path) -> None:
    """Every policy has a row; the whole result is saved as it is printed."""
    words = ("--scenarios", str(own(tmp_path)), "--workers", "1", "--json", "--save", "out.json")
    done = lab(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told: Any = json.loads(done.stdout)
    assert [row["policy"] for row in told["rows"]] == list(POLICIES)
    assert all(row["requests"] == 500 for row in told["rows"])
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == told
    assert {"name", "wanted", "seen", "met"} == set(told["bars"][0])


def test_lab_prints_a_table_and_the_bars(tmp_path: Path) -> None:
    """For people; one policy and one scenario are enough."""
    folder = own(tmp_path)
    done = lab(
        "--scenarios", str(folder), "--policy", "balanced", "--requests", "200", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "success" in done.stdout
    assert "balanced" in done.stdout
    assert "not shown" in done.stdout


def test_lab_exits_with_1_when_a_bar_is_missed_and_that_matters(tmp_path: Path) -> None:
    """`--strict`: two endpoints that both fail all the time leave nobody to turn to."""
    folder = own(tmp_path)
    broken = OWN.replace("prompt = 0.1", "fault_share = 1\nprompt = 0.1")
    broken = broken.replace("prompt = 0.3", "fault_share = 1\nprompt = 0.3")
    (folder / "own.toml").write_text(broken, encoding="utf-8")
    words = ("--scenarios", str(folder), "--policy", "balanced")
    assert lab(*words, cwd=tmp_path).returncode == 0
    assert lab(*words, "--strict", cwd=tmp_path).returncode == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--only", "nothing-like-it"), 2, "there is no nothing-like-it"),
        (("--policy", "luck"), 2, "luck"),
        (("--history", "acme/none"), 1, "no record"),
    ],
)
def test_lab_says_what_it_cannot_do(
    tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    """By name."""
    done = lab(*words, cwd=tmp_path)
    assert done.returncode == code
    assert said in done.stderr


def test_lab_refuses_a_faulty_scenario_by_file_and_key(tmp_path: Path) -> None:
    """Nothing is played before all are read."""
    folder = own(tmp_path)
    (folder / "own.toml").write_text(OWN + "colour = 1", encoding="utf-8")
    done = lab("--scenarios", str(folder), cwd=tmp_path)
    assert done.returncode == 1
    assert "own.toml" in done.stderr
    assert "colour" in done.stderr


def _page_writer() -> ModuleType:
    found = importlib.util.spec_from_file_location("routing_page", ROOT / "docs" / "routing.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_page_shows_the_saved_result() -> None:
    """docs/explain/routing.md is what docs/routing.py makes of the constants and the last run."""
    page = ROOT / "docs" / "explain" / "routing.md"
    text = page.read_text(encoding="utf-8")
    assert _page_writer().render(text) == text
    assert all(scenario.name in text for scenario in shipped())
