"""What a request leaves behind: nothing that only Python's collector could free."""

import signal
import time
from pathlib import Path

import pytest
from tests.gateway import Gateway, Simulator, Template, open_gateway, provider_table

COLLECT = """
import gc, pathlib, signal

def collect(_number, _frame):
    pathlib.Path("collected.part").write_text(str(gc.collect()))
    pathlib.Path("collected.part").replace("collected")

signal.signal(signal.SIGUSR1, collect)
"""
"""Makes the gateway's process collect when it is told to, and say how much it found."""

REQUESTS = 60


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_requests_are_freed_without_the_collector(
    simulator: Simulator,
    template: Template,
    tmp_path: Path,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """A ring of references in each would cost a pause of milliseconds once in a thousand."""
    code = tmp_path / "code"
    code.mkdir()
    (code / "sitecustomize.py").write_text(COLLECT)
    config = provider_table("beta", simulator, ["acme/beta"])
    with open_gateway(template, tmp_path, config, PYTHONPATH=str(code)) as gateway:
        for _ in range(5):  # what is made once, at first use
            gateway.chat("acme/beta", stream=stream)
        collected(gateway)
        for _ in range(REQUESTS):
            assert gateway.chat("acme/beta", stream=stream).status == 200
        assert collected(gateway) < REQUESTS


def collected(gateway: Gateway) -> int:
    """Objects that the collector finds now."""
    told = gateway.folder / "collected"
    told.unlink(missing_ok=True)
    gateway.process.send_signal(signal.SIGUSR1)
    until_s = time.monotonic() + 20
    while not told.exists():
        assert time.monotonic() < until_s
        time.sleep(0.02)
    return int(told.read_text())
