"""TOML to a Scenario. A mistake is told by line, field and what is allowed there."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import inspect

from turnout.core.errors import TurnoutError
from turnout.core.money import rate_per_million
from turnout.simulator.scenario import Provider, Scenario, Uniform

T = TypeVar("T")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_PATH = re.compile(r" - at `\$(.*)`\Z")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*?)`")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")

Path_ = tuple[str | int, ...]


class ScenarioError(TurnoutError):
    """A scenario that cannot be played.

    Attributes:
        field: Dotted path ("providers.a.faults[0].kind"), "" when the file is not TOML.
        line: 1-based, None when the field stands nowhere in the file (it is missing).
    """

    def __init__(self, message: str, *, field: str = "", line: int | None = None) -> None:
        where = f"line {line}: " if line is not None else ""
        super().__init__(f"{where}{field + ': ' if field else ''}{message}")
        self.field = field
        self.line = line


def load(path: Path | str) -> Scenario:
    """The scenario in a TOML file.

    Raises:
        ScenarioError: Not TOML, or a field is wrong; says which line, field and what is allowed.
        OSError: The file cannot be read.
    """
    return parse(Path(path).read_text(encoding="utf-8"))


def parse(text: str) -> Scenario:
    """The scenario in a TOML text; errors as `load`."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"not TOML: {error}") from error
    providers: dict[str, object] = {}
    rows = tables.get("providers")
    if not isinstance(rows, dict) or not rows:
        raise ScenarioError("a scenario needs at least one [providers.<name>]", field="providers")
    for name, table in msgspec.convert(rows, dict[str, object]).items():
        path: Path_ = ("providers", name)
        if not _NAME.match(name):
            allowed = "letters, digits, '.', '_' and '-', for it becomes a URL path segment"
            raise ScenarioError(f"a provider's name is {allowed}", field=_dotted(path))
        providers[name] = _convert(text, table, Provider, path)
    scenario = _convert(text, {**tables, "providers": providers}, Scenario, ())
    _check(text, scenario)
    return scenario


def _convert(text: str, value: object, kind: type[T], prefix: Path_) -> T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        message = str(error)
        found = _PATH.search(message)
        path = _steps(found.group(1)) if found else ()
        message = _PATH.sub("", message)
        allowed = _allowed(inspect.type_info(kind), path)
        unknown = _UNKNOWN.match(message)
        if unknown:
            path = (*path, unknown.group(1))
        if allowed:
            message = f"{message}; allowed: {', '.join(allowed)}"
        full = prefix + path
        raise ScenarioError(message, field=_dotted(full), line=_line(text, full)) from error


def _check(text: str, scenario: Scenario) -> None:
    """What types cannot say."""
    for name, provider in scenario.providers.items():
        for path, message in _mistakes(provider):
            full: Path_ = ("providers", name, *path)
            raise ScenarioError(message, field=_dotted(full), line=_line(text, full))


def _mistakes(provider: Provider) -> Iterator[tuple[Path_, str]]:
    for part, value in (
        ("ttft_ms", provider.pace.ttft_ms),
        ("token_rate_tps", provider.pace.token_rate_tps),
    ):
        if isinstance(value, Uniform) and value.low > value.high:
            yield ("pace", part), f"low ({value.low:g}) is above high ({value.high:g})"
    seen: set[str] = set()
    for at, model in enumerate(provider.models):
        if model.id in seen:
            yield ("models", at, "id"), f"model '{model.id}' is listed twice"
        seen.add(model.id)
        if model.price is not None:
            for part, usd in msgspec.structs.asdict(model.price).items():
                try:
                    rate_per_million(usd or "0")
                except ValueError as error:
                    yield ("models", at, "price", part), str(error)


def _steps(path: str) -> Path_:
    return tuple(name or int(index) for name, index in _STEP.findall(path))


def _dotted(path: Path_) -> str:
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path).lstrip(".")


def _allowed(node: inspect.Type, path: Path_) -> list[str]:
    """The fields of a table or the words of a choice at a path; empty when there is no list."""
    for step in path:
        node = _enter(node, step)
    if isinstance(node, inspect.UnionType):
        choices = [n for n in node.types if isinstance(n, inspect.LiteralType)]
        node = choices[0] if choices else node
    if isinstance(node, inspect.LiteralType):
        return [str(value) for value in node.values]
    if isinstance(node, inspect.StructType):
        return [field.name for field in node.fields]
    return []


def _enter(node: inspect.Type, step: str | int) -> inspect.Type:
    options = node.types if isinstance(node, inspect.UnionType) else (node,)
    for option in options:
        if isinstance(option, inspect.VarTupleType) and isinstance(step, int):
            return option.item_type
        if isinstance(option, inspect.StructType):
            if step == option.tag_field:
                tags = [n.tag for n in options if isinstance(n, inspect.StructType)]
                return inspect.LiteralType(tuple(t for t in tags if isinstance(t, str)))
            for field in option.fields:
                if field.name == step:
                    return field.type
    return inspect.AnyType()


_TABLE = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?\Z")
_KEY = re.compile(r"""\s*([A-Za-z0-9_."' -]+?)\s*=""")


def _line(text: str, path: Path_) -> int | None:
    """The line where a field stands, or the nearest table around it that stands somewhere."""
    places: dict[Path_, int] = {}
    counts: dict[Path_, int] = {}
    table: Path_ = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            table = _indexed(_names(header.group(2)), header.group(1), counts)
            places.setdefault(table, number)
        elif key := _KEY.match(line):
            places.setdefault(table + _names(key.group(1)), number)
    for end in range(len(path), 0, -1):
        if path[:end] in places:
            return places[path[:end]]
    return None


def _names(dotted: str) -> Path_:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _indexed(names: Path_, bracket: str, counts: dict[Path_, int]) -> Path_:
    """A table's path with the index of every array of tables on the way."""
    path: Path_ = ()
    for at, name in enumerate(names):
        path = (*path, name)
        last = at == len(names) - 1
        if last and bracket == "[[":
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
