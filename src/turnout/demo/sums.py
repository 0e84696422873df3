"""Hours of the past as the roll-ups that their requests would have left; no requests are made.

An hour of an endpoint is some draws for its attempts, and one for each value in a histogram; so a
month of half a million requests takes some seconds.
"""

import math
import sqlite3
from collections.abc import Iterator, Mapping
from itertools import accumulate
from random import Random
from typing import Final

from msgspec.structs import replace

from turnout.core.histogram import COLUMNS_MS, COLUMNS_TPS
from turnout.core.usage import Price, Usage, charge
from turnout.demo.cast import Caller, Line, Part
from turnout.demo.records import CANCELLED, FAULTS, SPREAD, STREAMED, TOKENS_SPREAD
from turnout.demo.traffic import HOUR_MS, Strain, Traffic
from turnout.ledger.columns import ALL, AT, USED
from turnout.ledger.rollups import Group, Rollups
from turnout.store.statements import SQL

_TTFT, _LATENCY, _SPEED = AT["ttft_00"], AT["latency_00"], AT["tps_00"]
_FAULT_COLUMNS: Final = [AT[f"err_{kind}"] for kind, *_ in FAULTS]
_FAULT_SHARES: Final = list(accumulate(row[3] for row in FAULTS))
_HANDS: Final = 2
"""Among how many callers an hour of an endpoint is dealt out."""
_MEAN_TOK: Final = math.exp(TOKENS_SPREAD**2 / 2)
_U: Final = {name: place for place, name in enumerate(USED)}
_TOKENS: Final = [_U[name] for name in ("text_in", "cache_read", "text_out", "reasoning")]
HELPING_HOURS: Final = 24
_MINUTES: Final = 60
_DAY_MINUTES: Final = 24 * _MINUTES


class Helping:
    """Some hours: their roll-ups, and what each key spent a day."""

    def __init__(self) -> None:
        self.rollups = Rollups()
        self._spent: dict[tuple[str, int], list[int]] = {}

    def use(self, group: Group, sums: list[int]) -> None:
        """Takes in use by one caller; `sums` as in `Rollups.add_used`."""
        self.rollups.add_used(group, sums)
        spent = self._spent.setdefault((group[4], group[0] // _DAY_MINUTES), [0, 0, 0])
        spent[0] += sums[_U["cost_nusd"]]
        spent[1] += sums[_U["requests"]]
        spent[2] += sum(sums[place] for place in _TOKENS)

    def write(self, connection: sqlite3.Connection) -> None:
        """Stores it all. Belongs in a transaction."""
        self.rollups.write(connection)
        connection.executemany(
            SQL["add_spend"],
            [
                {"key_hash": key, "day": day, "nusd": nusd, "requests": count, "tokens": tokens}
                for (key, day), (nusd, count, tokens) in self._spent.items()
            ],
        )


class Sums:
    """Hours as roll-ups. `hashes` are the keys' by name."""

    def __init__(self, traffic: Traffic, hashes: Mapping[str, str]) -> None:
        self._traffic = traffic
        self._hashes = hashes

    def helpings(self, since_hour: int, until_hour: int) -> Iterator[Helping]:
        """The hours of a span, some at a time."""
        for start in range(since_hour, until_hour, HELPING_HOURS):
            helping = Helping()
            for hour in range(start, min(start + HELPING_HOURS, until_hour)):
                for part in self._traffic.cast.parts:
                    self._part(helping, part, hour)
            yield helping

    def _part(self, helping: Helping, part: Part, hour: int) -> None:
        chance = Random(f"{part.slug}#{hour}")  # noqa: S311 (made-up history, no secret)
        at_ms = hour * HOUR_MS
        mean = self._traffic.requests(part, at_ms + HOUR_MS // 2, HOUR_MS)
        strains = tuple(self._traffic.strain(line, at_ms) for line in part.lines)
        over = first = 0
        for line, strain, share in zip(
            part.lines, strains, self._traffic.shares(part, strains), strict=True
        ):
            asked = _about(chance, mean * share)
            first += asked
            # What one endpoint refused the next in line gets.
            if asked + over:
                over = self._line(helping, (part, line, strain, hour), chance, asked + over)
        if over:
            self._lost(helping, part, hour, chance, over)
        if first:
            helping.rollups.add_asked(hour, part.slug, first - over, over)

    def _line(
        self, helping: Helping, of: tuple[Part, Line, Strain, int], chance: Random, asked: int
    ) -> int:
        """One endpoint's hour; how many of its attempts failed."""
        part, line, strain, hour = of
        endpoint = line.endpoint
        row = [0] * len(ALL)
        limited = min(asked, _about(chance, asked * line.limited))
        faults = min(asked - limited, _about(chance, asked * strain.faults))
        cancelled = min(asked - limited - faults, _about(chance, asked * CANCELLED))
        served = asked - limited - faults - cancelled
        for name, count in (
            ("attempts", asked),
            ("served", served),
            ("faults", faults),
            ("rate_limited", limited),
            ("cancelled", cancelled),
            ("err_rate_limited", limited),
        ):
            row[AT[name]] = count
        for column in chance.choices(_FAULT_COLUMNS, cum_weights=_FAULT_SHARES, k=faults):
            row[column] += 1
        _times(chance, row, part, line, strain, served)
        place = (hour, endpoint.model, endpoint.provider, endpoint.id)
        if served + cancelled:
            self._deal(helping, row, of, chance, served + cancelled)
        helping.rollups.add_measured(place, row)
        return limited + faults

    def _deal(
        self,
        helping: Helping,
        row: list[int],
        of: tuple[Part, Line, Strain, int],
        chance: Random,
        count: int,
    ) -> None:
        """Gives the hour's answers to some callers: their use, and what calls and JSON they got."""
        part, line, _, hour = of
        endpoint = line.endpoint
        callers = self._traffic.cast.script.callers
        hands = chance.choices(callers, part.callers, k=min(_HANDS, count))
        for place, caller in enumerate(hands):
            number = (count + place) // len(hands)
            group: Group = (
                *(hour * _MINUTES, endpoint.model, endpoint.provider, endpoint.id),
                *(self._hashes[caller.key], caller.url, caller.title),
            )
            helping.use(group, _use(chance, part, line, number))
            _judged(chance, row, line, caller, number)

    def _lost(self, helping: Helping, part: Part, hour: int, chance: Random, over: int) -> None:
        """Requests that every endpoint refused: nobody's use, and each its key's failure."""
        caller = chance.choices(self._traffic.cast.script.callers, part.callers)[0]
        sums = [0] * (len(USED) + 1)
        sums[_U["requests"]] = sums[-1] = over
        key_hash = self._hashes[caller.key]
        helping.use((hour * _MINUTES, "", "", "", key_hash, caller.url, caller.title), sums)


def _about(chance: Random, mean: float) -> int:
    """A count around a mean, as counts of rare events are."""
    if mean < 12:
        limit, product, count = math.exp(-mean), chance.random(), 0
        while product > limit:
            product *= chance.random()
            count += 1
        return count
    return max(0, round(chance.gauss(mean, math.sqrt(mean))))


def _times(
    chance: Random, row: list[int], part: Part, line: Line, strain: Strain, served: int
) -> None:
    """Fills the three histograms with a draw for each answer."""
    ttft, speed = math.log(line.ttft_ms * strain.slower), math.log(line.speed_tps / strain.slower)
    said = math.log(part.role.completion_tok)
    gauss = chance.gauss
    for _ in range(served):
        ttft_ms = math.exp(ttft + gauss(0, SPREAD))
        tokens = math.exp(said + gauss(0, TOKENS_SPREAD))
        latency_ms = ttft_ms + tokens * 1000 / math.exp(speed + gauss(0, SPREAD / 2))
        if chance.random() < STREAMED:
            row[_TTFT + COLUMNS_MS.bucket(ttft_ms)] += 1
        row[_LATENCY + COLUMNS_MS.bucket(latency_ms)] += 1
        row[_SPEED + COLUMNS_TPS.bucket(tokens * 1000 / latency_ms)] += 1


def _use(chance: Random, part: Part, line: Line, count: int) -> list[int]:
    """Tokens and money of so many answers, in the order of `USED`, with none failed."""
    role = part.role
    off = TOKENS_SPREAD / math.sqrt(count)
    prompt = round(count * role.prompt_tok * _MEAN_TOK * math.exp(chance.gauss(0, off)))
    said = round(count * role.completion_tok * _MEAN_TOK * math.exp(chance.gauss(0, off)))
    cached = round(prompt * min(0.9, line.cache * (0.85 + 0.3 * chance.random())))
    thought = round(said * role.thinks)
    usage = Usage(
        text_in=prompt - cached,
        cache_read=cached,
        text_out=said - thought,
        reasoning=thought,
        requests=count,
    )
    # Tiers hold for single long prompts, of which a sum says nothing.
    cost = charge(_untiered(line), usage)
    sums = [0] * (len(USED) + 1)
    for name, value in (
        ("requests", count),
        ("text_in", usage.text_in),
        ("cache_read", cached),
        ("text_out", usage.text_out),
        ("reasoning", thought),
        ("cost_nusd", cost.total),
        ("prompt_nusd", cost.prompt),
        ("completion_nusd", cost.completion),
    ):
        sums[_U[name]] = value
    return sums


def _untiered(line: Line) -> Price:
    price = line.price
    return replace(price, tiers=()) if price.tiers else price


def _judged(chance: Random, row: list[int], line: Line, caller: Caller, count: int) -> None:
    calls = _about(chance, count * caller.tools)
    shaped = _about(chance, count * caller.shapes)
    for name, number in (
        ("tool_answers", calls),
        ("tool_faults", min(calls, _about(chance, calls * line.tool_faults))),
        ("shaped_answers", shaped),
        ("shape_faults", min(shaped, _about(chance, shaped * line.shape_faults))),
    ):
        row[AT[name]] += number
