"""What the hosted models take otherwise than Converse promises, by family, as data.

Converse is one dialect; how to think, what may stand beside a call and what can be cached is each
maker's own. Sources, read 2026-11, beside each fact: the pages of docs.aws.amazon.com/bedrock
(userguide), the issues named, and recorded traffic.
"""

import re
from functools import lru_cache
from typing import Final, Literal

import msgspec

from turnout.core.conversation import ReasoningEffort
from turnout.core.types import Endpoint

Place = Literal["tools", "system", "messages"]
EVERYWHERE: Final[frozenset[Place]] = frozenset({"tools", "system", "messages"})
_PROMPTS: Final[frozenset[Place]] = frozenset({"system", "messages"})


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """How the models of one family differ.

    Attributes:
        models: Matches the beginning of a bare model id ("anthropic.claude-").
        thinks: How it is told to think, in `additionalModelRequestFields`: a "budget" of tokens,
            "adaptive" with an effort, "either"; Nova's config; an "effort" or a "config" by name.
        levels: The efforts it knows.
        unasked: It thinks when nothing is said, so that "no" must be said.
        thoughts: Which thinking of earlier turns goes back: "signed" only, "all", or none.
        top_k: Where `top_k` goes in `additionalModelRequestFields`, () for nowhere.
        marks: Where cache points may stand.
        hour: Cache points may have a time to live.
        schema: Knows `outputConfig.textFormat`.
        forces: A call can be demanded.
        mixes: Text may stand beside calls, and beside results, in one turn.
        json_results: Takes results of calls as JSON only.
        system: Takes instructions apart.
        samples: Takes temperature, top_p and top_k at all.
        both_samplers: Takes temperature and top_p together.
        prefills: Continues a last turn of the assistant.
    """

    models: str = ""
    thinks: Literal["budget", "adaptive", "either", "nova", "effort", "config"] | None = None
    levels: tuple[ReasoningEffort, ...] = ("low", "medium", "high")
    unasked: bool = False
    thoughts: Literal["signed", "all"] | None = None
    top_k: tuple[str, ...] = ()
    marks: frozenset[Place] = frozenset()
    hour: bool = False
    schema: bool = False
    forces: bool = True
    mixes: bool = True
    json_results: bool = False
    system: bool = True
    samples: bool = True
    both_samplers: bool = True
    prefills: bool = True


_CLAUDE: Final = Family(
    models=r"anthropic\.claude-",
    # the thinking of the last turn of a tool loop must go back with its signature
    thoughts="signed",
    top_k=("top_k",),  # recorded
)
_CACHED: Final = msgspec.structs.replace(
    _CLAUDE,
    models=r"anthropic\.claude-3-5-(?:haiku|sonnet-20241022)",
    marks=EVERYWHERE,  # userguide/prompt-caching.html
)
_BUDGET: Final = msgspec.structs.replace(
    _CACHED,
    models=r"anthropic\.claude-(?:3-7-|[a-z]+-4-\d{8}|[a-z]+-4$)",
    thinks="budget",  # recorded; userguide/claude-messages-extended-thinking.html
)
_SONNET_45: Final = msgspec.structs.replace(
    _BUDGET,
    models=r"anthropic\.claude-[a-z]+-4-5(?!\d)",
    hour=True,  # userguide/prompt-caching.html: Claude 4.5 and later
    schema=True,  # recorded; userguide/structured-output.html
    both_samplers=False,  # 400 "temperature and top_p cannot both be specified"
)
_OPUS_47: Final = msgspec.structs.replace(
    _SONNET_45,
    models=r"anthropic\.claude-[a-z]+-(?:4-(?:[7-9]|[1-9]\d)|[5-9]|[1-9]\d)(?!\d)",
    thinks="adaptive",  # budgets are gone: Anthropic, "What's new in Claude Opus 4.7"
    levels=("low", "medium", "high", "xhigh", "max"),
    samples=False,  # same page: sampling parameters are a 400
    prefills=False,
)
_FAMILIES: Final = (
    msgspec.structs.replace(
        _BUDGET, models=r"anthropic\.claude-[a-z]+-4-1(?!\d)", both_samplers=False
    ),
    _SONNET_45,
    msgspec.structs.replace(
        _SONNET_45,
        models=r"anthropic\.claude-[a-z]+-4-6(?!\d)",
        thinks="either",  # recorded
        levels=("low", "medium", "high", "max"),
        prefills=False,  # 400 for a prefill: github.com/BerriAI/litellm/issues/27967
    ),
    msgspec.structs.replace(
        _OPUS_47,
        models=r"anthropic\.claude-sonnet-[5-9](?!\d)",
        unasked=True,  # recorded at Anthropic's own API
    ),
    _OPUS_47,
    _BUDGET,
    _CACHED,
    _CLAUDE,
    Family(
        models=r"amazon\.nova-(?:2|[3-9])",
        thinks="nova",  # docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
        top_k=("inferenceConfig", "topK"),
        marks=_PROMPTS,
    ),
    Family(
        models=r"amazon\.nova-",
        top_k=("inferenceConfig", "topK"),  # recorded
        marks=_PROMPTS,  # userguide/prompt-caching.html
    ),
    Family(
        models=r"amazon\.titan-text",
        system=False,  # userguide/conversation-inference-supported-models-features.html
        forces=False,
    ),
    Family(models=r"openai\.gpt-oss", thinks="effort", schema=True),  # recorded
    Family(models=r"qwen\.", thinks="config", schema=True, top_k=("top_k",)),  # recorded
    Family(models=r"deepseek\.r1", thoughts="all", forces=False),
    Family(models=r"deepseek\.", schema=True),
    Family(
        models=r"meta\.",
        mixes=False,  # github.com/langchain-ai/langchain-aws/pull/1118
        forces=False,  # userguide, ToolChoice: auto only
    ),
    Family(
        models=r"mistral\.(?:mistral-7b|mixtral)",
        system=False,  # userguide/conversation-inference-supported-models-features.html
        forces=False,
        top_k=("top_k",),
    ),
    Family(
        models=r"mistral\.pixtral",
        mixes=False,  # recorded
        top_k=("top_k",),
    ),
    Family(
        models=r"mistral\.mistral-(?:large|small)-240",
        mixes=False,  # github.com/langchain-ai/langchain-aws/pull/1118
        json_results=True,  # userguide/tool-use-inference-call.html
        top_k=("top_k",),
    ),
    Family(models=r"mistral\.", schema=True, top_k=("top_k",)),  # recorded
    Family(models=r"cohere\.command-r", top_k=("k",), forces=False),
    Family(models=r"ai21\.", forces=False),
    # recorded, and userguide/structured-output.html
    Family(models=r"google\.|minimax\.|moonshot|nvidia\.|zai\.", schema=True),
)
_UNKNOWN: Final = Family()
_REGION: Final = re.compile(r"(?:us|eu|apac|jp|au|ca|sa|me|global|us-gov)\.")
_MODEL_ARN: Final = re.compile(
    r"arn:[^:]*:bedrock:[^:]*:[^:]*:(?:foundation-model|inference-profile)/"
)
_AUTHORS: Final = {
    "meta-llama": "meta",
    "mistralai": "mistral",
    "moonshotai": "moonshot",
    "z-ai": "zai",
}


@lru_cache(maxsize=1024)
def family(upstream_model: str, slug: str) -> Family:
    """The family of a hosted model: by its id, or by our name for it where an ARN hides that."""
    bare = _MODEL_ARN.sub("", upstream_model)
    bare = _REGION.sub("", bare, count=1)
    for name in (bare, _by_slug(slug)):
        for one in _FAMILIES:
            if re.match(one.models, name):
                return one
    return _UNKNOWN


def family_of(endpoint: Endpoint) -> Family:
    """The family of an endpoint's model."""
    return family(endpoint.upstream_model, endpoint.model)


def _by_slug(slug: str) -> str:
    """Our name for a model ("anthropic/claude-sonnet-4.5:free") as Bedrock would spell it."""
    author, _, name = slug.partition(":")[0].partition("/")
    return f"{_AUTHORS.get(author, author)}.{name.replace('.', '-')}"
