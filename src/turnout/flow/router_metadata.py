"""The contract's `openrouter_metadata`: how the router came to an answer, for those who ask.

Source: contract section 2.1. Asked for by the header `X-OpenRouter-Metadata: enabled`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from turnout.catalog.routers import ROUTERS
from turnout.core.types import Attempt, Endpoint, Headers
from turnout.flow.planned import Plan

_HEADERS: Final = ("x-openrouter-metadata", "x-openrouter-experimental-metadata")
_NO_ANSWER: Final = 0
_MOST: Final = 50
_NO_MORE: Final[Mapping[str, object]] = {}


def is_asked(headers: Headers) -> bool:
    """Whether the caller wants it; any other word than "enabled" means no."""
    for name in _HEADERS:
        said = headers.get(name)
        if said is not None and said.strip().lower() == "enabled":
            return True
    return False


def metadata_of(
    plan: Plan,
    attempts: Sequence[Attempt],
    served: Endpoint | None,
    requested: str,
    name_of: Callable[[str], str],
    *,
    more: Mapping[str, object] = _NO_MORE,
) -> msgspec.Raw:
    """The object as JSON.

    Args:
        served: Whose answer the caller gets, None when nobody's.
        requested: The model as asked for.
        name_of: A provider's slug to its display name.
        more: Members that others speak for.
    """
    seen = [step.endpoint for step in plan.steps] + [drop.endpoint for drop in plan.dropped]
    available: list[Mapping[str, Any]] = [
        {
            "model": step.endpoint.model,
            "provider": name_of(step.endpoint.provider),
            "selected": served is not None and step.endpoint.id == served.id,
        }
        for step in plan.steps[:_MOST]
    ]
    told: dict[str, Any] = {
        "requested": requested,
        "strategy": _strategy(plan, served, requested),
        "region": None if served is None else served.region,
        "summary": _summary(plan, attempts, served, name_of),
        "attempt": len(attempts),
        "is_byok": False,
        "endpoints": {"total": len({endpoint.id for endpoint in seen}), "available": available},
        "attempts": [
            {
                "model": attempt.model,
                "provider": name_of(attempt.provider),
                "status": attempt.status or _NO_ANSWER,
            }
            for attempt in attempts
        ],
    }
    if served is not None and attempts:
        told["generation_time"] = attempts[-1].latency_ms
    return msgspec.Raw(msgspec.json.encode({**told, **more}))


def _strategy(plan: Plan, served: Endpoint | None, requested: str) -> str:
    base = requested.partition(":")[0]
    if (router := ROUTERS.get(base)) is not None:
        return router
    if base.startswith("~"):
        return "latest"
    first = plan.steps[0].asked if plan.steps else requested
    of_first = {step.endpoint.model for step in plan.steps if step.asked == first}
    if served is not None and served.model not in of_first:
        return "fallback"
    known = {base} | {requested}
    return "direct" if not of_first or of_first & known else "alias"


def _summary(
    plan: Plan,
    attempts: Sequence[Attempt],
    served: Endpoint | None,
    name_of: Callable[[str], str],
) -> str:
    where = "nobody" if served is None else name_of(served.provider)
    tries = f"{len(attempts)} attempt{'s' if len(attempts) != 1 else ''}"
    of = f"{len(plan.steps)} of {len(plan.steps) + len(plan.dropped)} endpoints eligible"
    return f"served by {where} after {tries}; {of}; order: {plan.basis}"
