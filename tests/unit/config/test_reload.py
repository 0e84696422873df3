"""A reload changes what may change at run time, and says what waits for a restart."""

from pathlib import Path

import pytest

from turnout.cli.serve import with_options
from turnout.config.load import load
from turnout.config.problems import ConfigError
from turnout.config.reload import reload
from turnout.config.secret import Secret


def test_reload_takes_providers_and_deadlines_at_once(tmp_path: Path) -> None:
    """Providers, keys, routing and deadlines are those of the new file."""
    file = tmp_path / "turnout.toml"
    file.write_text('[providers.groq]\napi_key = "a"\n')
    running = load(file, {})
    file.write_text("timeouts.idle_s = 9\nserver.comment_period_s = 1\n")
    done = reload(running, {"OPENAI_API_KEY": "k"})
    assert done.waiting == ()
    assert done.settings.timeouts.idle_s == 9
    assert done.settings.server.comment_period_s == 1
    assert not done.settings.switches["groq"].on
    assert done.settings.switches["openai"].keys == (Secret("k"),)


def test_reload_keeps_what_needs_a_restart(tmp_path: Path) -> None:
    """The socket, the data folder and the embedded model stay; their names are told."""
    file = tmp_path / "turnout.toml"
    file.write_text("")
    running = load(file, {})
    file.write_text(
        'data_dir = "x"\nserver.port = 1\nlocal.parallel = 2\nlogging.level = "debug"\n'
    )
    done = reload(running, {})
    assert set(done.waiting) == {"data_dir", "server.port", "local.parallel", "logging.level"}
    assert done.settings.data_dir == running.data_dir
    assert done.settings.server.port == running.server.port
    assert done.settings.local == running.local
    assert reload(done.settings, {}).waiting == done.waiting


def test_reload_leaves_the_command_lines_word_alone(tmp_path: Path) -> None:
    """What --port said still holds, and is no change that waits for anything."""
    file = tmp_path / "turnout.toml"
    file.write_text("server.port = 1\n")
    running = with_options(load(file, {}), "0.0.0.0", 9000)
    done = reload(running, {})
    assert done.waiting == ()
    assert (done.settings.server.host, done.settings.server.port) == ("0.0.0.0", 9000)


def test_reload_refuses_a_wrong_file(tmp_path: Path) -> None:
    """The caller keeps what it has."""
    file = tmp_path / "turnout.toml"
    file.write_text("")
    running = load(file, {})
    file.write_text("server.port = 'x'\n")
    with pytest.raises(ConfigError, match=r"server\.port"):
        reload(running, {})
