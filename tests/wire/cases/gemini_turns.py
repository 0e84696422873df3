"""Gemini's table: messages, media, functions. Written by hand from Google's documentation."""

from typing import Final

from tests.wire.cases.gemini_case import (
    HI,
    HI_SENT,
    LATEST,
    PNG,
    SHOWN,
    SIMPLE,
    Case,
    parts,
    tool,
    user,
)

MESSAGES: Final = (
    Case("a word", HI, HI_SENT),
    Case("thoughts are shown by default", HI, {**HI_SENT, **SHOWN}, LATEST),
    Case(
        "system and developer become the instruction",
        {
            "messages": [
                {"role": "system", "content": "a"},
                {"role": "developer", "content": "b"},
                {"role": "user", "content": "hi"},
            ]
        },
        {**HI_SENT, "systemInstruction": {"parts": [{"text": "a"}, {"text": "b"}]}},
    ),
    Case(
        "an old Gemma gets instructions before the words",
        {"messages": [{"role": "system", "content": "a"}, {"role": "user", "content": "hi"}]},
        parts({"text": "a"}, {"text": "hi"}),
        "gemma-3-27b-it",
        translated=("messages.system",),
    ),
    Case(
        "instructions in the middle stay there, marked",
        {
            "messages": [
                {"role": "user", "content": "hi"},
                {"role": "system", "content": "be brief"},
            ]
        },
        parts({"text": "hi"}, {"text": "<system>\nbe brief\n</system>"}),
        translated=("messages.system",),
    ),
    Case(
        "same speakers in a row are one turn, blank words none",
        {
            "messages": [
                {"role": "user", "content": "a"},
                {"role": "user", "content": " "},
                {"role": "user", "content": "b"},
                {"role": "assistant", "content": "c"},
                {"role": "assistant", "content": "d"},
                {"role": "user", "content": "e"},
            ]
        },
        {
            "contents": [
                {"role": "user", "parts": [{"text": "a"}, {"text": "b"}]},
                {"role": "model", "parts": [{"text": "c"}, {"text": "d"}]},
                {"role": "user", "parts": [{"text": "e"}]},
            ]
        },
    ),
    Case(
        "an assistant that speaks first is asked to",
        {"messages": [{"role": "assistant", "content": "c"}, {"role": "user", "content": "e"}]},
        {
            "contents": [
                {"role": "user", "parts": [{"text": "Continue."}]},
                {"role": "model", "parts": [{"text": "c"}]},
                {"role": "user", "parts": [{"text": "e"}]},
            ]
        },
        translated=("messages.first",),
    ),
    Case(
        "a breakpoint of a prompt cache is left out",
        user({"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}}),
        HI_SENT,
        dropped=("cache_control",),
    ),
)

MEDIA: Final = (
    Case(
        "a picture by value",
        user({"type": "image_url", "image_url": {"url": PNG}}),
        parts({"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}),
    ),
    Case(
        "a picture's detail and a speaker's name have no place",
        {
            "messages": [
                {
                    "role": "user",
                    "name": "eve",
                    "content": [{"type": "image_url", "image_url": {"url": PNG, "detail": "low"}}],
                }
            ]
        },
        parts({"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}),
        dropped=("messages.name", "messages.image_url.detail"),
    ),
    Case(
        "a picture whose type has another name",
        user({"type": "image_url", "image_url": {"url": "data:image/jpg;base64,AA=="}}),
        parts({"inlineData": {"mimeType": "image/jpeg", "data": "AA=="}}),
    ),
    Case(
        "a picture of the open web, where the house fetches it",
        user({"type": "image_url", "image_url": {"url": "https://a.example/b.png?c=1"}}),
        parts({"fileData": {"mimeType": "image/png", "fileUri": "https://a.example/b.png?c=1"}}),
        urls=True,
    ),
    Case(
        "a picture in its own store",
        user({"type": "image_url", "image_url": {"url": "gs://bucket/b.webp"}}),
        parts({"fileData": {"mimeType": "image/webp", "fileUri": "gs://bucket/b.webp"}}),
    ),
    Case(
        "sound",
        user({"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}}),
        parts({"inlineData": {"mimeType": "audio/wav", "data": "AA=="}}),
    ),
    Case(
        "a film of YouTube",
        user({"type": "video_url", "video_url": {"url": "https://youtu.be/x"}}),
        parts({"fileData": {"mimeType": "video/mp4", "fileUri": "https://youtu.be/x"}}),
    ),
    Case(
        "a PDF",
        user(
            {
                "type": "file",
                "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AA=="},
            }
        ),
        parts({"inlineData": {"mimeType": "application/pdf", "data": "AA=="}}),
    ),
    Case(
        "a file that lies there",
        user({"type": "file", "file": {"filename": "a.csv", "file_id": "files/abc"}}),
        parts(
            {
                "fileData": {
                    "mimeType": "text/csv",
                    "fileUri": "https://generativelanguage.googleapis.com/v1beta/files/abc",
                }
            }
        ),
    ),
)

TOOLS: Final = (
    Case(
        "functions",
        {**HI, "tools": [tool("f", SIMPLE, description="d"), tool("g")]},
        {
            **HI_SENT,
            "tools": [
                {
                    "functionDeclarations": [
                        {"name": "f", "description": "d", "parametersJsonSchema": SIMPLE},
                        {"name": "g"},
                    ]
                }
            ],
        },
    ),
    Case(
        "a function without arguments says nothing of them",
        {
            **HI,
            "tools": [
                tool("f", {"type": "object", "properties": {}, "additionalProperties": False})
            ],
        },
        {**HI_SENT, "tools": [{"functionDeclarations": [{"name": "f"}]}]},
    ),
    Case(
        "an old model gets the smaller vocabulary",
        {
            **HI,
            "tools": [
                tool(
                    "f",
                    {
                        "$schema": "x",
                        "type": "object",
                        "properties": {"a": {"type": ["string", "null"]}},
                        "additionalProperties": False,
                        "required": ["a", "b"],
                    },
                )
            ],
        },
        {
            **HI_SENT,
            "tools": [
                {
                    "functionDeclarations": [
                        {
                            "name": "f",
                            "parameters": {
                                "type": "object",
                                "properties": {"a": {"type": "string", "nullable": True}},
                                "required": ["a"],
                            },
                        }
                    ]
                }
            ],
        },
        "gemini-1.5-pro",
    ),
    *(
        Case(
            f"the choice {said}",
            {**HI, "tools": [tool("f")], "tool_choice": said},
            {
                **HI_SENT,
                "tools": [{"functionDeclarations": [{"name": "f"}]}],
                "toolConfig": {"functionCallingConfig": mode},
            },
        )
        for said, mode in (
            ("auto", {"mode": "AUTO"}),
            ("none", {"mode": "NONE"}),
            ("required", {"mode": "ANY"}),
        )
    ),
    Case(
        "one function by name",
        {
            **HI,
            "tools": [tool("f"), tool("g")],
            "tool_choice": {"type": "function", "function": {"name": "g"}},
        },
        {
            **HI_SENT,
            "tools": [{"functionDeclarations": [{"name": "f"}, {"name": "g"}]}],
            "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["g"]}},
        },
    ),
    Case(
        "parallel calls cannot be forbidden",
        {**HI, "tools": [tool("f")], "parallel_tool_calls": False},
        {**HI_SENT, "tools": [{"functionDeclarations": [{"name": "f"}]}]},
        dropped=("parallel_tool_calls",),
    ),
)
