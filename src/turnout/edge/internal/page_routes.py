"""What pages of models, providers, apps and rankings read."""

from typing import Final

import msgspec

from turnout.edge.internal import (
    activity,
    apps,
    model,
    models,
    performance,
    pricing,
    providers,
    rankings,
    routing,
    status,
    uptime,
    use,
)
from turnout.edge.table import Auth, Handler, Route


def _page(
    path: str,
    handler: Handler,
    answer: type[msgspec.Struct],
    query: type[msgspec.Struct] | None = None,
    auth: Auth = "page",
) -> Route:
    return Route(
        method="GET",
        path=path,
        handler=handler,
        auth=auth,
        tag="Internal",
        query=query,
        answer=answer,
    )


_MODEL: Final = "/models/{author}/{slug}"

PAGE_ROUTES: Final[tuple[Route, ...]] = (
    _page("/models", models.list_models, models.ModelsAnswer),
    _page(_MODEL, model.get_model, model.ModelAnswer),
    _page(f"{_MODEL}/routing", routing.get_routing, routing.RoutingAnswer, routing.RoutingQuery),
    _page(
        f"{_MODEL}/performance",
        performance.get_performance,
        performance.PerformanceAnswer,
        performance.PerformanceQuery,
    ),
    _page(f"{_MODEL}/pricing", pricing.get_pricing, pricing.PricingAnswer, pricing.PricingQuery),
    _page(f"{_MODEL}/apps", use.get_model_apps, use.ModelAppsAnswer, use.AppsQuery),
    _page(f"{_MODEL}/activity", use.get_model_activity, use.ModelUseAnswer, use.UseQuery),
    _page(f"{_MODEL}/uptime", uptime.get_uptime, uptime.UptimeAnswer),
    _page("/rankings", rankings.get_rankings, rankings.RankingsAnswer, rankings.RankingsQuery),
    _page("/apps", apps.list_apps, apps.AppsAnswer, use.AppsQuery),
    _page("/app", apps.get_app, apps.AppAnswer, apps.AppQuery),
    _page("/providers", providers.list_providers, providers.ProvidersAnswer),
    _page("/providers/{slug}", providers.get_provider, providers.ProviderAnswer),
    _page("/status", status.get_status, status.StatusAnswer),
    _page(
        "/activity",
        activity.get_activity_page,
        activity.ActivityPageAnswer,
        activity.ActivityQuery,
        auth="operator",
    ),
    Route(
        method="GET",
        path="/activity.csv",
        handler=activity.get_activity_csv,
        auth="operator",
        tag="Internal",
        query=activity.ActivityQuery,
        media="text/csv",
    ),
)
