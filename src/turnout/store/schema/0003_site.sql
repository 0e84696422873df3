-- What the site needs: who is signed in, presets, and ways to find records.

CREATE TABLE sessions (
    hash TEXT PRIMARY KEY NOT NULL, -- SHA-256 hex of the cookie, which is stored nowhere
    key_hash TEXT,                  -- the management key that signed in; NULL: the password did
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX sessions_by_expiry ON sessions (expires_ms);

CREATE TABLE presets (
    slug TEXT PRIMARY KEY NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    creator TEXT,
    version INTEGER NOT NULL, -- the one that requests get
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE preset_versions (
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    id TEXT NOT NULL,
    config BLOB NOT NULL, -- request fields, a JSON object
    system_prompt TEXT,
    creator TEXT,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (slug, version)
) WITHOUT ROWID;

-- The origin that the Referer of a request named; '' without one, and in records from before.
ALTER TABLE generations ADD COLUMN app TEXT NOT NULL DEFAULT '';

CREATE INDEX generations_by_model ON generations (model, created_ms, id);
CREATE INDEX generations_by_provider ON generations (provider, created_ms, id);
CREATE INDEX generations_by_app ON generations (app, created_ms, id) WHERE app != '';
CREATE INDEX generations_failed ON generations (created_ms, id)
WHERE state IN ('failed', 'interrupted');
CREATE INDEX generations_cancelled ON generations (created_ms, id) WHERE state = 'cancelled';
