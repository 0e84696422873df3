"""Recorded traffic of real providers, from ../shared/recordings (see its README for the format).

Nothing of it is in this repository. Tests that read it are marked `recordings` and skip without it;
`load` is then empty, so that parametrised tests can be collected anywhere.
"""

import base64
import gzip
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

FOLDER = Path(__file__).parents[2] / "shared" / "recordings"


class Exchange(msgspec.Struct, frozen=True):
    """One HTTP exchange with a provider, as recorded.

    Attributes:
        request_json: The body; None for response-only recordings.
        fidelity: How near to the wire: "wire" bodies are exact, "chunks" had their SSE frame put
            back, the others hold the same values in other bytes.
        elided: Parts in which a long base64 run was cut ("request", "response").
    """

    id: str
    source_repo: str
    source_path: str
    index: int
    provider: str
    api: str
    url: str
    status: int
    response_body: str
    response_encoding: Literal["text", "base64"]
    fidelity: str
    features: tuple[str, ...]
    method: str = "POST"
    request_json: dict[str, Any] | None = None
    request_headers: dict[str, str] = {}
    response_headers: dict[str, str] = {}
    elided: tuple[str, ...] = ()

    @property
    def body(self) -> bytes:
        """The response's bytes."""
        if self.response_encoding == "base64":
            return base64.b64decode(self.response_body)
        return self.response_body.encode()

    @property
    def streamed(self) -> bool:
        """The response is a stream of server-sent events."""
        return self.response_body.lstrip("\ufeff \r\n").startswith(("data:", ":", "event:"))

    @property
    def name(self) -> str:
        """For test ids."""
        return f"{self.api}-{self.id}"


def _lines(folder: Path = FOLDER) -> Iterator[bytes]:
    for path in sorted(folder.glob("*.jsonl.gz")) if folder.is_dir() else ():
        with gzip.open(path, "rb") as file:
            yield from file


class _Api(msgspec.Struct):
    api: str


@cache
def _by_api() -> dict[str, list[bytes]]:
    """Every line by its api; decoding waits until somebody asks for that api."""
    heads = msgspec.json.Decoder(_Api)
    found: dict[str, list[bytes]] = {}
    for line in _lines():
        found.setdefault(heads.decode(line).api, []).append(line)
    return found


_EXCHANGE = msgspec.json.Decoder(Exchange)


def load(apis: Collection[str]) -> list[Exchange]:
    """All exchanges of these apis, in the order of files; [] when the recordings are absent."""
    return [_EXCHANGE.decode(line) for api in apis for line in _by_api().get(api, ())]


def read(folder: Path) -> Iterator[Exchange]:
    """All exchanges of any folder in that format."""
    return (_EXCHANGE.decode(line) for line in _lines(folder))
