"""Paths in which the model has a place, as on Azure's older surface.

A path with a gap "{model}" gets the upstream's name for the model. That name may bring a query of
its own ("my-gpt?api-version=2025-04-01-preview"), which then stands instead of the path's.
"""

from typing import Final
from urllib.parse import quote

_GAP: Final = "{model}"


def path_of(path: str, upstream_model: str) -> str:
    """The path for one model."""
    if _GAP not in path:
        return path
    name, _, own = upstream_model.partition("?")
    where, _, usual = path.partition("?")
    filled = where.replace(_GAP, quote(name, safe=""))
    query = own or usual
    return f"{filled}?{query}" if query else filled


def model_name(path: str, upstream_model: str) -> str:
    """What the body says is the model."""
    return upstream_model.partition("?")[0] if _GAP in path else upstream_model
