"""`python -m turnout` is the same command as `turnout`."""

from turnout.cli import main

main()
