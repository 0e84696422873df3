"""Many streams at once while the processes of their providers are killed, stall and cut."""

import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from http.client import HTTPException, IncompleteRead
from pathlib import Path
from typing import Any, Final

import msgspec
from tests.gateway import CHAT, Gateway, Simulator, chat_body, open_simulator
from tests.live.load import eventually

MODEL: Final = "acme/one"
NAMES: Final = ("ash", "birch", "cedar", "dogwood")
WORDS: Final = 40
PACE_TPS: Final = 10
DONE: Final = b"data: [DONE]\n\n"
_KILLS_BEGIN_S: Final = 0.8

FAULTS: Final = """
[[providers.{name}.faults]]
kind = "stall-after-tokens"
after_tokens = 11
probability = 0.05
[[providers.{name}.faults]]
kind = "cut-mid-frame"
after_tokens = 17
probability = 0.05
[[providers.{name}.faults]]
kind = "reset"
after_tokens = 23
probability = 0.05
[[providers.{name}.faults]]
kind = "status"
status = 500
probability = 0.05
"""


def scenario(name: str, *, faults: bool = True) -> str:
    """One provider whose answers are the same at every other one."""
    pace = f"pace = {{ ttft_ms = 30, token_rate_tps = {PACE_TPS if faults else 0} }}"
    answer = f"answer = {{ tokens = {WORDS} }}"
    return f"[providers.{name}]\n{answer}\n{pace}\n" + (FAULTS.format(name=name) if faults else "")


class Mortal:
    """A provider whose process is killed and started again on its port."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._life = ExitStack()
        self._port = 0
        self.simulator = self.start()

    def start(self) -> Simulator:
        """A new process."""
        self._life = ExitStack()
        opened = open_simulator(self._folder, scenario(self.name), self._port)
        self.simulator = self._life.enter_context(opened)
        self._port = self.simulator.port
        return self.simulator

    def kill(self) -> None:
        """`kill -9`, in the middle of whatever it says."""
        self.simulator.process.kill()
        self.simulator.process.wait()
        self._life.close()

    def end(self) -> None:
        """Ends it in peace."""
        self._life.close()


@contextmanager
def mortals(folder: Path) -> Generator[list[Mortal]]:
    """All providers, each a process of its own."""
    living: list[Mortal] = []
    try:
        living += (Mortal(name, folder) for name in NAMES)
        yield living
    finally:
        for one in living:
            one.end()


@contextmanager
def killing(living: Sequence[Mortal], seed: int) -> Generator[Counter[str]]:
    """Kills one after the other while the block runs; each comes back before the next one dies."""
    chance, stop, killed = random.Random(seed), threading.Event(), Counter[str]()

    def kill() -> None:
        stop.wait(_KILLS_BEGIN_S)
        while not stop.is_set():
            one = chance.choice(living)
            one.kill()
            killed[one.name] += 1
            one.start()
            stop.wait(0.4)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()


class Note(msgspec.Struct, kw_only=True):
    """What one client knows.

    Attributes:
        text: The words it was given.
        error_type: Of a refusal or of an error inside the stream.
        whole: The stream came to its end mark without an error.
    """

    prompt: str
    id: str = ""
    text: str = ""
    error_type: str = ""
    whole: bool = False
    trouble: str = ""


def ask_all(gateway: Gateway, prompts: Sequence[str], **fields: Any) -> list[Note]:
    """All prompts at once, each a stream on a connection of its own."""
    notes = [Note(prompt=prompt) for prompt in prompts]
    threads = [threading.Thread(target=_ask, args=(gateway, note, fields)) for note in notes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return notes


def _ask(gateway: Gateway, note: Note, fields: dict[str, Any]) -> None:
    connection = gateway.connect()
    try:
        body = json.dumps(chat_body(MODEL, note.prompt, stream=True, **fields)).encode()
        connection.request("POST", CHAT, body, gateway.headers())
        response = connection.getresponse()
        note.id = response.headers["x-generation-id"] or ""
        heard = response.read()
        if response.status != 200:
            note.error_type = json.loads(heard)["error"]["metadata"]["error_type"]
        else:
            _listen(heard, note)
    except (OSError, HTTPException, IncompleteRead, ValueError, KeyError) as error:
        note.trouble = repr(error)
    finally:
        connection.close()


def _listen(heard: bytes, note: Note) -> None:
    if not heard.endswith(DONE):
        raise HTTPException("the stream has no end")
    for frame in heard.removesuffix(DONE).split(b"\n\n"):
        if frame.startswith(b"data: "):
            event = json.loads(frame[6:])
            for choice in event["choices"]:
                note.text += choice["delta"].get("content") or ""
            if "error" in event:
                note.error_type = event["error"]["metadata"]["error_type"]
    note.whole = not note.error_type


def uncut(folder: Path, prompts: Sequence[str]) -> list[str]:
    """What each prompt's answer is, from a provider that nothing happens to."""
    answers: list[str] = []
    with open_simulator(folder, scenario("oracle", faults=False)) as oracle:
        for prompt in prompts:
            body = json.dumps({**chat_body("one", prompt)}).encode()
            heard = oracle.request("POST", "/oracle/v1/chat/completions", body)
            answers.append(heard.json["choices"][0]["message"]["content"])
    return answers


def config(living: Sequence[Mortal], continuation: str) -> str:
    """All of them serve one model; what is silent for two seconds has stalled."""
    rows = ["[timeouts]\nidle_s = 2\nfirst_token_s = 10\nconnect_s = 2"]
    rows.append(f"[routing.continuation]\nenabled = {continuation}")
    for one in living:
        rows += [
            f'[providers.{one.name}]\nkind = "simulator"',
            f'base_url = "{one.simulator.url}/{one.name}/v1"',
            f'[[providers.{one.name}.models]]\nid = "{MODEL}"\ncontext = 128000',
            'price = { prompt = "1", completion = "2" }',
        ]
    return "\n".join(rows)


def records_of(gateway: Gateway, count: int) -> dict[str, Any]:
    """All records by id, when so many are in the store."""
    eventually(lambda: len(gateway.records(MODEL)) >= count)
    return {record["id"]: record for record in gateway.records(MODEL)}


def streams() -> int:
    """How many run at once; more under TURNOUT_TEST_ALL."""
    return 600 if os.environ.get("TURNOUT_TEST_ALL") else 200


def seed_of_day() -> int:
    """Another one each day, shown by whoever uses it."""
    return int(time.time()) // 86_400
