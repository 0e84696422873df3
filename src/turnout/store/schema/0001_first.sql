-- Times are unix milliseconds, money is nano-USD, days are UTC days since 1970-01-01.

CREATE TABLE keys (
    hash TEXT PRIMARY KEY NOT NULL, -- SHA-256 hex of the secret, which is stored nowhere
    label TEXT NOT NULL,            -- the secret with its middle masked
    name TEXT NOT NULL,
    management INTEGER NOT NULL CHECK (management IN (0, 1)),
    disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    limit_nusd INTEGER CHECK (limit_nusd >= 0),
    limit_reset TEXT CHECK (limit_reset IN ('daily', 'weekly', 'monthly')),
    expires_ms INTEGER,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER,
    last_used_ms INTEGER,
    creator TEXT
) WITHOUT ROWID;

CREATE INDEX keys_by_creation ON keys (created_ms, hash);

-- The terminal record of every request. Columns are what is filtered on; the record is the body.
CREATE TABLE generations (
    id TEXT PRIMARY KEY NOT NULL,
    key_hash TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    cost_nusd INTEGER NOT NULL,
    prompt_tok INTEGER NOT NULL,
    completion_tok INTEGER NOT NULL,
    body BLOB NOT NULL -- core.types.Generation as JSON
);

-- Every index costs every request, so there are only those that a query of today needs.
CREATE INDEX generations_by_key ON generations (key_hash, created_ms, id);
CREATE INDEX generations_by_time ON generations (created_ms, id);

-- What each key spent per day. Outlives the generations, which are pruned.
CREATE TABLE key_spend (
    key_hash TEXT NOT NULL,
    day INTEGER NOT NULL,
    nusd INTEGER NOT NULL CHECK (typeof(nusd) = 'integer'), -- an overflowing sum would turn real
    requests INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    PRIMARY KEY (key_hash, day)
) WITHOUT ROWID;

-- Movements of prepaid credit; never updated, never deleted. A balance is a sum, not a field.
CREATE TABLE credits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created_ms INTEGER NOT NULL,
    nusd INTEGER NOT NULL CHECK (typeof(nusd) = 'integer'),
    reason TEXT NOT NULL
);

CREATE TRIGGER credits_are_not_changed BEFORE UPDATE ON credits
BEGIN SELECT RAISE(ABORT, 'credits are append-only'); END;

CREATE TRIGGER credits_are_not_deleted BEFORE DELETE ON credits
BEGIN SELECT RAISE(ABORT, 'credits are append-only'); END;

-- Facts about this installation, one per name.
CREATE TABLE meta (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) WITHOUT ROWID;
