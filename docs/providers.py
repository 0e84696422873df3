"""The reference page of providers, written from their files."""  # noqa: INP001 (no package)

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE, Quirks
from turnout.dialects.provider import Provider
from turnout.providers import PROVIDERS

PAGE: Final = Path(__file__).parent / "reference" / "providers.md"

_HEAD: Final = """# Providers

<!-- Written by `make gen` from src/turnout/providers/. Do not edit. -->

A provider is on when one of its key variables is set, or when it stands in `turnout.toml`. Each has
one file in `src/turnout/providers/`, where every fact names its source.

- **Policy** is what the provider's own pages say of prompts: *keeps nothing* (no storage, no
  training), *no training*, *trains*, a number of days, or *unknown*, which filters treat as the
  worst.
- **Cancels**: closing the connection stops the bill.

| Slug | Name | Key variable | Base URL | Policy | Cancels | HQ |
| --- | --- | --- | --- | --- | --- | --- |
"""

_DIFFERENCES: Final = "## Where they differ from OpenAI\n\n"

_COMPATIBLE: Final = """Of the others no more is known than that they are compatible, so they get
the commonest words: `max_tokens` for `max_completion_tokens`, "system" for "developer". They are
"""

_OPENAI: Final = Quirks()


def render() -> str:
    """The whole page."""
    rows = "".join(_row(provider) for provider in PROVIDERS.values())
    quirks = "".join(_deviations(provider) for provider in PROVIDERS.values())
    alike = ", ".join(f"`{one.id}`" for one in PROVIDERS.values() if _quirks(one) is COMPATIBLE)
    return f"{_HEAD}{rows}\n{_DIFFERENCES}{quirks}\n{_COMPATIBLE}{alike}.\n"


def write() -> None:
    """Brings the page up to date."""
    PAGE.write_text(render(), encoding="utf-8")


def _row(provider: Provider) -> str:
    slugs = ", ".join(f"`{slug}`" for slug in (provider.id, *provider.aliases))
    keys = " or ".join(f"`{name}`" for name in provider.api_key_env) or "none"
    sets = [" and ".join(f"`{name}`" for name in names) for names in provider.credentials_env]
    keys = ", or ".join((keys, *sets)) if sets else keys
    needs = "" if sets else "".join(f" and `{name}`" for name in provider.base_url_env)
    url = f"`{provider.base_url}`" if provider.base_url else "set at run time"
    cancels = {True: "yes", False: "no", None: ""}[provider.cancels]
    name = f"[{provider.name}]({provider.docs_url})" if provider.docs_url else provider.name
    cells = (slugs, name, keys + needs, url, _policy(provider.data_policy), cancels)
    return "| " + " | ".join((*cells, provider.headquarters or "")) + " |\n"


def _policy(policy: DataPolicy) -> str:
    if policy.zero_retention:
        return "keeps nothing"
    said: list[str] = []
    if policy.trains is not None:
        said.append("trains" if policy.trains else "no training")
    if policy.retains:
        days = policy.retention_days
        said.append(f"kept {days} days" if days is not None else "kept")
    return ", ".join(said) or "unknown"


def _quirks(provider: Provider) -> Quirks:
    return provider.adapter.quirks if isinstance(provider.adapter, OpenAIChat) else Quirks()


def _deviations(provider: Provider) -> str:
    quirks = _quirks(provider)
    if quirks is COMPATIBLE:
        return ""
    said = "; ".join((*_on_fields(quirks), *_on_messages(quirks), *_on_answers(quirks)))
    return f"- `{provider.id}`: {said}\n" if said else ""


def _on_fields(quirks: Quirks) -> Iterator[str]:
    if quirks.drop:
        yield "does not get " + ", ".join(f"`{name}`" for name in sorted(quirks.drop))
    for ours, theirs in quirks.rename.items():
        yield f"`{ours}` goes as `{theirs}`"
    for name, value in quirks.defaults.items():
        yield f"always gets `{name}: {bytes(value).decode()}`"
    if quirks.reasoning != _OPENAI.reasoning:
        yield f"reasoning said as: {quirks.reasoning}"
    if quirks.tool_choice_required != _OPENAI.tool_choice_required:
        yield f'tool_choice "required" goes as "{quirks.tool_choice_required}"'


def _on_messages(quirks: Quirks) -> Iterator[str]:
    if not quirks.developer_role:
        yield '"developer" goes as "system"'
    if quirks.cache_marks:
        yield "takes `cache_control`"
    if not quirks.message_names:
        yield "messages go without `name`"
    if quirks.reasoning_history is not None:
        yield f"earlier thinking goes back as `{quirks.reasoning_history}`"


def _on_answers(quirks: Quirks) -> Iterator[str]:
    if quirks.stream_usage != _OPENAI.stream_usage:
        yield f"stream usage: {quirks.stream_usage}"
    if quirks.usage_key is not None:
        yield f"usage may ride under `{quirks.usage_key}`"
    if quirks.reasoning_beside:
        yield "counts thinking beside the completion"
    if quirks.models_path is None:
        yield "lists no models"


if __name__ == "__main__":
    write()
