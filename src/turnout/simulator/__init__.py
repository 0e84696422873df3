"""A real HTTP server that plays N providers, faults included."""
