"""Scores of models: the shipped facts, files that are imported, and ranks among models."""

import re
from datetime import date
from pathlib import Path

import pytest

from turnout.benchmarks import tasks
from turnout.benchmarks.importing import ImportRefusedError, read_scores
from turnout.benchmarks.published import published
from turnout.benchmarks.scores import NewRun, NewScore, Score, gathered, standings, store_run
from turnout.benchmarks.scores import store_imported as store
from turnout.catalog.cache import load as load_catalog
from turnout.core.clock import SYSTEM_CLOCK
from turnout.store.database import Database

TODAY = "2026-11-25"
HEAD = "model,benchmark,score,source,source_url,date\n"


def resolve(name: str) -> str | None:
    """Knows two models, one of them by an alias too."""
    known = {"acme/one": "acme/one", "one": "acme/one", "acme/two": "acme/two"}
    return known.get(name)


def score(model: str, percent: float, benchmark: str = "mmlu", source: str = "a report") -> Score:
    """A published score."""
    return Score(
        kind="published",
        model=model,
        benchmark=benchmark,
        percent=percent,
        source=source,
        as_of=TODAY,
    )


def test_published_facts_have_known_models_benchmarks_dates_and_addresses(tmp_path: Path) -> None:
    """Each fact is of a model in the catalog and of a described benchmark, with its source."""
    catalog, shipped = load_catalog(tmp_path), published()
    said: set[tuple[str, str, str]] = set()
    for source in shipped.sources:
        assert re.match(r"https://[\w.-]+/\S+\Z", source.url)
        assert date.fromisoformat(source.as_of).isoformat() == source.as_of
        for fact in source.scores:
            assert fact.model in catalog.models, fact
            assert fact.benchmark in shipped.benchmarks, fact
            place = (source.name, fact.model, fact.benchmark)
            assert place not in said, fact
            said.add(place)
    assert len(said) > 150
    assert len({model for _, model, _ in said}) > 30


def test_the_issues_example_is_there() -> None:
    """GPT-4o mini has 82.0 % on MMLU, by its maker's announcement."""
    [found] = [
        standing.score
        for standing in standings(gathered([]), "openai/gpt-4o-mini")
        if standing.score.benchmark == "mmlu"
    ]
    assert (found.percent, found.as_of) == (82.0, "2024-07-18")
    assert found.source_url is not None
    assert found.source_url.startswith("https://openai.com/")


def test_ranks_are_among_models_and_not_among_scores() -> None:
    """A model counts once however many sources tell of it; equal scores share a rank."""
    scores = [
        score("acme/one", 90),
        score("acme/one", 70, source="another"),
        score("acme/two", 80),
        score("acme/three", 80),
        score("acme/four", 60),
        score("acme/four", 99, benchmark="math"),
    ]
    [two] = standings(scores, "acme/two")
    assert (two.rank, two.of, two.percentile) == (2, 4, 75.0)
    [three] = standings(scores, "acme/three")
    assert three.rank == 2
    best, other = standings(scores, "acme/one")
    assert (best.rank, best.percentile) == (1, 100.0)
    assert (other.rank, other.of) == (3, 4)


def test_standings_of_a_model_without_scores_are_none() -> None:
    """Nobody is ranked without a score."""
    assert standings([score("acme/one", 90)], "acme/two") == []


def test_csv_is_read_with_defaults(tmp_path: Path) -> None:
    """Percent signs, aliases and names for people are taken; the file and today stand in."""
    file = tmp_path / "ours.csv"
    file.write_text("model,benchmark,score\none,GPQA Diamond,40.2%\nacme/two,mmlu,7\n")
    assert read_scores(file, resolve, TODAY) == [
        NewScore(
            model="acme/one",
            benchmark="gpqa_diamond",
            percent=40.2,
            source="ours.csv",
            as_of=TODAY,
        ),
        NewScore(model="acme/two", benchmark="mmlu", percent=7.0, source="ours.csv", as_of=TODAY),
    ]


@pytest.mark.parametrize(
    "text", ['[{"model":"one","benchmark":"mmlu","score":82,"source":"S"}]',
             '{"scores":[{"model":"one","benchmark":"mmlu","score":"82","source":"S"}]}']
)  # fmt: skip
def test_json_is_read_as_rows(tmp_path: Path, text: str) -> None:
    """A list of objects, or an object with one."""
    file = tmp_path / "ours.json"
    file.write_text(text)
    [found] = read_scores(file, resolve, TODAY)
    assert (found.model, found.percent, found.source) == ("acme/one", 82.0, "S")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", HEAD + "nobody/none,mmlu,1,,,\n", 'line 2: model "nobody/none" is not in'),
        ("a.csv", HEAD + "one,mmlu,1,,,\none,mmlu,101,,,\n", "line 3: score 101 is outside"),
        ("a.csv", HEAD + "one,mmlu,x,,,\n", 'line 2: score "x" is no number'),
        ("a.csv", HEAD + "one,,1,,,\n", "line 2: benchmark is missing"),
        ("a.csv", HEAD + "one,mmlu,1,,,yesterday\n", 'line 2: date "yesterday" is no ISO date'),
        ("a.csv", HEAD + "one,mmlu,1,,javascript:x,\n", "line 2: source_url"),
        ("a.csv", HEAD + "one,mm lu?,1,,,\n", 'line 2: benchmark "mm lu?"'),
        ("a.csv", HEAD + "one,mmlu,1,,,,,\n", "line 2: more cells than columns"),
        ("a.csv", "model,score\none,1\n", "line 1: has no column benchmark"),
        ("a.csv", "model,benchmark,score,points\n", 'line 1: has a column "points" that is none'),
        ("a.csv", HEAD, "there are no rows"),
        ("a.json", "[{", "not JSON"),
        ("a.json", "[1]", "expected a list of objects"),
        ("a.json", '[{"model":"one","points":1}]', 'row 1: "points" is no field'),
        ("a.json", '[{"model":"one","benchmark":"mmlu"}]', "row 1: score is missing"),
        ("a.json", '[{"model":"one","benchmark":"mmlu","score":"nan"}]', "row 1: score nan"),
    ],
)
def test_mistakes_of_a_file_are_told_by_line(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    """One mistake refuses the file, and says where it is and what is allowed."""
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(ImportRefusedError) as refused:
        read_scores(file, resolve, TODAY)
    assert said in str(refused.value)


def test_imports_correct_themselves_and_runs_add_up(tmp_path: Path) -> None:
    """The same source's second word counts; runs become one score with mean, spread and cost."""
    database = Database.open(tmp_path, SYSTEM_CLOCK)
    try:
        told = {"model": "acme/one", "benchmark": "mmlu", "source": "S", "as_of": TODAY}
        store(database, [NewScore(percent=10, **told)], 1)
        store(database, [NewScore(percent=20, **told)], 2)
        for percent, cost in ((40.0, 5), (60.0, 7)):
            run = NewRun(
                model="acme/one",
                benchmark="mmlu",
                percent=percent,
                source="here",
                as_of=TODAY,
                tasks=10,
                cost_nusd=cost,
            )
            store_run(database, run, 3)
        scores = gathered(database.read_now("benchmark_scores"))
    finally:
        database.close()
    imported, ran = [standing.score for standing in standings(scores, "acme/one")][::-1]
    assert (imported.kind, imported.percent) == ("imported", 20)
    assert (ran.kind, ran.percent, ran.runs, ran.tasks, ran.cost_nusd) == ("run", 50, 2, 20, 12)
    assert ran.deviation == pytest.approx(14.142, abs=0.001)


def test_shipped_questions_can_be_read() -> None:
    """Each shipped set has questions, and each choice's answer is one of its letters."""
    for name in tasks.SHIPPED:
        assert len(tasks.shipped(name)) > 20


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"input":"a"}', "line 2: .*target"),
        ("nonsense", "line 2"),
        ('{"input":"a","target":"C","choices":["x","y"]}', "line 2: target is not the letter"),
    ],
)
def test_mistakes_of_questions_are_told_by_line(line: str, said: str) -> None:
    """A set of questions is refused with the line that is none."""
    with pytest.raises(tasks.TaskError, match=said):
        tasks.parse('{"input":"fine","target":"1"}\n' + line, "mine.jsonl")
