"""Embeddings: one request shape for clients, and how each provider wants to be asked."""
