"""Every client dialect over every upstream dialect, the official SDK of the client's as judge.

SDK ─▶ a real gateway ─▶ the simulator, which speaks the upstream's dialect and shares no code
"""

import json
from collections.abc import Generator
from types import ModuleType
from typing import Final

import pytest
from tests.cross import judge_chat, judge_messages, judge_responses
from tests.cross.cases import CASES, MODELS, PDF, PDF_WORDS, SIMULATED, Case, Got
from tests.gateway import Gateway, Simulator, Template, open_gateway, open_simulator

CLIENTS: Final[dict[str, ModuleType]] = {
    "chat": judge_chat,
    "messages": judge_messages,
    "responses": judge_responses,
}

# Upstream dialect: the kind of server that speaks it, and its address below the simulator's.
UPSTREAMS: Final[dict[str, tuple[str, str]]] = {
    "chat": ("openai-compatible", "/sim/v1"),
    "anthropic": ("anthropic", "/sim/v1"),
    "responses": ("openai-responses", "/sim/v1"),
    "gemini": ("gemini", "/sim/v1beta"),
    "converse": ("bedrock", "/sim"),
    "cohere": ("cohere", "/sim"),
    "ollama": ("ollama", "/sim"),
}

WITHOUT_FILES: Final = {"cohere", "ollama"}
"""Upstreams that take no files: the gateway reads a PDF for them, and its words go up."""

UNSAID: Final = {
    ("stop", "responses"),
    ("forced tool", "ollama"),
    ("filter", "ollama"),
    ("cached usage", "ollama"),
}
"""What an upstream's dialect has no word for. A parameter of that kind is reported, not lost."""


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Generator[Simulator]:
    """All dialects at one address."""
    with open_simulator(tmp_path_factory.mktemp("cross"), SIMULATED) as running:
        yield running


@pytest.fixture(scope="module")
def crossing(
    template: Template, upstream: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Gateway]:
    """A gateway with one server for each upstream dialect."""
    tables: list[str] = ["[routing]\noutage_window_s = 0"]
    for name, (kind, path) in UPSTREAMS.items():
        inputs = ["text", "image"] if name in WITHOUT_FILES else ["text", "image", "file"]
        tables.append(
            f'[providers.at-{name}]\nkind = "{kind}"\nbase_url = "{upstream.url}{path}"\n'
            'api_keys = ["k"]'
        )
        tables += [
            f'[[providers.at-{name}.models]]\nid = "{name}/{model}"\nupstream = "{model}"\n'
            f"context = 100000\nmax_output = 8192\ninputs = {inputs}"
            for model in MODELS
        ]
    with open_gateway(template, tmp_path_factory.mktemp("cross"), "\n".join(tables)) as serving:
        yield serving


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize("spoken", UPSTREAMS)
@pytest.mark.parametrize("client", CLIENTS)
def test_client_hears_what_the_upstream_says(
    crossing: Gateway, upstream: Simulator, client: str, spoken: str, case: Case, *, stream: bool
) -> None:
    """Text, calls, thoughts, ends and counts arrive; pictures, files and schemas go up."""
    judge = CLIENTS[client]
    model = f"{spoken}/{case.model}"
    if case.breaks == "inside" and not stream:
        pytest.skip("a whole answer does not break inside")
    if case.breaks is not None:
        with pytest.raises(judge.ERROR):
            judge.ask(crossing, model, case, stream=stream)
        return
    upstream.reset()
    got: Got = judge.ask(crossing, model, case, stream=stream)
    if (case.id, spoken) in UNSAID:
        record = crossing.generation(got.id)["turnout"]
        assert record["dropped_parameters"] or case.id in ("filter", "cached usage")
        return
    if case.says is not None:
        assert json_or_text(got.text) == json_or_text(case.says)
    assert [name for name, _ in got.calls] == list(case.calls)
    assert all(argument for _, argument in got.calls)
    assert got.finish == case.finish
    assert got.prompt_tok > 0
    if case.reasons:
        assert len(got.reasoning.split()) == 3
    if case.cached is not None:
        assert got.cached_tok == case.cached
    sent = upstream.requests("sim")[-1]["body"]
    for part in case.goes_up:
        assert (PDF_WORDS if part == PDF and spoken in WITHOUT_FILES else part) in sent


def json_or_text(text: str) -> object:
    """JSON by its values, for a schema is asked for in many ways."""
    try:
        return json.loads(text)
    except ValueError:
        return text
