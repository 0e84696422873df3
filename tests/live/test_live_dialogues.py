"""Dialogues stay where their prompt cache is warm: a real gateway and four simulated hosts."""

from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest
from tests.gateway import (
    CHAT,
    Gateway,
    Heard,
    Simulator,
    Template,
    open_gateway,
    open_simulator,
    provider_table,
)

HOSTS: Final = ("one", "two", "three", "four")
SCENARIO: Final = "\n".join(
    f'[providers.{host}]\nanswer = {{ text = "fine", cached_tokens = 9 }}\n' for host in HOSTS
)
COLD_HOSTS: Final = ("cold-one", "cold-two")
CACHED: Final = '{ prompt = "1", completion = "1", cache_read = "0.1" }'
MODEL: Final = "acme/cached"
COLD: Final = "acme/cold"
FAILING: Final = "acme/failing"
DEAR: Final = "acme/plain"
TURNS: Final = 8


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Generator[Simulator]:
    """Four hosts, each of which reports nine tokens read from its cache, and two that never do."""
    cold = "\n".join(f"[providers.{host}]" for host in COLD_HOSTS)
    with open_simulator(tmp_path_factory.mktemp("warm"), SCENARIO + cold) as playing:
        yield playing


@pytest.fixture(scope="module")
def gateway(
    template: Template, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Gateway]:
    """All of them serve both models; of the second the cache costs what a prompt costs."""
    rows = [
        provider_table(h, simulator, [MODEL, FAILING], keys=["sk"], price=CACHED) for h in HOSTS
    ]
    rows += [provider_table(h, simulator, [COLD], keys=["sk"], price=CACHED) for h in COLD_HOSTS]
    rows += [
        f'[[providers.{host}.models]]\nid = "{DEAR}"\nprice = {{ prompt = 1, completion = 1 }}'
        for host in HOSTS
    ]
    rows.append("[routing.balanced]\nenabled = false")  # an even draw, however fast anybody is
    with open_gateway(template, tmp_path_factory.mktemp("warm"), "\n".join(rows)) as serving:
        yield serving


def turns(opening: str, count: int, fault: str = "") -> list[dict[str, str]]:
    """The messages of the count-th turn of a dialogue."""
    said = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": opening}]
    for turn in range(count):
        said += [
            {"role": "assistant", "content": "fine"},
            {"role": "user", "content": f"and {turn}? {fault}"},
        ]
    return said


def ask(gateway: Gateway, messages: list[dict[str, str]], **more: Any) -> Heard:
    """A request; `headers` go along, all other fields into the body."""
    headers = more.pop("headers", None)
    body = {"model": MODEL, "messages": messages, **more}
    heard = gateway.call("POST", CHAT, body, headers=headers)
    assert heard.status == 200, heard.body
    return heard


def hosts(gateway: Gateway, opening: str, **more: Any) -> list[str]:
    """Who served each turn of a dialogue."""
    asked = [ask(gateway, turns(opening, turn), **more) for turn in range(TURNS)]
    return [heard.json["provider"] for heard in asked]


def test_dialogue_stays_where_its_cache_was_read(gateway: Gateway) -> None:
    """From the first answer that reports a cache on; other dialogues go elsewhere."""
    seen = [hosts(gateway, f"a question of its own: {number}") for number in range(6)]
    assert all(len(set(one)) == 1 for one in seen)
    assert len({one[0] for one in seen}) > 1


def test_dialogue_is_told_apart_by_session_before_its_opening(gateway: Gateway) -> None:
    """`session_id`, else the header, else `prompt_cache_key`, else the opening."""
    by_body = {ask(gateway, turns(f"b{n}", 0), session_id="s-1").json["provider"] for n in range(6)}
    assert len(by_body) == 1
    header = {"x-session-id": "s-2"}
    by_header = {ask(gateway, turns(f"h{n}", 0), headers=header).json["provider"] for n in range(6)}
    assert len(by_header) == 1
    by_key = {
        ask(gateway, turns(f"k{n}", 0), prompt_cache_key="k-1").json["provider"] for n in range(6)
    }
    assert len(by_key) == 1
    apart = [
        ask(gateway, turns("the same", 0), session_id=f"apart-{number}").json["provider"]
        for number in range(12)
    ]
    assert len(set(apart)) > 1


def test_header_of_a_session_is_on_record_and_bounded(gateway: Gateway) -> None:
    """As the body's would be; the body's word counts, and 257 characters are too many."""
    heard = ask(gateway, turns("on record", 0), headers={"x-session-id": "by-header"})
    assert gateway.generation(heard.generation_id)["session_id"] == "by-header"
    both = ask(gateway, turns("both", 0), session_id="b", headers={"x-session-id": "h"})
    assert gateway.generation(both.generation_id)["session_id"] == "b"
    body = {"model": MODEL, "messages": turns("x", 0)}
    refused = gateway.call("POST", CHAT, body, headers={"x-session-id": "x" * 257})
    assert (refused.status, refused.error["param"]) == (400, "x-session-id")


def test_dialogue_moves_on_when_its_host_fails(gateway: Gateway) -> None:
    """The next host serves it, and from then on it stays there."""
    first = ask(gateway, turns("moves", 0), model=FAILING).json["provider"]
    assert ask(gateway, turns("moves", 1), model=FAILING).json["provider"] == first
    fault = f"[[fault:{first}/status:503]]"
    second = ask(gateway, turns("moves", 2, fault), model=FAILING).json["provider"]
    assert second != first
    later = [ask(gateway, turns("moves", turn), model=FAILING) for turn in range(3, 9)]
    assert {heard.json["provider"] for heard in later} == {second}


def test_callers_own_order_turns_staying_off(gateway: Gateway) -> None:
    """Contract section 3.8: `provider.order` comes before a warm cache."""
    stays = ask(gateway, turns("ordered", 0)).json["provider"]
    other = next(host for host in HOSTS if host != stays)
    asked = ask(gateway, turns("ordered", 1), provider={"order": [other]})
    assert asked.json["provider"] == other
    assert ask(gateway, turns("ordered", 2)).json["provider"] == stays


def test_dialogue_does_not_stay_where_a_cache_saves_nothing(gateway: Gateway) -> None:
    """Reading it costs what a prompt costs, so the load is balanced as ever."""
    served = hosts(gateway, "no use", model=DEAR)
    served += hosts(gateway, "no use either", model=DEAR)
    assert len(set(served)) > 1


def test_dialogue_without_a_session_stays_only_after_its_cache_was_seen(gateway: Gateway) -> None:
    """Contract section 3.8: a session stays after any success where a cache would be cheaper."""
    opened = hosts(gateway, "cold", model=COLD) + hosts(gateway, "colder", model=COLD)
    assert len(set(opened)) == 2
    in_session = hosts(gateway, "cold", model=COLD, session_id="cold")
    assert len(set(in_session)) == 1


def test_record_and_explain_tell_of_the_warm_endpoint(gateway: Gateway) -> None:
    """The decision keeps it, and a request that is not sent shows where it would stay."""
    first = ask(gateway, turns("told", 0))
    second = ask(gateway, turns("told", 1))
    where = f"{MODEL}@{first.json['provider']}"
    decision = gateway.generation(second.generation_id)["turnout"]["decision"]
    assert (decision["stuck"], decision["warm"], decision["warm_tok"]) == (True, where, 9)
    assert decision["kept"][0][0] == where
    body = {"model": MODEL, "messages": turns("told", 2)}
    told = gateway.call("POST", "/api/v1/route/explain", body).json["data"]
    assert (told["warm"], told["warm_tok"], told["stuck"]) == (where, 9, True)
    assert told["steps"][0]["endpoint"] == where
    assert "prompt cache is warm" in told["steps"][0]["reason"]
    fresh = {"model": MODEL, "messages": turns("never heard of", 0)}
    told = gateway.call("POST", "/api/v1/route/explain", fresh).json["data"]
    assert (told["warm"], told["stuck"]) == (None, False)


def test_dialogue_of_the_other_dialects_stays_too(gateway: Gateway) -> None:
    """Anthropic's system and Responses' instructions are part of an opening."""
    messages = [{"role": "user", "content": "claude asks"}]
    asked = {"model": MODEL, "max_tokens": 16, "system": "Be kind.", "messages": messages}
    paths: dict[str, Any] = {
        "/api/v1/messages": asked,
        "/api/v1/responses": {"model": MODEL, "instructions": "Be kind.", "input": "hello"},
    }
    for path, body in paths.items():
        heard = [gateway.call("POST", path, body) for _ in range(TURNS)]
        served = {gateway.generation(one.generation_id)["provider_name"] for one in heard}
        assert len(served) == 1, path


def test_no_prompt_is_kept_in_the_log(gateway: Gateway, tmp_path: Path) -> None:
    """What dialogues are known by is a hash, and nothing of it is written anywhere."""
    ask(gateway, turns("a very secret opening", 0), session_id="a very secret session")
    assert "very secret" not in gateway.log()
    assert not list(tmp_path.iterdir())
