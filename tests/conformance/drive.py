"""Plays one exchange through a real gateway for one client dialect, and says how it went."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from tests.answers import Heard as Answer
from tests.conformance.asked import recorded_request, request_differences
from tests.conformance.heard import HEAR, lies_outside
from tests.conformance.player import Player
from tests.conformance.refusals import message_of, refused
from tests.conformance.rows import Row, judged
from tests.conformance.scope import Way, streams
from tests.conformance.setup import slug
from tests.conformance.told import TOLD
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
            yield judged(
                exchange,
                client,
                "answer",
                _heard(exchange, told, answer, client, strict=strict, spoken=way.dialect),
            )
            if streams(exchange) and exchange.status < 400:
                self._player.play(exchange, "cut")
                again = self._call(client, self._plain(exchange, client))
                yield judged(
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
        routing = self._routing(exchange, client)
        answer = self._call(client, body | routing)
        if not self._player.asked:
            why = f"refused: {message_of(answer).replace(routing['model'], 'the model')}"
            return self._asked_plainly(exchange, client), Row(
                exchange, client, "request", "excluded", why
            )
        found = request_differences(exchange, way, client, self._player.asked[0], answer)
        return answer, judged(exchange, client, "request", found)

    def _asked_plainly(self, exchange: Exchange, client: Dialect) -> Answer:
        self._player.play(exchange, None)
        return self._call(client, self._plain(exchange, client))

    def _call(self, client: Dialect, body: Fields) -> Answer:
        return self._gateway.call("POST", CLIENTS[client], body)

    def _routing(self, exchange: Exchange, client: Dialect) -> Fields:
        return {"model": slug(exchange, client), "stream": streams(exchange)}

    def _plain(self, exchange: Exchange, client: Dialect) -> Fields:
        return {**_PLAIN[client], **self._routing(exchange, client)}


def _told(exchange: Exchange, way: Way) -> tuple[Heard, str]:
    """What the provider said, or why its own types cannot tell."""
    if exchange.status >= 400:
        return Heard(error=True), ""
    try:
        return TOLD[way.dialect](exchange), ""
    except Exception as error:  # noqa: BLE001 (whatever an SDK's types raise)
        if "response" in exchange.elided:
            return Heard(), "the recording was cut"
        if isinstance(error, json.JSONDecodeError) and not streams(exchange):
            return Heard(error=True), ""  # no answer at all, and not to be passed as one
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
        return refused(exchange, answer)
    silent = not any(v.text or v.reasoning or v.refusal or v.calls for v in told.choices.values())
    faulty = told.error or any(v.finish == "error" for v in told.choices.values())
    if answer.status != 200:
        return (
            []
            if (silent or faulty) and message_of(answer)
            else [f"{answer.status}: {message_of(answer)}"]
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
