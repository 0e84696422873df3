"""Fetches media that a request names by address, for upstreams that take them only by value."""
