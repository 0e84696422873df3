"""Joins the prober to a gateway: which endpoints may be probed, and how one is asked."""

from collections import Counter
from collections.abc import Iterator

from turnout.app.services import Services
from turnout.catalog.index import is_free, is_priced
from turnout.core.types import Endpoint
from turnout.flow.exam import Task, tasks_of
from turnout.flow.gateway import Connection
from turnout.flow.probe import Probed, dearest_nusd, probe
from turnout.jobs.probe import Candidate, Prober


def prober(services: Services) -> Prober:
    """The prober of a gateway, under the settings in force."""
    gateway = services.gateway
    turns: Counter[str] = Counter()

    def task_of(endpoint: Endpoint) -> Task:
        exams = gateway.snapshot.policy.exacto.exams
        tasks = tasks_of(endpoint.parameters if exams else None)
        return tasks[turns[endpoint.id] % len(tasks)]

    def candidates() -> Iterator[Candidate]:
        snapshot, most = gateway.snapshot, services.settings.probes.max_tokens
        for endpoints in snapshot.routable.endpoints.values():
            for endpoint in endpoints:
                if "text" in endpoint.outputs and endpoint.tier is None:
                    free = _is_free(endpoint, snapshot.connections[endpoint.provider])
                    dearest = dearest_nusd(endpoint, most, task_of(endpoint))
                    yield Candidate(endpoint, free, dearest)

    async def ask(endpoint: Endpoint) -> Probed | None:
        task = task_of(endpoint)
        turns[endpoint.id] += 1
        return await probe(gateway, endpoint, services.settings.probes.max_tokens, task)

    return Prober(
        health=gateway.health,
        database=gateway.ledger.database,
        clock=gateway.clock,
        candidates=candidates,
        ask=ask,
        rules=lambda: services.settings.probes,
    )


def _is_free(endpoint: Endpoint, connection: Connection) -> bool:
    """By its stated price; without one, a server that knows no account to charge."""
    nobody_pays = connection.provider.auth == "none" or not connection.keys
    return is_free(endpoint) or (nobody_pays and not is_priced(endpoint))
