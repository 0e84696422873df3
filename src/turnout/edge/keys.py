"""`/key`, `/keys` and `/credits`: the contract's shapes, section 2.3, over real spending."""

from typing import Annotated, Any, Literal

import msgspec

from turnout.core.errors import Refusal, invalid
from turnout.core.money import Nusd, nusd_from_usd
from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.shapes import dollars, iso, moment_ms
from turnout.identity.keys import Key, KeyChanges, LimitReset, NewKey
from turnout.identity.limits import Spend, resets_at_ms

Limit = Annotated[float, msgspec.Meta(ge=0, le=1_000_000_000)]
"""USD; far above any budget, and within what the store's integers of nano-USD hold."""


class KeyRow(msgspec.Struct, frozen=True, kw_only=True):
    """One key as `/keys` shows it; amounts are USD."""

    hash: str
    name: str
    label: str
    disabled: bool
    limit: msgspec.Raw | None
    limit_remaining: msgspec.Raw | None
    limit_reset: LimitReset | None
    include_byok_in_limit: bool
    usage: msgspec.Raw
    usage_daily: msgspec.Raw
    usage_weekly: msgspec.Raw
    usage_monthly: msgspec.Raw
    byok_usage: int
    byok_usage_daily: int
    byok_usage_weekly: int
    byok_usage_monthly: int
    created_at: str
    updated_at: str | None
    expires_at: str | None
    last_used_at: str | None
    creator_user_id: str | None
    external_user: str | None
    workspace_id: str


class KeyAnswer(msgspec.Struct, frozen=True):
    """One key."""

    data: KeyRow


class KeyList(msgspec.Struct, frozen=True):
    """A page of keys, newest first."""

    data: list[KeyRow]


class KeyMade(msgspec.Struct, frozen=True):
    """A fresh key; `key` is its secret, shown this once."""

    data: KeyRow
    key: str


class KeyGone(msgspec.Struct, frozen=True):
    """The key is revoked."""

    deleted: Literal[True] = True


class ListQuery(msgspec.Struct, frozen=True):
    """Query of `GET /keys`."""

    offset: Annotated[int, msgspec.Meta(ge=0)] = 0
    include_disabled: bool = False
    include_expired: bool = False
    workspace_id: str | None = None


class CreateBody(msgspec.Struct, frozen=True, kw_only=True):
    """Body of `POST /keys`. `limit` is in USD; `management` is ours."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    limit: Limit | None = None
    limit_reset: LimitReset | None = None
    expires_at: str | None = None
    management: bool = False
    include_byok_in_limit: bool = False
    creator_user_id: str | None = None
    workspace_id: str | None = None


class UpdateBody(msgspec.Struct, frozen=True, kw_only=True):
    """Body of `PATCH /keys/{hash}`; what is left out stays."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    disabled: bool | msgspec.UnsetType = msgspec.UNSET
    limit: Limit | msgspec.UnsetType | None = msgspec.UNSET
    limit_reset: LimitReset | msgspec.UnsetType | None = msgspec.UNSET
    include_byok_in_limit: bool | msgspec.UnsetType = msgspec.UNSET
    workspace_id: str | msgspec.UnsetType = msgspec.UNSET


class CreditsRow(msgspec.Struct, frozen=True):
    """USD granted and used, in all."""

    total_credits: msgspec.Raw
    total_usage: msgspec.Raw


class Credits(msgspec.Struct, frozen=True):
    """The account's credit."""

    data: CreditsRow


async def current_key(ask: Ask) -> Reply:
    """The key that asks: its limits and what it has spent."""
    key, now_ms = ask.caller, ask.gateway.clock.unix_ms()
    spending = ask.gateway.keyring.spending
    spent = spending.spent(key.hash, now_ms)
    budget = _budget(key, spent, now_ms)
    row = _row(key, ask)
    answer: dict[str, Any] = {
        name: getattr(row, name)
        for name in row.__struct_fields__
        if name.startswith(("usage", "byok_usage", "limit")) or name in _SHARED
    }
    answer |= {
        "allowed_data_regions": ["global", "europe", "us"],
        "budgets": [] if budget is None else [budget],
        "effective_budget": budget,
        "free_model_daily_requests": {"limit": -1, "remaining": -1, "used": 0},
        "is_free_tier": False,
        "is_management_key": key.management,
        "is_provisioning_key": key.management,
        "organization_id": None,
        "rate_limit": {
            "requests": -1,
            "interval": "10s",
            "note": "This field is kept for old clients; Turnout sets no request rate.",
        },
    }
    return reply({"data": answer})


_SHARED = ("label", "include_byok_in_limit", "creator_user_id", "workspace_id", "expires_at")


async def list_keys(ask: Ask) -> Reply:
    """Up to 100 keys from an offset on, newest first."""
    query = ask.asked(ListQuery)
    page = await ask.gateway.keyring.page(
        offset=query.offset,
        include_disabled=query.include_disabled,
        include_expired=query.include_expired,
    )
    return reply(KeyList([_row(key, ask) for key in page]))


async def create_key(ask: Ask) -> Reply:
    """A fresh key; the only time its secret is shown."""
    body = await ask.body(CreateBody)
    new = NewKey(
        name=body.name,
        management=body.management,
        limit_nusd=_limit(body.limit),
        limit_reset=body.limit_reset,
        expires_ms=moment_ms("expires_at", body.expires_at),
        creator=body.creator_user_id or ask.caller.hash,
    )
    secret, key = await ask.gateway.keyring.create(new)
    return reply(KeyMade(_row(key, ask), secret), status=201)


async def get_key(ask: Ask) -> Reply:
    """One key by its hash."""
    key = await ask.gateway.keyring.get(ask.path("hash"))
    if key is None:
        raise Refusal("not_found", "No key has this hash.", param="hash")
    return reply(KeyAnswer(_row(key, ask)))


async def update_key(ask: Ask) -> Reply:
    """Changes what the body names; null clears a limit."""
    body = await ask.body(UpdateBody)
    limit = body.limit
    changes = KeyChanges(
        name=body.name,
        disabled=body.disabled,
        limit_nusd=limit if isinstance(limit, msgspec.UnsetType) else _limit(limit),
        limit_reset=body.limit_reset,
    )
    key = await ask.gateway.keyring.update(ask.path("hash"), changes)
    return reply(KeyAnswer(_row(key, ask)))


async def delete_key(ask: Ask) -> Reply:
    """Revokes a key for good; its records stay."""
    await ask.gateway.keyring.delete(ask.path("hash"))
    return reply(KeyGone())


async def credits_left(ask: Ask) -> Reply:
    """What was granted and what is used, over all keys."""
    granted, used = await ask.gateway.ledger.credits()
    return reply(Credits(CreditsRow(dollars(granted), dollars(used))))


def _limit(usd_amount: float | None) -> int | None:
    if usd_amount is None:
        return None
    try:
        return nusd_from_usd(repr(usd_amount))  # the shortest exact text of the JSON number
    except ValueError as error:
        raise invalid("limit", str(error)) from error


def _row(key: Key, ask: Ask) -> KeyRow:
    now_ms = ask.gateway.clock.unix_ms()
    spending = ask.gateway.keyring.spending
    spent = spending.spent(key.hash, now_ms)
    remaining = spending.remaining_nusd(key, now_ms)
    return KeyRow(
        hash=key.hash,
        name=key.name,
        label=key.label,
        disabled=key.disabled,
        limit=None if key.limit_nusd is None else dollars(Nusd(key.limit_nusd)),
        limit_remaining=None if remaining is None else dollars(Nusd(remaining)),
        limit_reset=key.limit_reset,
        include_byok_in_limit=False,
        usage=dollars(Nusd(spent.total)),
        usage_daily=dollars(Nusd(spent.daily)),
        usage_weekly=dollars(Nusd(spent.weekly)),
        usage_monthly=dollars(Nusd(spent.monthly)),
        byok_usage=0,
        byok_usage_daily=0,
        byok_usage_weekly=0,
        byok_usage_monthly=0,
        created_at=iso(key.created_ms),
        updated_at=None if key.updated_ms is None else iso(key.updated_ms),
        expires_at=None if key.expires_ms is None else iso(key.expires_ms),
        last_used_at=None if key.last_used_ms is None else iso(key.last_used_ms),
        creator_user_id=key.creator,
        external_user=None,
        workspace_id="default",
    )


def _budget(key: Key, spent: Spend, now_ms: int) -> dict[str, Any] | None:
    if key.limit_nusd is None:
        return None
    used = spent.towards(key.limit_reset)
    resets_ms = None if key.limit_reset is None else resets_at_ms(key.limit_reset, now_ms)
    return {
        "budget_id": None,
        "guardrail_id": None,
        "include_byok": False,
        "limit_usd": dollars(Nusd(key.limit_nusd)),
        "remaining_usd": dollars(Nusd(key.limit_nusd - used)),
        "reset_interval": key.limit_reset,
        "resets_at": None if resets_ms is None else iso(resets_ms),
        "scope": "key_limit",
        "spend_usd": dollars(Nusd(used)),
    }
