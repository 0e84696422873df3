"""Many clients at once against a gateway, each noting everything it heard."""

import json
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any

import msgspec
from tests.gateway import CHAT, Gateway, chat_body

DONE = b"data: [DONE]\n\n"


class Note(msgspec.Struct, kw_only=True):
    """What one client knows of one request.

    Attributes:
        id: Of the generation, "" when no head came.
        model: As asked for.
        whole: The last byte of the answer came.
        cost_nusd: As the answer says, None without a whole one.
        ended_s: Monotonic.
    """

    model: str
    streamed: bool
    began_s: float
    id: str = ""
    status: int = 0
    whole: bool = False
    cost_nusd: int | None = None
    trouble: str = ""
    ended_s: float = 0.0


class Load:
    """Clients that ask one request after another until they are told to stop."""

    def __init__(self, gateway: Gateway, models: Sequence[str], clients: int) -> None:
        self.notes: list[Note] = []
        self._gateway = gateway
        self._models = models
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._client, args=(n,)) for n in range(clients)]

    def start(self) -> None:
        """All clients at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Lets every client end the request it is at."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _client(self, number: int) -> None:
        connection = self._gateway.connect()
        try:
            turn = number
            while not self._stop.is_set():
                turn += 1
                model = self._models[turn // 2 % len(self._models)]
                note = Note(model=model, streamed=turn % 2 == 0, began_s=time.monotonic())
                self.notes.append(note)
                if not self._one(connection, note, number):
                    return
        finally:
            connection.close()

    def _one(self, connection: HTTPConnection, note: Note, number: int) -> bool:
        """One request; False when the gateway is gone."""
        body = json.dumps(chat_body(note.model, f"client {number}", stream=note.streamed)).encode()
        try:
            connection.request("POST", CHAT, body, self._gateway.headers())
            _listen(connection.getresponse(), note)
        except (OSError, HTTPException) as error:
            note.trouble = repr(error)
        note.ended_s = time.monotonic()
        return not note.trouble


def _listen(response: HTTPResponse, note: Note) -> None:
    note.status = response.status
    note.id = response.headers["x-generation-id"] or ""
    heard = response.read()
    if not note.streamed or note.status != 200:
        answer: Any = json.loads(heard, parse_float=Decimal)
    elif not heard.endswith(DONE):
        raise HTTPException("the stream has no end")
    else:
        [*_, last, _done, _] = heard.split(b"\n\n")
        answer = json.loads(last.removeprefix(b"data: "), parse_float=Decimal)
    note.whole = True
    if "usage" in answer:
        note.cost_nusd = int(Decimal(answer["usage"]["cost"]) * 1_000_000_000)


@contextmanager
def loading(gateway: Gateway, models: Sequence[str], clients: int) -> Generator[Load]:
    """Clients at work while the block runs."""
    load = Load(gateway, models, clients)
    load.start()
    try:
        yield load
    finally:
        load.stop()


def eventually(true: Callable[[], bool], within_s: float = 10.0) -> None:
    """Waits until something holds; fails when it never does."""
    until_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until_s, f"never became true in {within_s} s"
        time.sleep(0.02)
