"""The honest list of what a request loses on its way to another dialect, while it is written."""

from collections.abc import Iterable

import msgspec


class Losses(msgspec.Struct):
    """Names of parameters, each once, in the order in which they were met; see `Outgoing`."""

    _dropped: dict[str, None] = msgspec.field(default_factory=dict[str, None])
    _translated: dict[str, None] = msgspec.field(default_factory=dict[str, None])
    _emulated: dict[str, None] = msgspec.field(default_factory=dict[str, None])

    def drop(self, *names: str) -> None:
        """The upstream does not get these."""
        self._dropped.update(dict.fromkeys(names))

    def translate(self, *names: str) -> None:
        """It gets these by another name, in another form or in coarser steps."""
        self._translated.update(dict.fromkeys(names))

    def emulate(self, *names: str) -> None:
        """The effect of these is brought about by other means."""
        self._emulated.update(dict.fromkeys(names))

    def drop_said(self, values: object, names: Iterable[str]) -> None:
        """Drops each named attribute that says something."""
        self.drop(*(name for name in names if getattr(values, name) not in (None, ())))

    @property
    def dropped(self) -> tuple[str, ...]:
        """For `Outgoing.dropped`."""
        return tuple(self._dropped)

    @property
    def translated(self) -> tuple[str, ...]:
        """For `Outgoing.translated`; what was dropped as a whole is not repeated."""
        return tuple(name for name in self._translated if name not in self._dropped)

    @property
    def emulated(self) -> tuple[str, ...]:
        """For `Outgoing.emulated`."""
        return tuple(self._emulated)
