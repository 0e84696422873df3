"""What a server of one's own runs, or the dialect it speaks: the words of `kind` in the file."""

from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "openai-compatible", "openai-responses", "anthropic", "gemini", "bedrock", "cohere",
    "vllm", "sglang", "ollama", "lmstudio", "llamacpp", "simulator",
]  # fmt: skip
