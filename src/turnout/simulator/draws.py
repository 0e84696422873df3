"""Chance as a pure function: the same seed and labels give the same draw, on any machine."""

import math
from hashlib import blake2b, shake_128
from statistics import NormalDist

from turnout.simulator.scenario import Distribution, Lognormal, Uniform

_STANDARD = NormalDist()

_TEXT = """
the signal moves along a quiet line and every switch points north café over rails trains wait under
naïve lamps while clocks count minutes 日本 toward morning rivers bend past old stations where
porters carry letters 🙂 from one coast to another each answer finds its way home before rain begins
again then we read maps by hand
"""
_WORDS = _TEXT.split()


def draw(seed: int, *labels: str | int) -> float:
    """A number in (0, 1), uniform over labels."""
    text = "\x1f".join(map(str, (seed, *labels)))
    digest = blake2b(text.encode(), digest_size=8).digest()
    # 53 bits, and the half keeps both ends open: the inverse normal has no value there.
    return ((int.from_bytes(digest, "big") >> 11) + 0.5) / 2**53


def sample(distribution: Distribution, chance: float) -> float:
    """The value of a distribution at a quantile in (0, 1)."""
    match distribution:
        case Uniform(low=low, high=high):
            return low + (high - low) * chance
        case Lognormal(median=median, sigma=sigma):
            return median * math.exp(sigma * _STANDARD.inv_cdf(chance))
        case _:
            return distribution


def words(source: bytes, count: int) -> tuple[str, ...]:
    """That many tokens derived from some bytes, spaces included, some of them beyond ASCII."""
    picks = shake_128(source).digest(count)
    size = len(_WORDS)
    tokens = [" " + _WORDS[pick % size] for pick in picks]
    if tokens:
        tokens[0] = tokens[0][1:].capitalize()
    return tuple(tokens)
