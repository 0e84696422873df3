"""A provider being played: its request counter, its draws, its stats, and its memo of replies."""

from collections.abc import Iterator

import msgspec

from turnout.core.clock import SYSTEM_CLOCK
from turnout.simulator import draws, faults, others, replies
from turnout.simulator.answers import Ask
from turnout.simulator.faults import UnknownFaultError
from turnout.simulator.replies import Reply, Step, Timing
from turnout.simulator.requests import Head
from turnout.simulator.scenario import Fault, Provider
from turnout.simulator.shapes.shape import Shape
from turnout.simulator.stats import Recorded, Stats

MAX_MEMO_REQUEST_BYTES = 16 * 1_048_576
MAX_MEMO_BYTES = 128 * 1_048_576  # requests and replies together; beyond it the memo starts anew
MAX_QUICK_BYTES = 262_144  # a reply that is written at once, without minding back-pressure

HEADER = "x-simulate"
_KEY_HEADERS = ("x-api-key", "api-key", "x-goog-api-key")

_ASK = msgspec.json.Decoder(Ask)


class Playing:
    """One provider while it is served.

    Attributes:
        memo: Request body to reply. A reply without fault is a function of the body alone, and
            building it twice would say nothing new.
        quick: Request body to the bytes on the wire, for replies that need no steps.
        constant: No pauses, no script, nothing recorded: what `quick` holds may be sent.
    """

    __slots__ = (
        "_memo_bytes",
        "_seed",
        "_started_s",
        "constant",
        "memo",
        "models",
        "name",
        "port",
        "provider",
        "quick",
        "stats",
    )

    def __init__(self, name: str, provider: Provider, seed: int) -> None:
        self.name = name
        self.provider = provider
        self.port: int | None = None
        self.stats = Stats(provider.record)
        self.memo: dict[bytes, Reply] = {}
        self.quick: dict[bytes, bytes] = {}
        self._memo_bytes = 0
        scripted = any(not fault.on_request for fault in provider.faults)
        pace = provider.pace
        paced = pace.ttft_ms != 0 or pace.token_rate_tps != 0 or pace.events_per_write != 0
        self.constant = not (scripted or paced or provider.record)
        listed = () if provider.open else provider.models
        self.models = frozenset(model.id for model in listed)
        self._seed = seed
        self._started_s = SYSTEM_CLOCK.now_s()

    def other(self, head: Head, body: bytes, route: str) -> Iterator[Step]:
        """The steps of a reply beside chat; of the faults only those that replace it whole."""
        try:
            fault = self._begun(head, body)
        except UnknownFaultError as error:
            return replies.steps(replies.error_reply(400, str(error), code="unknown_fault"))
        no = self._refused(head)
        if no is None and fault is not None:
            no = replies.instead(fault, None)
        return replies.steps(no or others.reply_to(route, body, self.models))

    def _begun(self, head: Head, body: bytes) -> Fault | None:
        """Counts and records a request; the fault it is to meet."""
        fault = self._fault(head, body, self.stats.requests)
        if fault is not None:
            self.stats.faults[fault.kind] = self.stats.faults.get(fault.kind, 0) + 1
        self._record(head, body, fault)
        return fault

    def chat(
        self, head: Head, body: bytes, route: str = "", shape: Shape | None = None
    ) -> Iterator[Step]:
        """The steps of the reply to a chat completion, in chat's own dialect or in a shape.

        Args:
            route: The path below the provider, in which some dialects name the model.
        """
        number = self.stats.requests
        try:
            fault = self._begun(head, body)
        except UnknownFaultError as error:
            return replies.steps(replies.error_reply(400, str(error), code="unknown_fault"))
        no = self._refused(head)
        if no is not None:
            return replies.steps(no)
        reply = self.memo.get(body) if fault is None and shape is None else None
        if reply is None:
            reply = self._reply(body, fault, route, shape)
            if fault is None and shape is None:
                self._remember(body, reply)
        if reply.status != 200 and fault is None:
            return replies.steps(reply)
        return replies.steps(reply, fault, self._timing(number))

    def _reply(self, body: bytes, fault: Fault | None, route: str, shape: Shape | None) -> Reply:
        try:
            ask = _ASK.decode(body) if shape is None else shape.ask(route, body)
        except msgspec.DecodeError as error:
            return replies.error_reply(400, f"Invalid request: {error}", code="invalid_json")
        if self.models and ask.model not in self.models:
            message = f"The model '{ask.model}' does not exist or you do not have access to it."
            return replies.error_reply(404, message, code="model_not_found")
        how = self.provider.answering(ask.model)
        return replies.reply_to(how, ask, fault, self._seed, shape)

    def _remember(self, body: bytes, reply: Reply) -> None:
        size = sum(map(len, reply.pieces))
        if reply.status != 200 or len(body) > MAX_MEMO_REQUEST_BYTES:
            return
        self._memo_bytes += len(body) + size
        if self._memo_bytes > MAX_MEMO_BYTES:
            self.memo.clear()
            self.quick.clear()
            self._memo_bytes = len(body) + size
        self.memo[body] = reply
        if self.constant and size < MAX_QUICK_BYTES:
            whole = (step for step in replies.steps(reply) if isinstance(step, bytes))
            self.quick[body] = b"".join(whole)

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
        sent = head.headers.get("authorization", "").removeprefix("Bearer ")
        named = (head.headers.get(name) for name in _KEY_HEADERS)
        if keys and sent not in keys and not any(key in keys for key in named):
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
        gap_s = 1 / rate_tps if rate_tps > 0 else 0.0
        return Timing(ttft_ms / 1000, gap_s, pace.events_per_write)

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
