"""The request side: a recorded request sent by a client, and what reached the upstream.

The rule is the same for every dialect: what the upstream got equals what was recorded, and whatever
differs by a top-level field is named in the answer's headers as dropped, translated or emulated.
"""

import json
from hashlib import sha256
from typing import Any, Final, cast

from tests.answers import Heard as Answer
from tests.conformance.inverse import INVERSES, Inverse
from tests.conformance.player import Asked
from tests.conformance.scope import Way
from tests.recordings import Exchange
from tests.wire.bedrock_heard import UnsayableError
from tests.wire.heard import Fields, child, items, text
from tests.wire.sent import as_recorded, comparable

from turnout.core.types import Dialect
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.plugins import SERVED
from turnout.providers import PROVIDERS

# Ours to say: who is asked, how the stream is counted, and what only a gateway reads.
_OURS: Final = {
    "model", "models", "stream", "stream_options", "provider", "plugins", "session_id", "trace",
    "preset", "route", "usage", "transforms", "anthropic_version",
}  # fmt: skip
_ROUTING: Final = {"provider", "models", "route"}
_REPORTS: Final = ("x-turnout-dropped", "x-turnout-translated", "x-turnout-emulated")


def recorded_request(exchange: Exchange, way: Way, client: Dialect) -> Fields | str | None:
    """The recorded request as this client would send it; None where it cannot, "…" why not.

    Requests of dialects that no client speaks are said in the contract's chat.
    """
    recorded = exchange.request_json
    if recorded is None or "request" in exchange.elided:
        return None
    if client == way.dialect:
        return _own_words(recorded)
    inverse = INVERSES.get(way.dialect)
    if inverse is None or client != "openai.chat":
        return None
    return _in_chat(exchange, inverse, recorded)


def _own_words(recorded: Fields) -> Fields | str:
    served = {str(one.get("id")) for one in items(recorded, "plugins")} & set(SERVED)
    if served:
        return f"the gateway serves {min(served)} itself"
    # Endpoints named there are those of a router that was asked.
    return {name: value for name, value in recorded.items() if name not in _ROUTING}


def _in_chat(exchange: Exchange, inverse: Inverse, recorded: Fields) -> Fields | str:
    try:
        return inverse.as_chat(exchange, json.loads(json.dumps(recorded)))
    except UnsayableError as reason:
        return f"the contract has no words for it: {reason}"
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return f"no request that its reader knows: {type(error).__name__}"


def request_differences(
    exchange: Exchange, way: Way, client: Dialect, asked: Asked, answer: Answer
) -> list[str]:
    """What reached the upstream otherwise than it was recorded, and unreported."""
    recorded = cast("Fields", exchange.request_json)
    sent: Fields = json.loads(asked.body)
    reported = _reported(answer)
    if client != way.dialect:
        comparable_ = INVERSES[way.dialect].comparable
        return unequal(comparable_(sent), comparable_(recorded), reported)
    if client == "openai.chat":
        adapter = OpenAIChat(COMPATIBLE) if way.kind else PROVIDERS[way.provider].adapter
        assert isinstance(adapter, OpenAIChat)
        got, want = comparable(sent, adapter.quirks), as_recorded(recorded, adapter.quirks)
        return unequal(got, want, reported)
    sent = _stateless(sent, recorded) if client == "openai.responses" else _bare(sent)
    return unequal(sent, _hashed(_bare(recorded)), reported)


def _stateless(sent: Fields, recorded: Fields) -> Fields:
    """Nothing is stored upstream, whoever asks; so sealed thoughts must come back to the client."""
    fields = dict(sent)
    if fields.get("store") is False and "store" not in recorded:
        del fields["store"]
    added = set(fields.get("include") or ()) - set(recorded.get("include") or ())
    if added == {"reasoning.encrypted_content"}:
        fields["include"] = recorded.get("include")
    return _bare(fields)


def unequal(got: Fields, want: Fields, reported: set[str]) -> list[str]:
    """Top-level fields that differ and are not reported, each by its first difference."""
    names = sorted((set(got) | set(want)) - _OURS)
    return [
        _difference(f"request.{name}", got.get(name), want.get(name))
        for name in names
        if got.get(name) != want.get(name) and name not in reported
    ]


def _difference(path: str, got: Any, want: Any) -> str:
    """The first place where two values differ."""
    if isinstance(got, dict) and isinstance(want, dict):
        theirs, ours = cast("Fields", want), cast("Fields", got)
        names = sorted({*theirs, *ours}, key=str)
        name = next(name for name in names if ours.get(name) != theirs.get(name))
        return _difference(f"{path}.{name}", ours.get(name), theirs.get(name))
    if isinstance(got, list | tuple) and isinstance(want, list | tuple):
        mine, wanted = cast("list[Any]", got), cast("list[Any]", want)
        if len(mine) == len(wanted):
            pairs = zip(mine, wanted, strict=True)
            place, one, other = next((n, a, b) for n, (a, b) in enumerate(pairs) if a != b)
            return _difference(f"{path}[{place}]", one, other)
    return f"{path}: {_short(got)} for {_short(want)}"


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
