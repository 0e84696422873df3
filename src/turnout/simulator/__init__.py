"""A real HTTP server that plays N providers, faults included.

    scenario   what is played: providers, models, pace, fault script (nouns only)
    loading    TOML to a Scenario, with errors that name line, field and what is allowed
    draws      chance as a pure function of seed and request number
    answers    a request to the chunks and bodies of its answer, deterministic
    faults     which fault a request meets, and what it does to the answer
    replies    the bytes and pauses of one reply on the wire
    playing    one provider while it is served: draws, memo, recordings
    routes     which provider or control route a request reaches
    server     the asyncio protocol that plays replies
    stats      counts and recordings, read at /_simulator/

Tests, the benchmark and demos use it; nothing of the gateway does.
"""

from turnout.simulator.loading import ScenarioError, load, parse
from turnout.simulator.scenario import Scenario
from turnout.simulator.server import serve

__all__ = ["Scenario", "ScenarioError", "load", "parse", "serve"]
