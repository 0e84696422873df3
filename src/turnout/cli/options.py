"""Options that several commands have, and the settings they lead to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from turnout.config.environment import environment
from turnout.config.load import load
from turnout.config.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


def config_option(command: F) -> F:
    """Adds --config."""
    return click.option(
        "--config",
        "config_file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="The configuration; else $TURNOUT_CONFIG, else ./turnout.toml when it is there.",
    )(command)


def data_dir_option(command: F) -> F:
    """Adds --data-dir."""
    return click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        help="The data folder; else as configured, ./data by default.",
    )(command)


def json_option(command: F) -> F:
    """Adds --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, errors too.")(command)


def settings_for(config_file: Path | None, data_dir: Path | None = None) -> Settings:
    """The configuration in force, with what the command line says on top.

    Raises:
        ConfigError: It is refused.
    """
    settings = load(config_file, environment())
    if data_dir is not None:
        pinned = settings.pinned | {"data_dir"}
        settings = msgspec.structs.replace(settings, data_dir=data_dir, pinned=pinned)
    return settings


def data_dir_for(data_dir: Path | None, config_file: Path | None) -> Path:
    """The data folder; a folder that is named needs no configuration to be sound."""
    return data_dir if data_dir is not None else settings_for(config_file).data_dir
