"""`turnout fetch-model`: have the embedded model's weights, checked."""

from pathlib import Path

import click
import msgspec

from turnout.local.fetch import WEIGHTS_SHA256, FetchError, fetch_weights


@click.command("fetch-model")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data"),
    show_default=True,
    help="Downloaded weights go to models/ in this folder.",
)
@click.option("--force", is_flag=True, help="Download even when the weights are already here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def fetch_model(data_dir: Path, *, force: bool, as_json: bool) -> None:
    """Find the embedded model's weights, or download them (93 MB), and check their hash."""
    try:
        weights = fetch_weights(data_dir, force=force)
    except FetchError as error:
        if as_json:
            facts = {"ok": False, "error": error.kind, "message": error.message}
            click.echo(msgspec.json.encode(facts))
            raise SystemExit(1) from error
        raise click.ClickException(error.message) from error
    if as_json:
        facts = {
            "ok": True,
            "path": str(weights.path),
            "source": weights.source,
            "sha256": WEIGHTS_SHA256,
        }
        click.echo(msgspec.json.encode(facts))
    else:
        click.echo(f"{weights.path} ({weights.source}, sha256 checked)")
