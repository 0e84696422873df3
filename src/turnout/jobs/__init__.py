"""Loops with a period: flush, reload, prune."""
