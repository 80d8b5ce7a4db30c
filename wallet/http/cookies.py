"""
The session cookie of pages, and what proves that a request comes from one of them.
"""

from typing import Final

from litestar.datastructures import Cookie

from wallet.http.callers import Connection

CSRF_HEADER: Final = "x-csrf-token"
_SAFE: Final = ("GET", "HEAD", "OPTIONS")


def session_name(*, secure: bool) -> str:
    """
    Return the name of the session cookie.

    Over TLS it has the prefix that keeps other hosts and plain HTTP from setting it
    (RFC 6265bis §4.1.3.2).
    """
    return "__Host-session" if secure else "session"


def session_cookie(token: str, *, secure: bool, seconds: int) -> Cookie:
    """
    Return the cookie that carries a session's token; ``seconds`` 0 takes it away.

    It is sent when somebody follows a link to us, as a sign-in provider's answer is, and never
    with a request that another site's page makes.
    """
    return Cookie(
        key=session_name(secure=secure),
        value=token,
        path="/",
        max_age=seconds,
        httponly=True,
        secure=secure,
        samesite="lax",
    )


def changes_something(connection: Connection) -> bool:
    """
    Tell whether a request's method may change something, so that a cookie alone is not enough.
    """
    return str(connection.scope.get("method", "")) not in _SAFE
