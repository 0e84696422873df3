"""The view a gateway would have, made without one: for commands that only look."""

from pathlib import Path
from tempfile import TemporaryDirectory

from turnout.catalog.cache import load
from turnout.catalog.index import Catalog
from turnout.config.settings import Settings
from turnout.config.snapshot import LocalAddress, snapshot
from turnout.flow.gateway import Snapshot
from turnout.local.fetch import find_weights

_NOWHERE = LocalAddress("http://127.0.0.1:0/v1", "")


def offline_snapshot(settings: Settings) -> Snapshot:
    """The snapshot of these settings; servers that are to be discovered list nothing here.

    Raises:
        OSError: No catalog could be built, which means that the installation is broken.
    """
    local = settings.local
    file = local.model_file
    there = find_weights(settings.data_dir) is not None if file is None else file.is_file()
    return snapshot(
        settings,
        _catalog(settings.data_dir),
        version=1,
        local=_NOWHERE if local.enabled and there else None,
    )


def _catalog(data_dir: Path) -> Catalog:
    """The catalog; a data folder that is not there yet is not made by just looking."""
    if data_dir.is_dir():
        return load(data_dir / "cache")
    with TemporaryDirectory(prefix="turnout-") as folder:
        return load(Path(folder))
