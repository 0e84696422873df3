"""TOML and environment to Settings; the only reader of the environment."""
