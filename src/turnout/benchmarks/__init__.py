"""How models score in standardised evaluations.

published    the shipped facts, each with its source (published.toml)
scores       those, what was imported and what was run, as one; ranks among models
importing    scores of a CSV or JSON file, with errors by line
tasks        sets of questions: ours (tasks/*.jsonl) and a user's
running      an evaluation through the gateway, by the harness inspect-ai
"""
