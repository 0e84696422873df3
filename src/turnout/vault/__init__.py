"""Sealed thinking of earlier answers, kept for clients that do not send it back."""
