"""What all tests share: `tests.…` can be imported, and recordings that are absent skip by name."""

import sys
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

# A deadline per example would measure the machine; `make test-all` asks for the deep profile.
settings.register_profile("turnout", deadline=None)
settings.register_profile("deep", deadline=None, max_examples=2_000)
settings.load_profile("turnout")

RECORDINGS = ROOT.parent / "shared" / "recordings"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `recordings` need recorded traffic that is not part of this repository."""
    if RECORDINGS.is_dir():
        return
    absent = pytest.mark.skip(reason="recordings: ../shared/recordings is not here")
    for item in items:
        if item.get_closest_marker("recordings") is not None:
            item.add_marker(absent)
