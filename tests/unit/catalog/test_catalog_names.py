"""How hosts' names become slugs: the table is the specification."""

import pytest

from turnout.catalog.index import Catalog
from turnout.catalog.names import literal, quantization, region


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("accounts/fireworks/models/llama-v3p3-70b-instruct", "llama-3-3-70b-instruct"),
        ("meta.llama3-3-70b-instruct-v1:0", "llama-3-3-70b-instruct"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5-20250929"),
        ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
        ("anthropic--claude-4.5-sonnet", "claude-sonnet-4-5"),
        ("claude-3.5-sonnet", "claude-3-5-sonnet"),
        ("databricks-claude-opus-4-6", "claude-opus-4-6"),
        ("@cf/meta/llama-3.3-70b-instruct-fp8-fast", "llama-3-3-70b-instruct-fp8-fast"),
        ("Qwen/Qwen3-32B", "qwen-3-32b"),
        ("gemma3:27b", "gemma-3-27b"),
    ],
)
def test_literal_takes_off_only_what_hosts_put_around_a_name(name: str, key: str) -> None:
    """Paths, makers, regions and revision numbers go; dates and flavours stay."""
    assert literal(name) == key


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("zai-org/GLM-4.7-FP8", "fp8"),
        ("nvidia/Kimi-K2.5-NVFP4", "nvfp4"),
        ("Qwen3-Coder-480B-A35B-Instruct-int4-mixed-ar", "int4"),
        ("meta-llama/llama-3.1-8b-instruct-bf16", "bf16"),
        ("openai/gpt-4o-mini", "unknown"),
        ("grasp8-fp80", "unknown"),
    ],
)
def test_quantization_is_a_word_of_its_own(name: str, expected: str) -> None:
    """Only a whole word counts."""
    assert quantization(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("eu.anthropic.claude-opus-4-6-v1", "eu"),
        ("global.anthropic.claude-opus-5", None),
        ("us.meta.llama4-scout-17b-instruct-v1:0", "us"),
        ("eu-model", None),
    ],
)
def test_region_is_a_prefix(name: str, expected: str | None) -> None:
    """`global.` binds to no region."""
    assert region(name) == expected


@pytest.mark.parametrize(
    ("slug", "wire_names"),
    [
        ("moonshotai/kimi-k2-0905", {"moonshotai/Kimi-K2-Instruct-0905", "kimi-k2-0905-preview"}),
        ("moonshotai/kimi-k2", {"kimi-k2-0711-preview"}),
        ("deepseek/deepseek-chat-v3-0324", {"deepseek-ai/DeepSeek-V3-0324"}),
        ("mistralai/mistral-medium-3.1", {"mistral-medium-2508"}),
        ("qwen/qwen3-235b-a22b-2507", {"Qwen/Qwen3-235B-A22B-Instruct-2507"}),
        ("openai/gpt-oss-120b", {"openai.gpt-oss-120b-1:0", "openai/gpt-oss-120b"}),
    ],
)
def test_hosts_names_lead_to_the_slug(catalog: Catalog, slug: str, wire_names: set[str]) -> None:
    """Names that no spelling rule covers are in the reviewed table."""
    assert wire_names <= {e.upstream_model for e in catalog.models[slug].endpoints}


@pytest.mark.parametrize(
    ("slug", "not_this"),
    [
        ("openai/gpt-4", "gpt-4-turbo"),
        ("moonshotai/kimi-k2", "0905"),
        ("deepseek/deepseek-chat", "V3.1"),
        ("voyage/voyage-3.5", "lite"),
        ("openai/gpt-5", "mini"),
        ("mistralai/mistral-7b-instruct-v0.1", "v0.3"),
        ("qwen/qwen3-235b-a22b", "hinking"),
    ],
)
def test_other_models_do_not_slip_under_a_slug(catalog: Catalog, slug: str, not_this: str) -> None:
    """A near name is another model, with another price."""
    names = [e.upstream_model for e in catalog.models[slug].endpoints]
    assert not [name for name in names if not_this in name]
