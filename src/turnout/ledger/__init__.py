"""Append-only records of generations, and the money that is their sum."""
