"""How an OpenAI-compatible upstream differs from OpenAI. Data, never a branch on a name."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from turnout.core.types import FinishReason, Modality
from turnout.dialects.powers import Prefill


class Quirks(msgspec.Struct, frozen=True, kw_only=True):
    """Deviations of one upstream; the defaults are OpenAI's own behaviour.

    Attributes:
        path: Appended to the base URL; see `paths` for a gap in it.
        models_path: Where it lists its models; None when it does not.
        headers: Sent with every request.
        drop: Request fields it refuses; they are left out and reported as dropped.
        rename: Request fields it knows by another name, ours to theirs.
        stream_usage: "option": send stream_options.include_usage; "always": it reports unasked and
            refuses the option; "never": no usage in streams.
        developer_role: It knows the role "developer"; else such messages go as "system".
        parts_as_text: It takes only strings as content; text parts are joined with newlines.
        reasoning: How the one knob is said: "effort" (reasoning_effort), "object" (reasoning {}),
            "enable_thinking" (a bool), "thinking" ({"type": "enabled"|"disabled"}),
            "template" (chat_template_kwargs.enable_thinking), "none" (not at all: dropped).
        reasoning_history: The message field in which earlier thinking is sent back, None: left out;
            "thinking" is a part of the content (Mistral).
        usage_key: Where usage rides when not at the top level ("x_groq").
        tool_choice_required: Its word for "required".
        native_finish: Its finish reasons that are not OpenAI's, to the unified ones.
        cache_marks: It takes `cache_control`; else the marks are left out (its cache needs none).
        router_fields: It is a router of the same contract: `provider`, `plugins`, `transforms` and
            their like go up to it too.
        defaults: Fields every request to it needs, as JSON; what the caller said wins.
        message_names: It takes `name` on messages; else the names are left out.
        reasoning_beside: Its completion_tokens leave out the reasoning_tokens, even where no total
            shows it.
        takes_urls: Media that it takes by reference; the others are fetched for it.
        call_id_length: Ids of calls have this many letters and digits; others are made to fit.
        prefix: A last message of the assistant, to be gone on with, says `prefix`.
        prefill: How it goes on with an answer that was begun elsewhere; None: it does not.
        alternating: User and assistant must take turns; what one says in a row is joined.
        document_url: Files go as parts of that type.
        sources: It lists what it read in `search_results` or `citations`, which become annotations.
        tools: "native"; or "grammar": it knows no tools and holds answers to a json_schema, by
            which calls are brought about (`dialects.lowering.grammar_tools`).
    """

    path: str = "/chat/completions"
    models_path: str | None = "/models"
    headers: tuple[tuple[str, str], ...] = ()
    drop: frozenset[str] = frozenset()
    rename: Mapping[str, str] = {}
    stream_usage: Literal["option", "always", "never"] = "option"
    developer_role: bool = True
    parts_as_text: bool = False
    reasoning: Literal["effort", "object", "enable_thinking", "thinking", "template", "none"] = (
        "effort"
    )
    reasoning_history: (
        Literal["reasoning", "reasoning_content", "reasoning_details", "thinking"] | None
    ) = None
    usage_key: str | None = None
    tool_choice_required: str = "required"
    native_finish: Mapping[str, FinishReason] = {}
    cache_marks: bool = False
    router_fields: bool = False
    defaults: Mapping[str, msgspec.Raw] = {}
    message_names: bool = True
    reasoning_beside: bool = False
    takes_urls: frozenset[Modality] = frozenset({"image", "video"})
    call_id_length: int | None = None
    prefix: bool = False
    prefill: Prefill | None = None
    alternating: bool = False
    document_url: bool = False
    sources: bool = False
    tools: Literal["native", "grammar"] = "native"


OPEN_ENDED: Final = Prefill(
    fields={
        "continue_final_message": msgspec.Raw(b"true"),
        "add_generation_prompt": msgspec.Raw(b"false"),
    }
)
"""Hugging Face's words for it: huggingface.co/docs/transformers/main/en/chat_templating."""

COMPATIBLE: Final = Quirks(developer_role=False, rename={"max_completion_tokens": "max_tokens"})
"""An OpenAI-compatible server of which no more is known: only the oldest, commonest words."""

SIMULATED: Final = msgspec.structs.replace(
    COMPATIBLE, prefill=msgspec.structs.replace(OPEN_ENDED, calls=True)
)
"""What `turnout simulate` plays (docs/reference/simulator.md)."""
