-- What was asked and answered, for as long as the operator wants; filled only where that is on.
CREATE TABLE contents (
    id TEXT PRIMARY KEY NOT NULL, -- of the generation
    created_ms INTEGER NOT NULL,
    prompt BLOB NOT NULL,         -- fields of the request that hold it, as JSON
    completion TEXT NOT NULL,
    reasoning TEXT NOT NULL,
    cut INTEGER NOT NULL CHECK (cut IN (0, 1))
);

CREATE INDEX contents_by_time ON contents (created_ms);
