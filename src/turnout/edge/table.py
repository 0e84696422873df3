"""One row of the route table: what an HTTP operation takes, gives, and asks of its caller."""

from collections.abc import Awaitable, Callable
from typing import Literal, TypeAlias

import msgspec

from turnout.edge.ask import Ask, Reply

Auth: TypeAlias = Literal["public", "any", "inference", "management", "page", "operator"]
"""Who may ask. `any`: an inference or a management key. `page`: everybody where the site is public,
else whoever is signed in or has a key. `operator`: whoever is signed in, or a management key."""

Handler: TypeAlias = Callable[[Ask], Awaitable[Reply]]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP operation.

    Attributes:
        path: With `{name}` for its variable parts, `{name:path}` for one that may hold slashes;
            below the prefix of its table.
        query: Struct of the query string, None without one.
        body: Struct of the JSON body, None without one.
        answer: Struct of a successful answer, None where another module's shape is served.
        name: Of the operation, where its handler serves another one too.
        media: Content type of a successful answer.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    handler: Handler
    auth: Auth
    tag: str
    query: type[msgspec.Struct] | None = None
    body: type[msgspec.Struct] | None = None
    answer: type[msgspec.Struct] | None = None
    status: int = 200
    name: str = ""
    media: str = "application/json"

    @property
    def operation(self) -> str:
        """The operation's own name."""
        return self.name or self.handler.__name__

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (self.handler.__doc__ or "").partition("\n")[0].rstrip(".")
