"""Who looks at the site with a browser: keeps its cookie, proves that its page asks."""

import json
from collections.abc import Mapping
from typing import Any

from tests.answers import Heard
from tests.gateway import PASSWORD, Origin


class Visitor:
    """A browser at a gateway, signed out at first."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.cookie = ""
        self.csrf = ""

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Heard:
        """A request as a page of the site sends it."""
        sent = None if body is None else json.dumps(body).encode()
        own = {"content-type": "application/json", "x-turnout-csrf": self.csrf}
        if self.cookie:
            own["cookie"] = f"other=1; {self.cookie}"
        heard = self.origin.request(method, path, sent, own | dict(headers or {}))
        if (made := heard.headers.get("set-cookie")) is not None:
            self.cookie = made.partition(";")[0]
        return heard

    def internal(self, method: str, path: str, body: Any = None) -> Any:
        """The `data` of an internal route, which must succeed."""
        heard = self.call(method, "/api/internal" + path, body)
        assert heard.status == 200, heard.body
        return heard.json["data"]

    def sign_in(self, password: str = PASSWORD) -> Heard:
        """Asks to be signed in; `csrf` is known from then on if it worked."""
        heard = self.call("POST", "/api/internal/session", {"password": password})
        if heard.status == 200:
            self.csrf = heard.json["data"]["csrf"]
        return heard


def signed_in(origin: Origin, password: str = PASSWORD) -> Visitor:
    """A visitor who has signed in."""
    visitor = Visitor(origin)
    assert visitor.sign_in(password).status == 200
    return visitor
