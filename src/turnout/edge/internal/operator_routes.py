"""Signing in, and what pages of the operator read and change."""

from typing import Final

from turnout.edge.internal import session
from turnout.edge.table import Route

OPERATOR_ROUTES: Final[tuple[Route, ...]] = (
    Route(
        method="GET",
        path="/session",
        handler=session.get_session,
        auth="public",
        tag="Internal",
        answer=session.SessionAnswer,
    ),
    Route(
        method="POST",
        path="/session",
        handler=session.sign_in,
        auth="public",
        tag="Internal",
        body=session.SignIn,
        answer=session.SessionAnswer,
    ),
    Route(
        method="DELETE",
        path="/session",
        handler=session.sign_out,
        auth="public",
        tag="Internal",
        answer=session.SessionAnswer,
    ),
    Route(
        method="POST",
        path="/password",
        handler=session.change_password,
        auth="operator",
        tag="Internal",
        body=session.PasswordChange,
        answer=session.SessionAnswer,
    ),
)
