"""A provider being played: its request counter, its draws, its stats, and its memo of replies."""

from collections.abc import Iterator

import msgspec

from turnout.core.clock import SYSTEM_CLOCK
from turnout.simulator import draws, faults, replies
from turnout.simulator.answers import Ask
from turnout.simulator.faults import UnknownFaultError
from turnout.simulator.replies import INSTANT, Reply, Step, Timing
from turnout.simulator.requests import Head
from turnout.simulator.scenario import Fault, Provider
from turnout.simulator.stats import Recorded, Stats

MAX_MEMO = 256  # replies; the memo is emptied when full, for a benchmark needs only a few
MAX_MEMO_REQUEST_BYTES = 131_072
MAX_MEMO_REPLY_BYTES = 262_144

HEADER = "x-simulate"

_ASK = msgspec.json.Decoder(Ask)


class Playing:
    """One provider while it is served.

    Attributes:
        memo: Request body to reply bytes, only while the provider is `constant`: then a reply is a
            function of the body alone, and building it twice would say nothing new.
        constant: No pauses, no script, nothing recorded.
    """

    __slots__ = (
        "_seed",
        "_started_s",
        "constant",
        "memo",
        "models",
        "name",
        "port",
        "provider",
        "stats",
    )

    def __init__(self, name: str, provider: Provider, seed: int) -> None:
        self.name = name
        self.provider = provider
        self.port: int | None = None
        self.stats = Stats(provider.record)
        self.memo: dict[bytes, bytes] = {}
        scripted = any(not fault.on_request for fault in provider.faults)
        pace = provider.pace
        paced = pace.ttft_ms != 0 or pace.token_rate_tps != 0
        self.constant = not (scripted or paced or provider.record)
        self.models = frozenset(model.id for model in provider.models)
        self._seed = seed
        self._started_s = SYSTEM_CLOCK.now_s()

    def chat(self, head: Head, body: bytes) -> Iterator[Step]:
        """The steps of the reply to a chat completion."""
        stats = self.stats
        number = stats.requests
        try:
            fault = self._fault(head, body, number)
        except UnknownFaultError as error:
            return replies.steps(replies.error_reply(400, str(error), code="unknown_fault"))
        if fault is not None:
            stats.faults[fault.kind] = stats.faults.get(fault.kind, 0) + 1
        self._record(head, body, fault)
        no = self._refused(head)
        if no is not None:
            return replies.steps(no)
        reply = self._reply(body, fault)
        if reply.status != 200 and fault is None:
            return replies.steps(reply)
        if fault is None and self.constant and HEADER not in head.headers:
            return iter((self._remember(body, reply),))
        return replies.steps(reply, fault, self._timing(number))

    def _reply(self, body: bytes, fault: Fault | None) -> Reply:
        try:
            ask = _ASK.decode(body)
        except msgspec.DecodeError as error:
            return replies.error_reply(400, f"Invalid request: {error}", code="invalid_json")
        if self.models and ask.model not in self.models:
            message = f"The model '{ask.model}' does not exist or you do not have access to it."
            return replies.error_reply(404, message, code="model_not_found")
        return replies.reply_to(self.provider.answering(ask.model), ask, fault, self._seed)

    def _remember(self, body: bytes, reply: Reply) -> bytes:
        whole = b"".join(step for step in replies.steps(reply) if isinstance(step, bytes))
        if len(body) <= MAX_MEMO_REQUEST_BYTES and len(whole) <= MAX_MEMO_REPLY_BYTES:
            if len(self.memo) >= MAX_MEMO:
                self.memo.clear()
            self.memo[body] = whole
        return whole

    def models_reply(self, head: Head) -> Reply:
        """`GET /models` in OpenAI's shape, with what servers like vLLM add about limits."""
        no = self._refused(head)
        if no is not None:
            return no
        rows = [
            {
                "id": model.id,
                "object": "model",
                "created": 0,
                "owned_by": self.name,
                "max_model_len": model.context_tok,
            }
            for model in self.provider.models
        ]
        return Reply(pieces=(msgspec.json.encode({"object": "list", "data": rows}),))

    def _refused(self, head: Head) -> Reply | None:
        keys = self.provider.keys
        if keys and head.headers.get("authorization", "").removeprefix("Bearer ") not in keys:
            return replies.error_reply(401, "Incorrect API key provided.", code="invalid_api_key")
        return None

    def _fault(self, head: Head, body: bytes, number: int) -> Fault | None:
        """By header, else by prompt, else by script; "none" silences the script."""
        asked = head.headers.get(HEADER)
        names = (asked,) if asked is not None else faults.named_in(body)
        for name in names:
            if name == "none":
                return None
            fault = faults.by_name(self.provider, self.name, name)
            if fault is not None:
                return fault
        at_s = SYSTEM_CLOCK.now_s() - self._started_s
        return faults.scripted(
            self.provider, number, at_s, lambda at: self._draw("fault", at, number)
        )

    def _timing(self, number: int) -> Timing:
        pace = self.provider.pace
        ttft_ms = draws.sample(pace.ttft_ms, self._draw("ttft", 0, number))
        rate_tps = draws.sample(pace.token_rate_tps, self._draw("rate", 0, number))
        if not ttft_ms and not rate_tps:
            return INSTANT
        return Timing(ttft_ms / 1000, 1 / rate_tps if rate_tps > 0 else 0.0)

    def _draw(self, what: str, at: int, number: int) -> float:
        return draws.draw(self._seed, self.name, what, at, number)

    def _record(self, head: Head, body: bytes, fault: Fault | None) -> None:
        if not self.provider.record:
            return
        self.stats.recorded.append(
            Recorded(
                method=head.method,
                path=head.path,
                headers=head.headers,
                body=body.decode("utf-8", "replace"),
                fault=fault.kind if fault is not None else None,
                at_ms=SYSTEM_CLOCK.unix_ms(),
            )
        )
