"""All of Gemini's table."""

from typing import Final

from tests.wire.cases.gemini_histories import RESULTS, SEALS
from tests.wire.cases.gemini_settings import SETTINGS, THINKING
from tests.wire.cases.gemini_turns import MEDIA, MESSAGES, TOOLS

ASKED: Final = (*MESSAGES, *MEDIA, *TOOLS, *RESULTS, *SEALS, *THINKING, *SETTINGS)
