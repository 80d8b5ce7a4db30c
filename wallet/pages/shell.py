"""
What every page has: its files, the choice of language and size, and the way in.
"""

from typing import Annotated, Any, Final

from litestar import Controller, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import PathParameter

from wallet.errors import NotFoundError
from wallet.pages.assets import PATH, assets, edition, packed
from wallet.pages.forms import FORM_BODY, fields_of, go, path_within
from wallet.pages.language import COOKIE, SIZE_COOKIE, YEAR_SECONDS, Language, TextSize
from wallet.pages.rendering import AnyRequest

HOME: Final = "/code"
_FOREVER: Final = {
    "cache-control": f"public, max-age={YEAR_SECONDS}, immutable",
    "vary": "Accept-Encoding",
}
_PACKED: Final = _FOREVER | {"content-encoding": "gzip"}
_CHOICES: Final = {COOKIE: tuple(Language), SIZE_COOKIE: tuple(TextSize)}


class ShellController(Controller):
    """
    Files and choices.
    """

    path = "/"
    include_in_schema = False

    @get("/")
    async def home(self) -> Response[None]:
        """
        Send people to their code.
        """
        return go(HOME)

    @get(PATH + "/{of_edition:str}/{name:path}", sync_to_thread=False)
    def asset(
        self,
        request: AnyRequest,
        of_edition: Annotated[str, PathParameter(max_length=16)],
        name: Annotated[str, PathParameter(max_length=64)],
    ) -> Response[bytes]:
        """
        Return a file; under the name of an edition it never changes.
        """
        name = name.removeprefix("/")
        found = assets().get(name)
        if found is None or of_edition != edition():
            raise NotFoundError
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(packed(name), media_type=found.media_type, headers=_PACKED)
        return Response(found.content, media_type=found.media_type, headers=_FOREVER)

    @post("/choose", opt=FORM_BODY)
    async def choose(self, request: AnyRequest) -> Response[Any]:
        """
        Keep the chosen language or text size, and go back to where it was chosen.
        """
        fields = await fields_of(request)
        answer = go(path_within(fields.get("back", ""), HOME))
        for name, values in _CHOICES.items():
            if fields.get(name) in values:
                answer.set_cookie(
                    Cookie(
                        key=name,
                        value=fields[name],
                        path="/",
                        max_age=YEAR_SECONDS,
                        samesite="lax",
                        httponly=True,
                    )
                )
        return answer
