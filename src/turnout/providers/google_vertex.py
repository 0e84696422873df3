"""Google Vertex AI: Gemini with the project's own credentials, and partners' models beside it.

Source: cloud.google.com/vertex-ai/generative-ai/docs/learn/locations,
docs.cloud.google.com/vertex-ai/generative-ai/docs/start/express-mode and recorded traffic
(read 2026-11-25).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.quirks import VERTEX
from turnout.dialects.gemini.adapter import Gemini
from turnout.dialects.gemini.quirks import Quirks
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Gap, Provider, Side

_LOCATION: Final = ("GOOGLE_CLOUD_LOCATION", "GOOGLE_VERTEX_LOCATION")
_PLACE: Final = Gap(variables=_LOCATION, default="global")
_PROJECT: Final = Gap(variables=("GOOGLE_CLOUD_PROJECT", "GOOGLE_VERTEX_PROJECT"))
_HOST: Final = Gap(
    variables=_LOCATION,
    default="global",
    forms=(
        ("global", "aiplatform.googleapis.com"),
        ("us|eu", "aiplatform.{}.rep.googleapis.com"),
        (".*", "{}-aiplatform.googleapis.com"),
    ),
)

# open models of partners ("zai-org/glm-5-maas"): OpenAI's dialect, with the publisher in the name
_PARTNERS: Final = Side(
    adapter=OpenAIChat(COMPATIBLE), models=".+/.+-maas", alone=True, prefix="/endpoints/openapi"
)

# Claude of another publisher: Anthropic's dialect, the model in the path
_CLAUDE: Final = Side(adapter=AnthropicMessages(VERTEX), models="claude-.+", alone=True)

PROVIDER: Final = Provider(
    id="google-vertex",
    name="Google Vertex",
    adapter=Gemini(
        Quirks(
            # models of Google itself are one publisher's among several
            prefix="/publishers/google",
            # its list is of another service and not of what the project may call
            models_path="",
            # recorded: contents, instruction, tools and config as they are
            counts_whole=False,
            # recorded: it fetches pictures, sound, video and PDFs of the open web
            takes_urls=frozenset({"image", "audio", "video", "file"}),
        )
    ),
    sides=(_PARTNERS, _CLAUDE),
    base_url=(
        "https://{VERTEX_HOST}/v1beta1/projects/{GOOGLE_CLOUD_PROJECT}"
        "/locations/{GOOGLE_CLOUD_LOCATION}"
    ),
    gaps={"VERTEX_HOST": _HOST, "GOOGLE_CLOUD_PROJECT": _PROJECT, "GOOGLE_CLOUD_LOCATION": _PLACE},
    # express mode: a key instead of a project
    keyed_base_url="https://aiplatform.googleapis.com/v1beta1",
    aliases=("vertex", "vertex-ai"),
    api_key_env=("GOOGLE_VERTEX_API_KEY", "VERTEX_API_KEY"),
    credentials_env=(
        ("GOOGLE_APPLICATION_CREDENTIALS",),
        ("GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION"),
        ("GOOGLE_VERTEX_PROJECT", "GOOGLE_VERTEX_LOCATION"),
    ),
    auth="google-token",
    catalog_ids={"models-dev": ("google-vertex", "google-vertex-anthropic")},
    # cloud.google.com/vertex-ai/generative-ai/docs/data-governance
    data_policy=DataPolicy(trains=False),
    headquarters="US",
    privacy_policy_url="https://cloud.google.com/terms/cloud-privacy-notice",
    terms_of_service_url="https://cloud.google.com/terms/",
    status_page_url="https://status.cloud.google.com",
    docs_url="https://cloud.google.com/vertex-ai/generative-ai/docs",
    cancels=False,
)
