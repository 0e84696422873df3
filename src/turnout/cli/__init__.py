"""The turnout command."""


def main() -> None:
    """Entry point; see the commands beside this file."""
    raise SystemExit("no command yet")
