"""Ollama's own /api/chat: JSON lines, calls that come whole, and the runner's options."""
