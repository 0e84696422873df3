"""Who can serve: one file each with facts and quirks. There is no list to edit.

A new provider is a new file here that holds one `PROVIDER`; it is found by being here.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Final

from turnout.dialects.provider import Provider


def _collect() -> dict[str, Provider]:
    """Every sibling's PROVIDER by its id, sorted."""
    found: dict[str, Provider] = {}
    for name in sorted(module.name for module in iter_modules(__path__)):
        provider: object = getattr(import_module(f"{__name__}.{name}"), "PROVIDER", None)
        if not isinstance(provider, Provider):
            raise TypeError(f"turnout.providers.{name} holds no PROVIDER")
        found[provider.id] = provider
    return found


PROVIDERS: Final[Mapping[str, Provider]] = MappingProxyType(_collect())
"""All known providers by id, sorted."""

_BY_ALIAS: Final[Mapping[str, Provider]] = {
    alias: provider for provider in PROVIDERS.values() for alias in provider.aliases
}


def find(slug: str) -> Provider | None:
    """The provider of that id or alias."""
    return PROVIDERS.get(slug) or _BY_ALIAS.get(slug)
