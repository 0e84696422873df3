"""What Z.AI must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.asked import HASHED_USER
from tests.wire.cases.changes import COMPATIBLE, THINKING, Changes, remembering

SENT: Final[Changes] = {
    **COMPATIBLE,
    **THINKING,
    **remembering(reasoning_content="2+2"),
    "every parameter": {"user": None, "user_id": HASHED_USER},
}
