"""The request side: a recorded request sent by a client, and what reached the upstream.

The rule is the same for every dialect: what the upstream got equals what was recorded, and whatever
differs by a top-level field is named in the answer's headers as dropped, translated or emulated.
"""

import json
from hashlib import sha256
from typing import Any, Final, cast

from tests.answers import Heard as Answer
from tests.conformance.player import Asked
from tests.conformance.scope import Way
from tests.recordings import Exchange
from tests.wire.heard import Fields, child, text
from tests.wire.sent import as_recorded, comparable

from turnout.core.types import Dialect
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.providers import PROVIDERS

# Ours to say: who is asked, how the stream is counted, and what only a gateway reads.
_OURS: Final = {
    "model", "models", "stream", "stream_options", "provider", "plugins", "session_id", "trace",
    "preset", "route", "usage", "transforms", "anthropic_version",
}  # fmt: skip
_REPORTS: Final = ("x-turnout-dropped", "x-turnout-translated", "x-turnout-emulated")


def recorded_request(exchange: Exchange, way: Way, client: Dialect) -> Fields | None:
    """The recorded request as this client would send it; None where its dialect is another."""
    if exchange.request_json is None or "request" in exchange.elided or client != way.dialect:
        return None
    return dict(exchange.request_json)


def request_differences(
    exchange: Exchange, way: Way, client: Dialect, asked: Asked, answer: Answer
) -> list[str]:
    """What reached the upstream otherwise than it was recorded, and unreported."""
    recorded = cast("Fields", exchange.request_json)
    sent: Fields = json.loads(asked.body)
    reported = _reported(answer)
    if client == "openai.chat":
        adapter = PROVIDERS[way.provider].adapter if way.known else OpenAIChat(COMPATIBLE)
        assert isinstance(adapter, OpenAIChat)
        got, want = comparable(sent, adapter.quirks), as_recorded(recorded, adapter.quirks)
        return _unequal(got, want, reported)
    return _unequal(_bare(sent), _hashed(_bare(recorded)), reported)


def _unequal(got: Fields, want: Fields, reported: set[str]) -> list[str]:
    names = sorted(set(got) | set(want))
    return [
        f"request.{name}: {_short(got.get(name))} for {_short(want.get(name))}"
        for name in names
        if got.get(name) != want.get(name) and name not in reported
    ]


def _reported(answer: Answer) -> set[str]:
    named = ",".join(answer.headers.get(name, "") for name in _REPORTS)
    return {name.strip().partition(".")[0] for name in named.split(",")}


def _bare(request: Fields) -> Fields:
    return {n: v for n, v in request.items() if n not in _OURS and v is not None}


def _hashed(request: Fields) -> Fields:
    """Providers never see the caller's own user ids. Source: contract section 7."""
    fields = dict(request)
    for name in ("user", "safety_identifier"):
        if isinstance(fields.get(name), str):
            fields[name] = sha256(fields[name].encode()).hexdigest()
    metadata = child(fields, "metadata")
    if user := text(metadata, "user_id"):
        fields["metadata"] = {**metadata, "user_id": sha256(user.encode()).hexdigest()}
    return fields


def _short(value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) < 80 else f"{said[:38]} … {said[-38:]}"
