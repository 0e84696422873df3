"""The import contracts of pyproject.toml, as a test; `make check` runs them too."""

import subprocess
import sys
from pathlib import Path


def test_import_contracts_are_kept(root: Path) -> None:
    """Layers point one way, adapters do no IO, the plan is pure, the edge alone knows HTTP."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
