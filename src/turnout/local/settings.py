"""What parent and child agree on: the model's settings, the secret, the first report."""

from pathlib import Path
from typing import Final

import msgspec

MODEL_NAME: Final = "smollm2-135m-instruct"
"""The name the embedded server gives its model; it answers to any name, this one is echoed."""


class LocalModel(msgspec.Struct, frozen=True, kw_only=True):
    """How the embedded model is served.

    Attributes:
        weights: The gguf file.
        name: The model name echoed in answers.
        parallel: Requests that decode at once; further ones wait in line inside the child.
        context_tok: Tokens over all slots, so that one request has `context_tok / parallel`. Each
            token of it costs 23 KB of memory, used or not.
        threads: Compute threads; 0 takes all cores but one, which is the gateway's.
        embeddings: Serve /v1/embeddings (mean pooling) beside chat; measured to cost chat nothing.
            An input longer than 512 tokens is refused by the child.
    """

    weights: Path
    name: str = MODEL_NAME
    parallel: int = 4
    context_tok: int = 8192
    threads: int = 0
    embeddings: bool = True


class Secret(msgspec.Struct, frozen=True):
    """First line from parent to child, on stdin: argv and environment can be read by others."""

    api_key: str


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The child answers on this port of 127.0.0.1."""

    port: int


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The child could not load and is about to exit."""

    reason: str


Report = Ready | Failed
"""The only line the child writes, on stdout."""
