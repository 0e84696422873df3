"""Tools for servers that hold an answer to a schema and know no tools: the grammar makes the call.

tools ─▶ a schema of calls, a system text that describes them, earlier calls told in words
answer, held to that schema ─▶ tool calls, or the answer in words
"""
