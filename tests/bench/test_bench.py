"""The benchmark as a person runs it: `python -m bench` in the repository."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from bench.micro import measure

from bench import windows

ROOT = Path(__file__).parents[2]
MACHINE = {"name": "a", "cpu": "x", "cores": 2, "memory_gib": 24, "kernel": "6"}


def _bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bench", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=50
    )


def _report(path: Path, rates: list[float], **machine: object) -> Path:
    report: dict[str, Any] = {
        "started": "2026-11-23T00:00:00+00:00",
        "quick": True,
        "machine": {**MACHINE, **machine},
        "versions": {},
        "commit": path.stem,
        "cores": {"target": 0, "load": 1},
        "measures": [
            {
                "name": "unary",
                "unit": "requests/s",
                "rounds": {"gateway": rates, "nginx": [100.0]},
                "higher_is_better": True,
            }
        ],
    }
    path.write_bytes(msgspec.json.encode(report))
    return path


def test_results_of_one_machine_are_compared_by_their_medians(tmp_path: Path) -> None:
    """The middle round counts, beside its share of nginx."""
    old = _report(tmp_path / "old.json", [20, 10, 90])
    new = _report(tmp_path / "new.json", [30])
    done = _bench("--compare", str(old), str(new))
    assert done.returncode == 0
    assert "| unary | 20 | 30 | +50.0 % | 0.2 → 0.3 |" in done.stdout


@pytest.mark.parametrize("machine", [{"name": "b"}, {"cpu": "y"}, {"cores": 4}])
def test_results_of_different_machines_are_not_compared(
    tmp_path: Path, machine: dict[str, object]
) -> None:
    """Numbers of two machines say nothing about each other."""
    old = _report(tmp_path / "old.json", [20])
    new = _report(tmp_path / "new.json", [30], **machine)
    done = _bench("--compare", str(old), str(new))
    assert done.returncode == 2
    assert "different machines" in done.stderr
    assert "unary" not in done.stdout


def test_run_writes_numbers_machine_and_bars(tmp_path: Path) -> None:
    """A short run without the gateway: every target exact, bars say what was not measured."""
    path = tmp_path / "result.json"
    arguments = ["--quick", "--no-gateway", "--only", "stopped", "--json", str(path)]
    done = _bench(*arguments)
    assert done.returncode == 0, done.stderr
    report = msgspec.json.decode(path.read_bytes())
    ahead = next(m for m in report["measures"] if m["name"] == "sent ahead")
    expected = {"direct", "nginx"} if shutil.which("nginx") else {"direct"}
    assert set(ahead["rounds"]) == expected
    assert {each["verdict"] for each in report["bars"]} == {"not measured"}
    assert report["machine"]["cores"] >= 1
    assert "| measure |" in done.stdout


def test_planning_is_measured_warm_and_cold() -> None:
    """Both sizes have a number; a plan whose shares are at hand costs less than one without."""
    costs = measure(rounds=3, per_round=100)
    assert [cost.endpoints for cost in costs] == [10, 50]
    assert all(0 < cost.warm_us < cost.cold_us for cost in costs)


def test_windows_bench_measures_each_step() -> None:
    """A few rounds of it run and cost something; the bars are judged by whoever reads them."""
    costs = windows.measure(rounds=1, each=200)
    assert [cost.name for cost in costs][:4] == ["record", "ask", "make", "request"]
    assert all(cost.us > 0 for cost in costs)
