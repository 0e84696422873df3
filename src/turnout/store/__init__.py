"""SQLite, the journal, migrations and named queries."""
