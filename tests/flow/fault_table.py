"""The simulator's fault script as expectations: what each fault is to the gateway."""

from typing import Final

import msgspec

FAULTY: Final = "faulty"
STEADY: Final = "steady"
STEADY_TEXT: Final = "the steady provider answers in eight clean words"
SECRET: Final = "sk-faulty-4f9a8c7b6d5e4f3a2b1c0d9e"


class Told(msgspec.Struct, frozen=True):
    """What the client is told when nobody else could serve."""

    status: int
    error_type: str
    availability: str | None = None


OVERLOADED: Final = Told(503, "provider_overloaded", "temporarily_unavailable")
UNAVAILABLE: Final = Told(502, "provider_unavailable")


class Fatal(msgspec.Struct, frozen=True, kw_only=True):
    """A fault before the first content: the attempt fails, the next endpoint may try.

    Attributes:
        fault: As a prompt names it.
        kind: The failure kind on record.
        status: The provider's HTTP status on record.
        told: Without another provider.
        once_more: It is tried a second time when nobody else is left.
        shunned: The endpoint is not the first choice of the next request.
        unary_kind: Where a whole answer fails in another way.
    """

    fault: str
    kind: str
    status: int | None
    told: Told = OVERLOADED
    once_more: bool = False
    shunned: bool = True
    unary_kind: str | None = None

    def outcome(self, *, stream: bool) -> str:
        """The outcome on record."""
        return self.kind if stream or self.unary_kind is None else self.unary_kind

    def attempts(self) -> int:
        """How often the only provider is tried."""
        return 2 if self.once_more else 1


FATAL: Final = (
    Fatal(fault="status:500", kind="server", status=500, once_more=True),
    Fatal(fault="status:502", kind="server", status=502, once_more=True),
    Fatal(fault="html-502", kind="server", status=502, once_more=True),
    Fatal(fault="status:503", kind="overloaded", status=503),
    Fatal(fault="status:529", kind="overloaded", status=529),
    Fatal(fault="status:408", kind="first_token_timeout", status=408),
    Fatal(fault="status:504", kind="first_token_timeout", status=504),
    Fatal(
        fault="status:429",
        kind="rate_limited",
        status=429,
        told=Told(429, "rate_limit_exceeded", "capacity_exhausted"),
    ),
    Fatal(fault="status:401", kind="auth", status=401, told=UNAVAILABLE),
    Fatal(fault="status:402", kind="quota", status=402, told=UNAVAILABLE),
    Fatal(fault="status:403", kind="permission", status=403, told=UNAVAILABLE, shunned=False),
    Fatal(
        fault="status:404",
        kind="model_not_found",
        status=404,
        told=Told(404, "not_found", "model_unavailable_upstream"),
    ),
    Fatal(
        fault="status:400",
        kind="bad_request",
        status=400,
        told=Told(400, "invalid_request"),
        shunned=False,
    ),
    Fatal(
        fault="status:422",
        kind="bad_request",
        status=422,
        told=Told(400, "invalid_request"),
        shunned=False,
    ),
    Fatal(
        fault="status:413",
        kind="too_large",
        status=413,
        told=Told(413, "payload_too_large"),
        shunned=False,
    ),
    Fatal(
        fault="too-long",
        kind="context_length",
        status=400,
        told=Told(400, "context_length_exceeded"),
        shunned=False,
    ),
    Fatal(
        fault="flagged",
        kind="content_policy",
        status=400,
        told=Told(400, "content_policy_violation"),
        shunned=False,
    ),
    Fatal(fault="leaky", kind="server", status=500, once_more=True),
    Fatal(fault="error-in-200:500", kind="server", status=500, once_more=True),
    Fatal(
        fault="error-in-200:429",
        kind="rate_limited",
        status=429,
        told=Told(429, "rate_limit_exceeded", "capacity_exhausted"),
    ),
    Fatal(fault="error-in-200:401", kind="auth", status=401, told=UNAVAILABLE),
    Fatal(fault="html-200", kind="decode", status=200, once_more=True),
    Fatal(fault="redirect", kind="decode", status=302, once_more=True),
    Fatal(fault="stall-head", kind="first_token_timeout", status=None),
    Fatal(
        fault="stall-first-token",
        kind="first_token_timeout",
        status=200,
        unary_kind="idle_timeout",
    ),
    Fatal(fault="reset", kind="network", status=None, once_more=True),
    Fatal(fault="close", kind="network", status=None, once_more=True),
    Fatal(fault="cut-mid-frame:0", kind="network", status=200, once_more=True),
    Fatal(fault="truncated-json:0", kind="decode", status=200, once_more=True),
    Fatal(fault="error-event:0", kind="server", status=500, once_more=True),
    Fatal(fault="empty", kind="empty", status=200, once_more=True),
)

HARMLESS: Final = (
    "wrong-content-type",
    "no-usage",
    "no-done",
    "no-finish",
    "no-role",
    "usage-every-chunk",
    "drip",
    "crlf",
    "bom",
    "comments",
    "split-utf8",
    "giant-event",
    "early-1xx",
    "http10",
    "tool-index-missing",
    "tool-index-duplicate",
    "tool-id-repeated",
    "tool-id-empty",
)
"""What the faulty provider answers all the same, so that nobody else is asked."""


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A fault after the first content of a stream: the client is told inside it.

    Attributes:
        fault: As a prompt names it.
        kind: The outcome on record.
        code: The integer code inside the stream.
        error_type: Beside it.
        words: Of the answer that reach the client.
    """

    fault: str
    kind: str
    code: int
    error_type: str
    words: int


BROKEN: Final = (
    Broken(
        fault="cut-mid-frame:3",
        kind="network",
        code=502,
        error_type="provider_unavailable",
        words=3,
    ),
    Broken(fault="reset:3", kind="network", code=502, error_type="provider_unavailable", words=3),
    Broken(fault="close:3", kind="network", code=502, error_type="provider_unavailable", words=3),
    Broken(
        fault="stall-after-tokens:3", kind="idle_timeout", code=504, error_type="timeout", words=3
    ),
    Broken(
        fault="error-event:3", kind="server", code=502, error_type="provider_unavailable", words=3
    ),
    Broken(
        fault="truncated-json:3",
        kind="decode",
        code=502,
        error_type="provider_unavailable",
        words=3,
    ),
)
