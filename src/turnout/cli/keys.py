"""`turnout keys`: works on the data folder itself, beside a running gateway or without one."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

import click
import msgspec
from typing_extensions import override

from turnout.cli.options import config_option, data_dir_for, data_dir_option, json_option
from turnout.cli.output import print_json, print_table
from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.money import Nusd, nusd_from_usd, usd
from turnout.identity.keyring import PAGE, Keyring
from turnout.identity.keys import Key, LimitReset, NewKey
from turnout.identity.limits import Spending
from turnout.store.database import Database

T = TypeVar("T")
_SHOWN = 12  # characters of a hash that people see; any unique beginning names a key


@click.group
def keys() -> None:
    """Make, list and revoke API keys.

    The commands work on the data folder, whether or not a gateway runs; a running one knows of a
    change within a second.
    """


class Amount(click.ParamType[Nusd]):
    """An amount in USD with at most 9 decimals."""

    name = "usd"

    @override
    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Nusd:
        """Nano-USD."""
        try:
            amount = nusd_from_usd(Decimal(str(value)))
        except (ValueError, InvalidOperation):
            self.fail("expected an amount in USD such as 12.50", param, ctx)
        if amount < 0:
            self.fail("expected an amount of 0 or more", param, ctx)
        return amount


class Moment(click.ParamType[int]):
    """A date or time in ISO 8601; UTC unless it says otherwise."""

    name = "iso"

    @override
    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Unix milliseconds, in the future."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail("expected a time such as 2027-01-31 or 2027-01-31T12:00:00Z", param, ctx)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        at_ms = int(moment.timestamp() * 1000)
        if at_ms <= SYSTEM_CLOCK.unix_ms():
            self.fail("expected a time in the future", param, ctx)
        return at_ms


@keys.command
@click.option("--name", required=True, help="What it is for, for people.")
@click.option("--management", is_flag=True, help="Manages other keys, and runs no inference.")
@click.option("--limit", "limit_nusd", type=Amount(), help="What it may spend, in USD.")
@click.option(
    "--reset",
    "limit_reset",
    type=click.Choice(["daily", "weekly", "monthly"]),
    help="When the limit starts anew (00:00 UTC, weeks on Monday); else never.",
)
@click.option("--expires", "expires_ms", type=Moment(), help="From when on it is refused.")
@data_dir_option
@config_option
@json_option
def create(  # noqa: PLR0913 (its options)
    name: str,
    limit_nusd: Nusd | None,
    limit_reset: LimitReset | None,
    expires_ms: int | None,
    data_dir: Path | None,
    config_file: Path | None,
    *,
    management: bool,
    as_json: bool,
) -> None:
    """Make a key and print it: it is shown this once and never again."""
    if limit_reset is not None and limit_nusd is None:
        raise click.UsageError("--reset needs --limit.")
    new = NewKey(
        name=name,
        management=management,
        limit_nusd=limit_nusd,
        limit_reset=limit_reset,
        expires_ms=expires_ms,
    )
    secret, key = _with_keyring(
        data_dir_for(data_dir, config_file), lambda keyring: keyring.create(new)
    )
    if as_json:
        print_json({"key": secret, "hash": key.hash})
        return
    click.echo(secret)
    click.echo(f"Keep it: it is not shown again. Its name to us: {key.hash[:_SHOWN]}", err=True)


class KeyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A key in `keys list --json`; amounts are decimal texts of USD, times ISO 8601 in UTC."""

    hash: str
    name: str
    label: str
    management: bool
    disabled: bool
    limit_usd: str | None
    limit_reset: str | None
    used_usd: str
    expires_at: str | None
    created_at: str


@keys.command("list")
@data_dir_option
@config_option
@json_option
def list_keys(data_dir: Path | None, config_file: Path | None, *, as_json: bool) -> None:
    """List all keys, newest first."""

    async def rows(keyring: Keyring) -> list[KeyRow]:
        return [_row(key, keyring.spending) for key in await _all(keyring)]

    found = _with_keyring(data_dir_for(data_dir, config_file), rows)
    if as_json:
        print_json({"keys": found})
        return
    print_table(
        ("HASH", "NAME", "KEY", "KIND", "USED USD", "LIMIT USD", "EXPIRES", "CREATED"),
        [
            (
                row.hash[:_SHOWN],
                row.name,
                row.label,
                ("management" if row.management else "inference")
                + (", disabled" if row.disabled else ""),
                row.used_usd,
                f"{row.limit_usd or '-'}{f' {row.limit_reset}' if row.limit_reset else ''}",
                row.expires_at or "-",
                row.created_at,
            )
            for row in found
        ],
        right=(4,),
    )


@keys.command
@click.argument("hash", metavar="HASH")
@data_dir_option
@config_option
@json_option
def revoke(hash: str, data_dir: Path | None, config_file: Path | None, *, as_json: bool) -> None:  # noqa: A002 (the contract's word)
    """Revoke the key of that hash for good; any beginning that only one key has will do."""

    async def remove(keyring: Keyring) -> Key:
        found = [key for key in await _all(keyring) if key.hash.startswith(hash.lower())]
        if not hash or len(found) != 1:
            many = f"{len(found)} keys have" if found else "no key has"
            raise click.ClickException(f"{many} a hash that begins with '{hash[:64]}'")
        await keyring.delete(found[0].hash)
        return found[0]

    key = _with_keyring(data_dir_for(data_dir, config_file), remove)
    if as_json:
        print_json({"revoked": key.hash})
    else:
        click.echo(f"Revoked {key.name} ({key.label}).")


def _with_keyring(folder: Path, job: Callable[[Keyring], Awaitable[T]]) -> T:
    """What the job returns, with the data folder's keyring open around it."""

    async def work() -> T:
        database = Database.open(folder, SYSTEM_CLOCK)
        try:
            return await job(Keyring.open(database, SYSTEM_CLOCK, Spending()))
        finally:
            database.close()

    return asyncio.run(work())


async def _all(keyring: Keyring) -> list[Key]:
    found: list[Key] = []
    while True:
        page = await keyring.page(offset=len(found), include_disabled=True, include_expired=True)
        found += page
        if len(page) < PAGE:
            return found


def _row(key: Key, spending: Spending) -> KeyRow:
    spent = spending.spent(key.hash, SYSTEM_CLOCK.unix_ms()).towards(key.limit_reset)
    return KeyRow(
        hash=key.hash,
        name=key.name,
        label=key.label,
        management=key.management,
        disabled=key.disabled,
        limit_usd=None if key.limit_nusd is None else usd(Nusd(key.limit_nusd)),
        limit_reset=key.limit_reset,
        used_usd=usd(Nusd(spent)),
        expires_at=None if key.expires_ms is None else _iso(key.expires_ms),
        created_at=_iso(key.created_ms),
    )


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
