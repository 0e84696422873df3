"""The sections `[site]` and `[operator]` of turnout.toml."""

from typing import Literal

import msgspec

from turnout.config.secret import Secret


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The web pages.

    Attributes:
        public: Who sees the pages of models, providers, rankings and status without signing in:
            "public" is everybody, "private" nobody, "auto" callers on this machine where the
            gateway listens to this machine alone.
    """

    public: Literal["auto", "public", "private"] = "auto"


class OperatorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs in at the web pages.

    Attributes:
        password: Of 8 to 256 characters; "env:NAME" reads a variable. Without it the first start
            makes one up and prints it, and `turnout password` sets another.
    """

    password: Secret | None = None
