"""What Alibaba Cloud must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import COMPATIBLE, ENABLE_THINKING, Changes

SENT: Final[Changes] = {**COMPATIBLE, **ENABLE_THINKING}
