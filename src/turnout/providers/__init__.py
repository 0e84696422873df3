"""One provider, one file. This package collects the PROVIDER of every sibling; no list to edit."""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Final

from turnout.dialects.adapter import Provider


def _collect() -> Mapping[str, Provider]:
    found: dict[str, Provider] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        provider: Provider = importlib.import_module(f"{__name__}.{module}").PROVIDER
        found[provider.id] = provider
    return found


PROVIDERS: Final = _collect()
"""Every known provider by slug, in the order of the file names."""
