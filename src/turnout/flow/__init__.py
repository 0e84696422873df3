"""The gateway's story: authenticate, parse, plan, attempt, relay, account, measure. Read run.py."""
