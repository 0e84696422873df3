"""The turnout command: one file per group of commands, imported when it is called.

Nothing here is imported at start but click, so that `turnout --help` answers at once.
"""

from turnout.cli.app import main

__all__ = ["main"]
