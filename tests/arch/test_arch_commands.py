"""The commands of the README exist, and the build server runs one of them, nothing else."""

import os
import re
import subprocess
from pathlib import Path

import pytest

TARGETS = (
    "setup",
    "run",
    "dev",
    "site",
    "fmt",
    "check",
    "test",
    "test-all",
    "bench",
    "gen",
    "clean",
    "lock",
)


def test_make_lists_its_targets(root: Path) -> None:
    """`make` alone changes nothing and tells what there is."""
    done = subprocess.run(["make"], cwd=root, capture_output=True, text=True, check=True)
    assert all(re.search(rf"\b{target}\b.*  \w", done.stdout) for target in TARGETS)
    assert len(done.stdout.splitlines()) <= 24


@pytest.mark.parametrize("target", TARGETS)
def test_make_knows_how_to_reach_each_target(root: Path, target: str) -> None:
    """A dry run of each target finds a rule for all it needs."""
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_build_server_runs_the_readme_command(root: Path) -> None:
    """`.ci/run` is `make test`, strictly; a person sees what the build server sees."""
    script = root / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = [line for line in script.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "exec make test"]
