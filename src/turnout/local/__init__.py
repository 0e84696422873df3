"""The embedded model: a real, small model in a child process, reached like any other provider.

    Supervisor ──spawns──▶ python -m turnout.local.server ──▶ HTTP on 127.0.0.1, OpenAI's dialect

A process of its own because it brings its own threads, holds the interpreter lock while it loads,
and may crash; the gateway must notice none of that.
"""
