"""Public routes that tell what was used: activity, analytics, datasets."""

from typing import Final

from turnout.edge import activity, analytics, datasets
from turnout.edge.table import Route

USAGE_ROUTES: Final[tuple[Route, ...]] = (
    Route(
        method="GET",
        path="/activity",
        handler=activity.get_activity,
        auth="management",
        tag="Analytics",
        query=activity.ActivityAsked,
        answer=activity.Activity,
    ),
    Route(
        method="GET",
        path="/analytics/meta",
        handler=analytics.analytics_meta,
        auth="management",
        tag="Analytics",
        answer=analytics.AnalyticsMetaAnswer,
    ),
    Route(
        method="POST",
        path="/analytics/query",
        handler=analytics.query_analytics,
        auth="management",
        tag="Analytics",
        body=analytics.AnalyticsQuery,
        answer=analytics.AnalyticsAnswer,
    ),
    Route(
        method="GET",
        path="/datasets/rankings-daily",
        handler=datasets.rankings_daily,
        auth="any",
        tag="Datasets",
        query=datasets.RankingsDailyQuery,
        answer=datasets.RankingsDaily,
    ),
    Route(
        method="GET",
        path="/datasets/app-rankings",
        handler=datasets.app_rankings,
        auth="any",
        tag="Datasets",
        query=datasets.AppRankingsQuery,
        answer=datasets.AppRankings,
    ),
)
