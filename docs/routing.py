"""The tables of docs/explain/routing.md: the last lab run, and what a scenario may say."""  # noqa: INP001 (no package)

from pathlib import Path
from typing import Final, cast

import msgspec
from msgspec import inspect

from turnout.config.reference import attributes
from turnout.core.rules import Auto, Balanced, Continuation, Exacto, Hedging, Stickiness
from turnout.lab.bars import Result
from turnout.lab.policies import POLICIES
from turnout.lab.scenario import Lasting, Profile, Scenario, Traffic, shipped
from turnout.lab.table import markdown

FOLDER: Final = Path(__file__).parent / "explain"
PAGE: Final = FOLDER / "routing.md"
RESULTS: Final = FOLDER / "lab.json"
_BLOCKS: Final[tuple[tuple[str, type[msgspec.Struct]], ...]] = (
    ("balanced", Balanced),
    ("exacto", Exacto),
    ("hedging", Hedging),
    ("continuation", Continuation),
    ("sticky", Stickiness),
    ("auto", Auto),
)
_TITLES: Final[tuple[tuple[str, type[msgspec.Struct]], ...]] = (
    ("At the top", Scenario),
    ("`[traffic]`", Traffic),
    ("`[[endpoints]]`", Profile),
    ("`[[endpoints.events]]`", Lasting),
)


def main() -> None:
    """Writes what lies between the marks, and nothing else."""
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def render(page: str) -> str:
    """The page with fresh tables."""
    page = _between(page, "constants", _constants())
    page = _between(page, "scenarios", _scenarios())
    page = _between(page, "format", "\n\n".join(_fields(*pair) for pair in _TITLES))
    return _between(page, "lab", _results())


def _between(page: str, mark: str, text: str) -> str:
    begin, end = f"<!-- {mark}: written by docs/routing.py -->", f"<!-- end of {mark} -->"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}"


def _results() -> str:
    result = msgspec.json.decode(RESULTS.read_bytes(), type=Result)
    return markdown(result.rows, result.bars)


def _scenarios() -> str:
    listed = "\n".join(f"- **{scenario.name}**: {scenario.description}" for scenario in shipped())
    ways = "\n".join(f"- **{name}**: {way.summary}" for name, way in POLICIES.items())
    return f"{listed}\n\nPolicies:\n\n{ways}"


def _constants() -> str:
    return "\n\n".join(_fields(f"`[routing.{name}]`", struct) for name, struct in _BLOCKS)


def _fields(title: str, struct: type[msgspec.Struct]) -> str:
    said = attributes(struct)
    fields = cast("inspect.StructType", inspect.type_info(struct)).fields
    lines = [f"| `{f.encode_name}` | {_default(f)} | {said[f.name]} |" for f in fields]
    return "\n".join((f"{title}\n", "| key | default | meaning |", "| --- | --- | --- |", *lines))


def _default(field: inspect.Field) -> str:
    value: object = field.default
    if field.required:
        return "needed"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if isinstance(value, int | float | str) else "none"


if __name__ == "__main__":
    main()
