"""Search engines that the gateway asks when an endpoint cannot search by itself."""
