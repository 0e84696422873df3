"""The turnout command."""
