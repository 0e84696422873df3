"""The turnout command from outside: real processes, their output and their exit codes."""

import hashlib
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from turnout_command import SECRET, Turnout

from turnout.cli.app import COMMANDS, root
from turnout.cli.reference import render

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"
SUBCOMMANDS = [
    *[[name] for name in COMMANDS],
    *[["keys", name] for name in ("create", "list", "revoke")],
    *[["config", name] for name in ("check", "reload")],
]


@pytest.fixture
def turnout(tmp_path: Path) -> Turnout:
    """A command with an empty folder of its own."""
    return Turnout(tmp_path)


# ── all commands ────────────────────────────────────────────────────────────────────────────────


def test_help_lists_every_command_quickly(turnout: Turnout) -> None:
    """`--help` imports no command; generous here, as the machine of a test may be busy."""
    started = time.monotonic()
    done = turnout("--help")
    took_s = time.monotonic() - started
    assert done.code == 0
    assert all(f"  {name} " in done.out for name in COMMANDS)
    assert took_s < 2.0
    probe = "import sys, turnout.cli; print(any(m.startswith(('turnout.flow', 'turnout.providers'"
    probe += ", 'asyncio', 'turnout.store')) for m in sys.modules))"
    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


@pytest.mark.parametrize("words", SUBCOMMANDS, ids=" ".join)
def test_every_command_has_help(turnout: Turnout, words: list[str]) -> None:
    """Help names the command and says what it does."""
    done = turnout(*words, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: turnout {' '.join(words)} ")


def test_entries_lead_to_their_commands() -> None:
    """Each entry leads to a command of its name, and all of them take --json."""
    context = click.Context(root)
    for name, entry in COMMANDS.items():
        command = root.get_command(context, name)
        assert command is not None
        assert command.name == name
        own = {param.name for param in command.params}
        assert isinstance(command, click.Group) or "as_json" in own or name in ("simulate", "demo")
        assert entry.summary.endswith(".")


def test_reference_of_commands_is_fresh() -> None:
    """The page in docs/ is what the commands' help says now; `make gen` writes it."""
    assert PAGE.read_text(encoding="utf-8") == render()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["servr"], "No such command 'servr'. Did you mean 'serve'?"),
        (["keys", "create"], "Missing option '--name'."),
        (["keys", "create", "--name", "x", "--reset", "daily"], "--reset needs --limit."),
        (
            ["keys", "create", "--name", "x", "--limit", "ten"],
            "Invalid value for '--limit': expected an amount in USD such as 12.50",
        ),
        (
            ["keys", "create", "--name", "x", "--limit", "-1"],
            "Invalid value for '--limit': expected an amount of 0 or more",
        ),
        (
            ["keys", "create", "--name", "x", "--expires", "2001-01-01"],
            "Invalid value for '--expires': expected a time in the future",
        ),
        (
            ["keys", "create", "--name", "x", "--expires", "soon"],
            (
                "Invalid value for '--expires': expected a time such as 2027-01-31 or"
                " 2027-01-31T12:00:00Z"
            ),
        ),
        (["explain"], "Name a MODEL or a gen-… id, or give a --body that names a model."),
        (
            ["serve", "--port", "70000"],
            "Invalid value for '--port': 70000 is not in the range 0<=x<=65535.",
        ),
    ],
    ids=str,
)
def test_wrong_use_exits_with_2(turnout: Turnout, words: list[str], message: str) -> None:
    """In words on standard error, and as JSON on standard output with --json."""
    done = turnout(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith(f"Error: {message}\n")
    if words != ["servr"]:
        done = turnout(*words, "--json")
        assert (done.code, done.err) == (2, "")
        assert done.json == {"error": {"kind": "usage", "message": message}}


def test_a_refused_configuration_exits_with_1(turnout: Turnout) -> None:
    """Every command that needs settings tells all that is wrong with them."""
    turnout.write(f'[server]\nprot = 1\n[providers.openai]\nbase_url = "{SECRET}"\n')
    for words in (["config", "check"], ["models"], ["providers"], ["serve"], ["keys", "list"]):
        done = turnout(*words)
        assert (done.code, done.out) == (1, "")
        assert "Error: turnout.toml:2: server.prot: unknown key; did you mean" in done.err
        assert "turnout.toml:4: providers.openai.base_url: expected an address" in done.err
        assert SECRET not in done.err
    done = turnout("config", "check", "--json")
    assert done.code == 1
    assert done.json["error"]["kind"] == "config"
    assert [(p["line"], p["field"]) for p in done.json["error"]["problems"]] == [
        (2, "server.prot"),
        (4, "providers.openai.base_url"),
    ]
    assert SECRET not in done.out


# ── keys ────────────────────────────────────────────────────────────────────────────────────────


def test_keys_create_prints_exactly_key_and_hash(turnout: Turnout) -> None:
    """What others rely on: two fields; the hash is SHA-256 of the key; only the hash is stored."""
    done = turnout("keys", "create", "--name", "ci", "--data-dir", "d", "--json")
    assert done.code == 0
    assert set(done.json) == {"key", "hash"}
    key: str = done.json["key"]
    assert re.fullmatch(r"sk-or-v1-[0-9a-f]{64}", key)
    assert done.json["hash"] == hashlib.sha256(key.encode()).hexdigest()
    stored = b"".join(file.read_bytes() for file in (turnout.folder / "d").glob("turnout.sqlite*"))
    assert done.json["hash"].encode() in stored
    assert key.encode() not in stored


def test_keys_list_and_revoke(turnout: Turnout) -> None:
    """Limits and expiry are kept exactly; a unique beginning of the hash revokes."""
    made = turnout(
        *("keys", "create", "--name", "team a", "--management", "--limit", "12.5"),
        *("--reset", "monthly", "--expires", "2099-01-31T12:00:00+01:00", "--json"),
    ).json
    other = turnout("keys", "create", "--name", "b", "--json").json
    rows = turnout("keys", "list", "--json").json["keys"]
    assert [row["name"] for row in rows] == ["b", "team a"]
    found = rows[1]
    assert found["hash"] == made["hash"]
    assert (found["limit_usd"], found["limit_reset"], found["used_usd"]) == ("12.5", "monthly", "0")
    assert (found["management"], found["expires_at"]) == (True, "2099-01-31T11:00:00Z")
    table = turnout("keys", "list").out.splitlines()
    assert table[0].split() == [
        "HASH",
        "NAME",
        "KEY",
        "KIND",
        "USED",
        "USD",
        "LIMIT",
        "USD",
        "EXPIRES",
        "CREATED",
    ]
    assert "team a" in table[2]
    assert made["key"] not in turnout("keys", "list").out
    revoked = turnout("keys", "revoke", made["hash"][:10], "--json")
    assert revoked.json == {"revoked": made["hash"]}
    assert [row["name"] for row in turnout("keys", "list", "--json").json["keys"]] == ["b"]
    again = turnout("keys", "revoke", made["hash"], "--json")
    assert (again.code, again.json["error"]["kind"]) == (1, "failed")
    assert turnout("keys", "revoke", "").code == 1
    assert turnout("keys", "revoke", other["hash"]).out == f"Revoked b ({rows[0]['label']}).\n"


def test_keys_work_with_a_named_folder_whatever_the_configuration(turnout: Turnout) -> None:
    """With --data-dir a broken file does not keep an operator from revoking a key."""
    turnout.write("server.port = 'x'\n")
    assert turnout("keys", "create", "--name", "x").code == 1
    assert turnout("keys", "create", "--name", "x", "--data-dir", "d").code == 0


def test_keys_tell_why_a_folder_cannot_be_used(turnout: Turnout) -> None:
    """A file in the way is a failure in words, no traceback."""
    (turnout.folder / "d").write_text("")
    done = turnout("keys", "list", "--data-dir", "d", "--json")
    assert (done.code, done.json["error"]["kind"]) == (2, "usage")
    done = turnout("keys", "list", "--data-dir", "d/e")
    assert done.code == 1
    assert "Traceback" not in done.err


# ── config and doctor ───────────────────────────────────────────────────────────────────────────


def test_config_check_tells_what_is_on(turnout: Turnout) -> None:
    """A sound file passes, with its warnings, and no secret in either form."""
    turnout.write(f'[providers.groq]\napi_key = "{SECRET}"\n')
    done = turnout("config", "check", OPENAI_API_KEY=SECRET)
    assert done.code == 0
    assert "Warning: turnout.toml:2: providers.groq.api_key: a secret is written" in done.err
    assert "Providers on: groq, local, openai" in done.out
    told = turnout("config", "check", "--json")
    assert told.json["ok"] is True
    assert told.json["on"] == ["groq", "local"]
    assert told.json["warnings"][0]["line"] == 2
    assert SECRET not in done.out + done.err + told.out


def test_config_reload_needs_a_gateway(turnout: Turnout) -> None:
    """No process is signalled when none holds the folder, whatever number a file names."""
    folder = turnout.folder / "data"
    folder.mkdir()
    (folder / "gateway.lock").write_text(str(os.getpid()))
    got: list[int] = []
    before = signal.signal(signal.SIGHUP, lambda number, _frame: got.append(number))
    try:
        done = turnout("config", "reload", "--json")
    finally:
        signal.signal(signal.SIGHUP, before)
    assert got == []
    assert done.code == 1
    assert done.json["error"]["message"] == "no gateway runs on the data folder data"


@pytest.fixture
def holder(turnout: Turnout) -> Iterator[subprocess.Popen[str]]:
    """A process that owns the data folder and says when it got SIGHUP."""
    folder = turnout.folder / "data"
    folder.mkdir()
    script = f"""
import signal
import socket
from pathlib import Path
from turnout.store.folder import FolderLock
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])
lock = FolderLock.take(Path({str(folder)!r}))
print("ready", flush=True)
signal.sigwait([signal.SIGHUP])
print("reloaded", flush=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def test_config_reload_signals_the_gateway(turnout: Turnout, holder: subprocess.Popen[str]) -> None:
    """SIGHUP to the process that holds the data folder's lock."""
    done = turnout("config", "reload", "--json")
    assert done.json == {"ok": True, "pid": holder.pid}
    assert holder.stdout is not None
    assert holder.stdout.readline() == "reloaded\n"


def test_doctor_finds_nothing_wrong_on_a_fresh_machine(turnout: Turnout) -> None:
    """It looks and changes nothing."""
    done = turnout("doctor", "--json", TURNOUT_SERVER_PORT="0")
    assert done.code == 0
    assert done.json["ok"] is True
    names = {finding["name"] for finding in done.json["findings"]}
    assert names >= {"python", "clock", "config", "data folder", "database", "port", "providers"}
    assert not (turnout.folder / "data").exists()
    assert turnout("doctor", TURNOUT_SERVER_PORT="0").out.splitlines()[0].split() == [
        "WHAT",
        "FOUND",
    ]


def test_doctor_fails_for_what_keeps_a_gateway_from_working(turnout: Turnout) -> None:
    """A database of a newer program, a port in use, a missing model file, a wrong file."""
    turnout("keys", "create", "--name", "x")
    database = sqlite3.connect(turnout.folder / "data" / "turnout.sqlite")
    with database:
        database.execute("INSERT INTO migrations VALUES (99, 'later', 'x', 0)")
    database.close()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        turnout.write(f'server.port = {port}\nlocal.model_file = "none.gguf"\n')
        done = turnout("doctor", "--json")
    states = {finding["name"]: finding["state"] for finding in done.json["findings"]}
    assert done.code == 1
    assert {name for name, state in states.items() if state == "fail"} == {
        "database",
        "port",
        "model file",
    }
    turnout.write("x = 1\n")
    done = turnout("doctor", "--json")
    assert done.code == 1
    assert done.json["findings"][-1]["detail"].startswith("turnout.toml:1: x: unknown key")
