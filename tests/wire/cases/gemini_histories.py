"""Gemini's table: results and seals of earlier turns. By hand from Google's documentation."""

from typing import Final

from tests.wire.cases.gemini_case import (
    CALL,
    LATEST,
    SEAL,
    SHOWN,
    Case,
    called,
    history,
    history_sent,
    parts,
    result,
)

RESULTS: Final = (
    Case("a result that is no object", history(called("c1", "f")), history_sent(CALL)),
    Case(
        "a result that is an object goes as it is",
        {
            "messages": [
                *history(called("c1", "f"))["messages"][:2],
                result("c1", '{"a": [1, "b"]}'),
            ]
        },
        history_sent(CALL, {"a": [1, "b"]}),
    ),
    Case(
        "a result with a reference is words: Google refuses the key",
        {
            "messages": [
                *history(called("c1", "f"))["messages"][:2],
                result("c1", '{"a":{"$ref":"#"}}'),
            ]
        },
        history_sent(CALL, {"output": '{"a":{"$ref":"#"}}'}),
    ),
    Case(
        "a result with a number beyond doubles is words",
        {
            "messages": [
                *history(called("c1", "f"))["messages"][:2],
                result("c1", '{"id":9007199254740993}'),
            ]
        },
        history_sent(CALL, {"output": '{"id":9007199254740993}'}),
    ),
    Case(
        "results in the order of the calls, none missing, words behind them",
        {
            "messages": [
                {"role": "user", "content": "hi"},
                {
                    "role": "assistant",
                    "content": "well",
                    "tool_calls": [
                        called("c1", "f", '{"x": 1}'),
                        called("c2", "g"),
                        called("c3", "f"),
                    ],
                },
                result("c2", "two"),
                result("c1", "one"),
                {"role": "user", "content": "and?"},
            ]
        },
        {
            "contents": [
                {"role": "user", "parts": [{"text": "hi"}]},
                {
                    "role": "model",
                    "parts": [
                        {"text": "well"},
                        {"functionCall": {"name": "f", "args": {"x": 1}, "id": "c1"}},
                        {"functionCall": {"name": "g", "args": {}, "id": "c2"}},
                        {"functionCall": {"name": "f", "args": {}, "id": "c3"}},
                    ],
                },
                {
                    "role": "user",
                    "parts": [
                        {
                            "functionResponse": {
                                "name": "f",
                                "response": {"output": "one"},
                                "id": "c1",
                            }
                        },
                        {
                            "functionResponse": {
                                "name": "g",
                                "response": {"output": "two"},
                                "id": "c2",
                            }
                        },
                        {
                            "functionResponse": {
                                "name": "f",
                                "response": {"error": "No result was kept for this call."},
                                "id": "c3",
                            }
                        },
                    ],
                },
                {"role": "user", "parts": [{"text": "and?"}]},
            ]
        },
        translated=("messages.tool",),
    ),
    Case(
        "a result without its call is what the user says",
        {"messages": [{"role": "user", "content": "hi"}, result("gone", "x")]},
        parts({"text": "hi"}, {"text": "x"}),
        translated=("messages.tool",),
    ),
    Case(
        "arguments that are no object stay in the history",
        history(called("c1", "f", "not json")),
        history_sent({**CALL, "args": {"arguments": "not json"}}),
        translated=("messages.tool_calls.arguments",),
    ),
)

SEALED_CALL: Final = called("c1", "f", extra_content={"google": {"thought_signature": SEAL}})
ENCRYPTED: Final = {
    "type": "reasoning.encrypted",
    "data": SEAL,
    "format": "google-gemini-v1",
    "index": 0,
}

SEALS: Final = (
    Case(
        "a seal on the call it came with",
        history(SEALED_CALL),
        {**history_sent(CALL, thoughtSignature=SEAL), **SHOWN},
        LATEST,
    ),
    Case(
        "a seal among the details, by the call's id",
        history(called("c1", "f"), reasoning_details=[{**ENCRYPTED, "id": "c1"}]),
        {**history_sent(CALL, thoughtSignature=SEAL), **SHOWN},
        LATEST,
    ),
    Case(
        "a seal that came both ways is said once",
        history(SEALED_CALL, reasoning_details=[{**ENCRYPTED, "id": "c1"}]),
        {**history_sent(CALL, thoughtSignature=SEAL), **SHOWN},
        LATEST,
    ),
    Case(
        "a call of another model gets the word that Google has for that",
        history(called("c1", "f")),
        {**history_sent(CALL, thoughtSignature="skip_thought_signature_validator"), **SHOWN},
        LATEST,
    ),
    Case(
        "of parallel calls only the first needs one",
        {
            "messages": [
                {"role": "user", "content": "hi"},
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [called("c1", "f"), called("c2", "f")],
                },
                result("c1", "1"),
                result("c2", "2"),
            ]
        },
        {
            "contents": [
                {"role": "user", "parts": [{"text": "hi"}]},
                {
                    "role": "model",
                    "parts": [
                        {
                            "functionCall": CALL,
                            "thoughtSignature": "skip_thought_signature_validator",
                        },
                        {"functionCall": {**CALL, "id": "c2"}},
                    ],
                },
                {
                    "role": "user",
                    "parts": [
                        {
                            "functionResponse": {
                                "name": "f",
                                "response": {"output": "1"},
                                "id": "c1",
                            }
                        },
                        {
                            "functionResponse": {
                                "name": "f",
                                "response": {"output": "2"},
                                "id": "c2",
                            }
                        },
                    ],
                },
            ],
            **SHOWN,
        },
        LATEST,
    ),
    Case(
        "a seal without id belongs to the last words",
        {
            "messages": [
                {"role": "user", "content": "hi"},
                {"role": "assistant", "content": "yes", "reasoning_details": [ENCRYPTED]},
                {"role": "user", "content": "and?"},
            ]
        },
        {
            "contents": [
                {"role": "user", "parts": [{"text": "hi"}]},
                {"role": "model", "parts": [{"text": "yes", "thoughtSignature": SEAL}]},
                {"role": "user", "parts": [{"text": "and?"}]},
            ],
            **SHOWN,
        },
        LATEST,
    ),
    Case(
        "thoughts of Google's own go back as thoughts, with their seal",
        {
            "messages": [
                {"role": "user", "content": "hi"},
                {
                    "role": "assistant",
                    "content": "yes",
                    "reasoning_details": [
                        {
                            "type": "reasoning.text",
                            "text": "hm",
                            "signature": SEAL,
                            "format": "google-gemini-v1",
                        }
                    ],
                },
                {"role": "user", "content": "and?"},
            ]
        },
        {
            "contents": [
                {"role": "user", "parts": [{"text": "hi"}]},
                {
                    "role": "model",
                    "parts": [
                        {"text": "hm", "thought": True, "thoughtSignature": SEAL},
                        {"text": "yes"},
                    ],
                },
                {"role": "user", "parts": [{"text": "and?"}]},
            ],
            **SHOWN,
        },
        LATEST,
    ),
    Case(
        "thoughts of another house are left out, and told",
        {
            "messages": [
                {"role": "user", "content": "hi"},
                {"role": "assistant", "content": "yes", "reasoning": "hm"},
                {"role": "user", "content": "and?"},
            ]
        },
        {
            "contents": [
                {"role": "user", "parts": [{"text": "hi"}]},
                {"role": "model", "parts": [{"text": "yes"}]},
                {"role": "user", "parts": [{"text": "and?"}]},
            ],
            **SHOWN,
        },
        LATEST,
        dropped=("messages.reasoning",),
    ),
)
