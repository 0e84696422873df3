"""Catalog answers are made once for each snapshot and query."""

from turnout.catalog.listing import Lister
from turnout.flow.gateway import Snapshot


class Listers:
    """The lister of the snapshot in force; a reload brings a new one, its cache goes with it."""

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None
        self._lister: Lister | None = None

    def of(self, snapshot: Snapshot) -> Lister:
        """The lister for a snapshot."""
        if self._lister is None or self._snapshot is not snapshot:
            self._snapshot, self._lister = snapshot, Lister(snapshot.routable)
        return self._lister
