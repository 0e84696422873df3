"""The plan: a pure function from a request, its candidates and health to endpoints in order.

    models asked for ──resolve──▶ candidates ──filters──▶ eligible ──order──▶ steps
                                                 └──▶ dropped, each with the filter that did it

Nothing here waits, looks at a clock or draws a number: the moment and the seed are arguments, so a
plan can be made again later from its record.
"""

from turnout.flow.plan.candidates import Candidate, resolve
from turnout.flow.plan.choose import Choice, choose
from turnout.flow.plan.for_request import plan_for, plan_of, terms_of
from turnout.flow.plan.make import make_plan
from turnout.flow.plan.pin import pinned
from turnout.flow.plan.terms import Terms
from turnout.flow.planned import Sticky

__all__ = [
    "Candidate",
    "Choice",
    "Sticky",
    "Terms",
    "choose",
    "make_plan",
    "pinned",
    "plan_for",
    "plan_of",
    "resolve",
    "terms_of",
]
