"""Text of documents, for endpoints that take none."""
