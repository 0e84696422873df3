"""Bytes of the routes that list models, endpoints and providers, built once per view and query."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final

import msgspec

from turnout.catalog.advice import nearest
from turnout.catalog.index import Catalog, Routable
from turnout.catalog.measures import UNMEASURED, Measures
from turnout.catalog.query import DEFAULT_LIMIT, Query, next_page, parse_query
from turnout.catalog.rating import Rated
from turnout.catalog.routers import LISTED, ROUTERS, router_rows
from turnout.catalog.rss import feed
from turnout.catalog.select import Selection, Shown
from turnout.catalog.variants import ALLOWED, parse_slug
from turnout.catalog.wire import (
    EndpointRow,
    EndpointsRow,
    ModelRow,
    ProviderRow,
    architecture,
    endpoint_row,
    model_row,
    provider_row,
)
from turnout.core.clock import SYSTEM_CLOCK, Clock
from turnout.core.errors import Refusal
from turnout.core.types import Endpoint, Model

_JSON: Final = "application/json"
_RSS: Final = "application/rss+xml; charset=utf-8"
_MAX_CACHED_BYTES: Final = 16 * 1024 * 1024
_DAY_MS: Final = 86_400_000


class Listing(msgspec.Struct, frozen=True):
    """A finished answer; `etag` is quoted, as the header wants it."""

    body: bytes
    content_type: str
    etag: str


class _Next(msgspec.Struct):
    next: str | None


class _Models(msgspec.Struct):
    data: list[ModelRow]
    total_count: int
    links: _Next


class _Count(msgspec.Struct):
    count: int


class _CountAnswer(msgspec.Struct):
    data: _Count


class _ModelAnswer(msgspec.Struct):
    data: ModelRow


class _EndpointsAnswer(msgspec.Struct):
    data: EndpointsRow


class _ZdrAnswer(msgspec.Struct):
    data: list[EndpointRow]


class _ProvidersAnswer(msgspec.Struct):
    data: list[ProviderRow]


_Answer = _Models | _CountAnswer | _ModelAnswer | _EndpointsAnswer | _ZdrAnswer | _ProvidersAnswer
_ENCODER: Final = msgspec.json.Encoder()


class Lister:
    """Answers for one view of the catalog; a reload makes a new one, and the cache goes with it.

    Every method takes the raw query string. `all=true` shows the whole catalog, else only what this
    installation can reach.
    """

    def __init__(
        self,
        routable: Routable,
        measures: Measures = UNMEASURED,
        clock: Clock = SYSTEM_CLOCK,
        *,
        rated: Sequence[Rated] = (),
    ) -> None:
        self._routable = routable
        self._routers = {one.model.slug: one for one in router_rows(routable, rated)}
        self._catalog: Catalog = routable.catalog
        self._measures = measures
        self._clock = clock
        self._cache: OrderedDict[tuple[object, ...], Listing] = OrderedDict()
        self._cached_bytes = 0

    def models(self, query: str = "", base_url: str = "/api/v1") -> Listing:
        """`GET /models`: the list, or its feed with `use_rss=true`.

        Args:
            query: The raw query string.
            base_url: Where this API lives, for links; without a trailing slash.

        Raises:
            Refusal: 400 for a value that is not allowed.
        """
        wanted = parse_query(query)
        pages = query if wanted.paged else ""
        return self._once(
            ("models", wanted, base_url, pages), lambda: self._models(wanted, query, base_url)
        )

    def embedding_models(self, query: str = "", base_url: str = "/api/v1") -> Listing:
        """`GET /embeddings/models`: as `models`, of those that make vectors.

        Raises:
            Refusal: 400 for a value that is not allowed.
        """
        wanted = parse_query(query)
        narrowed = msgspec.structs.replace(wanted, output_modalities=("embeddings",))
        pages = query if wanted.paged else ""
        return self._once(
            ("embedding models", narrowed, base_url, pages),
            lambda: self._models(narrowed, query, base_url, "/embeddings/models"),
        )

    def count(self, query: str = "") -> Listing:
        """`GET /models/count`: how many rows `/models` has for the same query."""
        wanted = parse_query(query)
        return self._once(("count", wanted), lambda: self._count(wanted))

    def model(self, slug: str, query: str = "") -> Listing:
        """`GET /model/{author}/{slug}`: aliases and variant suffixes resolve.

        Raises:
            Refusal: 404 for a name that no model in view has, with the nearest that do.
        """
        shown = self._resolve(slug, everything=True)
        wanted = parse_query(query)
        return self._once(("model", shown.name, wanted.everything), lambda: self._model(shown))

    def endpoints(self, slug: str, query: str = "") -> Listing:
        """`GET /models/{author}/{slug}/endpoints`: those in view; none when none can be reached.

        Raises:
            Refusal: 404 for a name that no model has, with the nearest that do.
        """
        wanted = parse_query(query)
        shown = self._resolve(slug, everything=True)
        model = shown.model
        if shown.router:
            return self._once(("endpoints", model.slug), lambda: self._endpoints(model, ()))
        found = self._in_view(model.slug, everything=wanted.everything)
        key = ("endpoints", model.slug, wanted.everything)
        return self._once(key, lambda: self._endpoints(model, found))

    def providers(self, query: str = "") -> Listing:
        """`GET /providers`: those that are switched on, or every host of the catalog."""
        wanted = parse_query(query)
        return self._once(
            ("providers", wanted.everything), lambda: self._providers(everything=wanted.everything)
        )

    def zdr(self, query: str = "") -> Listing:
        """`GET /endpoints/zdr`: the endpoints in view that keep nothing and train on nothing."""
        wanted = parse_query(query)
        return self._once(("zdr", wanted.everything), lambda: self._zdr(wanted))

    def _models(self, wanted: Query, query: str, base_url: str, path: str = "/models") -> Listing:
        found = self._select(wanted)
        rows, following = found, None
        if wanted.paged:
            start, size = wanted.offset or 0, wanted.limit or DEFAULT_LIMIT
            rows = found[start : start + size]
            if start + size < len(found):
                following = f"{base_url}{path}?{next_page(query, start + size, size)}"
        filled = [model_row(row.model, row.endpoints, row.alias) for row in rows]
        if wanted.use_rss:
            return _finished(feed(filled, base_url), _RSS)
        return _encoded(_Models(filled, len(found), _Next(following)))

    def _count(self, wanted: Query) -> Listing:
        return _encoded(_CountAnswer(_Count(len(self._select(wanted)))))

    def _model(self, shown: Shown) -> Listing:
        return _encoded(_ModelAnswer(model_row(shown.model, shown.endpoints, shown.alias)))

    def _endpoints(self, model: Model, endpoints: tuple[Endpoint, ...]) -> Listing:
        return _encoded(
            _EndpointsAnswer(
                EndpointsRow(
                    id=model.slug,
                    name=model.name,
                    created=model.created,
                    description=model.description,
                    architecture=architecture(model),
                    endpoints=[self._row(model, endpoint) for endpoint in endpoints],
                )
            )
        )

    def _providers(self, *, everything: bool) -> Listing:
        rows = [
            provider_row(facts)
            for slug, facts in sorted(self._catalog.providers.items())
            if slug in self._routable.on or (everything and not facts.resells)
        ]
        return _encoded(_ProvidersAnswer(rows))

    def _zdr(self, wanted: Query) -> Listing:
        rows = [
            self._row(shown.model, endpoint)
            for shown in self._view(everything=wanted.everything)
            if shown.alias is None and not shown.router
            for endpoint in shown.endpoints
            if endpoint.data_policy.zero_retention
        ]
        return _encoded(_ZdrAnswer(rows))

    def _select(self, wanted: Query) -> list[Shown]:
        now_s = self._clock.unix_ms() // 1000
        selection = Selection(self._catalog, self._measures, now_s)
        return selection.select(wanted, self._view(everything=wanted.everything))

    def _view(self, *, everything: bool) -> Iterator[Shown]:
        for slug, model in self._catalog.models.items():
            if endpoints := self._in_view(slug, everything=everything):
                yield Shown(model, endpoints)
        for alias, slug in self._latest(everything=everything).items():
            endpoints = self._in_view(slug, everything=everything)
            yield Shown(self._catalog.models[slug], endpoints, alias)
        yield from self._routers.values()

    def _latest(self, *, everything: bool) -> dict[str, str]:
        if not everything:
            return dict(self._routable.latest)
        families = {f.alias: self._catalog.aliases.get(f.alias, "") for f in self._catalog.families}
        return {
            alias: slug for alias, slug in families.items() if self._in_view(slug, everything=True)
        }

    def _in_view(self, slug: str, *, everything: bool) -> tuple[Endpoint, ...]:
        reached = self._routable.endpoints.get(slug, ())
        if not everything:
            return reached
        model = self._catalog.models.get(slug)
        own = () if model is None else model.endpoints
        return own + tuple(e for e in reached if e not in own) if reached else own

    def _resolve(self, name: str, *, everything: bool) -> Shown:
        parsed = parse_slug(name)
        router = None if parsed is None else ROUTERS.get(parsed.base)
        if router is not None and (row := self._routers.get(LISTED[router].slug)) is not None:
            return row
        model = self._routable.find(name) or (
            None if parsed is None else self._routable.find(parsed.model)
        )
        if model is None:
            raise self._unknown(name, known_variant=parsed is not None)
        endpoints = self._in_view(model.slug, everything=everything) or (
            self._catalog.all_endpoints(model.slug)
        )
        is_alias = parsed is not None and parsed.is_latest and model.slug != name
        return Shown(model, endpoints, parsed.base if parsed and is_alias else None)

    def _unknown(self, name: str, *, known_variant: bool) -> Refusal:
        close = nearest(name, self._catalog)
        hint = f" Did you mean {', '.join(close)}?" if close else ""
        variants = "" if known_variant else f" A name is author/slug, with {', '.join(ALLOWED)}."
        return Refusal("not_found", f"No model is called {name[:200]}.{hint}{variants}")

    def _row(self, model: Model, endpoint: Endpoint) -> EndpointRow:
        facts = self._catalog.providers.get(endpoint.provider)
        name = endpoint.provider if facts is None else facts.name
        return endpoint_row(model, endpoint, name, self._measures.endpoint(endpoint.id))

    def _once(self, key: tuple[object, ...], build: Callable[[], Listing]) -> Listing:
        """The bytes under a key, built when absent; the least recently asked make room."""
        full = (*key, self._measures.epoch, self._clock.unix_ms() // _DAY_MS)
        found = self._cache.get(full)
        if found is not None:
            self._cache.move_to_end(full)
            return found
        found = build()
        self._cache[full] = found
        self._cached_bytes += len(found.body)
        while self._cached_bytes > _MAX_CACHED_BYTES and len(self._cache) > 1:
            _, dropped = self._cache.popitem(last=False)
            self._cached_bytes -= len(dropped.body)
        return found


def _encoded(answer: _Answer) -> Listing:
    return _finished(_ENCODER.encode(answer), _JSON)


def _finished(body: bytes, content_type: str) -> Listing:
    return Listing(body, content_type, f'"{sha256(body).hexdigest()[:32]}"')
