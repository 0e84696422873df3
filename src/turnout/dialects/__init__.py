"""Translation between the internal form and the wire formats of clients and upstreams. No IO."""
