"""Presets: request fields kept under a name, so that a request need not carry them."""
