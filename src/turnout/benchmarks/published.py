"""The shipped facts: which benchmarks there are, and what sources say of models."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Annotated

import msgspec

Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]


class Benchmark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One evaluation, for people."""

    name: str
    description: str


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a source says of one model in one benchmark, percent as it is printed there."""

    model: str
    benchmark: str
    percent: Percent


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who says so, where, and on which ISO date."""

    name: str
    url: str
    as_of: str
    scores: tuple[Fact, ...]


class Published(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of published.toml; benchmarks by their keys, "gpqa_diamond"."""

    benchmarks: Mapping[str, Benchmark]
    sources: tuple[Source, ...]


@lru_cache(maxsize=1)
def published() -> Published:
    """The shipped facts; read once."""
    text = (files("turnout.benchmarks") / "published.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Published)


def name_of(benchmark: str) -> str:
    """A benchmark's name for people; its key where it is none of ours."""
    known = published().benchmarks.get(benchmark)
    return benchmark if known is None else known.name
