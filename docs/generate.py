"""Writes the reference pages that come from code; `make gen`."""  # noqa: INP001 (no package)

from pathlib import Path
from typing import Final

import internal
import msgspec
import providers

from turnout.cli import reference as cli
from turnout.config import reference as settings
from turnout.edge import openapi

REFERENCE: Final = Path(__file__).parent / "reference"


def main() -> None:
    """Writes every page; nothing changes when nothing changed."""
    (REFERENCE / "settings.md").write_text(settings.render(), encoding="utf-8")
    (REFERENCE / "cli.md").write_text(cli.render(), encoding="utf-8")
    (REFERENCE / "providers.md").write_text(providers.render(), encoding="utf-8")
    (REFERENCE / "internal.md").write_text(internal.render(), encoding="utf-8")
    document = msgspec.json.format(openapi.document(), indent=1)
    (REFERENCE / "openapi.json").write_bytes(document + b"\n")


if __name__ == "__main__":
    main()
