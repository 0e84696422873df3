"""The stage of the fault script: a faulty provider, a steady one, and short deadlines."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from tests.flow.fault_table import BROKEN, FATAL, FAULTY, HARMLESS, SECRET, STEADY, STEADY_TEXT
from tests.gateway import (
    Gateway,
    Simulator,
    Template,
    open_gateway,
    open_simulator,
    provider_table,
)

SCENARIO = f"""
[providers.{FAULTY}]
keys = ["{SECRET}"]
answer = {{ tokens = 16, tool_calls = 2 }}
pace = {{ token_rate_tps = 1000 }}
[[providers.{FAULTY}.faults]]
kind = "status"
name = "too-long"
status = 400
message = "This model's maximum context length is 8 tokens."
on_request = true
[[providers.{FAULTY}.faults]]
kind = "status"
name = "flagged"
status = 400
message = "Rejected by our content policy."
on_request = true
[[providers.{FAULTY}.faults]]
kind = "status"
name = "leaky"
status = 500
message = "key {SECRET} failed at http://127.0.0.1:9/v1 for 10.1.2.3:8080"
on_request = true
[[providers.{FAULTY}.faults]]
kind = "giant-event"
size_bytes = 300000
on_request = true
[[providers.{FAULTY}.faults]]
kind = "drip"
gap_ms = 0.1
on_request = true
[providers.{STEADY}]
answer = {{ text = "{STEADY_TEXT}" }}
"""
CHEAP = '{ prompt = "0.001", completion = "0.001" }'
DEADLINES = f"""
[providers.{FAULTY}.timeouts]
connect_s = 1
first_token_s = 0.3
idle_s = 0.3
total_s = 0.4
"""
LOGGING = '[logging]\nlevel = "debug"'
DEAR = '{ prompt = "1000", completion = "1000" }'


class Stage(msgspec.Struct, frozen=True):
    """A gateway and the providers it routes to; `heard` collects all that clients were told."""

    gateway: Gateway
    simulator: Simulator
    heard: list[bytes]


def slug(name: str) -> str:
    """A fault as part of a model's name."""
    return name.replace(":", "-")


def models(prefix: str) -> list[str]:
    """A model for each row, so that no row's health is another's."""
    names = [row.fault for row in (*FATAL, *BROKEN)] + list(HARMLESS)
    return [f"{prefix}/{slug(name)}-{way}" for name in names for way in ("stream", "unary")]


@contextmanager
def open_stage(template: Template, folder: Path) -> Generator[Stage]:
    """The stage while the block runs.

    `both/ROW-WAY` is served by the faulty provider (cheap) and the steady one (dear),
    `alone/ROW-WAY` by the faulty one only.
    """
    with open_simulator(folder, SCENARIO) as simulator:
        both = models("both")
        faulty = provider_table(
            FAULTY, simulator, [*both, *models("alone")], keys=[SECRET], price=CHEAP
        )
        steady = provider_table(STEADY, simulator, both, price=DEAR)
        config = f"{faulty}\n{DEADLINES}\n{steady}\n{LOGGING}"
        with open_gateway(template, folder, config) as gateway:
            yield Stage(gateway, simulator, [])
