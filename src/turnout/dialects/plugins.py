"""What a request asks of the gateway itself, in any client's dialect: plugins and server tools.

The three dialects of the contract share the field `plugins`; a web search is asked for by plugin,
by `:online`, by `web_search_options` or by a server tool. Source: contract sections 2.1 and 7.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from turnout.core.conversation import WebSearch, Whereabouts
from turnout.core.errors import invalid

Count = Annotated[int, Meta(ge=1, le=100)]
PdfEngine = Literal["native", "pdf-text", "cloudflare-ai", "mistral-ocr"]

SERVED: Final = (
    "auto-beta-router",
    "auto-router",
    "context-compression",
    "file-parser",
    "response-healing",
    "web",
)
"""Plugins that this gateway serves."""

_HOSTED: Final = frozenset(
    {
        "alignment",
        "armor",
        "fusion",
        "jev-router",
        "moderation",
        "pareto-router",
        "switchyard-router",
        "web-fetch",
    }
)
"""Of the contract, and served only by the company behind it; reported as dropped."""


CostTier = Literal["low", "medium", "high", "xhigh", "max"]


class AutoWish(msgspec.Struct, frozen=True, kw_only=True):
    """What a request says of the choice that `turnout/auto` makes.

    Attributes:
        allowed: Patterns of slugs; () for all.
        excluded: Patterns of slugs that are not picked.
        tradeoff: 0 (quality) to 10 (cost); None is unsaid.
        cost_tier: A fifth of the models by what they cost.
        pin_model: Whether a dialogue keeps the model; None: as where it is warm.
    """

    allowed: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    tradeoff: int | None = None
    cost_tier: CostTier | None = None
    pin_model: bool | None = None


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What the gateway is asked to do beside routing; None is unsaid.

    Attributes:
        web: The answer shall rest on a web search.
        own_words: The search was asked for in words that an upstream of the client's dialect knows.
        routed_words: It was asked for by the contract's own tool, which routers know alone.
        files: How PDFs are read; None: by the endpoint where it can, else here.
        compress: Long conversations are shortened to fit; None: for small endpoints only.
        heal: JSON answers are repaired.
        auto: What is said to the router that picks a model.
        unserved: Plugins that nobody serves here.
    """

    web: WebSearch | None = None
    own_words: bool = False
    routed_words: bool = False
    files: PdfEngine | None = None
    compress: bool | None = None
    heal: bool = False
    auto: AutoWish | None = None
    unserved: tuple[str, ...] = ()


NO_WISHES: Final = Wishes()


class _Pdf(msgspec.Struct):
    engine: PdfEngine | None = None


class _Place(msgspec.Struct):
    city: str | None = None
    region: str | None = None
    country: str | None = None
    timezone: str | None = None


class _Plugin(msgspec.Struct):
    """Any plugin; each reads its own members."""

    id: str
    enabled: bool | None = None
    engine: str | None = None
    pdf: _Pdf | None = None
    max_results: Count | None = None
    max_uses: Count | None = None
    search_prompt: str | None = None
    include_domains: tuple[str, ...] | None = None
    exclude_domains: tuple[str, ...] | None = None
    user_location: _Place | None = None
    allowed_models: tuple[str, ...] | None = None
    excluded_models: tuple[str, ...] | None = None
    cost_quality_tradeoff: Annotated[int, Meta(ge=0, le=10)] | None = None
    cost_tier: CostTier | None = None
    pin_model: bool | None = None


class _Search(msgspec.Struct):
    """The members of a search tool, flat (OpenAI's, Anthropic's) or under `parameters` (ours)."""

    engine: str | None = None
    max_results: Count | None = None
    max_uses: Count | None = None
    search_context_size: Literal["low", "medium", "high"] | None = None
    allowed_domains: tuple[str, ...] | None = None
    excluded_domains: tuple[str, ...] | None = None
    blocked_domains: tuple[str, ...] | None = None
    user_location: _Place | None = None


class _Options(msgspec.Struct):
    search_context_size: Literal["low", "medium", "high"] | None = None


_PLUGINS: Final = msgspec.json.Decoder(list[_Plugin] | None)
_TRANSFORMS: Final = msgspec.json.Decoder(list[str] | None)
_OPTIONS: Final = msgspec.json.Decoder(_Options | None)
_TYPED: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_SEARCH: Final = msgspec.json.Decoder(_Search)
_TEXT: Final = msgspec.json.Decoder(str)
_FIELDS: Final = frozenset({"plugins", "transforms", "web_search_options"})
_TOOL_PREFIXES: Final = ("openrouter:web_search", "web_search")


def wishes_of(fields: Mapping[str, msgspec.Raw], models: Sequence[str]) -> Wishes:
    """What a request wishes; `NO_WISHES` itself for most.

    Raises:
        Refusal: A plugin that no one knows, or a member of the wrong type.
    """
    tools = fields.get("tools")
    searching = tools is not None and b"web_search" in bytes(tools)
    online = any(":online" in name for name in models)
    if not searching and not online and _FIELDS.isdisjoint(fields):
        return NO_WISHES
    wishes = _by_plugins(fields)
    own_words = routed_words = False
    web = wishes.web or (WebSearch() if online else None)
    if "web_search_options" in fields:
        web, own_words = web or _by_options(fields["web_search_options"]), web is None
    if tools is not None and searching and (found := _by_tools(tools)) is not None:
        own_words, routed_words = web is None and found[1], web is None and not found[1]
        web = web or found[0]
    return msgspec.structs.replace(wishes, web=web, own_words=own_words, routed_words=routed_words)


def _by_plugins(fields: Mapping[str, msgspec.Raw]) -> Wishes:
    try:
        plugins = _PLUGINS.decode(fields["plugins"]) if "plugins" in fields else None
        moved = _TRANSFORMS.decode(fields["transforms"]) if "transforms" in fields else None
    except msgspec.ValidationError as error:
        raise invalid("plugins", str(error)) from error
    wishes = NO_WISHES
    if moved is not None:  # the older spelling of the compression plugin; [] switches it off
        wishes = msgspec.structs.replace(wishes, compress="middle-out" in moved)
    for place, plugin in enumerate(plugins or ()):
        wishes = _with(wishes, plugin, f"plugins[{place}].id")
    return wishes


def _with(wishes: Wishes, plugin: _Plugin, path: str) -> Wishes:
    on = plugin.enabled is not False
    match plugin.id:
        case "web":
            return msgspec.structs.replace(wishes, web=_web_of(plugin)) if on else wishes
        case "file-parser":
            engine = plugin.pdf.engine if plugin.pdf is not None else None
            return msgspec.structs.replace(wishes, files=engine if on else "native")
        case "context-compression":
            return msgspec.structs.replace(wishes, compress=on)
        case "response-healing":
            return msgspec.structs.replace(wishes, heal=on)
        case "auto-router" | "auto-beta-router":
            return msgspec.structs.replace(wishes, auto=_auto_of(plugin)) if on else wishes
        case name if name in _HOSTED:
            unserved = (*wishes.unserved, f"plugins.{name}") if on else wishes.unserved
            return msgspec.structs.replace(wishes, unserved=unserved)
        case name:
            allowed = ", ".join(SERVED)
            raise invalid(path, f'"{name[:64]}" is no plugin; served here: {allowed}.')


def _auto_of(plugin: _Plugin) -> AutoWish:
    return AutoWish(
        allowed=plugin.allowed_models or (),
        excluded=plugin.excluded_models or (),
        tradeoff=plugin.cost_quality_tradeoff,
        cost_tier=plugin.cost_tier,
        pin_model=plugin.pin_model,
    )


def _web_of(plugin: _Plugin) -> WebSearch:
    return WebSearch(
        engine=plugin.engine,
        max_results=plugin.max_results,
        max_uses=plugin.max_uses,
        allowed_domains=plugin.include_domains or (),
        excluded_domains=plugin.exclude_domains or (),
        place=_place(plugin.user_location),
        prompt=plugin.search_prompt,
    )


def _place(place: _Place | None) -> Whereabouts | None:
    if place is None:
        return None
    return Whereabouts(
        city=place.city, region=place.region, country=place.country, timezone=place.timezone
    )


def _by_options(raw: msgspec.Raw) -> WebSearch | None:
    try:
        options = _OPTIONS.decode(raw)
    except msgspec.ValidationError as error:
        raise invalid("web_search_options", str(error)) from error
    return None if options is None else WebSearch(context_size=options.search_context_size)


def _by_tools(raw: msgspec.Raw) -> tuple[WebSearch, bool] | None:
    """The search that a server tool asks for, and whether an upstream may know the tool."""
    for tool in _TYPED.decode(raw):
        name = _word(tool, "type")
        if not is_search(name):
            continue
        inner = tool.get("parameters") if name.startswith("openrouter:") else None
        try:
            search = _SEARCH.decode(inner or msgspec.Raw(msgspec.json.encode(tool)))
        except msgspec.ValidationError as error:
            raise invalid("tools", f"{name}: {error}") from error
        return _search_of(search), not name.startswith("openrouter:")
    return None


def _search_of(search: _Search) -> WebSearch:
    return WebSearch(
        engine=search.engine,
        max_results=search.max_results,
        max_uses=search.max_uses,
        context_size=search.search_context_size,
        allowed_domains=search.allowed_domains or (),
        excluded_domains=search.excluded_domains or search.blocked_domains or (),
        place=_place(search.user_location),
    )


def _word(item: Mapping[str, msgspec.Raw], name: str) -> str:
    raw = item.get(name)
    return _TEXT.decode(raw) if raw is not None and bytes(raw).startswith(b'"') else ""


def is_search(tool_type: str) -> bool:
    """Whether a tool of that type is a web search: ours, OpenAI's or Anthropic's by its date."""
    return tool_type.startswith(_TOOL_PREFIXES)


def without_search(tools: msgspec.Raw) -> msgspec.Raw | None:
    """A list of tools, in any dialect, without its searches; None when nothing is left."""
    kept = [tool for tool in _TYPED.decode(tools) if not is_search(_word(tool, "type"))]
    return msgspec.Raw(msgspec.json.encode(kept)) if kept else None


def without_served(plugins: msgspec.Raw) -> msgspec.Raw | None:
    """The plugins that this gateway does not serve; None when nothing is left."""
    if not bytes(plugins).startswith(b"["):
        return None
    kept = [one for one in _TYPED.decode(plugins) if _word(one, "id") not in SERVED]
    return msgspec.Raw(msgspec.json.encode(kept)) if kept else None
