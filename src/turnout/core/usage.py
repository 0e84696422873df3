"""Token counts in disjoint buckets, and what they cost.

Every token is in exactly one bucket, so a price is a sum of products. Providers report overlapping
counts (OpenAI's `prompt_tokens` includes cached ones, Anthropic's `input_tokens` does not); each
adapter untangles its own, and the totals are derived here.
"""

from collections.abc import Sequence

import msgspec

from turnout.core.money import Nusd, Rate, to_nusd


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What one generation used. Counts are tokens unless the name says otherwise.

    Attributes:
        text_in: Prompt tokens that were neither read from nor written to a cache, text only.
        cache_read: Prompt tokens served from the provider's prompt cache.
        cache_write: Prompt tokens written to it with the short (or only) time to live.
        cache_write_1h: Prompt tokens written to it for an hour.
        image_in: Prompt tokens of pictures, where the provider tells them apart.
        audio_in: Prompt tokens of sound.
        video_in: Prompt tokens of video.
        text_out: Visible completion tokens.
        reasoning: Completion tokens spent thinking.
        audio_out: Completion tokens of sound.
        image_out: Completion tokens of pictures.
        searches: Web searches the provider ran.
        requests: Upstream requests that are billed per request; 1 for an ordinary answer.
        estimated: The provider sent no usage; the counts are ours.
        upstream_cost_nusd: What the provider says it charged, where it says so.
    """

    text_in: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cache_write_1h: int = 0
    image_in: int = 0
    audio_in: int = 0
    video_in: int = 0
    text_out: int = 0
    reasoning: int = 0
    audio_out: int = 0
    image_out: int = 0
    searches: int = 0
    requests: int = 1
    estimated: bool = False
    upstream_cost_nusd: Nusd | None = None

    @property
    def prompt_tok(self) -> int:
        """All tokens that went in."""
        return (
            self.text_in
            + self.cache_read
            + self.cache_write
            + self.cache_write_1h
            + self.image_in
            + self.audio_in
            + self.video_in
        )

    @property
    def completion_tok(self) -> int:
        """All tokens that came out, thinking included."""
        return self.text_out + self.reasoning + self.audio_out + self.image_out


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """Prices of one endpoint in atto-USD per unit; None falls back as said beside each name."""

    prompt: Rate
    completion: Rate
    cache_read: Rate | None = None  # else prompt
    cache_write: Rate | None = None  # else prompt
    cache_write_1h: Rate | None = None  # else cache_write
    image: Rate | None = None  # per input image token, else prompt
    audio: Rate | None = None  # per input audio token, else prompt
    video: Rate | None = None  # per input video token, else prompt
    reasoning: Rate | None = None  # else completion
    audio_out: Rate | None = None  # else completion
    image_out: Rate | None = None  # else completion
    request: Rate | None = None  # per request, else free
    search: Rate | None = None  # per web search, else free


class Tier(msgspec.Struct, frozen=True):
    """Rates that hold for the whole request when its prompt is longer than the bound."""

    above_prompt_tok: int
    rates: Rates


class Price(msgspec.Struct, frozen=True, kw_only=True, tag="price"):
    """A list price with its origin.

    Attributes:
        rates: For prompts up to the first tier.
        tiers: Ascending by bound; the last one below the prompt's length wins.
        source: Where the price was read ("genai-prices 0.2.3", "turnout.toml", a page's address).
        as_of: ISO date on which that source vouched for it.
    """

    rates: Rates
    tiers: tuple[Tier, ...] = ()
    source: str
    as_of: str

    def rates_for(self, prompt_tok: int) -> Rates:
        """The rates for a prompt of that many tokens."""
        found = self.rates
        for tier in self.tiers:
            if prompt_tok > tier.above_prompt_tok:
                found = tier.rates
        return found


class Charge(msgspec.Struct, frozen=True):
    """A cost in nano-USD; `prompt + completion` may differ from `total` by rounding and fees."""

    total: Nusd
    prompt: Nusd
    completion: Nusd


class Line(msgspec.Struct, frozen=True):
    """One line of a bill: what one attempt used and costs; None where nobody states a price."""

    usage: Usage
    charge: Charge | None


FREE = Charge(Nusd(0), Nusd(0), Nusd(0))


def _or(rate: Rate | None, fallback: Rate) -> Rate:
    return fallback if rate is None else rate


def charge(price: Price, usage: Usage) -> Charge:
    """The exact cost of a usage at a list price, rounded half-even once per figure."""
    rates = price.rates_for(usage.prompt_tok) if price.tiers else price.rates
    prompt = usage.text_in * rates.prompt
    if usage.prompt_tok != usage.text_in:
        write = _or(rates.cache_write, rates.prompt)
        prompt += (
            usage.cache_read * _or(rates.cache_read, rates.prompt)
            + usage.cache_write * write
            + usage.cache_write_1h * _or(rates.cache_write_1h, write)
            + usage.image_in * _or(rates.image, rates.prompt)
            + usage.audio_in * _or(rates.audio, rates.prompt)
            + usage.video_in * _or(rates.video, rates.prompt)
        )
    completion = usage.text_out * rates.completion
    if usage.completion_tok != usage.text_out:
        completion += (
            usage.reasoning * _or(rates.reasoning, rates.completion)
            + usage.audio_out * _or(rates.audio_out, rates.completion)
            + usage.image_out * _or(rates.image_out, rates.completion)
        )
    fees = usage.requests * (rates.request or 0) + usage.searches * (rates.search or 0)
    return Charge(to_nusd(prompt + completion + fees), to_nusd(prompt), to_nusd(completion))


def summed(lines: Sequence[Line]) -> Line:
    """All lines in one. What has no price adds nothing to the charge of what has one."""
    counts = {
        name: sum(getattr(line.usage, name) for line in lines)
        for name in Usage.__struct_fields__
        if name not in ("estimated", "upstream_cost_nusd")
    }
    told = [line.usage.upstream_cost_nusd for line in lines]
    known = [nusd for nusd in told if nusd is not None]
    charges = [line.charge for line in lines if line.charge is not None]
    return Line(
        Usage(
            **counts,
            estimated=any(line.usage.estimated for line in lines),
            upstream_cost_nusd=Nusd(sum(known)) if known else None,
        ),
        Charge(
            Nusd(sum(one.total for one in charges)),
            Nusd(sum(one.prompt for one in charges)),
            Nusd(sum(one.completion for one in charges)),
        )
        if charges
        else None,
    )
