"""The table of `/api/internal`: each kind of page has its own rows, in a file of its own."""

from typing import Final

from turnout.edge.internal.benchmarks import ModelBenchmarksAnswer, get_model_benchmarks
from turnout.edge.internal.operator_routes import OPERATOR_ROUTES
from turnout.edge.internal.page_routes import PAGE_ROUTES
from turnout.edge.table import Route

INTERNAL_PREFIX: Final = "/api/internal"

INTERNAL_TAG: Final = "Internal"

_BENCHMARKS: Final = Route(
    method="GET",
    path="/models/{author}/{slug}/benchmarks",
    handler=get_model_benchmarks,
    auth="page",
    tag="Internal",
    answer=ModelBenchmarksAnswer,
)

INTERNAL_ROUTES: Final[tuple[Route, ...]] = (*OPERATOR_ROUTES, *PAGE_ROUTES, _BENCHMARKS)
