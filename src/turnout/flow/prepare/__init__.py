"""Between plan and attempt: what a request needs so that this very endpoint can take it.

    recall     once for a request: thinking of earlier turns that the client stripped
    prepare    once for an attempt: media, files, search, length, thinking
    remember   after an answer: its thinking, for the next request

Most requests need nothing, and find that out by looking at a handful of fields.
"""

from turnout.flow.prepare.stage import prepare, recall, remember, without_seals

__all__ = ["prepare", "recall", "remember", "without_seals"]
