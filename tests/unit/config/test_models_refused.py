"""Models of the file that could never be asked for are refused where they are written."""

from pathlib import Path

import pytest

from turnout.config.load import load
from turnout.config.problems import ConfigError


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            (
                '[providers.mine]\nbase_url = "http://127.0.0.1:9/v1"\n'
                '[[providers.mine.models]]\nid = "openrouter/auto"\n'
            ),
            (
                "turnout.toml:4: providers.mine.models[0].id: is the name of a router, which picks"
                " among models"
            ),
        ),
        (
            (
                '[providers.mine]\nkind = "anthropic"\nbase_url = "http://127.0.0.1:9"\n'
                '[[providers.mine.models]]\nid = "acme/vectors"\noutputs = ["embeddings"]\n'
            ),
            (
                "turnout.toml:6: providers.mine.models[0].outputs: mine cannot be asked for"
                " embeddings: no API of it is known"
            ),
        ),
    ],
    ids=["name of a router", "no API for it"],
)
def test_model_that_nobody_could_ask_for_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    """With its place."""
    file = tmp_path / "turnout.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(file, {})
    assert str(caught.value).replace(f"{tmp_path}/", "") == message
