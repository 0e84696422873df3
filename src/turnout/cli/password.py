"""`turnout password`: works on the data folder itself, beside a running gateway or without one."""

import sys
from pathlib import Path

import click

from turnout.cli.options import config_option, data_dir_for, data_dir_option, json_option
from turnout.cli.output import print_json
from turnout.core.clock import SYSTEM_CLOCK
from turnout.identity.operator import check_password, store_password
from turnout.identity.passwords import fresh_password, hashed
from turnout.store.database import Database


@click.command
@click.option("--generate", is_flag=True, help="Make one up and print it.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read it from standard input, one line.")
@data_dir_option
@config_option
@json_option
def password(
    data_dir: Path | None,
    config_file: Path | None,
    *,
    generate: bool,
    from_stdin: bool,
    as_json: bool,
) -> None:
    """Set the operator's password; whoever is signed in is signed out.

    Without an option it is asked for, twice and unseen. A running gateway knows of it at once. One
    that is set in the configuration is put in force again by the next start.
    """
    folder = data_dir_for(data_dir, config_file)
    chosen = fresh_password() if generate else _asked(from_stdin=from_stdin)
    check_password(chosen, "password")
    made = hashed(chosen)
    database = Database.open(folder, SYSTEM_CLOCK)
    try:
        database.write_now(lambda db: store_password(db, made))
    finally:
        database.close()
    if as_json:
        print_json({"password": chosen if generate else None})
    elif generate:
        click.echo(chosen)
        click.echo("Keep it: it is not shown again.", err=True)
    else:
        click.echo("The password is set.")


def _asked(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    return answer
