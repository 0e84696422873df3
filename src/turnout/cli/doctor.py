"""`turnout doctor`: what may keep a gateway from working, looked at from outside."""

import asyncio
import importlib
import os
import platform
import socket
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Final, Literal

import click
import msgspec

from turnout.cli.config import running_pid
from turnout.cli.options import config_option, data_dir_option, json_option, settings_for
from turnout.cli.output import print_json, print_table
from turnout.config.discovery import discover
from turnout.config.outbound import pool_for
from turnout.config.problems import ConfigError
from turnout.config.settings import Local, Server, Settings
from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.errors import UpstreamError
from turnout.local.fetch import WEIGHTS_SHA256, find_weights
from turnout.store.database import DATABASE_NAME
from turnout.store.migrations import check

State = Literal["ok", "warn", "fail"]
_RELEASED_S: Final = 1_795_392_000  # 2026-11-23, before which no clock is right


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at; `detail` says what was found and what would help."""

    name: str
    state: State
    detail: str


@click.command
@click.option("--online", is_flag=True, help="Also ask every provider that is on for its models.")
@data_dir_option
@config_option
@json_option
def doctor(data_dir: Path | None, config_file: Path | None, *, online: bool, as_json: bool) -> None:
    """Look for what may keep a gateway from working; fails when something will.

    Nothing is changed, and without --online nothing leaves this machine.
    """
    findings = list(_look(config_file, data_dir, online=online))
    failed = any(finding.state == "fail" for finding in findings)
    if as_json:
        print_json({"ok": not failed, "findings": findings})
    else:
        print_table(("", "WHAT", "FOUND"), [(one.state, one.name, one.detail) for one in findings])
    raise SystemExit(1 if failed else 0)


def _look(config_file: Path | None, data_dir: Path | None, *, online: bool) -> Iterator[Finding]:
    yield Finding("python", "ok", f"{platform.python_version()} ({sys.executable})")
    yield _clock()
    try:
        settings = settings_for(config_file, data_dir)
    except ConfigError as error:
        for problem in error.problems:
            yield Finding("config", "fail", str(problem))
        return
    yield Finding("config", "ok", str(settings.file or "no file, only the environment"))
    for warning in settings.warnings:
        yield Finding("config", "warn", str(warning))
    yield _folder(settings.data_dir)
    yield _database(settings.data_dir)
    yield _port(settings.server, running_pid(settings.data_dir))
    if settings.local.enabled:
        yield _weights(settings.local, settings.data_dir)
        yield _native()
    yield from _providers(settings)
    if online:
        yield from _online(settings)


def _clock() -> Finding:
    now_s = SYSTEM_CLOCK.unix_ms() // 1000
    told = datetime.fromtimestamp(now_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if now_s < _RELEASED_S:
        return Finding("clock", "warn", f"{told} is before this program was made: set the clock")
    return Finding("clock", "ok", told)


def _folder(folder: Path) -> Finding:
    if not folder.exists():
        above = next(parent for parent in folder.absolute().parents if parent.exists())
        if not os.access(above, os.W_OK | os.X_OK):
            return Finding("data folder", "fail", f"{folder} cannot be made in {above}")
        return Finding("data folder", "ok", f"{folder} will be made at the first start")
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.R_OK | os.X_OK):
        return Finding("data folder", "fail", f"{folder} is not a folder that can be written")
    return Finding("data folder", "ok", str(folder))


def _database(folder: Path) -> Finding:
    file = folder / DATABASE_NAME
    if not file.exists():
        return Finding("database", "ok", "will be made at the first start")
    try:
        found = check(file)
    except sqlite3.Error as error:
        return Finding("database", "fail", f"{file} cannot be read: {error}")
    if found.problem is not None:
        return Finding("database", "fail", found.problem)
    if found.pending:
        return Finding("database", "ok", f"will be upgraded at start: {', '.join(found.pending)}")
    return Finding("database", "ok", f"schema {found.version}, the latest")


def _port(server: Server, pid: int | None) -> Finding:
    place = f"{server.host}:{server.port}"
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((server.host, server.port))
        except OSError as error:
            if pid is not None:
                return Finding("port", "ok", f"a gateway runs on this data folder (process {pid})")
            return Finding("port", "fail", f"{place}: {error.strerror or error}")
    return Finding("port", "ok", f"{place} is free")


def _weights(local: Local, data_dir: Path) -> Finding:
    if local.model_file is not None:
        there = local.model_file.is_file()
        detail = str(local.model_file) if there else f"{local.model_file} is not there"
        return Finding("model file", "ok" if there else "fail", detail)
    found = find_weights(data_dir)
    if found is None:
        return Finding("model file", "warn", "not here: run `turnout fetch-model`")
    with found.path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    if digest != WEIGHTS_SHA256:
        detail = f"{found.path} is damaged: run `turnout fetch-model --force`"
        return Finding("model file", "fail", detail)
    return Finding("model file", "ok", f"{found.path} (sha256 {digest})")


def _native() -> Finding:
    try:
        importlib.import_module("xllamacpp")
    except (ImportError, OSError) as error:
        return Finding("xllamacpp", "warn", f"cannot be imported, so no embedded model: {error}")
    return Finding("xllamacpp", "ok", "can be imported")


def _providers(settings: Settings) -> Iterator[Finding]:
    """Those that are on one by one, the others as a number: they are many, and that is fine."""
    on = [switch for switch in settings.switches.values() if switch.on]
    for switch in on:
        yield Finding(f"provider {switch.provider.id}", "ok", f"on: {switch.reason}")
    off = len(settings.switches) - len(on)
    told = f"{off} known ones are off; `turnout providers` says why"
    yield Finding("providers", "ok" if on else "warn", told)


def _online(settings: Settings) -> Iterator[Finding]:
    for slug, answer in asyncio.run(_ask(settings)).items():
        if isinstance(answer, UpstreamError):
            status = f"HTTP {answer.status}, " if answer.status is not None else ""
            state: State = "warn" if answer.kind == "model_not_found" else "fail"
            yield Finding(f"reach {slug}", state, f"{status}{answer.kind}: {answer.message}")
        else:
            yield Finding(f"reach {slug}", "ok", f"answers, and lists {len(answer)} models")


async def _ask(settings: Settings) -> dict[str, tuple[str, ...] | UpstreamError]:
    pool = pool_for(settings)
    try:
        return dict(await discover(settings.switches, pool))
    finally:
        await pool.aclose()
