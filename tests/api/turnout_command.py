"""Runs the turnout command as a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SECRET = "sk-live-4f9a8c7b6d5e4f3a2b1c0d9e8f7a6b5c"
"""A key that no output may hold."""


class Done:
    """What a finished command said."""

    def __init__(self, run: subprocess.CompletedProcess[str]) -> None:
        self.code = run.returncode
        self.out = run.stdout
        self.err = run.stderr

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON value on one line."""
        assert self.out.count("\n") == 1, self.out + self.err
        return json.loads(self.out)


class Turnout:
    """Runs the command in its own folder, with nothing of this process's environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}

    def __call__(self, *words: str, stdin: str = "", **environ: str) -> Done:
        """Runs `turnout` with these words, and these variables on top."""
        return Done(
            subprocess.run(
                [sys.executable, "-m", "turnout", *words],
                cwd=self.folder,
                env=self.environ | environ,
                input=stdin,
                capture_output=True,
                text=True,
                timeout=50,
                check=False,
            )
        )

    def write(self, text: str) -> None:
        """Makes the folder's turnout.toml."""
        (self.folder / "turnout.toml").write_text(text)
