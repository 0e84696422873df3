"""The locks: complete, hashed, in step with pyproject.toml and each other, naming no host."""

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; [^\\]*)? \\$")
HASH: Final = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
HOST: Final = re.compile(r"://|--(?:extra-)?index-url|--find-links|--trusted-host", re.IGNORECASE)
REGISTRY: Final = re.compile(r"files\.pythonhosted\.org|pypi\.org/|registry\.(?:npmjs|yarnpkg)\.")

LOCKS: Final = ("requirements.lock", "requirements-dev.lock")
SITE_LOCK: Final = "requirements-site.lock"
RUNTIME_GROUPS: Final = ("model", "build")
UNLOCKED: Final = frozenset({"eval"})
"""Extras that no set-up installs: the evaluation harness brings 90 packages."""


def pins(text: str) -> dict[str, str]:
    """Name to version, of a lock's text."""
    matches = (PIN.match(line) for line in text.splitlines())
    return {canonicalize_name(match[1]): match[2] for match in matches if match}


@pytest.mark.parametrize("name", [*LOCKS, SITE_LOCK])
def test_every_pin_of_a_lock_has_hashes_and_nothing_else_is_in_it(root: Path, name: str) -> None:
    """A line is a pin, a hash or a remark; each pin is followed by a hash."""
    lines = (root / name).read_text(encoding="utf-8").splitlines()
    assert len(pins("\n".join(lines))) > (20 if name in LOCKS else 1)
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        assert PIN.match(line) or HASH.match(line) or line.startswith("    #"), line
        assert not PIN.match(line) or HASH.match(after), line


@pytest.mark.parametrize("name", [*LOCKS, SITE_LOCK])
def test_a_lock_names_no_host(root: Path, name: str) -> None:
    """Where packages come from is the operator's choice, not the lock's."""
    assert not HOST.search((root / name).read_text(encoding="utf-8"))


def test_no_file_names_a_registry_file(committed: dict[str, str]) -> None:
    """No lock of any kind was committed with download addresses in it."""
    locks = (path for path in committed if path.endswith((".lock", "lock.json", "lock.yaml")))
    assert [path for path in locks if REGISTRY.search(committed[path])] == []


def test_locks_agree(root: Path) -> None:
    """What is tested is what is run: the development lock holds every runtime pin, unchanged."""
    runtime, development = (pins((root / name).read_text(encoding="utf-8")) for name in LOCKS)
    assert runtime.items() <= development.items()


def test_locks_satisfy_the_project(root: Path) -> None:
    """Each requirement of pyproject.toml is pinned, at a version that it allows."""
    with (root / "pyproject.toml").open("rb") as file:
        stated = tomllib.load(file)
    project, groups = stated["project"], stated["dependency-groups"]
    runtime = [
        *project["dependencies"],
        *(
            line
            for extra, lines in project["optional-dependencies"].items()
            for line in lines
            if extra not in UNLOCKED
        ),
        *(line for group in RUNTIME_GROUPS for line in groups[group]),
    ]
    wanted = (runtime, [*runtime, *groups["dev"]], groups["site"])
    for name, lines in zip((*LOCKS, SITE_LOCK), wanted, strict=True):
        locked = pins((root / name).read_text(encoding="utf-8"))
        for requirement in map(Requirement, lines):
            version = locked.get(canonicalize_name(requirement.name))
            assert version is not None, f"{name} lacks {requirement.name}: run make lock"
            assert requirement.specifier.contains(version), f"{name}: {requirement} is {version}"
