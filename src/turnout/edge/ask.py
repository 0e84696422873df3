"""What a handler of an ordinary route gets and gives: typed query and body in, bytes out."""

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import Request

from turnout.config.settings import Settings
from turnout.core.errors import Refusal, invalid
from turnout.edge.internal.shelf import Shelves
from turnout.edge.listers import Listers
from turnout.edge.measured import Measured
from turnout.edge.scrape import Scraper
from turnout.flow.gateway import Gateway
from turnout.identity.keys import Key
from turnout.store.database import Database

_T = TypeVar("_T")


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A whole answer.

    Attributes:
        gzipped: The same body gzipped, where it is kept ready; else it is gzipped when that pays.
    """

    body: bytes
    gzipped: bytes | None = None
    status: int = 200
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def reply(answer: object, status: int = 200) -> Reply:
    """An answer from types."""
    return Reply(body=msgspec.json.encode(answer), status=status)


class Views(msgspec.Struct, frozen=True, kw_only=True):
    """What ordinary routes answer from, beside the gateway.

    Attributes:
        listers: Make the catalog's answers.
        scraper: Makes the page of metrics.
        measured: What the catalog shows of windows and roll-ups.
        settings: Those in force; asked each time, for a reload changes them.
        demo: The history is made up, and every page says so.
        shelves: The catalog as the site shows it.
    """

    listers: Listers
    scraper: Scraper
    measured: Measured
    settings: Callable[[], Settings]
    demo: bool = False
    shelves: Shelves = msgspec.field(default_factory=Shelves)


class Ask:
    """One request to an ordinary route, its caller known.

    Attributes:
        key: The caller's, None on public routes without one.
    """

    def __init__(self, gateway: Gateway, views: Views, request: Request, key: Key | None) -> None:
        self.gateway = gateway
        self.views = views
        self.listers = views.listers
        self.scraper = views.scraper
        self.request = request
        self.key = key

    @property
    def settings(self) -> Settings:
        """Those in force."""
        return self.views.settings()

    @property
    def database(self) -> Database:
        """The store."""
        return self.gateway.ledger.database

    @property
    def origin(self) -> str:
        """Where the caller has reached us: "http://127.0.0.1:8787"."""
        url = self.request.url
        scheme = self.request.headers.get("x-forwarded-proto", url.scheme)
        return f"{'https' if scheme == 'https' else 'http'}://{url.netloc}"

    @property
    def caller(self) -> Key:
        """The caller's key, on routes that need one."""
        if self.key is None:
            raise Refusal("authentication", "No auth credentials found.")
        return self.key

    @property
    def query_string(self) -> str:
        """The query as it was sent."""
        return self.request.url.query

    @property
    def query(self) -> dict[str, str]:
        """The query string; the last of duplicates."""
        return dict(self.request.query_params)

    def asked(self, kind: type[_T]) -> _T:
        """The query string as a Struct.

        Raises:
            Refusal: 400 that names the parameter.
        """
        try:
            return msgspec.convert(self.query, kind, strict=False)
        except msgspec.ValidationError as error:
            raise _refusal(error, "query") from error

    def path(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    async def body(self, kind: type[_T]) -> _T:
        """The JSON body as a Struct.

        Raises:
            Refusal: 400 that names the field, what was wrong and what is allowed; 413.
        """
        raw = await self.request.body()
        if len(raw) > LARGEST_BODY:
            raise Refusal("payload_too_large", f"The body is over {LARGEST_BODY} bytes.")
        try:
            return msgspec.json.decode(raw, type=kind)
        except msgspec.ValidationError as error:
            raise _refusal(error, "body") from error
        except (msgspec.DecodeError, RecursionError) as error:
            raise invalid("body", f"is not valid JSON: {error}") from error


LARGEST_BODY: Final = 1024 * 1024
"""Bytes; bodies of ordinary routes are small."""

_MISSING: Final = re.compile(r"Object missing required field `([^`]+)`")


def _refusal(error: msgspec.ValidationError, where: str) -> Refusal:
    """From msgspec's "Expected `int`, got `str` - at `$.limit`": the path becomes the param."""
    text, _, path = str(error).partition(" - at `$")
    missing = _MISSING.fullmatch(text)
    if missing is not None:
        return invalid(missing[1], "this field is required.")
    field = path.rstrip("`").lstrip(".") or where
    return invalid(field, text[:1].lower() + text[1:])


def facts(struct: msgspec.Struct) -> dict[str, Any]:
    """A Struct's fields, to be extended into an answer."""
    return {name: getattr(struct, name) for name in struct.__struct_fields__}
