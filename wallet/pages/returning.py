"""
Where somebody was before they had to sign in: kept in the browser for a while, a path of ours.
"""

from typing import Any, Final
from urllib.parse import quote, unquote

from litestar import Response
from litestar.datastructures import Cookie

from wallet.pages.forms import path_within
from wallet.pages.rendering import AnyRequest

COOKIE: Final = "back"
_SECONDS: Final = 600
_LONGEST: Final = 256
_OPERATOR: Final = "/operator"
_DOORS: Final = ("/sign-in", "/operator/sign-in")


def remember(request: AnyRequest, answer: Response[Any]) -> None:
    """
    Keep where somebody wanted to go; what a script or a form asked for is no place to go to.
    """
    path = request.url.path
    wanted = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if wanted and len(path) <= _LONGEST and not path.startswith(_DOORS):
        answer.set_cookie(_cookie(quote(path), _SECONDS))


def place_before(request: AnyRequest, home: str) -> str:
    """
    Return where to go after signing in: where one was, if that is behind the same door as home.
    """
    path = path_within(unquote(request.cookies.get(COOKIE, "")), home)
    same_door = path.startswith(_OPERATOR) == home.startswith(_OPERATOR)
    return path if same_door and not path.startswith(_DOORS) else home


def forget(request: AnyRequest, answer: Response[Any]) -> None:
    """
    Take away what was kept.
    """
    if COOKIE in request.cookies:
        answer.set_cookie(_cookie("", 0))


def _cookie(value: str, seconds: int) -> Cookie:
    return Cookie(
        key=COOKIE, value=value, path="/", max_age=seconds, httponly=True, samesite="lax"
    )
