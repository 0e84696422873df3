"""An evaluation through the gateway, by inspect-ai: it asks as any client does, with a key.

The harness is an extra (`pip install 'turnout[eval]'`) and is imported here alone, when something
is run. Its tasks by name ("inspect_evals/gpqa_diamond") fetch their questions from a hub; a set of
JSON lines needs no network.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Final, Protocol, cast

import msgspec

from turnout.benchmarks.tasks import Question
from turnout.core.errors import TurnoutError

SERVICE: Final = "openai-api/turnout/"
"""inspect-ai's provider for servers that speak OpenAI's chat."""
_MOST_AT_ONCE: Final = 8
_LETTERS: Final = "ABCDEFGHIJ"


class HarnessMissingError(TurnoutError):
    """inspect-ai is not installed."""


class RunFailedError(TurnoutError):
    """The evaluation did not end with a score."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be run.

    Attributes:
        model: Its slug.
        base_url: The gateway's, with "/api/v1".
        task: Questions, or the name of a task of inspect-ai's.
        limit: Questions at most; None for all.
    """

    model: str
    base_url: str
    key: str
    task: Sequence[Question] | str
    limit: int | None = None


class Ran(msgspec.Struct, frozen=True):
    """How it went: accuracy from 0 to 1, over so many questions."""

    accuracy: float
    tasks: int


class _Metric(Protocol):
    value: float


class _Scored(Protocol):
    metrics: Mapping[str, _Metric]


class _Results(Protocol):
    completed_samples: int
    scores: Sequence[_Scored]


class _Problem(Protocol):
    message: str


class _Log(Protocol):
    status: str
    error: _Problem | None
    results: _Results | None


_Make = Callable[..., object]


def run(asked: Asked) -> Ran:
    """Runs it; blocks until all is answered.

    Raises:
        HarnessMissingError: See there.
        RunFailedError: See there; says what the harness said.
    """
    harness = _part("inspect_ai")
    get_model = cast("_Make", _part("inspect_ai.model").get_model)
    model = get_model(f"{SERVICE}{asked.model}", base_url=asked.base_url, api_key=asked.key)
    task = asked.task if isinstance(asked.task, str) else _task(asked.task)
    evaluate = cast("Callable[..., Sequence[_Log]]", harness.eval)
    with tempfile.TemporaryDirectory(prefix="turnout-eval-") as folder:
        logs = evaluate(
            task,
            model=model,
            limit=asked.limit,
            log_dir=folder,
            display="none",
            max_connections=_MOST_AT_ONCE,
        )
    return _ran(logs[0])


def _ran(log: _Log) -> Ran:
    results = log.results
    if log.status != "success" or results is None:
        said = log.error.message if log.error is not None else log.status
        raise RunFailedError(f"the evaluation failed: {said}")
    for scored in results.scores:
        accuracy = scored.metrics.get("accuracy") or scored.metrics.get("mean")
        if accuracy is not None:
            return Ran(float(accuracy.value), results.completed_samples)
    raise RunFailedError("the evaluation has no accuracy")


def _task(questions: Sequence[Question]) -> object:
    """A task of the harness: each question with its choices in it, judged by the answer's end."""
    make_task = cast("_Make", _part("inspect_ai").Task)
    dataset = _part("inspect_ai.dataset")
    sample = cast("_Make", dataset.Sample)
    solver = _part("inspect_ai.solver")
    scorer = _part("inspect_ai.scorer")
    samples = [
        sample(input=_shown(one), target=one.target, id=one.id or number)
        for number, one in enumerate(questions, 1)
    ]
    return make_task(
        dataset=cast("_Make", dataset.MemoryDataset)(samples),
        solver=cast("_Make", solver.generate)(),
        scorer=cast("_Make", scorer.match)(location="end"),
    )


def _shown(question: Question) -> str:
    if question.choices is None:
        return question.input
    rows = [f"{letter}) {text}" for letter, text in zip(_LETTERS, question.choices, strict=False)]
    return "\n".join([question.input, "", *rows, "", "Answer with the letter alone."])


class _Module(Protocol):
    def __getattr__(self, name: str) -> object: ...


def _part(name: str) -> _Module:
    try:
        return cast("_Module", import_module(name))  # 250 MB with what it needs: only here
    except ModuleNotFoundError as error:
        raise HarnessMissingError(
            "inspect-ai is not installed, which runs the evaluations: pip install 'turnout[eval]'"
        ) from error
