"""The presets of an installation: in memory what requests need, in the store every version."""

import re
import sqlite3
import uuid
from collections.abc import Mapping
from typing import Final, Self

import msgspec

from turnout.core.clock import Clock
from turnout.core.errors import Refusal, invalid
from turnout.store.database import Database, Row
from turnout.store.statements import SQL

PRESETS_MAX: Final = 1000
VERSIONS_MAX: Final = 1000
CONFIG_BYTES: Final = 256 * 1024
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_ID_SPACE: Final = uuid.UUID("6f1f6d0e-6f0b-4a39-9a5c-3c1f0f5f7c55")


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """One preset with the version that requests get. Times are unix ms.

    Attributes:
        config: Request fields in the words of chat, as JSON.
        version: From 1.
    """

    slug: str
    id: str
    name: str
    description: str | None
    creator: str | None
    version: int
    created_ms: int
    updated_ms: int
    config: Mapping[str, msgspec.Raw]
    system_prompt: str | None


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a preset's fields."""

    slug: str
    version: int
    id: str
    config: Mapping[str, msgspec.Raw]
    system_prompt: str | None
    creator: str | None
    created_ms: int


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a preset when it is made or changed.

    Attributes:
        name: None keeps the one it has, or makes one of the slug; description likewise.
    """

    config: Mapping[str, msgspec.Raw]
    system_prompt: str | None = None
    name: str | None = None
    description: str | None = None
    creator: str | None = None


class Presets:
    """See the module. Belongs to one event loop; `open` blocks."""

    def __init__(self, database: Database, clock: Clock, known: Mapping[str, Preset]) -> None:
        self._database = database
        self._clock = clock
        self._known = dict(known)

    @classmethod
    def open(cls, database: Database, clock: Clock) -> Self:
        """Those of a data folder.

        Raises:
            StoreUnavailable: The store cannot be read.
        """
        found = (_preset(row) for row in database.read_now("all_presets"))
        return cls(database, clock, {preset.slug: preset for preset in found})

    @property
    def known(self) -> Mapping[str, Preset]:
        """All of them by slug; what requests are filled in from."""
        return self._known

    def get(self, slug: str) -> Preset:
        """One of them.

        Raises:
            Refusal: 404.
        """
        found = self._known.get(slug)
        if found is None:
            raise Refusal("not_found", f"there is no preset '{slug[:100]}'", param="slug")
        return found

    async def versions(self, slug: str, offset: int, limit: int) -> tuple[list[Version], int]:
        """A page of a preset's versions, newest first, and how many there are.

        Raises:
            Refusal: 404.
            StoreUnavailable: The store cannot be read.
        """
        newest = self.get(slug).version
        params = {"slug": slug, "limit": limit, "offset": offset}
        rows = await self._database.read("preset_versions", params)
        return [_version(row) for row in rows], newest

    async def version(self, slug: str, version: int) -> Version:
        """One version.

        Raises:
            Refusal: 404.
            StoreUnavailable: The store cannot be read.
        """
        self.get(slug)
        rows = await self._database.read("preset_version", {"slug": slug, "version": version})
        if not rows:
            raise Refusal("not_found", f"'{slug}' has no version {version}", param="version")
        return _version(rows[0])

    async def put(self, slug: str, change: Change) -> Preset:
        """Makes a preset, or gives it a new version; in force at once.

        Raises:
            Refusal: 400 for a slug that is none, or too much of anything.
            StoreUnavailable: It could not be stored.
        """
        if not _SLUG.fullmatch(slug):
            text = "must be up to 100 of a-z, 0-9, '.', '_' and '-', and begin with a-z or 0-9"
            raise invalid("slug", text)
        config = msgspec.json.encode(change.config)
        if len(config) + len(change.system_prompt or "") > CONFIG_BYTES:
            raise Refusal("payload_too_large", f"A preset holds {CONFIG_BYTES} bytes.")
        old, now_ms = self._known.get(slug), self._clock.unix_ms()
        if old is None and len(self._known) >= PRESETS_MAX:
            raise invalid("slug", f"there are {PRESETS_MAX} presets already")
        if old is not None and old.version >= VERSIONS_MAX:
            raise invalid("slug", f"has {VERSIONS_MAX} versions already; delete it to begin anew")
        fresh = Preset(
            slug=slug,
            id=str(uuid.uuid4()) if old is None else old.id,
            name=change.name or (old.name if old is not None else slug),
            description=_kept(change.description, old),
            creator=change.creator if old is None else old.creator,
            version=1 if old is None else old.version + 1,
            created_ms=now_ms if old is None else old.created_ms,
            updated_ms=now_ms,
            config=change.config,
            system_prompt=change.system_prompt,
        )
        row = msgspec.structs.asdict(fresh)
        params = {name: row[name] for name in _COLUMNS}
        version = {
            "slug": slug,
            "version": fresh.version,
            "id": version_id(fresh.id, fresh.version),
            "config": config,
            "system_prompt": change.system_prompt,
            "creator": change.creator,
            "created_ms": now_ms,
        }

        def store(db: sqlite3.Connection) -> None:
            db.execute(SQL["put_preset"], params)
            db.execute(SQL["insert_preset_version"], version)

        await self._database.write(store)
        self._known[slug] = fresh
        return fresh

    async def delete(self, slug: str) -> None:
        """Forgets a preset and its versions.

        Raises:
            Refusal: 404.
            StoreUnavailable: It could not be stored.
        """
        self.get(slug)

        def remove(db: sqlite3.Connection) -> None:
            db.execute(SQL["delete_preset"], {"slug": slug})
            db.execute(SQL["delete_preset_versions"], {"slug": slug})

        await self._database.write(remove)
        self._known.pop(slug, None)


_COLUMNS: Final = (
    *("slug", "id", "name", "description", "creator", "version", "created_ms", "updated_ms"),
)


def version_id(preset_id: str, version: int) -> str:
    """What names a version to clients: a UUID that follows from the preset's and the number."""
    return str(uuid.uuid5(_ID_SPACE, f"{preset_id}/{version}"))


def _kept(description: str | None, old: Preset | None) -> str | None:
    return description if description is not None or old is None else old.description


def _config(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "config"}


def _preset(row: Row) -> Preset:
    return msgspec.convert(_config(row) | {"config": _fields(row)}, Preset)


def _version(row: Row) -> Version:
    return msgspec.convert(_config(row) | {"config": _fields(row)}, Version)


def _fields(row: Row) -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(msgspec.convert(row["config"], bytes), type=dict[str, msgspec.Raw])
