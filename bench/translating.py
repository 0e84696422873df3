"""What translating a stream costs, against passing it: no sockets, no processes.

For each dialect that clients speak, the same hundred tokens come from an upstream of the same
dialect, whose bytes pass, and from upstreams of others, which are translated. Every event's bytes
go through all that a request's would: framing, reading, the tally, writing.
"""

import gc
import time
from collections.abc import Sequence
from typing import Final

import msgspec

from bench.streams import STREAMS, TOKENS
from turnout.dialects.adapter import Adapter, Bridge, ClientDialect, Head, Outgoing, UpstreamRequest
from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.client import CLIENT as MESSAGES
from turnout.dialects.bedrock_converse.adapter import BedrockConverse
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.cohere_chat.adapter import CohereChat
from turnout.dialects.gemini.adapter import Gemini
from turnout.dialects.ollama_chat.adapter import OllamaChat
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.client import CLIENT as CHAT
from turnout.dialects.openai_responses.adapter import OpenAIResponses
from turnout.dialects.openai_responses.client import CLIENT as RESPONSES

HEAD: Final = Head("gen-1761494572-4bdVt0zZVHYgk1Q1pBXM", 1_761_494_572, "author/model", "Provider")
SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
CLIENTS: Final[Sequence[ClientDialect]] = (CHAT, MESSAGES, RESPONSES)
UPSTREAMS: Final[Sequence[Adapter]] = (
    OpenAIChat(),
    AnthropicMessages(),
    OpenAIResponses(),
    Gemini(),
    CohereChat(),
    BedrockConverse(),
    OllamaChat(),
)


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Microseconds of CPU an event, the least of the rounds.

    Attributes:
        passed_us: Of the client's own dialect, passed in the same rounds.
    """

    client: str
    upstream: str
    us: float
    passed_us: float

    @property
    def ratio(self) -> float:
        """Times the passthrough."""
        return self.us / self.passed_us


def measure(rounds: int = 15, events: int = 1, per_round: int = 30) -> list[Cost]:
    """Every client dialect at every upstream of another dialect; rounds go through all in turn.

    Args:
        rounds: Of which the least counts.
        events: So many come in one read.
        per_round: Streams.
    """
    ways = {
        (client.dialect, upstream.dialect): (bridge(client, upstream), _reads(upstream, events))
        for client in CLIENTS
        for upstream in UPSTREAMS
    }
    least = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for pair, (way, writes) in ways.items():
            least[pair] = min(least[pair], _us(way, writes, per_round))
    return [
        Cost(client=client, upstream=upstream, us=us, passed_us=least[client, client])
        for (client, upstream), us in least.items()
        if isinstance(ways[client, upstream][0], Translation)
    ]


def _reads(upstream: Adapter, events: int) -> list[bytes]:
    writes = STREAMS[upstream.dialect]()
    return [b"".join(writes[at : at + events]) for at in range(0, len(writes), events)]


def _us(way: Bridge, writes: Sequence[bytes], streams: int) -> float:
    gc.collect()
    began_s = time.process_time()
    for _ in range(streams):
        stream = way.stream(HEAD, SENT)
        for write in writes:
            stream.feed(write)
    spent_s = time.process_time() - began_s
    return spent_s / streams / TOKENS * 1e6


if __name__ == "__main__":
    for size in (1, 16):
        print(f"{size} events a read")
        for cost in measure(events=size):
            print(
                f"{cost.client:20} {cost.upstream:20} {cost.us:6.2f} µs"
                f"  passed {cost.passed_us:5.2f} µs  {cost.ratio:5.2f}"
            )
