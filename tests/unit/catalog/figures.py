"""Measures that a test fills by hand: a small implementation of the catalog's own Protocol."""

from turnout.catalog.measures import EndpointMeasures, ModelMeasures


class Figures:
    """Measures of two models and their endpoints; everything else is unmeasured."""

    def __init__(self) -> None:
        self.epoch = 1
        self.models: dict[str, ModelMeasures] = {}
        self.endpoints: dict[str, EndpointMeasures] = {}

    def endpoint(self, endpoint_id: str) -> EndpointMeasures:
        """As put in."""
        return self.endpoints.get(endpoint_id, EndpointMeasures())

    def model(self, canonical_slug: str) -> ModelMeasures:
        """As put in."""
        return self.models.get(canonical_slug, ModelMeasures())
