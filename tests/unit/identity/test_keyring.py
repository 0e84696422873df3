"""The keyring: secrets shown once, changes in force at once, other processes noticed."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.errors import Refusal
from turnout.core.ids import secret_key
from turnout.identity.keyring import PAGE, Keyring
from turnout.identity.keys import KeyChanges, NewKey, hash_secret
from turnout.identity.limits import Spending
from turnout.store.database import Database

_CREATE = """
import asyncio, sys
from pathlib import Path
from turnout.core.clock import SYSTEM_CLOCK
from turnout.identity.keyring import Keyring
from turnout.identity.keys import NewKey
from turnout.identity.limits import Spending
from turnout.store.database import Database
database = Database.open(Path(sys.argv[1]), SYSTEM_CLOCK)
keyring = Keyring.open(database, SYSTEM_CLOCK, Spending())
if len(sys.argv) > 2:
    asyncio.run(keyring.delete(sys.argv[2]))
else:
    print(asyncio.run(keyring.create(NewKey(name="elsewhere")))[0])
database.close()
"""


def elsewhere(folder: Path, *arguments: str) -> str:
    """What another process prints that creates a key, or deletes the one of a hash."""
    command = [sys.executable, "-c", _CREATE, str(folder), *arguments]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()


def contents(folder: Path) -> bytes:
    """Every byte in a folder's files."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


@asynccontextmanager
async def open_keyring(folder: Path) -> AsyncGenerator[Keyring]:
    """A keyring over the folder's database."""
    database = Database.open(folder, SYSTEM_CLOCK)
    try:
        yield Keyring.open(database, SYSTEM_CLOCK, Spending())
    finally:
        database.close()


def test_secret_is_returned_once_and_stored_nowhere(tmp_path: Path) -> None:
    """Only its hash and its masked label reach the disk."""

    async def scenario() -> None:
        async with open_keyring(tmp_path) as keyring:
            secret, key = await keyring.create(NewKey(name="n", limit_nusd=5, limit_reset="daily"))
            assert keyring.find(secret) == key
            assert key.hash == hash_secret(secret)
            assert key.label == f"sk-or-v1-{secret[9:12]}...{secret[-3:]}"
            assert secret.encode() not in contents(tmp_path)
            assert key.hash.encode() in contents(tmp_path)
        async with open_keyring(tmp_path) as reopened:
            assert reopened.find(secret) == key
            assert await reopened.get(key.hash) == key

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "secret",
    ["", "sk-or-v1-", "sk-other", "sk-or-v1-" + "0" * 64, "ünïcode", "\udcff", "x" * 100_000],
)
def test_unknown_secret_is_nobody(tmp_path: Path, secret: str) -> None:
    """Whatever the caller sends, the answer is None and no error."""

    async def scenario() -> None:
        async with open_keyring(tmp_path) as keyring:
            assert keyring.find(secret) is None
            assert await keyring.lookup(secret) is None

    asyncio.run(scenario())


def test_changes_are_in_force_at_once_and_clear_what_they_say(tmp_path: Path) -> None:
    """UNSET leaves, None clears; the stored key and the one in memory agree."""

    async def scenario() -> None:
        async with open_keyring(tmp_path) as keyring:
            secret, key = await keyring.create(
                NewKey(name="n", limit_nusd=5, limit_reset="daily", creator="somebody")
            )
            changed = await keyring.update(key.hash, KeyChanges(disabled=True, limit_reset=None))
            assert (changed.disabled, changed.limit_reset) == (True, None)
            assert (changed.limit_nusd, changed.name, changed.creator) == (5, "n", "somebody")
            assert changed.updated_ms is not None
            assert keyring.find(secret) == changed == await keyring.get(key.hash)
            await keyring.delete(key.hash)
            assert keyring.find(secret) is None
            assert await keyring.lookup(secret) is None

    asyncio.run(scenario())


def test_changing_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    """Update and delete say so; get answers None."""

    async def scenario() -> None:
        async with open_keyring(tmp_path) as keyring:
            assert await keyring.get("nothing") is None
            for attempt in (keyring.update("nothing", KeyChanges()), keyring.delete("nothing")):
                with pytest.raises(Refusal) as caught:
                    await attempt
                assert caught.value.error_type == "not_found"

    asyncio.run(scenario())


def test_pages_hold_a_hundred_and_hide_what_is_not_asked_for(tmp_path: Path) -> None:
    """Offsets walk over all keys once; disabled and expired ones show on request."""

    async def scenario() -> None:
        async with open_keyring(tmp_path) as keyring:
            made = [(await keyring.create(NewKey(name=str(n))))[1] for n in range(PAGE + 5)]
            _, expired = await keyring.create(NewKey(name="expired", expires_ms=1))
            await keyring.update(made[0].hash, KeyChanges(disabled=True))
            first, rest = await keyring.page(), await keyring.page(offset=PAGE)
            assert (len(first), len(rest)) == (PAGE, 4)
            assert {key.hash for key in first + rest} == {key.hash for key in made[1:]}
            shown = await keyring.page(offset=PAGE, include_disabled=True, include_expired=True)
            assert len(shown) == 6
            assert expired.hash in {key.hash for key in await keyring.page(include_expired=True)}

    asyncio.run(scenario())


def test_key_made_by_another_process_works_at_its_first_use(tmp_path: Path) -> None:
    """`turnout keys create` beside a serving gateway: the very next request passes."""

    async def scenario() -> None:
        async with open_keyring(tmp_path) as keyring:
            secret = await asyncio.to_thread(elsewhere, tmp_path)
            assert keyring.find(secret) is None
            found = await keyring.lookup(secret)
            assert found is not None
            assert found.name == "elsewhere"
            assert keyring.find(secret) == found

    asyncio.run(scenario())


def test_revocation_by_another_process_is_noticed_within_a_second(tmp_path: Path) -> None:
    """The watch forgets a key that was deleted elsewhere."""

    async def scenario() -> None:
        async with open_keyring(tmp_path) as keyring, asyncio.TaskGroup() as tasks:
            secret, key = await keyring.create(NewKey(name="n"))
            watch = tasks.create_task(keyring.watch())
            await asyncio.to_thread(elsewhere, tmp_path, key.hash)
            deleted = time.monotonic()
            while keyring.find(secret) is not None and time.monotonic() < deleted + 3:  # noqa: ASYNC110 (the keyring tells nobody)
                await asyncio.sleep(0.01)
            assert keyring.find(secret) is None
            assert time.monotonic() - deleted < 1.0
            watch.cancel()

    asyncio.run(scenario())


def test_many_askers_for_one_unknown_key_share_one_look_up(tmp_path: Path) -> None:
    """A storm of one wrong key costs the store one read, and the next two seconds none."""

    async def scenario() -> None:
        database = Database.open(tmp_path, SYSTEM_CLOCK)
        keyring = Keyring.open(database, SYSTEM_CLOCK, Spending())
        stranger = secret_key()
        answers = await asyncio.gather(*(keyring.lookup(stranger) for _ in range(500)))
        assert set(answers) == {None}
        # With the store gone, only what is remembered can still be answered.
        database.close()
        assert await keyring.lookup(stranger) is None

    asyncio.run(scenario())


def test_asker_that_gives_up_does_not_fail_the_others(tmp_path: Path) -> None:
    """The look-up is led by one caller; when that client leaves, the rest still get an answer."""

    async def scenario() -> None:
        async with open_keyring(tmp_path) as keyring:
            secret = await asyncio.to_thread(elsewhere, tmp_path)
            async with asyncio.TaskGroup() as tasks:
                leader = tasks.create_task(keyring.lookup(secret))
                followers = [tasks.create_task(keyring.lookup(secret)) for _ in range(5)]
                await asyncio.sleep(0)
                leader.cancel()
            assert {follower.result() is not None for follower in followers} == {True}

    asyncio.run(scenario())
