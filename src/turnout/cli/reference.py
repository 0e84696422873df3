"""The reference of commands, made from their help: docs/reference/cli.md."""

from collections.abc import Iterator
from typing import Final

import click

from turnout.cli.app import COMMANDS, root

_HEAD: Final = """\
# Commands

<!-- Written by `make gen` from src/turnout/cli/. Do not edit. -->

Every command has `--help`, and prints one JSON value with `--json`: then errors are JSON too,
`{"error": {"kind": "usage" | "config" | "failed", "message": …}}`, with `problems` for a refused
configuration. Exit codes: 0 done, 1 failed, 2 called wrongly, 130 interrupted.
"""
_WIDTH: Final = 100


def render() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_sections(root, None, "turnout")])


def _sections(command: click.Command, parent: click.Context | None, name: str) -> Iterator[str]:
    context = click.Context(command, parent=parent, info_name=name, terminal_width=_WIDTH)
    path = context.command_path
    if parent is not None:
        yield f"## `{path}`\n"
    yield f"```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for inner in COMMANDS if command is root else sorted(command.commands):
            found = command.get_command(context, inner)
            if found is not None:
                yield from _sections(found, context, inner)
