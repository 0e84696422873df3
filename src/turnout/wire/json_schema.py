"""JSON Schema as tools and output formats state it: the keywords that we look at, for reading.

Source: https://json-schema.org/draft/2020-12 and what clients really send.
"""

from typing import TypeAlias

import msgspec
from msgspec import UNSET, Raw, UnsetType

Number: TypeAlias = int | float


class Schema(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One schema; keywords that are not here are skipped."""

    ref: str | UnsetType = msgspec.field(name="$ref", default=UNSET)
    type: str | list[str] | UnsetType = UNSET
    enum: list[Raw] | UnsetType = UNSET
    const: Raw | UnsetType = UNSET
    description: str | None = None
    properties: "dict[str, Schema | bool] | UnsetType" = UNSET
    required: list[str] | bool | UnsetType = UNSET
    additional: "Schema | bool | UnsetType" = msgspec.field(
        name="additionalProperties", default=UNSET
    )
    items: "Schema | bool | list[Schema | bool] | UnsetType" = UNSET
    prefix_items: "list[Schema | bool] | UnsetType" = msgspec.field(
        name="prefixItems", default=UNSET
    )
    any_of: "list[Schema | bool] | UnsetType" = msgspec.field(name="anyOf", default=UNSET)
    one_of: "list[Schema | bool] | UnsetType" = msgspec.field(name="oneOf", default=UNSET)
    all_of: "list[Schema | bool] | UnsetType" = msgspec.field(name="allOf", default=UNSET)
    min_items: Number | UnsetType = msgspec.field(name="minItems", default=UNSET)
    max_items: Number | UnsetType = msgspec.field(name="maxItems", default=UNSET)
    min_length: Number | UnsetType = msgspec.field(name="minLength", default=UNSET)
    max_length: Number | UnsetType = msgspec.field(name="maxLength", default=UNSET)
    minimum: Number | UnsetType = UNSET
    maximum: Number | UnsetType = UNSET
    format: str | UnsetType = UNSET
    defs: "dict[str, Schema | bool] | UnsetType" = msgspec.field(name="$defs", default=UNSET)


Node: TypeAlias = Schema | bool
"""Where a schema may stand: `true` allows everything, `false` nothing."""
