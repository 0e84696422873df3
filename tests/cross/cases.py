"""What is asked across every pair of dialects, in no dialect's words."""

from typing import Any, Final, Literal

import msgspec

PNG: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
PDF: Final = (
    "JVBERi0xLjQKMSAwIG9iajw8L1R5cGUvQ2F0YWxvZy9QYWdlcyAyIDAgUj4+IGVuZG9iagoyIDAgb2JqPDwvVHlw"
    "ZS9QYWdlcy9LaWRzWzMgMCBSXS9Db3VudCAxPj4gZW5kb2JqCjMgMCBvYmo8PC9UeXBlL1BhZ2UvUGFyZW50IDIg"
    "MCBSL01lZGlhQm94WzAgMCAyMDAgMjAwXS9SZXNvdXJjZXM8PC9Gb250PDwvRjEgNSAwIFI+Pj4+L0NvbnRlbnRz"
    "IDQgMCBSPj4gZW5kb2JqCjQgMCBvYmo8PC9MZW5ndGggNDU+PnN0cmVhbQpCVCAvRjEgMTIgVGYgMjAgMTAwIFRk"
    "IChPc2xvIGluIHdpbnRlcikgVGogRVQKZW5kc3RyZWFtIGVuZG9iago1IDAgb2JqPDwvVHlwZS9Gb250L1N1YnR5"
    "cGUvVHlwZTEvQmFzZUZvbnQvSGVsdmV0aWNhPj4gZW5kb2JqCnhyZWYKMCA2CjAwMDAwMDAwMDAgNjU1MzUgZiAK"
    "MDAwMDAwMDAwOSAwMDAwMCBuIAowMDAwMDAwMDUzIDAwMDAwIG4gCjAwMDAwMDAxMDMgMDAwMDAgbiAKMDAwMDAw"
    "MDIxNCAwMDAwMCBuIAowMDAwMDAwMzA1IDAwMDAwIG4gCnRyYWlsZXI8PC9TaXplIDYvUm9vdCAxIDAgUj4+CnN0"
    "YXJ0eHJlZgozNjcKJSVFT0Y="
)
PDF_WORDS: Final = "Oslo in winter"
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
PARAMETERS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"q": {"type": "string"}},
    "required": ["q"],
}
TEXT: Final = "hello big world"
LONG: Final = " ".join(["word"] * 30)
FORM: Final = '{"city":"Oslo"}'
TOOLS: Final = ("look", "find")

SIMULATED: Final = f"""
[providers.sim]
record = 4
[[providers.sim.models]]
id = "plain"
answer = {{ text = "{TEXT}" }}
[[providers.sim.models]]
id = "long"
answer = {{ text = "{LONG}" }}
[[providers.sim.models]]
id = "thinks"
answer = {{ text = "{TEXT}", reasoning_tokens = 3 }}
[[providers.sim.models]]
id = "one-call"
answer = {{ text = "{TEXT}", tool_calls = 1 }}
[[providers.sim.models]]
id = "two-calls"
answer = {{ text = "{TEXT}", tool_calls = 2, reasoning_tokens = 2 }}
[[providers.sim.models]]
id = "form"
answer = {{ text = '{FORM}' }}
[[providers.sim.models]]
id = "shut"
answer = {{ text = "{TEXT}", finish = "content_filter" }}
[[providers.sim.models]]
id = "cached"
answer = {{ text = "{TEXT}", cached_tokens = 2 }}
"""
"""How each simulated model answers, whatever dialect it is asked in."""

MODELS: Final = ("plain", "long", "thinks", "one-call", "two-calls", "form", "shut", "cached")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One question and what a client must hear.

    Attributes:
        model: Which of the simulated ones.
        says: Text that must be heard, None: not looked at.
        calls: Names of the calls that must be heard, in order.
        goes_up: Texts that must stand in what the upstream got.
        earlier: The conversation begins with a call of `look` and its result.
        fault: What the simulator is told to do, in the prompt.
    """

    id: str
    model: str = "plain"
    says: str | None = TEXT
    calls: tuple[str, ...] = ()
    finish: str = "stop"
    goes_up: tuple[str, ...] = ()
    tools: bool = False
    forced: str | None = None
    image: bool = False
    pdf: bool = False
    earlier: Literal["text", "image"] | None = None
    schema: bool = False
    stop: str | None = None
    limit: int | None = None
    effort: str | None = None
    reasons: bool = False
    cached: int | None = None
    fault: str | None = None
    breaks: Literal["before", "inside"] | None = None


CASES: Final[tuple[Case, ...]] = (
    Case(id="text"),
    Case(id="tool call", model="one-call", tools=True, calls=("look",), says=None,
         finish="tool_calls", goes_up=("look", "find")),
    Case(id="parallel tool calls", model="two-calls", tools=True, calls=("look", "find"), says=None,
         finish="tool_calls"),
    Case(id="forced tool", tools=True, forced="find", calls=("find",), says=None,
         finish="tool_calls"),
    Case(id="tool result", model="one-call", tools=True, earlier="text", goes_up=("seen it",)),
    Case(id="tool result with an image", model="one-call", tools=True, earlier="image",
         goes_up=(PNG,)),
    Case(id="reasoning", model="thinks", reasons=True, effort="low"),
    Case(id="image", image=True, goes_up=(PNG,)),
    Case(id="PDF", pdf=True, goes_up=(PDF,)),
    Case(id="JSON schema", model="form", schema=True, says=FORM, goes_up=("city",)),
    Case(id="stop", stop="never", goes_up=("never",)),
    Case(id="length", limit=20),
    Case(id="cut by length", model="long", limit=20, says=" ".join(["word"] * 20),
         finish="length"),
    Case(id="filter", model="shut", finish="content_filter"),
    Case(id="cached usage", model="cached", cached=2),
    Case(id="error before the stream", fault="status:400", breaks="before", says=None),
    Case(id="error in the stream", fault="error-event:1", breaks="inside", says=None),
)  # fmt: skip


class Got(msgspec.Struct, frozen=True, kw_only=True):
    """What an SDK made of an answer."""

    id: str
    text: str = ""
    reasoning: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    finish: str | None = None
    prompt_tok: int = 0
    cached_tok: int = 0
