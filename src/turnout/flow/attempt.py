"""One endpoint, once: from dispatch to the commit point, the first content of its answer.

Up to there nothing of this endpoint has reached the client, so any failure is silent and the next
endpoint may try. What the upstream sent before its first content (a role, an id) waits in `early`.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.errors import FailureKind, Refusal, UpstreamError
from turnout.dialects.adapter import Framing, Outgoing, Tally, UpstreamRequest
from turnout.dialects.provider import Provider
from turnout.flow.trial import OpenStream, Try, WholeAnswer, patiently
from turnout.upstream.credentials.signer import Unsigned
from turnout.upstream.exchange import Exchange

_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_BOM: Final = b"\xef\xbb\xbf"
_NO_STREAM: Final[Mapping[Framing, tuple[bytes, ...]]] = {
    "sse": (b"{", b"<", b"["),
    "ndjson": (b"<",),
    "json-array": (b"<",),
    "aws-eventstream": (b"{", b"<"),
}
"""First bytes that no stream of that framing has: one JSON body, or a web page."""
LARGEST_ERROR: Final = 64 * 1024
LARGEST_ANSWER: Final = 256 * 1024 * 1024


async def attempt(this: Try) -> OpenStream | WholeAnswer:
    """Dispatches to one endpoint and returns once it has truly begun to answer.

    Raises:
        UpstreamError: It did not; nothing has reached the client but signs of life.
    """
    this.gateway.health.send(this.endpoint.id, this.started_s, stream=this.inbound.stream)
    sent = _encoded(this)
    request = sent.request
    url = this.side.address(this.connection.base_url) + request.path
    exchange = await this.gateway.pool.send(
        url,
        headers=await _headers(this, url, request),
        body=request.body,
        method=request.method,
        connect_s=min(this.deadlines.timeouts.connect_s, _left_s(this)),
    )
    try:
        return await _begun(this, exchange, sent)
    except BaseException as error:
        exchange.abort()
        if isinstance(error, UpstreamError):
            error.status = error.status or exchange.status or None
        raise


async def _begun(this: Try, exchange: Exchange, sent: Outgoing) -> OpenStream | WholeAnswer:
    await patiently(this, exchange.head, _first_at_s(this), FailureKind.FIRST_TOKEN_TIMEOUT)
    if exchange.status != 200:
        raise await _refused(this, exchange)
    if this.inbound.stream:
        return await _first_content(this, exchange, sent)
    return await _whole(this, exchange, sent)


def _encoded(this: Try) -> Outgoing:
    """The request in the upstream's dialect; what cannot be said there is this endpoint's 400."""
    try:
        sent = this.bridge.request(this.inbound, this.endpoint)
    except Refusal as refusal:
        raise UpstreamError(FailureKind.BAD_REQUEST, refusal.message) from refusal
    if this.undo or this.lost or this.emulated:
        sent = msgspec.structs.replace(
            sent,
            dropped=tuple(dict.fromkeys((*sent.dropped, *this.lost))),
            emulated=tuple(dict.fromkeys((*sent.emulated, *this.emulated))),
            undo=(*sent.undo, *this.undo),
        )
    this.making.dropped = sent.dropped
    this.making.translated = sent.translated
    this.making.emulated = sent.emulated
    _check_honoured(this, sent)
    options = (this.inbound.preferences.options or {}).get(this.endpoint.provider)
    if options is None:
        return sent
    return msgspec.structs.replace(sent, request=with_options(sent.request, options))


def _check_honoured(this: Try, sent: Outgoing) -> None:
    """`provider.require_parameters`: what the adapter would drop, this endpoint must not serve."""
    if not this.inbound.preferences.require_parameters:
        return
    asked = this.inbound.needs.parameters
    lost = [path for path in sent.dropped if path.partition(".")[0] in asked]
    if lost:
        raise UpstreamError(
            FailureKind.PARAMETERS,
            f"does not take {', '.join(lost)}, which provider.require_parameters demands.",
        )


def with_options(request: UpstreamRequest, options: dict[str, msgspec.Raw]) -> UpstreamRequest:
    """The request with what `provider.options` says for its provider, on top and as it is."""
    body = _FIELDS.decode(request.body) | options
    return msgspec.structs.replace(request, body=msgspec.json.encode(body))


async def _headers(this: Try, url: str, request: UpstreamRequest) -> list[tuple[str, str]]:
    connection = this.connection
    headers = [("content-type", "application/json"), *request.headers, *connection.headers]
    if connection.signer is not None:
        unsigned = Unsigned(
            method=request.method, url=url, headers=tuple(headers), body=request.body
        )
        headers += await connection.signer.sign(unsigned, _left_s(this))
    elif this.key_index is not None:
        headers.append(auth_header(connection.provider, connection.keys[this.key_index]))
    return headers


def auth_header(provider: Provider, secret: str) -> tuple[str, str]:
    """Where this provider wants its key."""
    match provider.auth:
        case "x-api-key" | "api-key" | "x-goog-api-key":
            return provider.auth, secret
        case "google-token":
            return "x-goog-api-key", secret
        case "bearer" | "none" | "aws-sigv4":
            return "authorization", f"Bearer {secret}"


async def _refused(this: Try, exchange: Exchange) -> UpstreamError:
    """What a non-200 means. Its body is read for at most five seconds: the status says enough."""
    until_s = this.gateway.clock.now_s() + 5.0
    try:
        body = await _body(this, exchange, LARGEST_ERROR, until_s)
    except UpstreamError:
        body = b""
    return this.side.adapter.decode_error(exchange.status, exchange.headers, body)


async def _whole(this: Try, exchange: Exchange, sent: Outgoing) -> WholeAnswer:
    body = await _body(this, exchange, LARGEST_ANSWER, this.deadlines.total_at_s)
    answer = this.bridge.answer(body.removeprefix(_BOM), this.head, sent)
    if is_empty(answer.tally):
        raise _empty()
    return WholeAnswer(exchange, answer)


async def _first_content(this: Try, exchange: Exchange, sent: Outgoing) -> OpenStream:
    until_s = _first_at_s(this)
    translator = this.bridge.stream(this.head, sent)
    tally = translator.tally
    data = await patiently(this, exchange.read, until_s, FailureKind.FIRST_TOKEN_TIMEOUT)
    if data.lstrip()[:1] in _NO_STREAM[this.bridge.framing]:  # whatever the content-type claims
        raise await _not_a_stream(this, exchange, data, sent)
    early: list[bytes] = []
    while data:
        early.append(translator.feed(data))
        if tally.content or tally.ended or tally.error is not None:
            break
        data = await patiently(this, exchange.read, until_s, FailureKind.FIRST_TOKEN_TIMEOUT)
    else:
        early.append(translator.end())
    if tally.error is not None and not tally.content:
        raise tally.error
    if not tally.content and tally.finish is None:
        raise UpstreamError(
            FailureKind.NETWORK, "The stream ended before its first token.", status=200
        )
    if is_empty(tally):
        raise _empty()
    first_s = this.making.first_content_s = this.gateway.clock.now_s()
    this.gateway.health.hear(this.endpoint.id, this.started_s, first_s)
    return OpenStream(exchange, translator, early)


async def _not_a_stream(
    this: Try, exchange: Exchange, first: bytes, sent: Outgoing
) -> UpstreamError:
    """A stream was asked for and one body came: an error inside it, a web page, or an answer."""
    body = first + await _body(this, exchange, LARGEST_ERROR, this.deadlines.total_at_s)
    try:
        this.bridge.answer(body, this.head, sent)
    except UpstreamError as error:
        return error
    return UpstreamError(
        FailureKind.DECODE, "The provider did not stream although asked to.", status=200
    )


async def _body(this: Try, exchange: Exchange, limit: int, until_s: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    clock, idle_s = this.gateway.clock, this.deadlines.timeouts.idle_s

    def soon_s() -> float:
        return min(until_s, clock.now_s() + idle_s)

    while data := await patiently(this, exchange.read, soon_s(), FailureKind.IDLE_TIMEOUT):
        parts.append(data)
        size += len(data)
        if size > limit:
            raise UpstreamError(FailureKind.DECODE, f"The answer is larger than {limit} bytes.")
        if exchange.ended:
            break
    return parts[0] if len(parts) == 1 else b"".join(parts)


def is_empty(tally: Tally) -> bool:
    """A success with nothing in it: no content, no tokens, and no reason for that."""
    if tally.content or tally.finish == "content_filter":
        return False
    return tally.usage is None or tally.usage.completion_tok == 0


def _empty() -> UpstreamError:
    return UpstreamError(FailureKind.EMPTY, "The provider sent an empty completion.", status=200)


def _first_at_s(this: Try) -> float:
    """A stream must speak by then; a whole answer may begin as late as it ends."""
    timeouts = this.deadlines.timeouts
    return this.started_s + (timeouts.first_token_s if this.inbound.stream else timeouts.total_s)


def _left_s(this: Try) -> float:
    return max(0.001, this.deadlines.total_at_s - this.gateway.clock.now_s())
