"""`turnout config`: the configuration before and while a gateway uses it."""

import os
import signal
from pathlib import Path

import click

from turnout.cli.options import (
    config_option,
    data_dir_for,
    data_dir_option,
    json_option,
    settings_for,
)
from turnout.cli.output import print_json
from turnout.store.folder import FolderInUse, FolderLock


@click.group
def config() -> None:
    """Check the configuration, or make a gateway reload it."""


@config.command
@config_option
@json_option
def check(config_file: Path | None, *, as_json: bool) -> None:
    """Say everything that is wrong with file and environment; fails when anything is."""
    settings = settings_for(config_file)
    on = [slug for slug, switch in settings.switches.items() if switch.on]
    if as_json:
        file = None if settings.file is None else str(settings.file)
        print_json({"ok": True, "file": file, "on": on, "warnings": settings.warnings})
        return
    for warning in settings.warnings:
        click.echo(f"Warning: {warning}", err=True)
    click.echo(f"{settings.file or 'No file, only the environment'}: nothing wrong")
    click.echo(f"Providers on: {', '.join(on) or 'none'}")


@config.command
@data_dir_option
@config_option
@json_option
def reload(data_dir: Path | None, config_file: Path | None, *, as_json: bool) -> None:
    """Make the gateway of a data folder read its configuration again; no request is dropped.

    It keeps what it has when the new configuration is wrong, and logs why. Some settings need a
    restart; see the reference of settings.
    """
    folder = data_dir_for(data_dir, config_file)
    pid = running_pid(folder)
    if pid is None:
        raise click.ClickException(f"no gateway runs on the data folder {folder}")
    os.kill(pid, signal.SIGHUP)
    if as_json:
        print_json({"ok": True, "pid": pid})
    else:
        click.echo(f"Told the gateway (process {pid}) to reload.")


def running_pid(folder: Path) -> int | None:
    """The process that serves from a data folder, by the lock it holds; None when none does.

    A number in a file could be of a process that died, and by now of another program.
    """
    if not folder.is_dir():
        return None
    try:
        FolderLock.take(folder).release()
    except FolderInUse as error:
        return error.pid or None
    except OSError:
        return None
    return None
