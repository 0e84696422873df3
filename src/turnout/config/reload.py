"""Reading the configuration again while a gateway runs."""

from collections.abc import Iterator, Mapping

import msgspec

from turnout.config.load import load
from turnout.config.settings import NEEDS_RESTART, Settings


class Reloaded(msgspec.Struct, frozen=True):
    """The configuration after a reload.

    Attributes:
        settings: The new ones, with the running values where a restart is needed.
        waiting: Dotted names of settings that changed and wait for a restart.
    """

    settings: Settings
    waiting: tuple[str, ...]


def reload(running: Settings, environ: Mapping[str, str]) -> Reloaded:
    """What a running gateway changes to; nothing changes when this raises.

    Args:
        running: What is in force; its file is read again.
        environ: The environment, which a running process keeps.

    Raises:
        ConfigError: The new configuration is refused.
    """
    new = load(running.file, environ)
    waiting = tuple(
        name
        for name, (was, wanted) in _restarting(running, new)
        if was != wanted and name not in running.pinned
    )
    server = msgspec.structs.replace(
        new.server,
        **{
            name.partition(".")[2]: getattr(running.server, name.partition(".")[2])
            for name in NEEDS_RESTART
            if name.startswith("server.")
        },
    )
    kept = {name: getattr(running, name) for name in NEEDS_RESTART if "." not in name}
    settings = msgspec.structs.replace(new, server=server, pinned=running.pinned, **kept)
    return Reloaded(settings, waiting)


def _restarting(running: Settings, new: Settings) -> Iterator[tuple[str, tuple[object, object]]]:
    """Each setting that needs a restart, by its dotted name, as it is and as it is wanted."""
    for name in NEEDS_RESTART:
        was, wanted = _at(running, name), _at(new, name)
        if isinstance(was, msgspec.Struct):
            for field in was.__struct_fields__:
                yield f"{name}.{field}", (getattr(was, field), getattr(wanted, field))
        else:
            yield name, (was, wanted)


def _at(settings: Settings, name: str) -> object:
    found: object = settings
    for step in name.split("."):
        found = getattr(found, step)
    return found
