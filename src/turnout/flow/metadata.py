"""What the caller is told about how it was served: the contract's `openrouter_metadata`. Pure.

Source: contract section 2.1. Ours beside its members: `parameters`, which parameters the serving
endpoint honoured, got translated or emulated, and did not get.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from turnout.core.money import usd
from turnout.core.pipeline import Json, Stage
from turnout.core.types import Headers

_HEADERS: Final = ("x-openrouter-metadata", "x-openrouter-experimental-metadata")


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each parameter at the endpoint that served; names as the caller sent them."""

    honoured: tuple[str, ...] = ()
    translated: tuple[str, ...] = ()
    emulated: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def parameters_of(
    sent: frozenset[str],
    *,
    dropped: Sequence[str],
    translated: Sequence[str],
    emulated: Sequence[str],
) -> Parameters:
    """Sorts the parameters of a request by what became of them.

    Args:
        sent: Those that the caller sent.
        dropped: Paths that were lost ("reasoning.exclude"); the parameter they belong to is then
            not among the honoured. The others likewise.
    """
    touched = {path.partition(".")[0] for path in (*dropped, *translated, *emulated)}
    return Parameters(
        honoured=tuple(sorted(sent - touched)),
        translated=tuple(translated),
        emulated=tuple(emulated),
        dropped=tuple(dropped),
    )


def wants_metadata(headers: Headers) -> bool:
    """Whether the caller asked for it; any value but "enabled" is a no."""
    return any(headers.get(name, "").strip().lower() == "enabled" for name in _HEADERS)


def metadata_of(
    routing: Mapping[str, Json], pipeline: Sequence[Stage], parameters: Parameters
) -> msgspec.Raw:
    """The whole object.

    Args:
        routing: Its members that tell of the choice and the attempts ("requested", "strategy", …).
    """
    fields: dict[str, object] = {**routing}
    if pipeline:
        fields["pipeline"] = [_shown(stage) for stage in pipeline]
    fields["parameters"] = parameters
    return msgspec.Raw(msgspec.json.encode(fields))


def _shown(stage: Stage) -> dict[str, object]:
    fields: dict[str, object] = {"name": stage.name, "type": stage.type}
    if stage.summary is not None:
        fields["summary"] = stage.summary
    if stage.cost_nusd is not None:
        fields["cost_usd"] = msgspec.Raw(usd(stage.cost_nusd).encode())
    if stage.data:
        fields["data"] = stage.data
    return fields
