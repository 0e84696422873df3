"""A conversation as the body of Converse, step by step."""

from typing import Final
from urllib.parse import quote

import msgspec

from turnout.core.conversation import Conversation, Part, Text, ToolChoice
from turnout.core.errors import invalid
from turnout.core.types import Endpoint
from turnout.dialects.adapter import Outgoing, Undo, UpstreamRequest
from turnout.dialects.bedrock_converse.content import Marks, Writer, count_marks
from turnout.dialects.bedrock_converse.families import Family, family_of
from turnout.dialects.bedrock_converse.settings import (
    inference,
    model_fields,
    output_config,
    request_metadata,
    service_tier,
)
from turnout.dialects.bedrock_converse.thinking import thinking
from turnout.dialects.bedrock_converse.tools import tool_config
from turnout.dialects.foreign import stripped
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.lowering.names import renamed
from turnout.dialects.lowering.schema_tool import AsText, by_forced_tool
from turnout.dialects.lowering.turns import Turn, Turns, alternating
from turnout.dialects.openai_chat.deltas import Json

_GO_ON: Final = "Continue."
_MODEL_FIELDS: Final = "additionalModelRequestFields"
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def outgoing(conversation: Conversation, endpoint: Endpoint) -> Outgoing:
    """The upstream's request; raises Refusal for what Converse takes in no form."""
    losses = Losses()
    family = family_of(endpoint)
    own, lost = stripped(conversation, "bedrock.converse")
    losses.drop(*(name for name in lost if name != "metadata"))
    losses.drop_said(own, ("user", "prompt_cache_key"))
    if own.parallel_tool_calls is False:
        losses.drop("parallel_tool_calls")
    own, schema, undo = _lowered(own, family, losses)
    body = _body(own, family, losses)
    if schema is not None:
        body["outputConfig"] = schema
    metadata = request_metadata(conversation.extra, losses) if "metadata" in lost else None
    if metadata is not None:
        body["requestMetadata"] = metadata
    request = UpstreamRequest(
        path=path_of(endpoint.upstream_model, stream=own.stream), body=msgspec.json.encode(body)
    )
    return Outgoing(
        request=request,
        dropped=losses.dropped,
        translated=losses.translated,
        emulated=losses.emulated,
        undo=undo,
    )


def unthinking(sent: Outgoing) -> Outgoing:
    """The request without thinking, which Claude does not do behind a begun answer.

    Source: platform.claude.com/docs/en/build-with-claude/extended-thinking.
    """
    body = _OBJECT.decode(sent.request.body)
    fields = _OBJECT.decode(body.pop(_MODEL_FIELDS, b"{}"))
    if fields.pop("thinking", None) is None:
        return sent
    rest = {_MODEL_FIELDS: fields} if fields else {}
    request = msgspec.structs.replace(sent.request, body=msgspec.json.encode({**body, **rest}))
    return msgspec.structs.replace(sent, request=request, dropped=(*sent.dropped, "reasoning"))


def path_of(upstream_model: str, *, stream: bool) -> str:
    """The model's id, profile or ARN is one segment of the path, so its ":" and "/" are escaped."""
    verb = "converse-stream" if stream else "converse"
    return f"/model/{quote(upstream_model, safe='')}/{verb}"


def _lowered(
    conversation: Conversation, family: Family, losses: Losses
) -> tuple[Conversation, dict[str, Json] | None, tuple[Undo, ...]]:
    """Names that fit, and the output format as `outputConfig` or as a tool that must be called."""
    undo: list[Undo] = []
    schema: dict[str, Json] | None = None
    output = conversation.output
    match output.kind if output is not None else "text":
        case "text":
            pass
        case "json_schema" if family.schema and output is not None:
            schema = output_config(output, losses)
        case "json_schema" | "json_object":
            losses.emulate("response_format")
            conversation = by_forced_tool(conversation)
            if not family.forces:
                choice = ToolChoice(mode="auto")
                conversation = msgspec.structs.replace(conversation, tool_choice=choice)
            undo.append(AsText())
        case _:
            raise invalid("response_format.type", "cannot be said here; allowed: text, JSON.")
    conversation, names = renamed(conversation)
    if names is not None:
        losses.translate("tools")
        undo.append(names)
    return conversation, schema, tuple(undo)


def _body(conversation: Conversation, family: Family, losses: Losses) -> dict[str, Json]:
    turns = _suited(alternating(conversation), family, losses)
    losses.translate(*turns.changed)
    marks = Marks(family, _marks(conversation, turns, family), losses)
    writer = Writer(family, marks, losses)
    # The order in which they are written is the order in which caches read them.
    tools = tool_config(conversation, family, marks, losses)
    system = writer.system(turns.system)
    body: dict[str, Json] = {"messages": writer.messages(turns)}
    think = thinking(conversation, family, losses)
    parts: dict[str, Json] = {
        "system": system,
        "toolConfig": tools,
        "inferenceConfig": inference(conversation, family, think, losses),
        "additionalModelRequestFields": model_fields(conversation, family, think, losses),
        "serviceTier": service_tier(conversation, losses),
    }
    body.update({name: value for name, value in parts.items() if value})
    return body


def _suited(turns: Turns, family: Family, losses: Losses) -> Turns:
    """Instructions as the user's words for models without any; no beginning of an answer else."""
    said = list(turns.turns)
    system = turns.system
    if system and not family.system:
        losses.translate("messages.system")
        said[0] = Turn("user", (*system, *said[0].parts))
        system = ()
    if said[-1].role == "assistant":
        if family.prefills:
            said[-1] = Turn("assistant", _without_trailing_space(said[-1].parts))
        else:
            losses.translate("messages.last")
            said.append(Turn("user", (Text(text=_GO_ON),)))
    return Turns(system=system, turns=tuple(said), changed=turns.changed)


def _without_trailing_space(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """White space at the end of a begun answer is a 400."""
    last = parts[-1]
    if not isinstance(last, Text):
        return parts
    return (*parts[:-1], msgspec.structs.replace(last, text=last.text.rstrip()))


def _marks(conversation: Conversation, turns: Turns, family: Family) -> int:
    """How many cache points would be written."""
    total = 0
    if "tools" in family.marks:
        total += sum(tool.cache is not None for tool in conversation.tools)
    if "system" in family.marks:
        total += count_marks(turns.system)
    if "messages" in family.marks:
        total += sum(count_marks(turn.parts) for turn in turns.turns)
    return total
