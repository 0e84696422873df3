"""Secrets that are more than a key: signatures and short-lived tokens.

Each needs a library of its own, which is imported when a provider that wants it is on.
"""
