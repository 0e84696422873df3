"""The replies of the routes beside chat: completions, embeddings, rerank.

Deterministic like the rest: the same request has the same bytes.
"""

from hashlib import blake2b
from typing import Final

import msgspec

from turnout.simulator import replies
from turnout.simulator.answers import CREATED, StreamOptions
from turnout.simulator.draws import words
from turnout.simulator.replies import DONE, Reply

ROUTES: Final = frozenset({"v1/completions", "v1/embeddings", "v1/rerank"})
VECTOR_LENGTH: Final = 8
_TOKENS: Final = 6
_BYTES_PER_TOKEN: Final = 4
_UNIT: Final = 255.0


class _Completing(msgspec.Struct):
    model: str
    prompt: msgspec.Raw
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    n: int | None = None


class _Embedding(msgspec.Struct):
    model: str
    input: str | list[str | list[int] | int]
    dimensions: int | None = None


class _Ranking(msgspec.Struct):
    model: str
    query: str
    documents: list[str]
    top_n: int | None = None


def reply_to(route: str, body: bytes, models: frozenset[str]) -> Reply:
    """The reply of one of `ROUTES`; a 400 or 404 for what no provider would take."""
    try:
        match route:
            case "v1/completions":
                ask = msgspec.json.decode(body, type=_Completing)
            case "v1/embeddings":
                ask = msgspec.json.decode(body, type=_Embedding)
            case _:
                ask = msgspec.json.decode(body, type=_Ranking)
    except msgspec.DecodeError as error:
        return replies.error_reply(400, f"Invalid request: {error}", code="invalid_json")
    if models and ask.model not in models:
        message = f"The model '{ask.model}' does not exist or you do not have access to it."
        return replies.error_reply(404, message, code="model_not_found")
    match ask:
        case _Completing():
            return _completed(ask)
        case _Embedding():
            return _json(_embedded(ask))
        case _Ranking():
            return _json(_ranked(ask))


def _json(answer: object) -> Reply:
    return Reply(pieces=(msgspec.json.encode(answer),))


def _completed(ask: _Completing) -> Reply:
    prompt = bytes(ask.prompt)
    digest = blake2b(prompt, digest_size=12).digest()
    count = min(_TOKENS, ask.max_tokens or _TOKENS)
    tokens = words(digest + ask.model.encode(), count)
    finish = "length" if count < _TOKENS else "stop"
    head: dict[str, object] = {
        "id": f"cmpl-{digest.hex()}",
        "object": "text_completion",
        "created": CREATED,
        "model": ask.model,
    }
    size, choices = len(prompt) // _BYTES_PER_TOKEN + 1, range(ask.n or 1)
    spoken = count * len(choices)
    usage = {
        "prompt_tokens": size,
        "completion_tokens": spoken,
        "total_tokens": size + spoken,
    }

    def choice(index: int, text: str, reason: str | None) -> dict[str, object]:
        return {"text": text, "index": index, "logprobs": None, "finish_reason": reason}

    if not ask.stream:
        said = [choice(index, "".join(tokens), finish) for index in choices]
        return _json({**head, "choices": said, "usage": usage})
    chunks: list[dict[str, object]] = [
        {**head, "choices": [choice(i, token, None)]} for token in tokens for i in choices
    ]
    chunks += [{**head, "choices": [choice(i, "", finish)]} for i in choices]
    if ask.stream_options is not None and ask.stream_options.include_usage:
        chunks.append({**head, "choices": [], "usage": usage})
    frames = (*(b"data: " + msgspec.json.encode(chunk) + b"\n\n" for chunk in chunks), DONE)
    return Reply(pieces=frames, content_type="text/event-stream", streamed=True)


def _embedded(ask: _Embedding) -> object:
    given = ask.input
    inputs = given if isinstance(given, list) and not isinstance(given[0], int) else [given]
    length = ask.dimensions or VECTOR_LENGTH
    rows: list[object] = []
    for index, one in enumerate(inputs):
        digest = blake2b(msgspec.json.encode(one), digest_size=64).digest()
        numbers = [digest[at % len(digest)] / _UNIT for at in range(length)]
        rows.append({"object": "embedding", "index": index, "embedding": numbers})
    size = len(msgspec.json.encode(given)) // _BYTES_PER_TOKEN + 1
    usage = {"prompt_tokens": size, "total_tokens": size}
    return {"object": "list", "model": ask.model, "data": rows, "usage": usage}


def _ranked(ask: _Ranking) -> object:
    """By the letters that query and document share: enough to tell an order."""
    wanted = set(ask.query.lower())
    scores = [len(wanted & set(text.lower())) / max(1, len(wanted)) for text in ask.documents]
    rows = [
        {"index": index, "relevance_score": score}
        for index, score in sorted(enumerate(scores), key=lambda one: -one[1])
    ]
    size = sum(len(text) for text in ask.documents) // _BYTES_PER_TOKEN + 1
    return {"model": ask.model, "results": rows[: ask.top_n], "usage": {"total_tokens": size}}
