"""What several upstream dialects cannot take, and the one way in which each such thing is lowered.

Pure functions from the internal form to a narrower one; adapters pick what their dialect needs and
report it. What must be undone on the answer comes with its `Undo`.
"""
