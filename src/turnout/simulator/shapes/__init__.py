"""Dialects beside OpenAI's chat that a simulated provider speaks, told apart by the route.

    /v1/messages, models/ID:[stream]Raw…  anthropic     /model/ID/converse[-stream]   converse
    /v1/responses                         responses     /v2/chat                      cohere
    /v1beta/models/ID:[stream]Generate…   gemini        /api/chat                     ollama

A shape reads a request into the facts that `answers` needs, and writes the facts of an answer. It
shares no code with the gateway's own dialects: each is the other's check.
"""

import re
from typing import Final

from turnout.simulator.shapes.anthropic import AnthropicShape
from turnout.simulator.shapes.cohere import CohereShape
from turnout.simulator.shapes.converse import ConverseShape
from turnout.simulator.shapes.gemini import GeminiShape
from turnout.simulator.shapes.ollama import OllamaShape
from turnout.simulator.shapes.responses import ResponsesShape
from turnout.simulator.shapes.shape import Shape

_ROUTES: Final[tuple[tuple[re.Pattern[str], Shape], ...]] = (
    (re.compile(r"(v1/)?messages"), AnthropicShape()),
    (re.compile(r"(.+/)?models/[^/]+:(rawPredict|streamRawPredict)"), AnthropicShape()),
    (re.compile(r"(v1/|openai/v1/)?responses"), ResponsesShape()),
    (re.compile(r"(.+/)?models/[^/]+:(generateContent|streamGenerateContent)"), GeminiShape()),
    (re.compile(r"model/.+/converse(-stream)?"), ConverseShape()),
    (re.compile(r"v2/chat"), CohereShape()),
    (re.compile(r"api/chat"), OllamaShape()),
)


def shape_of(route: str) -> Shape | None:
    """The dialect spoken at a provider's route (without leading slash), None for no such route."""
    return next((shape for pattern, shape in _ROUTES if pattern.fullmatch(route)), None)
