"""What the embedded model must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.asked import HELLO
from tests.wire.cases.changes import NO_KNOB, SYSTEM_ONLY, Changes

TOOLS: Final = """\
You can call these functions:
get_weather(city: string, day?: integer): The weather of a city

To call, write {"name": ..., "arguments": {...}}."""
CALL: Final = {
    "type": "object",
    "properties": {
        "name": {"const": "get_weather"},
        "arguments": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "day": {"type": "integer"}},
            "required": ["city"],
        },
    },
    "required": ["name", "arguments"],
    "additionalProperties": False,
}
BY_GRAMMAR: Final[Changes] = {
    "tool that must be called": {
        "tools": None,
        "tool_choice": None,
        "messages": [{"role": "system", "content": TOOLS}, *HELLO],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "reply", "schema": CALL},
        },
    },
    "tool results": {
        "messages": [
            *HELLO,
            {
                "role": "assistant",
                "content": 'I call get_weather with {"city": "Aix"}. '
                'I call get_weather with {"city": "Aix"}.',
            },
            {"role": "user", "content": "Result of get_weather: rain\nResult of get_weather: sun"},
            {"role": "user", "content": "And?"},
        ]
    },
}
SENT: Final[Changes] = {**SYSTEM_ONLY, **NO_KNOB, **BY_GRAMMAR}
