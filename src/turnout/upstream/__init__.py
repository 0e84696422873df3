"""Connections to providers: HTTP/1.1 client, pool, deadlines."""
