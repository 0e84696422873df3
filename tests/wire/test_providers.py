"""The wire table over every provider: what each must receive, and what the client must get.

A provider that is a new file runs over all of it. What a quirk changes is a row of data under
`cases/providers/`, written by hand from the provider's documentation and not derived from code.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from typing import Final, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wire.cases.answered import ANSWERED
from tests.wire.cases.asked import ASKED
from tests.wire.cases.changes import COMPATIBLE as COMPATIBLE_CHANGES
from tests.wire.cases.changes import OLD_LIMIT, Changes
from tests.wire.cases.failed import FAILED
from tests.wire.cases.wire_case import Answered, Asked, Failed, Fields, patched
from tests.wire.heard import Counts, Heard, from_gateway

from turnout.core.errors import FailureKind
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Bridge, Head, Outgoing, UpstreamRequest
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.client import CLIENT
from turnout.dialects.openai_chat.quirks import COMPATIBLE, Quirks
from turnout.dialects.provider import Provider
from turnout.providers import PROVIDERS

SPEAKERS: Final = [one for one in PROVIDERS.values() if isinstance(one.adapter, OpenAIChat)]
SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
HEAD: Final = Head("gen-1", 1_700_000_000, "author/model", "Provider")

every_provider = pytest.mark.parametrize("provider", SPEAKERS, ids=lambda one: one.id)
every_request = pytest.mark.parametrize("case", ASKED, ids=lambda case: case.id)
every_stream = pytest.mark.parametrize("case", ANSWERED, ids=lambda case: case.id)
every_error = pytest.mark.parametrize("case", FAILED, ids=lambda case: case.id)


def quirks(provider: Provider) -> Quirks:
    """How it differs."""
    assert isinstance(provider.adapter, OpenAIChat)
    return provider.adapter.quirks


def spliced(provider: Provider) -> Bridge:
    """The way on which the bytes pass."""
    return bridge(CLIENT, provider.adapter)


def translated(provider: Provider) -> Bridge:
    """The way through the internal form."""
    return Translation(CLIENT, provider.adapter)


Way = Callable[[Provider], Bridge]
both_ways = pytest.mark.parametrize("way", [spliced, translated])


def renames(provider: Provider) -> Mapping[str, str]:
    """Ours to theirs."""
    return quirks(provider).rename


def data(provider: Provider) -> tuple[Changes, Fields]:
    """Its changes by case, and the fields that ride in every request to it."""
    name = f"tests.wire.cases.providers.{provider.id.replace('-', '_')}"
    if find_spec(name) is None:
        return (COMPATIBLE_CHANGES if quirks(provider) == COMPATIBLE else {}), {}
    module = import_module(name)
    return cast("Changes", module.SENT), cast("Fields", getattr(module, "EVERYWHERE", {}))


def counted(provider: Provider) -> Mapping[str, Counts]:
    """Cases whose counts it means otherwise."""
    name = f"tests.wire.cases.providers.{provider.id.replace('-', '_')}"
    if find_spec(name) is None:
        return {}
    return cast("Mapping[str, Counts]", getattr(import_module(name), "COUNTED", {}))


def endpoint(provider: Provider) -> Endpoint:
    """Some model there."""
    return Endpoint(
        id=f"author/model@{provider.id}",
        model="author/model",
        provider=provider.id,
        tag=provider.id,
        upstream_model="their-model",
        price=Unpriced(),
        context_tok=8192,
    )


@every_provider
def test_provider_with_quirks_of_its_own_has_data_of_its_own(provider: Provider) -> None:
    """A quirk without a row here would be tested by nothing."""
    own = find_spec(f"tests.wire.cases.providers.{provider.id.replace('-', '_')}") is not None
    assert own == (quirks(provider) != COMPATIBLE) or own
    changes, _ = data(provider)
    assert set(changes) <= {case.id for case in ASKED}


@both_ways
@every_request
@every_provider
def test_provider_receives_what_it_documents(provider: Provider, case: Asked, way: Way) -> None:
    """The request in the provider's words; what is left out is reported as dropped."""
    changes, everywhere = data(provider)
    patch = changes.get(case.id, {})
    request = {"model": "author/model", **case.request}
    inbound = CLIENT.read(msgspec.json.encode(request), {})
    outgoing = way(provider).request(inbound, endpoint(provider))
    sent = msgspec.json.decode(outgoing.request.body, type=dict[str, object])
    expected = {"model": "their-model", **everywhere, **patched(case.sent, patch)}
    if way is translated and not {"max_tokens", "max_completion_tokens"} & set(renames(provider)):
        # The internal form knows one limit; who takes both names gets the older.
        expected = patched(expected, OLD_LIMIT.get(case.id, {}))
    assert sent == expected
    assert outgoing.request.path == quirks(provider).path
    lost = {name for name in patch if patch[name] is None and name in request}
    renamed = {name for name in lost if renames(provider).get(name) in sent}
    unsent_options = {"stream_options"}
    assert lost - renamed - unsent_options <= set(outgoing.dropped)


def test_inbound_is_never_changed() -> None:
    """The same request is encoded again, for another provider, when one fails."""
    bodies: dict[str, list[bytes]] = {}
    for case in ASKED:
        inbound = CLIENT.read(msgspec.json.encode({"model": "author/model", **case.request}), {})
        for _ in range(2):
            for provider in SPEAKERS:
                request = spliced(provider).request(inbound, endpoint(provider)).request
                bodies.setdefault(f"{case.id} {provider.id}", []).append(request.body)
    assert all(first == second for first, second in bodies.values())


def relay(one: Bridge, parts: list[bytes]) -> tuple[bytes, FailureKind | None, bool]:
    """What the client gets when the upstream sends these pieces."""
    stream = one.stream(HEAD, SENT)
    out = [stream.feed(part) for part in parts]
    out.append(stream.end())
    tally = stream.tally
    bill = Bill(usage=tally.usage or Usage(estimated=True), charge=None)
    if tally.error is None:
        out.append(stream.close(bill))
    else:
        out.append(stream.fail(tally.error, bill))
    return b"".join(out), tally.error.kind if tally.error else None, tally.ended


def assert_heard(case: Answered, got: Heard) -> None:
    """The client heard what the case says."""
    if case.failure is not None:
        assert got.error
        said = {index: voice.text for index, voice in got.choices.items() if voice.text}
        assert said == {index: voice.text for index, voice in case.voices.items()}
        return
    assert not got.error
    assert got.choices == case.voices
    assert got.ended
    if case.usage is not None:
        assert got.usage == case.usage


@both_ways
@every_stream
def test_stream_reaches_the_client(case: Answered, way: Way) -> None:
    """Every form of stream that any of them sends is understood from each of them."""
    for provider in SPEAKERS:
        out, failure, ended = relay(way(provider), [case.frames])
        counts = counted(provider).get(case.id, case.usage)
        assert_heard(replace(case, usage=counts), from_gateway(out, streamed=True))
        assert (provider.id, failure, ended) == (provider.id, case.failure, case.ended)


@both_ways
@every_stream
@settings(max_examples=25, deadline=None)
@given(chance=st.data())
def test_stream_survives_any_cut(case: Answered, way: Way, chance: st.DataObject) -> None:
    """The network cuts where it likes; the client's bytes are the same."""
    provider = chance.draw(st.sampled_from(SPEAKERS))
    length = len(case.frames)
    cuts = chance.draw(st.lists(st.integers(0, length), max_size=12).map(sorted))
    parts = [case.frames[start:end] for start, end in pairwise([0, *cuts, length])]
    one = way(provider)
    assert relay(one, parts) == relay(one, [case.frames])


@both_ways
@every_stream
def test_stream_survives_a_cut_at_every_byte(case: Answered, way: Way) -> None:
    """One byte at a time says the same as all at once."""
    one = way(SPEAKERS[0])
    parts = [case.frames[at : at + 1] for at in range(len(case.frames))]
    assert relay(one, parts)[0] == relay(one, [case.frames])[0]


@every_error
def test_error_is_understood(case: Failed) -> None:
    """A status and whatever body becomes one of our kinds, with nothing secret in its words."""
    for provider in SPEAKERS:
        error = provider.adapter.decode_error(case.status, case.headers, case.body)
        assert (provider.id, error.kind) == (provider.id, case.kind)
        assert error.status == case.status
        assert error.retry_after_s == case.retry_after_s
        assert "sk-" not in error.message
        assert "<" not in error.message
