"""Every request of Bedrock's table."""

from typing import Final

from tests.wire.cases.bedrock_media import CACHING, MEDIA
from tests.wire.cases.bedrock_settings import SETTINGS
from tests.wire.cases.bedrock_thinking import THINKING
from tests.wire.cases.bedrock_tools import TOOLS
from tests.wire.cases.bedrock_turns import TURNS

REQUESTS: Final = (*TURNS, *TOOLS, *MEDIA, *CACHING, *THINKING, *SETTINGS)
