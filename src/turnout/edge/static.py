"""The site's files, as its build left them in the package: read once, served from memory.

`/assets/*` carry a hash of their content in their name and never change; every path that is no
file, no route and no document is a page, and all pages are one shell that the browser fills.
"""

import hashlib
import mimetypes
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from turnout.edge.ask import Reply
from turnout.edge.packing import packed, takes

PAGES: Final = "pages"
"""The folder of the package that the build writes to."""
SHELL: Final = "/index.html"

_FOREVER: Final = "public, max-age=31536000, immutable"
_CODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
_MARK: Final = b"</head>"
_FILE_ENDINGS: Final = frozenset(
    {"css", "html", "ico", "jpg", "js", "json", "map", "mjs", "png", "svg", "txt", "webmanifest"}
    | {"webp", "woff", "woff2", "xml"}
)
"""A path that ends so names a file; what else has a dot is a model ("/openai/gpt-4.1")."""

POLICY: Final = (
    "default-src 'self'; script-src 'self'; "
    # Libraries of components write style elements; these can neither run nor send anything.
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SAFETY: Final[Mapping[str, str]] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
}

_UNBUILT: Final = b"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Turnout</title>
<meta name="viewport" content="width=device-width"></head>
<body>
<h1>Turnout is up</h1>
<p>The gateway serves its <a href="/openapi.json">API</a> below <code>/api/v1</code>.
Its pages have not been built: run <code>make site</code> in the repository and start it again.</p>
</body>
</html>
"""


class File(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the site; `coded` holds it compressed, by content coding."""

    body: bytes
    etag: str
    media: str
    coded: Mapping[str, bytes] = {}


class Static:
    """See the module."""

    def __init__(self, found: Mapping[str, File]) -> None:
        self._files = found
        self._shell = found.get(SHELL) or _file(SHELL, _UNBUILT)

    @classmethod
    def load(cls, root: Traversable | None = None) -> "Static":
        """The site of this package, or of another folder; blocks."""
        folder = files("turnout").joinpath(PAGES) if root is None else root
        bodies = _bodies(folder, "") if folder.is_dir() else {}
        endings = tuple(ending for _, ending in _CODINGS)
        found: dict[str, File] = {}
        for path, body in bodies.items():
            if not (path.endswith(endings) and path.rpartition(".")[0] in bodies):
                coded = {c: bodies[path + e] for c, e in _CODINGS if path + e in bodies}
                found[path] = _file(path, body, coded)
        return cls(found)

    @property
    def built(self) -> bool:
        """Whether there is more than the page that says how to build them."""
        return SHELL in self._files

    def file(self, request: Request) -> Response | None:
        """The file of a path; None where there is none."""
        path = request.url.path
        found = self._files.get(path)
        if found is None or path == SHELL:
            return None
        forever = path.startswith("/assets/")
        caching = {"cache-control": _FOREVER if forever else "no-cache", "etag": found.etag}
        headers = {**SAFETY, **caching, "vary": "accept-encoding"}
        if found.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        for coding, _ in _CODINGS:
            if coding in found.coded and takes(request, coding):
                coded = headers | {"content-encoding": coding}
                return Response(found.coded[coding], headers=coded, media_type=found.media)
        return Response(found.body, headers=headers, media_type=found.media)

    async def shell(self, request: Request, first: bytes = b"{}") -> Response:
        """The page that all pages are, with data for its first drawing.

        Args:
            request: Who takes gzip gets it.
            first: JSON; it becomes the element `#first`.
        """
        block = b'<script type="application/json" id="first">%b</script>' % _inert(first)
        whole = Reply(body=self._shell.body.replace(_MARK, block + _MARK, 1))
        body, packing = await packed(request, whole)
        headers = {**SAFETY, "cache-control": "no-store", **packing}
        return Response(body, headers=headers, media_type="text/html")


def is_file(path: str) -> bool:
    """Whether a path can only mean a file, so that a missing one is told and is no page."""
    _, dot, ending = path.rpartition("/")[2].rpartition(".")
    return path.startswith("/assets/") or (bool(dot) and ending.lower() in _FILE_ENDINGS)


def _inert(json: bytes) -> bytes:
    """JSON that cannot end the element it stands in."""
    return json.replace(b"<", b"\\u003c")


def _bodies(folder: Traversable, path: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in folder.iterdir():
        here = f"{path}/{entry.name}"
        if entry.is_dir():
            found |= _bodies(entry, here)
        elif not entry.name.startswith("."):
            found[here] = entry.read_bytes()
    return found


def _file(path: str, body: bytes, coded: Mapping[str, bytes] | None = None) -> File:
    media = _MEDIA.get(path.rpartition(".")[2]) or mimetypes.guess_type(path)[0]
    return File(
        body=body,
        etag=f'"{hashlib.sha256(body).hexdigest()[:20]}"',
        media=media or "application/octet-stream",
        coded=coded or {},
    )


_MEDIA: Final[Mapping[str, str]] = {
    "js": "text/javascript",
    "mjs": "text/javascript",
    "css": "text/css",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
    "webmanifest": "application/manifest+json",
}
"""Not left to the machine's own table of types."""
