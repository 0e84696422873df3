"""Catalog answers are made once for each snapshot and query."""

from turnout.catalog.listing import Lister
from turnout.catalog.measures import Measures
from turnout.flow.gateway import Snapshot


class Listers:
    """The lister of the snapshot in force; a reload brings a new one, its cache goes with it."""

    def __init__(self, measures: Measures) -> None:
        self._measures = measures
        self._snapshot: Snapshot | None = None
        self._lister: Lister | None = None

    def of(self, snapshot: Snapshot) -> Lister:
        """The lister for a snapshot."""
        if self._lister is None or self._snapshot is not snapshot:
            self._snapshot = snapshot
            self._lister = Lister(snapshot.routable, self._measures, rated=snapshot.rated)
        return self._lister
