"""A running gateway: its services, its server, its start and its end."""

from turnout.app.lifetime import serve

__all__ = ["serve"]
