"""`turnout serve`."""

from pathlib import Path

import click
import msgspec

from turnout.cli.options import config_option, data_dir_option, settings_for
from turnout.config.settings import Settings


@click.command
@click.option("--host", help="Address to listen on; else as configured, 127.0.0.1 by default.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    help="Port to listen on, 0 for a free one; else as configured, 8787 by default.",
)
@data_dir_option
@config_option
@click.option("--json", "as_json", is_flag=True, help="Log JSON, one object per line.")
def serve(
    host: str | None,
    port: int | None,
    data_dir: Path | None,
    config_file: Path | None,
    *,
    as_json: bool,
) -> None:
    """Start the gateway.

    It runs until it is interrupted; SIGHUP makes it read its configuration again.
    """
    settings = settings_for(config_file, data_dir)
    for warning in settings.warnings:
        click.echo(f"Warning: {warning}", err=True)
    from turnout.app import serve as run  # noqa: PLC0415 (a wrong option must be told at once)

    raise SystemExit(run(with_options(settings, host, port, as_json=as_json)))


def with_options(
    settings: Settings, host: str | None, port: int | None, *, as_json: bool = False
) -> Settings:
    """The settings with what the command line says on top, pinned there for reloads."""
    said: dict[str, object] = {"server.host": host, "server.port": port}
    said["logging.format"] = "json" if as_json else None
    for name, value in said.items():
        if value is not None:
            section, _, field = name.partition(".")
            changed = msgspec.structs.replace(getattr(settings, section), **{field: value})
            pinned = settings.pinned | {name}
            settings = msgspec.structs.replace(settings, pinned=pinned, **{section: changed})
    return settings
