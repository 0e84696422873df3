"""Shapes of Gemini's generateContent on the wire, for decoding only.

What no rule needs stays `Raw` or is skipped. Enumerations come as words, and as numbers where an
upstream was asked for numbers. Source of the shapes: https://ai.google.dev/api/generate-content,
https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1beta1/GenerateContentResponse
(read 2026-11-25) and recorded traffic.
"""

from typing import TypeAlias

import msgspec

Word: TypeAlias = str | int
"""A member of an enumeration."""


class _Shape(msgspec.Struct, rename="camel"):
    """Camel case on the wire; what is not told is None or empty."""


class PartialArg(_Shape):
    """One piece of a call's arguments, where they are streamed; one of the values is set."""

    json_path: str = "$"
    string_value: str | None = None
    number_value: float | None = None
    bool_value: bool | None = None
    will_continue: bool | None = None


class FunctionCall(_Shape):
    """A call; ids are optional, `args` may be left out."""

    id: str | None = None
    name: str | None = None
    args: msgspec.Raw = msgspec.Raw(b"null")
    partial_args: list[PartialArg] | None = None
    will_continue: bool | None = None


class Blob(_Shape):
    """Media by value, base64."""

    mime_type: str = ""
    data: str = ""


class ExecutableCode(_Shape):
    """A program that the model wrote and Google ran."""

    language: Word = "PYTHON"
    code: str = ""


class CodeExecutionResult(_Shape):
    """What came of it."""

    outcome: Word = ""
    output: str = ""


class Part(_Shape):
    """One part; the field that is set says its kind."""

    text: str | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    function_call: FunctionCall | None = None
    inline_data: Blob | None = None
    executable_code: ExecutableCode | None = None
    code_execution_result: CodeExecutionResult | None = None


class Content(_Shape):
    """A turn."""

    parts: list[Part] | None = None
    role: str | None = None


class Candidate(_Shape):
    """One choice."""

    content: Content | None = None
    finish_reason: Word | None = None
    finish_message: str | None = None
    index: int | None = None
    grounding_metadata: msgspec.Raw = msgspec.Raw(b"null")
    citation_metadata: msgspec.Raw = msgspec.Raw(b"null")
    logprobs_result: msgspec.Raw = msgspec.Raw(b"null")


class PromptFeedback(_Shape):
    """Why a prompt was not answered."""

    block_reason: Word | None = None
    block_reason_message: str | None = None


class Response(_Shape):
    """An answer, or one piece of a stream of them."""

    candidates: list[Candidate] | None = None
    prompt_feedback: PromptFeedback | None = None
    usage_metadata: msgspec.Raw = msgspec.Raw(b"null")
    model_version: str | None = None
    response_id: str | None = None
    error: msgspec.Raw = msgspec.Raw(b"null")


class ModalityCount(_Shape):
    """Tokens of one modality."""

    modality: Word = "TEXT"
    token_count: int | None = None


class UsageMetadata(_Shape):
    """Counts so far. `prompt_token_count` includes what was read from a cache."""

    prompt_token_count: int | None = None
    candidates_token_count: int | None = None
    total_token_count: int | None = None
    cached_content_token_count: int | None = None
    thoughts_token_count: int | None = None
    tool_use_prompt_token_count: int | None = None
    prompt_tokens_details: list[ModalityCount] | None = None
    cache_tokens_details: list[ModalityCount] | None = None
    candidates_tokens_details: list[ModalityCount] | None = None
    tool_use_prompt_tokens_details: list[ModalityCount] | None = None
    service_tier: str | None = None


class Web(_Shape):
    """A page."""

    uri: str | None = None
    title: str | None = None


class RetrievedContext(_Shape):
    """A passage of a store of files."""

    uri: str | None = None
    title: str | None = None
    text: str | None = None
    file_search_store: str | None = None


class GroundingChunk(_Shape):
    """Something that an answer rests on."""

    web: Web | None = None
    retrieved_context: RetrievedContext | None = None


class Segment(_Shape):
    """A stretch of the answer; indices count bytes of UTF-8 from the start of a part."""

    part_index: int | None = None
    start_index: int | None = None
    end_index: int | None = None
    text: str | None = None


class GroundingSupport(_Shape):
    """Which chunks a stretch rests on."""

    segment: Segment | None = None
    grounding_chunk_indices: list[int] | None = None


class GroundingMetadata(_Shape):
    """What an answer rests on."""

    grounding_chunks: list[GroundingChunk] | None = None
    grounding_supports: list[GroundingSupport] | None = None
    web_search_queries: list[str] | None = None


class Citation(_Shape):
    """A stretch of the answer that repeats a source; indices as in Segment."""

    start_index: int | None = None
    end_index: int | None = None
    uri: str | None = None
    title: str | None = None


class CitationMetadata(_Shape):
    """Named `citationSources` by one house and `citations` by the other."""

    citation_sources: list[Citation] | None = None
    citations: list[Citation] | None = None


class LogprobsCandidate(_Shape):
    """A token and how likely it was."""

    token: str = ""
    log_probability: float = 0.0


class TopCandidates(_Shape):
    """The likeliest tokens of one place."""

    candidates: list[LogprobsCandidate] | None = None


class LogprobsResult(_Shape):
    """Of each place of an answer."""

    chosen_candidates: list[LogprobsCandidate] | None = None
    top_candidates: list[TopCandidates] | None = None


class ListedModel(_Shape):
    """One row of the list of models."""

    name: str
    supported_generation_methods: list[str] | None = None


class ModelList(_Shape):
    """GET /models."""

    models: list[ListedModel]


class CountedTokens(_Shape):
    """The answer of countTokens."""

    total_tokens: int


class Violation(_Shape):
    """Which quota was used up."""

    quota_id: str | None = None
    quota_metric: str | None = None
    quota_value: str | None = None


class ErrorDetail(msgspec.Struct, rename={"retry_delay": "retryDelay", "kind": "@type"}):
    """One of an error's `details`."""

    kind: str = ""
    reason: str | None = None
    retry_delay: str | None = None
    violations: list[Violation] | None = None


class RpcError(_Shape):
    """Google's error object."""

    code: int | None = None
    message: str = ""
    status: Word | None = None
    details: list[ErrorDetail] | None = None


class ErrorBody(_Shape):
    """A body that holds one."""

    error: RpcError
