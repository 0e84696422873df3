"""Versions of content: what ETags and caches compare."""

from hashlib import sha256

import msgspec


def fingerprint(*parts: object) -> str:
    """A short hash of content; equal content has equal fingerprints in every process."""
    return sha256(msgspec.msgpack.encode(parts, order="deterministic")).hexdigest()[:16]
