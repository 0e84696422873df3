"""What pages of models, providers, apps and rankings read."""

from typing import Final

from turnout.edge.table import Route

PAGE_ROUTES: Final[tuple[Route, ...]] = ()
