"""Plays one exchange through a real gateway for one client dialect, and says how it went."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from tests.answers import Heard as Answer
from tests.conformance.asked import recorded_request, request_differences
from tests.conformance.heard import HEAR, lies_outside
from tests.conformance.player import Player
from tests.conformance.scope import Way, author_of, model_of, streams
from tests.conformance.told import TOLD, provider_words
from tests.conformance.verdict import differences
from tests.gateway import Gateway
from tests.recordings import Exchange
from tests.wire.heard import Fields, Heard

from turnout.core.types import Dialect

CLIENTS: Final[Mapping[Dialect, str]] = {
    "openai.chat": "/api/v1/chat/completions",
    "anthropic.messages": "/api/v1/messages",
    "openai.responses": "/api/v1/responses",
}
_WORDS: Final = "as recorded"
_PLAIN: Final[Mapping[Dialect, Fields]] = {
    "openai.chat": {"messages": [{"role": "user", "content": _WORDS}]},
    "anthropic.messages": {"max_tokens": 1024, "messages": [{"role": "user", "content": _WORDS}]},
    "openai.responses": {"input": _WORDS},
}
Part = Literal["request", "answer", "cut stream"]


class Row(msgspec.Struct, frozen=True):
    """One thing checked; `why` is "" for what passed."""

    exchange: Exchange
    client: Dialect
    part: Part
    outcome: Literal["passed", "failed", "excluded"]
    why: str = ""


def gateway_config(ways: Sequence[tuple[Exchange, Way]], url: str) -> str:
    """turnout.toml: every provider at the player, one model for each exchange.

    A recorded failure rests its endpoint; so each client has a model of its own then.
    """
    tables: dict[str, list[str]] = {}
    for exchange, way in ways:
        if way.provider not in tables:
            kind = f'kind = "{way.kind}"\n' if way.kind else ""
            head = (
                f'[providers.{way.provider}]\n{kind}base_url = "{url}"\napi_keys = ["sk-recorded"]'
            )
            tables[way.provider] = [head]
        upstream = json.dumps(model_of(exchange))
        tables[way.provider] += [
            f'[[providers.{way.provider}.models]]\nid = "{slug}"\n'
            f'upstream = {upstream}\ncontext = 10000000\ndialect = "{way.dialect}"\n'
            'inputs = ["text", "image", "file", "audio", "video"]\n'
            'outputs = ["text", "image", "audio"]'
            for slug in sorted({_slug(exchange, client) for client in CLIENTS})
        ]
    # What one recording's model thought must not be put into another's history.
    vault = "[vault]\nenabled = false"
    return "\n".join([vault, *(line for lines in tables.values() for line in lines)])


def _slug(exchange: Exchange, client: Dialect) -> str:
    own = f"-{client.partition('.')[2]}" if exchange.status >= 400 else ""
    return f"{author_of(exchange)}/{exchange.id}{own}"


class Drive:
    """One gateway and the player behind it."""

    def __init__(self, gateway: Gateway, player: Player) -> None:
        self._gateway = gateway
        self._player = player

    def rows(self, exchange: Exchange, way: Way) -> Iterator[Row]:
        """Everything that is checked of one exchange."""
        told, unreadable = _told(exchange, way)
        odd = lies_outside(exchange, way.dialect)
        for client in CLIENTS:
            strict = not odd or client != way.dialect
            answer, row = self._asked(exchange, way, client)
            if row is not None:
                yield row
            if unreadable:
                yield Row(exchange, client, "answer", "excluded", unreadable)
                continue
            yield _row(
                exchange,
                client,
                "answer",
                _heard(exchange, told, answer, client, strict=strict, spoken=way.dialect),
            )
            if streams(exchange) and exchange.status < 400:
                self._player.play(exchange, "cut")
                again = self._call(client, self._plain(exchange, client))
                yield _row(
                    exchange,
                    client,
                    "cut stream",
                    _heard(exchange, told, again, client, strict=strict, spoken=way.dialect),
                )

    def _asked(self, exchange: Exchange, way: Way, client: Dialect) -> tuple[Answer, Row | None]:
        """The answer to the recorded request where the client can say it, else to a plain one."""
        body = recorded_request(exchange, way, client)
        if body is None:
            return self._asked_plainly(exchange, client), None
        if isinstance(body, str):
            unsaid = Row(exchange, client, "request", "excluded", body)
            return self._asked_plainly(exchange, client), unsaid
        self._player.play(exchange, None)
        answer = self._call(client, body | self._routing(exchange, client))
        if not self._player.asked:
            why = f"refused: {_message(answer)}"
            return self._asked_plainly(exchange, client), Row(
                exchange, client, "request", "excluded", why
            )
        found = request_differences(exchange, way, client, self._player.asked[0], answer)
        return answer, _row(exchange, client, "request", found)

    def _asked_plainly(self, exchange: Exchange, client: Dialect) -> Answer:
        self._player.play(exchange, None)
        return self._call(client, self._plain(exchange, client))

    def _call(self, client: Dialect, body: Fields) -> Answer:
        return self._gateway.call("POST", CLIENTS[client], body)

    def _routing(self, exchange: Exchange, client: Dialect) -> Fields:
        return {"model": _slug(exchange, client), "stream": streams(exchange)}

    def _plain(self, exchange: Exchange, client: Dialect) -> Fields:
        return {**_PLAIN[client], **self._routing(exchange, client)}


def _told(exchange: Exchange, way: Way) -> tuple[Heard, str]:
    """What the provider said, or why its own types cannot tell."""
    if exchange.status >= 400:
        return Heard(error=True), ""
    if "response" in exchange.elided:
        return Heard(), "the recording was cut"
    try:
        return TOLD[way.dialect](exchange), ""
    except Exception as error:  # noqa: BLE001 (whatever an SDK's types raise)
        reason = str(error).splitlines()[0] if str(error) else ""
        return Heard(), f"the provider's own types cannot read it: {type(error).__name__} {reason}"


def _heard(
    exchange: Exchange,
    told: Heard,
    answer: Answer,
    client: Dialect,
    *,
    strict: bool,
    spoken: Dialect,
) -> list[str]:
    if exchange.status >= 400:
        return _refused(exchange, answer)
    silent = not any(v.text or v.reasoning or v.refusal or v.calls for v in told.choices.values())
    faulty = told.error or any(v.finish == "error" for v in told.choices.values())
    if answer.status != 200:
        return (
            []
            if (silent or faulty) and _message(answer)
            else [f"{answer.status}: {_message(answer)}"]
        )
    try:
        got = HEAR[client](answer.body, streamed=streams(exchange), strict=strict)
    except Exception as error:  # noqa: BLE001 (whatever an SDK's types raise)
        return [
            f"the client's own types cannot read it: {type(error).__name__}: {str(error)[:300]}"
        ]
    if told.error or not told.ended:
        return [] if got.error else ["a broken answer was passed on as a whole one"]
    return differences(told, got, client, spoken)


def _refused(exchange: Exchange, answer: Answer) -> list[str]:
    """An error in the caller's dialect, in the provider's words, and never a false 401."""
    found: list[str] = []
    if answer.status < 400:
        return [f"{exchange.status} became {answer.status}"]
    if answer.status in (401, 403):
        found.append(f"{exchange.status} became {answer.status}, which blames the caller")
    message = _message(answer)
    if not message:
        found.append("an error without a message")
    # A provider's words about the key that the gateway used are the operator's, not the caller's.
    words = "" if exchange.status in (401, 403) else provider_words(exchange)
    if words and not _repeats(message, words):
        found.append(f"the provider's words {words[:80]!r} became {message[:120]!r}")
    if "sk-recorded" in answer.body.decode() or "127.0.0.1" in answer.body.decode():
        found.append("the error leaks a key or an address")
    return found


def _repeats(message: str, words: str) -> bool:
    """Most of the provider's words are there; keys and addresses in them may be masked."""
    theirs = words.split()
    said = set(message.split())
    return sum(word in said for word in theirs) >= 0.6 * min(len(theirs), 60)


def _message(answer: Answer) -> str:
    try:
        body: Any = json.loads(answer.body)
    except ValueError:
        return answer.body.decode(errors="replace")[:200]
    return str(body.get("error", {}).get("message", ""))


def _row(exchange: Exchange, client: Dialect, part: Part, found: list[str]) -> Row:
    if not found:
        return Row(exchange, client, part, "passed")
    return Row(exchange, client, part, "failed", "; ".join(found))
