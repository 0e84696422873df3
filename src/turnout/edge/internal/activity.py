"""`/activity`: spend, tokens and requests by model, key or app, for the operator."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Final, Literal

import msgspec

from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.internal.desk import DAY_S, HOUR_S, Desk, added, dollars_text
from turnout.edge.internal.rankings import title_of
from turnout.edge.shapes import iso
from turnout.ledger import used
from turnout.ledger.uses import month_start

StepName = Literal["minute", "hour", "day", "month"]
MOST_GROUPS: Final = 100
MOST_DRAWN: Final = 12
OTHERS: Final = "others"
NAMELESS: Final[Mapping[str, str]] = {
    "model": "No model answered",
    "provider": "No provider answered",
    "key": "No key",
    "app": "No app named",
}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
Group = Literal["model", "key", "app", "provider"]


class ActivityQuery(msgspec.Struct, frozen=True):
    """Query of the activity: 1h in minutes, 1d in hours, 30d in days, 1y in months."""

    range: Literal["1h", "1d", "30d", "1y"] = "30d"
    group: Group = "model"


class Totals(msgspec.Struct, frozen=True):
    """Spend in USD; requests with those that failed."""

    spend: str
    tokens: int
    requests: int
    failed: int


class GroupSum(msgspec.Struct, frozen=True, kw_only=True):
    """One model, key (by hash) or app (by origin) over the range; id "" is what has none."""

    id: str
    name: str
    spend: str
    tokens: int
    requests: int


class ActivityPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A group over one step; `at` in unix seconds. Steps without requests have no point."""

    at: int
    id: str
    spend: str
    tokens: int
    requests: int


class ActivityPage(msgspec.Struct, frozen=True, kw_only=True):
    """Groups with the most spend first, points by time.

    Beyond a hundred groups the others are one, "others"; so are, of points, all but those with the
    most spend, tokens or requests. Both add up to the totals.
    """

    step: StepName
    since: int
    until: int
    totals: Totals
    groups: list[GroupSum]
    points: list[ActivityPoint]


class ActivityPageAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /activity`."""

    data: ActivityPage


class Stride(msgspec.Struct, frozen=True):
    """How a range is read: so many steps, the present one included, of a width.

    Attributes:
        step_s: The table's unit of time in seconds.
    """

    step: StepName
    width: used.Width
    steps: int
    step_s: int

    def span(self, now_ms: int) -> tuple[int, int]:
        """From where to where, in the table's unit; the end is not included."""
        now = now_ms // 1000 // self.step_s
        if self.step != "month":
            return now - self.steps + 1, now + 1
        since = month_start(now)
        for _ in range(self.steps - 1):
            since = month_start(since - 1)
        return since, now + 1


STRIDES: Final[Mapping[str, Stride]] = {
    "1h": Stride("minute", "minutes", 60, 60),
    "1d": Stride("hour", "hours", 24, HOUR_S),
    "30d": Stride("day", "days", 30, DAY_S),
    "1y": Stride("month", "months", 12, DAY_S),
}


async def get_activity_page(ask: Ask) -> Reply:
    """Tell spend, tokens and requests over time by model, key, app or provider."""
    return reply(ActivityPageAnswer(await activity_of(Desk(ask), ask.asked(ActivityQuery))))


async def get_activity_csv(ask: Ask) -> Reply:
    """The same as a table of comma-separated values, with points of every group."""
    query = ask.asked(ActivityQuery)
    page = await activity_of(Desk(ask), query, whole=True)
    names = {group.id: group.name for group in page.groups}
    text = StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow((page.step, query.group, "name", "spend_usd", "tokens", "requests"))
    moments = {at: iso(at * 1000) for at in {point.at for point in page.points}}
    cells = {name: (_plain_cell(name), _plain_cell(names.get(name, ""))) for name in names}
    for point in page.points:
        said = (*cells.get(point.id, (point.id, "")), point.spend, point.tokens, point.requests)
        rows.writerow((moments[point.at], *said))
    shown = f'attachment; filename="activity-{query.range}-{query.group}.csv"'
    return Reply(
        body=text.getvalue().encode(),
        content_type="text/csv; charset=utf-8",
        headers=(("content-disposition", shown),),
    )


def _plain_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: apps and keys are named by strangers."""
    return f"'{text}" if text[:1] in _FORMULA else text


async def activity_of(desk: Desk, query: ActivityQuery, *, whole: bool = False) -> ActivityPage:
    """The range by group.

    Args:
        whole: Points of every listed group; else of those with the most of something, and "others".
    """
    stride = STRIDES[query.range]
    since, until = stride.span(desk.now_ms)
    kind = query.group
    found = await used.totals(desk.database, kind, stride.width, since, until)
    totals = [row for row in found if row.requests]  # others were tried, and served nobody
    largest = sorted(totals, key=_most_spent)[:MOST_GROUPS]
    drawn = {row.name for row in largest} if whole else drawn_of(totals)
    steps = await used.steps(desk.database, kind, stride.width, since, until, drawn)
    if len(totals) > len(drawn):
        together = await used.sums(desk.database, kind, stride.width, since, until)
        steps = [*steps, *_others(together, steps)]
    names = await _names(desk, kind, [row.name for row in largest])
    groups = [_group(row, names[row.name]) for row in largest]
    if len(totals) > len(largest):
        groups.append(_group(_rest(totals, largest), "Others"))
    return ActivityPage(
        step=stride.step,
        since=since * stride.step_s,
        until=until * stride.step_s,
        totals=_totals(added(totals)),
        groups=groups,
        points=points_of(steps, stride),
    )


def _most_spent(row: used.Named) -> tuple[int, int, str]:
    return -row.cost_nusd, -row.tokens, row.name


def drawn_of(totals: Sequence[used.Named]) -> set[str]:
    """Names of those with the most of something: nobody reads a hundred lines of one drawing."""
    by_requests = sorted(totals, key=lambda row: (-row.requests, row.name))
    by_tokens = sorted(totals, key=lambda row: (-row.tokens, row.name))
    orders = (sorted(totals, key=_most_spent), by_tokens, by_requests)
    return {row.name for order in orders for row in order[:MOST_DRAWN]}


def _totals(sums: used.Narrow) -> Totals:
    return Totals(dollars_text(sums.cost_nusd), sums.tokens, sums.requests, sums.failed)


def points_of(steps: Iterable[used.Step], stride: Stride) -> list[ActivityPoint]:
    """Steps as points by time, those without requests left out."""
    points = [
        ActivityPoint(
            at=step.at * stride.step_s,
            id=step.name,
            spend=dollars_text(step.cost_nusd),
            tokens=step.tokens,
            requests=step.requests,
        )
        for step in steps
        if step.requests
    ]
    return sorted(points, key=lambda point: (point.at, point.id))


def _others(whole: Sequence[used.Step], named: Sequence[used.Step]) -> list[used.Step]:
    """What is left of everybody's steps, named "others"."""
    left = {step.at: [step.requests, step.tokens, step.cost_nusd] for step in whole}
    for step in named:
        row = left[step.at]
        row[0] -= step.requests
        row[1] -= step.tokens
        row[2] -= step.cost_nusd
    return [
        used.Step(at=at, name=OTHERS, requests=requests, tokens=tokens, cost_nusd=nusd)
        for at, (requests, tokens, nusd) in left.items()
    ]


def _rest(totals: Sequence[used.Named], largest: Sequence[used.Named]) -> used.Named:
    kept = {row.name for row in largest}
    rest = added([row for row in totals if row.name not in kept])
    return used.Named(name=OTHERS, **{n: getattr(rest, n) for n in rest.__struct_fields__})


def _group(row: used.Named, name: str) -> GroupSum:
    return GroupSum(
        id=row.name,
        name=name,
        spend=dollars_text(row.cost_nusd),
        tokens=row.tokens,
        requests=row.requests,
    )


async def _names(desk: Desk, kind: Group, ids: Sequence[str]) -> dict[str, str]:
    """What people call each of a kind; what has none is told apart."""
    shelf = desk.shelf
    match kind:
        case "model":
            names = {slug: shelf.model_name(slug) for slug in ids}
        case "provider":
            names = {slug: shelf.provider_name(slug) for slug in ids}
        case "app":
            known = await used.app_names(desk.database, ids)
            names = {app: title_of(app, known) for app in ids}
        case "key":
            called = await used.key_names(desk.database, ids)
            names = {key: called.get(key, f"{key[:8]}… (deleted)") for key in ids}
    return names | ({"": NAMELESS[kind]} if "" in ids else {})
