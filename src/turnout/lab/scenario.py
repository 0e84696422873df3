"""A scenario: what the traffic is and what each endpoint would do, as a strict TOML file.

The format is documented in docs/explain/routing.md; unknown keys are refused by name.
"""

import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import msgspec

from turnout.core.errors import TurnoutError
from turnout.core.types import Quantization

Fraction: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1)]
Above: TypeAlias = Annotated[float, msgspec.Meta(gt=0)]
Least: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]
Tag: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_./-]*$")]


class ScenarioError(TurnoutError):
    """A scenario file says what it may not; the message names file and key."""


class Lasting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that happens to an endpoint for a while.

    Attributes:
        from_s: Seconds after the first request.
        to_s: Seconds after the first request at which it is over.
        grows: Its effect rises evenly from none at `from_s` to all at `to_s`.
        every_s: It comes and goes in periods so long.
        for_s: How long it is on at the start of each period.
        fault_share: Instead of the endpoint's own.
        stall_share: Instead of the endpoint's own.
        limit_rps: Instead of the endpoint's own.
        ttft_times: The wait for the first token is so many times its own.
        speed_times: The speed is so many times its own.
    """

    from_s: Least
    to_s: Above
    grows: bool = False
    every_s: Above | None = None
    for_s: Above | None = None
    fault_share: Fraction | None = None
    stall_share: Fraction | None = None
    limit_rps: Above | None = None
    ttft_times: Above = 1.0
    speed_times: Above = 1.0

    @property
    def is_brown_out(self) -> bool:
        """Bad enough, sudden enough and long enough that an endpoint should be left."""
        bad = (
            (self.fault_share or 0) >= 0.5
            or (self.stall_share or 0) >= 0.5
            or self.ttft_times >= 8
            or self.speed_times <= 0.125
        )
        return bad and not self.grows and self.every_s is None and self.to_s - self.from_s >= 30


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One endpoint.

    Attributes:
        tag: Its name, as a provider's slug.
        prompt: USD per million tokens.
        completion: USD per million tokens.
        cache_read: USD per million tokens read from its cache; else as `prompt`.
        quantization: What the exacto mode goes by while nothing is known.
        ttft_s: Median wait for the first token.
        ttft_sigma: Spread of that wait, which is log-normal.
        tail_share: Of answers whose first token takes `tail_times` as long.
        tail_times: See `tail_share`.
        speed_tps: Median completion tokens per second after the first.
        speed_sigma: Spread of that speed, which is log-normal.
        fault_share: Of attempts that fail with a 500.
        fault_after_s: How long a failing attempt takes.
        cut_share: Of answers that break off after their first token; nobody retries those.
        stall_share: Of attempts that say nothing until the first-token deadline.
        limit_rps: More requests a second than this are answered 429.
        limit_burst_s: The limit is a bucket of so many seconds of it.
        limit_at_once: More requests at once than this are answered 429.
        retry_after_s: Said with a 429, if anything is.
        cached_share: Of prompt tokens, read from its cache.
        tool_fault_share: Of answers with tool calls, those with a bad one.
        events: What happens to it, see below.
    """

    tag: Tag
    prompt: Least
    completion: Least
    cache_read: Least | None = None
    quantization: Quantization = "unknown"
    ttft_s: Above = 0.5
    ttft_sigma: Least = 0.35
    tail_share: Fraction = 0.0
    tail_times: Above = 10.0
    speed_tps: Above = 60.0
    speed_sigma: Least = 0.2
    fault_share: Fraction = 0.002
    fault_after_s: Least = 0.2
    cut_share: Fraction = 0.0
    stall_share: Fraction = 0.0
    limit_rps: Above | None = None
    limit_burst_s: Above = 1.0
    limit_at_once: Annotated[int, msgspec.Meta(ge=1)] | None = None
    retry_after_s: Above | None = None
    cached_share: Fraction = 0.0
    tool_fault_share: Fraction = 0.0
    events: tuple[Lasting, ...] = ()


class Traffic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The requests.

    Attributes:
        rate_rps: Mean arrivals a second; they come by chance.
        day_swing: The rate swings by this share, up and down, once in `day_s`.
        day_s: See `day_swing`.
        prompt_tok: Median tokens of a prompt.
        prompt_sigma: Spread of that, which is log-normal.
        completion_tok: Median tokens of an answer.
        completion_sigma: Spread of that, which is log-normal.
        tools_share: Of requests that end in tool calls.
    """

    rate_rps: Above = 80.0
    day_swing: Fraction = 0.0
    day_s: Above = 1200.0
    prompt_tok: Annotated[int, msgspec.Meta(ge=1)] = 800
    prompt_sigma: Least = 0.8
    completion_tok: Annotated[int, msgspec.Meta(ge=1)] = 250
    completion_sigma: Least = 0.7
    tools_share: Fraction = 0.0


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file.

    Attributes:
        name: Lower-case letters, digits and dashes.
        description: One sentence.
        requests: How many are counted.
        warmup: Requests before the first one, spread evenly over all endpoints and not counted, so
            that every policy begins with the same data.
        first_token_s: When a silent attempt is given up.
        seed: Of all chance in it.
        traffic: The requests.
        endpoints: At least two.
    """

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    description: str
    requests: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] = 100_000
    warmup: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 2_000
    first_token_s: Above = 60.0
    seed: Annotated[int, msgspec.Meta(ge=0)] = 1
    traffic: Traffic = Traffic()
    endpoints: Annotated[tuple[Profile, ...], msgspec.Meta(min_length=2, max_length=100)]

    @property
    def duration_s(self) -> float:
        """About how long the requests take to arrive."""
        return self.requests / self.traffic.rate_rps

    def resized(self, requests: int) -> "Scenario":
        """The same with so many requests at a proportional rate: events keep their time."""
        part = requests / self.requests
        traffic = msgspec.structs.replace(self.traffic, rate_rps=self.traffic.rate_rps * part)
        limits = tuple(_scaled(profile, part) for profile in self.endpoints)
        warmup = min(self.warmup, max(200, round(self.warmup * part))) if self.warmup else 0
        return msgspec.structs.replace(
            self, requests=requests, warmup=warmup, traffic=traffic, endpoints=limits
        )


def _scaled(profile: Profile, part: float) -> Profile:
    def less(limit: float | None) -> float | None:
        return None if limit is None else limit * part

    events = tuple(
        msgspec.structs.replace(event, limit_rps=less(event.limit_rps)) for event in profile.events
    )
    return msgspec.structs.replace(profile, limit_rps=less(profile.limit_rps), events=events)


_TOML: Final = re.compile(r"[a-z0-9][a-z0-9-]*\.toml\Z")


def read_scenario(text: str, source: str) -> Scenario:
    """A scenario from TOML.

    Raises:
        ScenarioError: It is no TOML, or a key is unknown, missing or out of range.
    """
    try:
        found = msgspec.toml.decode(text, type=Scenario)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise ScenarioError(f"{source}: {error}") from error
    tags = [profile.tag for profile in found.endpoints]
    if len(set(tags)) < len(tags):
        raise ScenarioError(f"{source}: a tag is used twice among {', '.join(tags)}")
    for profile in found.endpoints:
        for event in profile.events:
            if event.to_s <= event.from_s:
                raise ScenarioError(f"{source}: {profile.tag}: an event ends before it begins")
            if (event.every_s is None) != (event.for_s is None):
                raise ScenarioError(f"{source}: {profile.tag}: every_s and for_s go together")
    return found


def shipped() -> tuple[Scenario, ...]:
    """The scenarios of the package, by name."""
    folder = resources.files("turnout.lab") / "scenarios"
    names = sorted(entry.name for entry in folder.iterdir() if _TOML.match(entry.name))
    return tuple(read_scenario((folder / name).read_text(encoding="utf-8"), name) for name in names)


def scenarios_in(folder: Path) -> Sequence[Scenario]:
    """The scenarios of a folder, by file name.

    Raises:
        ScenarioError: One is faulty, two have one name, or there is none.
    """
    found = [read_scenario(path.read_text(encoding="utf-8"), str(path))
             for path in sorted(folder.glob("*.toml"))]  # fmt: skip
    names = [scenario.name for scenario in found]
    if not found:
        raise ScenarioError(f"{folder}: there is no *.toml in it")
    if len(set(names)) < len(names):
        raise ScenarioError(f"{folder}: two scenarios have one name")
    return found
