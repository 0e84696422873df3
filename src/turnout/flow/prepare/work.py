"""One attempt's request while it is made ready: what was changed, and what must be undone."""

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.pipeline import Stage
from turnout.dialects.adapter import Undo
from turnout.dialects.bridge import Translation
from turnout.dialects.powers import Rewrites
from turnout.flow.trial import Try


class Work(msgspec.Struct):
    """Mutable; owned by one `prepare`.

    Attributes:
        conversation: The request as it now stands.
        undo: What the answer needs, in the order in which to do it.
        translate: The answer or the request needs the way through the internal form.
        lost: Paths of what the endpoint does not get; `emulated` likewise.
    """

    this: Try
    before: Conversation
    conversation: Conversation
    undo: list[Undo] = msgspec.field(default_factory=list[Undo])
    translate: bool = False
    lost: list[str] = msgspec.field(default_factory=list[str])
    emulated: list[str] = msgspec.field(default_factory=list[str])

    @property
    def passes(self) -> bool:
        """The client's own bytes go up, unless something here changes them."""
        return not isinstance(self.this.bridge, Translation)

    def note(self, stage: Stage) -> None:
        """Tells the caller what was done; of one plugin the last word counts."""
        self.this.making.pipeline[stage.name] = stage

    def ready(self) -> Try:
        """The attempt with the request as it now stands.

        Bytes still pass where only the request changed and the client's dialect can say it again;
        an answer that is changed is always translated.
        """
        this, inbound, bridge = self.this, self.this.inbound, self.this.bridge
        conversation = self.conversation
        if self.passes and (self.undo or self.translate):
            bridge = Translation(this.dialect, this.side.adapter)
        if conversation is not self.before or not self.passes:
            if bridge is this.bridge and self.passes and isinstance(this.dialect, Rewrites):
                inbound = this.dialect.rewrite(inbound, conversation)
            else:
                bridge = bridge if not self.passes else Translation(this.dialect, this.side.adapter)
                inbound = msgspec.structs.replace(inbound, conversation=lambda: conversation)
        return msgspec.structs.replace(
            this,
            inbound=inbound,
            bridge=bridge,
            undo=tuple(self.undo),
            lost=tuple(self.lost),
            emulated=tuple(self.emulated),
            started_s=this.gateway.clock.now_s(),
        )
