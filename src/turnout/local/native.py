"""The part of xllamacpp that we use, typed here because it ships no types."""

import importlib
from typing import Protocol, cast


class ModelParams(Protocol):
    """Which file to load."""

    path: str


class ThreadParams(Protocol):
    """Compute threads."""

    n_threads: int


class Params(Protocol):
    """Settings of the native server; what is not named here keeps llama.cpp's default."""

    model: ModelParams
    model_alias: set[str]
    hostnames: list[str]
    port: int
    reuse_port: bool
    api_keys: list[str]
    n_parallel: int
    n_ctx: int
    cache_ram_mib: int
    ui: bool
    verbosity: int
    cpuparams: ThreadParams
    cpuparams_batch: ThreadParams
    embedding: bool
    pooling_type: object


class NativeServer(Protocol):
    """Serves from construction to the end of the process; never destruct it (it may hang)."""

    @property
    def listening_address(self) -> str:
        """`http://127.0.0.1:PORT`."""
        ...


class PoolingTypes(Protocol):
    """How token vectors become one embedding."""

    LLAMA_POOLING_TYPE_MEAN: object


class Native(Protocol):
    """The module."""

    llama_pooling_type: PoolingTypes

    def CommonParams(self) -> Params:  # noqa: N802 (its own name)
        """All settings at their defaults."""
        ...

    def Server(self, params: Params, /) -> NativeServer:  # noqa: N802 (its own name)
        """Load and listen; RuntimeError without a reason when either fails."""
        ...


def load_native() -> Native:
    """The native module.

    Raises:
        ImportError: The extra `local` is not installed, or has no build for this machine.
    """
    return cast("Native", importlib.import_module("xllamacpp"))
