"""
The session cookies of pages, and what proves that a request comes from one of them.
"""

import hmac
from typing import Final, Literal

from litestar.datastructures import Cookie

from wallet.http.callers import Connection

SESSION: Final = "session"
SameSite = Literal["lax", "strict"]
CSRF_HEADER: Final = "x-csrf-token"
_SAFE: Final = ("GET", "HEAD", "OPTIONS")


def cookie_name(name: str, *, secure: bool) -> str:
    """
    Return what a cookie of ours is called.

    Over TLS it has the prefix that keeps other hosts and plain HTTP from setting it
    (RFC 6265bis §4.1.3.2).
    """
    return f"__Host-{name}" if secure else name


def cookie(
    name: str, token: str, *, secure: bool, seconds: int, same_site: SameSite = "lax"
) -> Cookie:
    """
    Return a cookie that carries a session's token and that no script reads; 0 seconds: none.

    With ``lax`` it is sent when somebody follows a link to us, as a sign-in provider's answer is;
    never with a request that another site's page makes.
    """
    return Cookie(
        key=cookie_name(name, secure=secure),
        value=token,
        path="/",
        max_age=seconds,
        httponly=True,
        secure=secure,
        samesite=same_site,
    )


def session_cookie(token: str, *, secure: bool, seconds: int) -> Cookie:
    """
    Return the cookie of a resident's session; 0 seconds take it away.
    """
    return cookie(SESSION, token, secure=secure, seconds=seconds)


def is_proof(proof: str, given: str) -> bool:
    """
    Tell whether what a request brought proves that a page of its own session sent it.
    """
    return hmac.compare_digest(proof.encode(), given.encode())


def changes_something(connection: Connection) -> bool:
    """
    Tell whether a request's method may change something, so that a cookie alone is not enough.
    """
    return str(connection.scope.get("method", "")) not in _SAFE
