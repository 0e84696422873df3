"""The root command, and what every command does alike: errors, exit codes, JSON."""

import difflib
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, NoReturn

import click
from typing_extensions import override

FAILED: Final = 1
MISUSED: Final = 2
INTERRUPTED: Final = 130  # 128 + SIGINT, as shells count


class Entry(NamedTuple):
    """Where a command is and what it does in one line."""

    module: str
    attribute: str
    summary: str


COMMANDS: Final[Mapping[str, Entry]] = {
    "serve": Entry("serve", "serve", "Start the gateway."),
    "demo": Entry("demo", "demo", "Start a gateway full of made-up traffic, to look around."),
    "keys": Entry("keys", "keys", "Make, list and revoke API keys."),
    "password": Entry("password", "password", "Set the operator's password for the web pages."),
    "models": Entry("models", "models", "List the models that can be reached."),
    "providers": Entry("providers", "providers", "List providers: which are on, and why."),
    "endpoints": Entry("endpoints", "endpoints", "List where a model is hosted, and its prices."),
    "explain": Entry("explain", "explain", "Plan a request unsent, or tell why one went where."),
    "elections": Entry("elections", "elections", "List who was elected for the exacto mode."),
    "lab": Entry("lab", "lab", "Compare routing policies in simulated time."),
    "benchmarks": Entry("benchmarks", "benchmarks", "List, import and run scores of models."),
    "config": Entry("config", "config", "Check the configuration, or make a gateway reload it."),
    "doctor": Entry("doctor", "doctor", "Look for what may keep a gateway from working."),
    "fetch-model": Entry("fetch_model", "fetch_model", "Fetch the embedded model's weights."),
    "simulate": Entry("simulate", "simulate", "Play providers, faults included."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and summaries without importing them."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = importlib.import_module(f"turnout.cli.{entry.module}")
        command: click.Command = getattr(module, entry.attribute)
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        close = difflib.get_close_matches(args[0], COMMANDS, n=1)
        if args[0] not in COMMANDS and not args[0].startswith("-") and close:
            ctx.fail(f"No such command '{args[0]}'. Did you mean '{close[0]}'?")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="turnout", prog_name="turnout")
def root() -> None:
    """One OpenAI-compatible endpoint in front of every LLM provider, on your own machine."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs a command and exits: 0 done, 1 failed, 2 called wrongly, 130 interrupted.

    Args:
        arguments: After the program's name; sys.argv's when None.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_run(words))


def _run(words: list[str]) -> int:
    from turnout.cli.output import say_error  # noqa: PLC0415 (only this keeps --help quick)
    from turnout.core.errors import TurnoutError  # noqa: PLC0415 (the same)

    as_json = "--json" in words
    try:
        code: object = root.main(words, prog_name="turnout", standalone_mode=False)
    except click.UsageError as error:
        say_error(error, as_json=as_json)
        return MISUSED
    except (click.ClickException, TurnoutError) as error:
        say_error(error, as_json=as_json)
        return FAILED
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has left (`turnout models | head`); nothing may be flushed to it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code if isinstance(code, int) else 0
