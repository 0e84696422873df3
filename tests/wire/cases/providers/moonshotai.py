"""What Moonshot AI must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import NEW_LIMIT, SYSTEM_ONLY, THINKING, Changes, remembering

SENT: Final[Changes] = {
    **NEW_LIMIT,
    **SYSTEM_ONLY,
    **THINKING,
    **remembering(reasoning_content="2+2"),
}
