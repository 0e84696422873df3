"""The schema an answer is held to, in the part of JSON Schema that grammars are made of.

What a grammar cannot say (`not`, `if`, `multipleOf`, `pattern`, …) is left out: the model may then
write what the schema forbids, as a model with tools of its own may too. Source: llama.cpp's
converter, grammars/README.md and common/json-schema-to-grammar.cpp (read 2026-11-25).
"""

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from turnout.core.conversation import OutputFormat, Tool
from turnout.core.errors import invalid
from turnout.dialects.lowering.grammar_tools.offer import Offer
from turnout.wire.json_schema import Node, Number, Schema

MAX_CALLS: Final = 8
"""In one answer: a small model that repeats itself must come to an end."""
_MAX_DEPTH: Final = 24
_MAX_REPEAT: Final = 256
_FORMATS: Final = frozenset({"date", "time", "date-time", "uuid"})
_ANY_OBJECT: Final = Schema(type="object")
_TEXT: Final = Schema(type="string")
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_SCHEMA: Final = msgspec.json.Decoder(Schema)
_NODE: Final = msgspec.json.Decoder(Node)
_OUTPUT: Final = "response_format.json_schema.schema"


def reply_schema(offer: Offer, output: OutputFormat | None) -> msgspec.Raw:
    """A call, or several where asked; beside them the answer unless a call is required.

    Raises:
        Refusal: A tool's parameters are no schema, or refer to what is not in them.
    """
    shared: dict[str, Node] = {}
    options: list[Node] = [_call(place, tool, shared) for place, tool in enumerate(offer.tools)]
    if offer.several:
        item = _one_of(options)
        calls = Schema(type="array", items=item, min_items=1, max_items=MAX_CALLS)
        options = [_object(calls=calls)]
    if not offer.must_call:
        options.append(_object(answer=_answer(output, shared)))
    schema = _one_of(options)
    if shared:
        schema = msgspec.structs.replace(schema, defs=shared)
    return msgspec.Raw(msgspec.json.encode(schema))


def _one_of(options: list[Node]) -> Schema:
    only = options[0]
    if len(options) == 1 and isinstance(only, Schema):
        return only
    return Schema(any_of=options)


def _object(**properties: Node) -> Schema:
    return Schema(type="object", properties=properties, required=list(properties), additional=False)


def _call(place: int, tool: Tool, shared: dict[str, Node]) -> Schema:
    arguments = _ANY_OBJECT
    if tool.parameters is not None:
        where = f"tools[{place}].function.parameters"
        arguments = _Lowering(where, f"t{place}_", tool.parameters, shared).whole()
    if arguments.properties is UNSET and arguments.ref is UNSET:
        arguments = msgspec.structs.replace(arguments, type="object")
    name = msgspec.Raw(msgspec.json.encode(tool.name))
    return _object(name=Schema(const=name), arguments=arguments)


def _answer(output: OutputFormat | None, shared: dict[str, Node]) -> Schema:
    if output is None or output.kind not in ("json_object", "json_schema"):
        return _TEXT
    if output.schema is None:
        return _ANY_OBJECT
    return _Lowering(_OUTPUT, "answer_", output.schema, shared).whole()


class _Lowering:
    """One schema; what it refers to goes to the root that all share, under names of its own."""

    def __init__(self, place: str, prefix: str, raw: msgspec.Raw, shared: dict[str, Node]) -> None:
        self._place = place
        self._prefix = prefix
        self._raw = raw
        self._shared = shared

    def whole(self) -> Schema:
        """The schema itself."""
        try:
            return self._lower(_SCHEMA.decode(self._raw), 0)
        except (msgspec.DecodeError, RecursionError) as error:
            raise invalid(self._place, f"is no JSON Schema: {error}") from error

    def _node(self, node: Node, depth: int) -> Node:
        return self._lower(node, depth + 1) if isinstance(node, Schema) else node

    def _nodes(self, nodes: list[Node] | UnsetType, depth: int) -> list[Node] | UnsetType:
        return UNSET if nodes is UNSET else [self._node(node, depth) for node in nodes]

    def _lower(self, node: Schema, depth: int) -> Schema:
        if depth > _MAX_DEPTH:
            raise invalid(self._place, f"is nested deeper than {_MAX_DEPTH} levels.")
        if node.ref is not UNSET:
            return Schema(ref=self._referred(node.ref))
        fields, items, additional = node.properties, node.items, node.additional
        if fields is not UNSET:
            fields = {name: self._node(one, depth) for name, one in fields.items()}
        prefix_items = self._nodes(node.prefix_items, depth)
        if isinstance(items, list):  # the older way to say prefixItems
            prefix_items, items = self._nodes(items, depth), UNSET
        return Schema(
            type=node.type,
            enum=node.enum,
            const=node.const,
            properties=fields,
            required=UNSET if isinstance(node.required, bool) else node.required,
            additional=additional if additional is UNSET else self._node(additional, depth),
            items=items if items is UNSET else self._node(items, depth),
            prefix_items=prefix_items,
            any_of=self._nodes(node.any_of, depth),
            one_of=self._nodes(node.one_of, depth),
            all_of=self._nodes(node.all_of, depth),
            min_items=_count(node.min_items),
            max_items=_count(node.max_items),
            min_length=_count(node.min_length),
            max_length=_count(node.max_length),
            minimum=node.minimum,
            maximum=node.maximum,
            format=node.format if node.format in _FORMATS else UNSET,
        )

    def _referred(self, pointer: str) -> str:
        name = self._prefix + pointer.strip("#/").replace("/", "_")
        if name not in self._shared:
            self._shared[name] = True  # a schema may contain itself
            self._shared[name] = self._node(self._found(pointer), 0)
        return f"#/$defs/{name}"

    def _found(self, pointer: str) -> Node:
        if not pointer.startswith("#"):
            raise invalid(self._place, "refers to another document; only #/… can be followed.")
        raw = self._raw
        for step in pointer.strip("#/").split("/") if pointer.strip("#/") else ():
            key = step.replace("~1", "/").replace("~0", "~")
            fields = _FIELDS.decode(raw) if bytes(raw).startswith(b"{") else {}
            if key not in fields:
                raise invalid(self._place, f"refers to {pointer}, which is not in it.")
            raw = fields[key]
        return _NODE.decode(raw)


def _count(bound: Number | UnsetType) -> Number | UnsetType:
    """A repetition that a grammar can hold; a larger bound binds nobody."""
    return bound if bound is not UNSET and bound <= _MAX_REPEAT else UNSET
