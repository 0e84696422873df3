"""A model in words for language models: `/{author}/{slug}/llms.txt`."""

from decimal import Decimal
from typing import Final

import msgspec

from turnout.core.money import plain
from turnout.edge.ask import Ask, Reply

_MILLION: Final = 1_000_000
_TEXT: Final = "text/plain; charset=utf-8"


class _Architecture(msgspec.Struct, frozen=True):
    input_modalities: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] = ()


class _Pricing(msgspec.Struct, frozen=True):
    prompt: Decimal = Decimal(-1)
    completion: Decimal = Decimal(-1)


class _Model(msgspec.Struct, frozen=True):
    id: str
    name: str
    description: str | None = None
    context_length: int | None = None
    knowledge_cutoff: str | None = None
    architecture: _Architecture = _Architecture()
    pricing: _Pricing = _Pricing()
    supported_parameters: tuple[str, ...] = ()


class _Answer(msgspec.Struct, frozen=True):
    data: _Model


async def model_llms_txt(ask: Ask) -> Reply:
    """One model for language models: what it takes, what it costs, and how it is asked."""
    slug = f"{ask.path('author')}/{ask.path('slug')}"
    listed = ask.listers.of(ask.gateway.snapshot).model(slug, "")
    model = msgspec.json.decode(listed.body, type=_Answer, strict=False).data
    return Reply(body=_text(model, ask.origin).encode(), content_type=_TEXT)


def _text(model: _Model, origin: str) -> str:
    facts = {
        "Takes": ", ".join(model.architecture.input_modalities),
        "Makes": ", ".join(model.architecture.output_modalities),
        "Context, in tokens": str(model.context_length or "unknown"),
        "Knowledge up to": model.knowledge_cutoff or "unknown",
        "Price of a million prompt tokens": _price(model.pricing.prompt),
        "Price of a million completion tokens": _price(model.pricing.completion),
        "Parameters": ", ".join(model.supported_parameters) or "unknown",
    }
    return "\n".join(
        [
            f"# {model.name} ({model.id})",
            "",
            *([model.description, ""] if model.description else []),
            *(f"- {name}: {said}" for name, said in facts.items()),
            "",
            f"Where it is hosted: {origin}/api/v1/models/{model.id}/endpoints",
            "",
            "## How to ask it",
            "",
            f"POST {origin}/api/v1/chat/completions with `Authorization: Bearer` and a key:",
            "",
            f'    {{"model": "{model.id}", "messages": [{{"role": "user", "content": "Hello"}}]}}',
            "",
        ]
    )


def _price(of_one: Decimal) -> str:
    return "unknown" if of_one < 0 else f"{plain(of_one * _MILLION)} USD"
