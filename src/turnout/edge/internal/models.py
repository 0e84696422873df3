"""`/models`: the whole catalog in one answer, for a list that filters and sorts by itself."""

import msgspec

from turnout.edge.internal.cards import ModelCard, Name


class Models(msgspec.Struct, frozen=True):
    """Every model that is known, on or off, and the values that can be filtered by."""

    models: list[ModelCard]
    authors: list[Name]
    providers: list[Name]
    parameters: list[str]


class ModelsAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /models`."""

    data: Models
