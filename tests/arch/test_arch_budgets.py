"""Sizes: a file fits in a head, a function on a screen.

The exceptions are named, and may only shrink.
"""

import ast
from typing import Final

FILE_LINES: Final = 400
FUNCTION_LINES: Final = 50
SLACK_LINES: Final = 20

LONG_FILES: Final[dict[str, int]] = {}
"""Path and its lines; none yet."""
LONG_FUNCTIONS: Final[dict[str, int]] = {}
"""`path::name` and its lines; none yet."""


def over(sizes: dict[str, int], budget: int, exceptions: dict[str, int]) -> list[str]:
    """What breaks the rule: too long, or an exception that is longer or needless by now."""
    wrong = [
        f"{name}: {lines} lines, at most {exceptions.get(name, budget)}"
        for name, lines in sizes.items()
        if lines > exceptions.get(name, budget)
    ]
    return wrong + [
        f"{name}: {sizes.get(name, 0)} lines, lower its exception (now {allowed}) or remove it"
        for name, allowed in exceptions.items()
        if sizes.get(name, 0) <= max(budget, allowed - SLACK_LINES)
    ]


def test_files_fit_their_budget(modules: dict[str, str]) -> None:
    """No Python file is longer than 400 lines, but for the named ones."""
    sizes = {name: len(text.splitlines()) for name, text in modules.items()}
    assert over(sizes, FILE_LINES, LONG_FILES) == []


def test_functions_fit_their_budget(modules: dict[str, str]) -> None:
    """No function is longer than 50 lines, docstring and nested functions included."""
    sizes = {
        f"{path}::{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path, text in modules.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert len(sizes) > 100
    assert over(sizes, FUNCTION_LINES, LONG_FUNCTIONS) == []


def test_budget_finds_what_is_over_and_what_need_not_be_listed() -> None:
    """The rule itself, on sizes made up for it."""
    assert over({"a": 51}, 50, {}) == ["a: 51 lines, at most 50"]
    assert over({"a": 99}, 50, {"a": 99}) == []
    assert over({"a": 100}, 50, {"a": 99}) == ["a: 100 lines, at most 99"]
    assert over({"a": 79}, 50, {"a": 99}) == [
        "a: 79 lines, lower its exception (now 99) or remove it"
    ]
    assert over({"a": 50}, 50, {"a": 51}) == [
        "a: 50 lines, lower its exception (now 51) or remove it"
    ]
    assert over({}, 50, {"a": 51}) == ["a: 0 lines, lower its exception (now 51) or remove it"]
