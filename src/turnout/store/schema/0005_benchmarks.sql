-- Scores of models in evaluations: what an operator imported, and runs through this gateway. The
-- published ones are shipped with the program and not stored.
CREATE TABLE benchmark_scores (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('imported', 'run')),
    model TEXT NOT NULL,
    benchmark TEXT NOT NULL,
    percent REAL NOT NULL CHECK (percent BETWEEN 0 AND 100),
    source TEXT NOT NULL,
    source_url TEXT,
    as_of TEXT NOT NULL, -- ISO date
    stored_ms INTEGER NOT NULL,
    tasks INTEGER, -- questions answered, over all repetitions; of runs only
    cost_nusd INTEGER -- what the run's key was charged
);

CREATE INDEX benchmark_scores_by_model ON benchmark_scores (model, benchmark);

-- A source says one thing of a model: importing it again corrects it. Runs add up.
CREATE UNIQUE INDEX benchmark_scores_imported ON benchmark_scores (model, benchmark, source)
WHERE kind = 'imported';
