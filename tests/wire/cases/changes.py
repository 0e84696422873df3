"""Changes that several providers share, as merge patches by the id of the case they change."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from tests.wire.cases.asked import HELLO
from tests.wire.cases.wire_case import Fields

Changes: TypeAlias = Mapping[str, Fields]

OLD_LIMIT: Final[Changes] = {
    "max_completion_tokens": {"max_completion_tokens": None, "max_tokens": 9}
}
NEW_LIMIT: Final[Changes] = {"max_tokens": {"max_tokens": None, "max_completion_tokens": 9}}

SYSTEM_ONLY: Final[Changes] = {
    "system and developer": {
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "system", "content": "Be brief."},
            *HELLO,
        ]
    }
}

COMPATIBLE: Final[Changes] = {**OLD_LIMIT, **SYSTEM_ONLY}

NO_NAMES: Final[Changes] = {"name on a message": {"messages": HELLO}}


def without(*parameters: str) -> Changes:
    """Parameters that do not go up."""
    return {"every parameter": dict.fromkeys(parameters)}


def remembering(**thought: str) -> Changes:
    """Earlier thinking goes back as this field."""
    answer = {"role": "assistant", "content": "4", **thought}
    return {"earlier thinking": {"messages": [*HELLO, answer, *HELLO]}}


def thinking(on: Fields, off: Fields) -> Changes:
    """The one knob in other words."""
    return {
        "reasoning effort": {"reasoning_effort": None, **on},
        "reasoning switched off": {"reasoning_effort": None, **off},
    }


THINKING: Final = thinking({"thinking": {"type": "enabled"}}, {"thinking": {"type": "disabled"}})
ENABLE_THINKING: Final = thinking({"enable_thinking": True}, {"enable_thinking": False})
TEMPLATE: Final = thinking(
    {"chat_template_kwargs": {"enable_thinking": True}},
    {"chat_template_kwargs": {"enable_thinking": False}},
)
NO_KNOB: Final = thinking({}, {})
OBJECT: Final = thinking({"reasoning": {"effort": "high"}}, {"reasoning": {"enabled": False}})
