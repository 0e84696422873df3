"""Bedrock's table: pictures, files, sound, video, and cache points."""

from typing import Final

from tests.wire.cases.bedrock_words import (
    CACHE,
    HAIKU,
    HOUR,
    JPEG,
    LLAMA,
    LOOK,
    LOOKS,
    NOVA,
    NOVA_2,
    PDF,
    PNG,
    POINT,
    TXT,
    Bedrock,
    called,
    came,
    file,
    image,
    result,
    says,
    spec,
    tool,
    use,
    user,
)

MEDIA: Final = (
    Bedrock(
        "pictures",
        HAIKU,
        {"messages": [user("see", image(PNG), image(JPEG, "jpg"))]},
        {
            "messages": [
                says(
                    "user",
                    "see",
                    {"image": {"format": "png", "source": {"bytes": PNG}}},
                    {"image": {"format": "jpeg", "source": {"bytes": JPEG}}},
                )
            ]
        },
    ),
    Bedrock(
        "picture-with-a-wrong-label",
        HAIKU,
        {"messages": [user("see", image(PNG, "jpeg"))]},
        {"messages": [says("user", "see", {"image": {"format": "png", "source": {"bytes": PNG}}})]},
        translated=("messages.image_url",),
    ),
    Bedrock(
        "files-with-names-that-fit",
        HAIKU,
        {
            "messages": [
                user(
                    "read",
                    file("q3/Report: v1.2 (final).pdf", "application/pdf", PDF),
                    file("Report v1 2 (final).pdf", "application/pdf", PDF),
                    file("notes.md", "text/markdown", TXT),
                    file("main.rs", "text/x-rust", TXT),
                )
            ]
        },
        {
            "messages": [
                says(
                    "user",
                    "read",
                    {
                        "document": {
                            "format": "pdf",
                            "name": "Report v1 2 (final)",
                            "source": {"bytes": PDF},
                        }
                    },
                    {
                        "document": {
                            "format": "pdf",
                            "name": "Report v1 2 (final) 2",
                            "source": {"bytes": PDF},
                        }
                    },
                    {"document": {"format": "md", "name": "notes", "source": {"bytes": TXT}}},
                    {"document": {"format": "txt", "name": "main", "source": {"bytes": TXT}}},
                )
            ]
        },
        translated=("messages.file",),
    ),
    Bedrock(
        "file-without-a-word",
        HAIKU,
        {"messages": [user(file("a.pdf", "application/pdf", PDF))]},
        {
            "messages": [
                says(
                    "user",
                    {"document": {"format": "pdf", "name": "a", "source": {"bytes": PDF}}},
                    "See the attached file.",
                )
            ]
        },
        translated=("messages.file",),
    ),
    Bedrock(
        "video-in-s3",
        NOVA,
        {
            "messages": [
                user("see", {"type": "video_url", "video_url": {"url": "s3://bucket/a/film.mp4"}})
            ]
        },
        {
            "messages": [
                says(
                    "user",
                    "see",
                    {
                        "video": {
                            "format": "mp4",
                            "source": {"s3Location": {"uri": "s3://bucket/a/film.mp4"}},
                        }
                    },
                )
            ]
        },
    ),
    Bedrock(
        "sound",
        NOVA_2,
        {
            "messages": [
                user(
                    "hear",
                    {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
                )
            ]
        },
        {
            "messages": [
                says("user", "hear", {"audio": {"format": "wav", "source": {"bytes": "UklGRg=="}}})
            ]
        },
    ),
)

CACHING: Final = (
    Bedrock(
        "cache-points-everywhere",
        HAIKU,
        {
            "messages": [
                {"role": "system", "content": [{"type": "text", "text": "s", **HOUR}]},
                user({"type": "text", "text": "hi", **CACHE}),
            ],
            "tools": [tool(**HOUR)],
        },
        {
            "system": [{"text": "s"}, {"cachePoint": {"type": "default", "ttl": "1h"}}],
            "messages": [says("user", "hi", POINT)],
            "toolConfig": {"tools": [spec(), {"cachePoint": {"type": "default", "ttl": "1h"}}]},
        },
    ),
    Bedrock(
        "cache-points-of-nova",
        NOVA,
        {"messages": [user({"type": "text", "text": "hi", **HOUR})], "tools": [tool(**CACHE)]},
        {"messages": [says("user", "hi", POINT)], "toolConfig": LOOKS},
        dropped=("tools.cache_control",),
        translated=("messages.cache_control",),
    ),
    Bedrock(
        "cache-points-where-nothing-is-cached",
        LLAMA,
        {"messages": [user({"type": "text", "text": "hi", **CACHE})]},
        {},
        dropped=("messages.cache_control",),
    ),
    Bedrock(
        "too-many-cache-points",
        HAIKU,
        {"messages": [user(*({"type": "text", "text": str(n), **CACHE} for n in range(6)))]},
        {
            "messages": [
                says("user", "0", "1", "2", POINT, "3", POINT, "4", POINT, "5", POINT),
            ]
        },
        dropped=("messages.cache_control",),
    ),
    Bedrock(
        "cache-point-behind-a-file",
        HAIKU,
        {"messages": [user("read", {**file("a.pdf", "application/pdf", PDF), **CACHE})]},
        {
            "messages": [
                says(
                    "user",
                    "read",
                    POINT,
                    {"document": {"format": "pdf", "name": "a", "source": {"bytes": PDF}}},
                )
            ]
        },
    ),
    Bedrock(
        "cache-point-on-a-result",
        HAIKU,
        {
            "messages": [
                user("hi"),
                called(),
                {**result(), "content": [{"type": "text", "text": "found", **CACHE}]},
            ],
            **LOOK,
        },
        {
            "messages": [
                says("user", "hi"),
                says("assistant", use(q=1)),
                says("user", came("found"), POINT),
            ],
            "toolConfig": LOOKS,
        },
    ),
)
