"""Errors as providers word them: status, headers, body, and what they mean.

The context-length phrases are a corpus: no provider shares them, few send a code.
"""

from typing import Final

from turnout.core.errors import FailureKind

Case = tuple[str, int, dict[str, str], bytes, FailureKind, float | None]

CONTEXT_PHRASES: Final = (
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000.",
    "Please reduce the length of the messages or completion.",
    "prompt is too long: 210000 tokens > 200000 maximum",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    "Input length 40000 exceeds the maximum length 32768.",
    "the request exceeds the available context size, try increasing it",
    "Range of input length should be [1, 129024]",
    "Prompt contains 40000 tokens, too large for model with 32768 maximum context length",
    "decoder prompt (length 9000) is longer than the maximum model length; max_seq_len 8192",
    "Too many tokens: size limit exceeded by 100 tokens",
)

ERRORS: Final[tuple[Case, ...]] = (
    (
        "wrong key",
        401,
        {},
        (
            b'{"error":{"message":"Incorrect API key provided: '
            b'sk-abc***xyz","code":"invalid_api_key"}}'
        ),
        FailureKind.AUTH,
        None,
    ),
    (
        "wrong key at Google",
        400,
        {},
        (
            b'[{"error":{"code":400,"message":"API key not valid. Please pass '
            b'a valid API key.","status":"INVALID_ARGUMENT"}}]'
        ),
        FailureKind.AUTH,
        None,
    ),
    (
        "no money",
        429,
        {},
        (
            b'{"error":{"message":"You exceeded your current '
            b'quota","type":"insufficient_quota","code":"insufficient_quota"}}'
        ),
        FailureKind.QUOTA,
        None,
    ),
    (
        "no money at DeepSeek",
        402,
        {},
        b'{"error":{"message":"Insufficient Balance","type":"unknown_error"}}',
        FailureKind.QUOTA,
        None,
    ),
    (
        "no credits at xAI",
        403,
        {},
        b'{"code":"permission","error":"Your team has run out of credits."}',
        FailureKind.QUOTA,
        None,
    ),
    (
        "forbidden",
        403,
        {},
        b'{"error":{"message":"Country not supported"}}',
        FailureKind.PERMISSION,
        None,
    ),
    (
        "policy as 403",
        403,
        {},
        b'{"error":"Content violates usage guidelines. Failed check: SAFETY"}',
        FailureKind.CONTENT_POLICY,
        None,
    ),
    (
        "policy code",
        400,
        {},
        b'{"error":{"message":"filtered","code":"content_filter","status":400}}',
        FailureKind.CONTENT_POLICY,
        None,
    ),
    (
        "no model",
        404,
        {},
        (b'{"error":{"message":"The model `x` does not exist","code":"model_not_found"}}'),
        FailureKind.MODEL_NOT_FOUND,
        None,
    ),
    (
        "no model as 400",
        400,
        {},
        (b'{"object":"error","message":"Invalid model: x","type":"invalid_model"}'),
        FailureKind.MODEL_NOT_FOUND,
        None,
    ),
    (
        "bad parameter",
        400,
        {},
        b'{"error":{"message":"Unsupported parameter: top_k","param":"top_k"}}',
        FailureKind.BAD_REQUEST,
        None,
    ),
    (
        "FastAPI",
        422,
        {},
        b'{"detail":[{"loc":["body","x"],"msg":"field required"}]}',
        FailureKind.BAD_REQUEST,
        None,
    ),
    (
        "tokens a minute as 413",
        413,
        {},
        (
            b'{"error":{"message":"Request too large for model on tokens per '
            b'minute (TPM): Limit 6000","type":"tokens","code":"rate_limit_exc'
            b'eeded"}}'
        ),
        FailureKind.RATE_LIMITED,
        None,
    ),
    ("too large", 413, {}, b"Payload Too Large", FailureKind.TOO_LARGE, None),
    (
        "seconds",
        429,
        {"retry-after": "7"},
        b'{"error":{"message":"slow down"}}',
        FailureKind.RATE_LIMITED,
        7.0,
    ),
    (
        "milliseconds win",
        429,
        {"retry-after": "7", "retry-after-ms": "1500"},
        b"{}",
        FailureKind.RATE_LIMITED,
        1.5,
    ),
    (
        "a date",
        429,
        {"retry-after": "Mon, 23 Nov 2026 02:00:30 GMT", "date": "Mon, 23 Nov 2026 02:00:00 GMT"},
        b"{}",
        FailureKind.RATE_LIMITED,
        30.0,
    ),
    (
        "a date without ours",
        429,
        {"retry-after": "Mon, 23 Nov 2026 02:00:30 GMT"},
        b"{}",
        FailureKind.RATE_LIMITED,
        None,
    ),
    (
        "empty bucket",
        429,
        {
            "x-ratelimit-remaining-requests": "5",
            "x-ratelimit-reset-requests": "9s",
            "x-ratelimit-remaining-tokens": "0",
            "x-ratelimit-reset-tokens": "1m2.5s",
        },
        b"{}",
        FailureKind.RATE_LIMITED,
        62.5,
    ),
    (
        "reset as a time",
        429,
        {
            "x-ratelimit-remaining": "0",
            "x-ratelimit-reset": "1795399215000",
            "date": "Mon, 23 Nov 2026 02:00:00 GMT",
        },
        b"{}",
        FailureKind.RATE_LIMITED,
        15.0,
    ),
    (
        "in words",
        429,
        {},
        (b'{"error":{"message":"Please try again in 7.66s. Visit https://x.test/k"}}'),
        FailureKind.RATE_LIMITED,
        7.66,
    ),
    ("past", 429, {"retry-after": "-5"}, b"{}", FailureKind.RATE_LIMITED, None),
    ("years", 429, {"retry-after": "99999999"}, b"{}", FailureKind.RATE_LIMITED, 86_400.0),
    ("timeout", 408, {}, b"", FailureKind.FIRST_TOKEN_TIMEOUT, None),
    ("gateway timeout", 504, {}, b"<html>504</html>", FailureKind.FIRST_TOKEN_TIMEOUT, None),
    (
        "overloaded",
        529,
        {},
        b'{"error":{"type":"overloaded_error","message":"Overloaded"}}',
        FailureKind.OVERLOADED,
        None,
    ),
    ("unavailable", 503, {}, b"<html><h1>503</h1></html>", FailureKind.OVERLOADED, None),
    (
        "busy as 500",
        500,
        {},
        b'{"error":{"message":"The engine is currently overloaded"}}',
        FailureKind.OVERLOADED,
        None,
    ),
    (
        "broken",
        500,
        {},
        b'{"error":{"message":"boom","type":"server_error"}}',
        FailureKind.SERVER,
        None,
    ),
    ("bad gateway", 502, {}, b"<html>nginx</html>", FailureKind.SERVER, None),
    (
        "unavailable says server_error",
        503,
        {},
        b'{"error":{"message":"x","type":"server_error"}}',
        FailureKind.OVERLOADED,
        None,
    ),
    (
        "Cloudflare's list",
        400,
        {},
        (b'{"success":false,"errors":[{"code":7003,"message":"No such model here"}]}'),
        FailureKind.MODEL_NOT_FOUND,
        None,
    ),
    ("teapot", 418, {}, b"short and stout", FailureKind.BAD_REQUEST, None),
    ("redirect", 302, {}, b"", FailureKind.DECODE, None),
    *(
        (
            phrase[:24],
            400,
            {},
            b'{"error":{"message":"%b"}}' % phrase.encode(),
            FailureKind.CONTEXT_LENGTH,
            None,
        )
        for phrase in CONTEXT_PHRASES
    ),
)
