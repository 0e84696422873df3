"""Shapes and framings as they are on the wire. Knows no meaning."""
