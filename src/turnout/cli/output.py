"""What commands print: aligned tables for people, one JSON value for programs."""

from collections.abc import Collection, Sequence
from decimal import Decimal

import click
import msgspec

from turnout.config.problems import ConfigError
from turnout.core.money import ATTO_PER_USD, Rate, plain

_GAP = "  "


def print_json(value: object) -> None:
    """One JSON value on one line."""
    click.echo(msgspec.json.encode(value))


def print_table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[int] = ()
) -> None:
    """Columns under their heads, as wide as their widest cell.

    Args:
        heads: One for each column.
        rows: Cells as text, as many as there are heads.
        right: Columns whose cells end under each other (numbers).
    """
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        click.echo(_GAP.join(cells).rstrip())


def per_million(rate: Rate) -> str:
    """A rate as USD per million tokens, exact: "0.15"."""
    return plain(Decimal(rate) * 1_000_000 / ATTO_PER_USD)


def say_error(error: Exception, *, as_json: bool) -> None:
    """Why a command failed: JSON on standard output, or words on standard error."""
    message = error.format_message() if isinstance(error, click.ClickException) else str(error)
    if as_json:
        kind = "config" if isinstance(error, ConfigError) else "failed"
        kind = "usage" if isinstance(error, click.UsageError) else kind
        body: dict[str, object] = {"kind": kind, "message": message}
        if isinstance(error, ConfigError):
            body["problems"] = error.problems
        print_json({"error": body})
        return
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
    click.echo(f"Error: {message}", err=True)
