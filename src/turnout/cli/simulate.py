"""`turnout simulate` is the simulator's own command."""

from turnout.simulator.command import simulate

__all__ = ["simulate"]
