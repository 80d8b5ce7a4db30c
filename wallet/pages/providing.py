"""
The way in through a provider, as residents' and operators' pages have it in common.
"""

from typing import Any, Final

from litestar import Response
from litestar.datastructures import Cookie

from wallet.http.cookies import cookie, cookie_name
from wallet.oidc.pending import LIFE
from wallet.oidc.service import Identity, RelyingParty
from wallet.oidc.services import LEAVE, START
from wallet.pages.forms import go
from wallet.pages.language import Language, language_of
from wallet.pages.rendering import AnyRequest, page
from wallet.pages.returning import forget

LEFT: Final = "/oidc/left"


class Way:
    """
    The way through one provider.

    Args:
        provider: where people sign in.
        door: path of the sign-in page it belongs to.
        kept: name of what the browser keeps meanwhile.
        secure: whether the wallet is reached over TLS.
    """

    def __init__(self, provider: RelyingParty, *, door: str, kept: str, secure: bool) -> None:
        self._provider = provider
        self._door = door
        self._kept_as = kept
        self._cookie = cookie_name(kept, secure=secure)
        self._secure = secure

    @property
    def provider(self) -> RelyingParty:
        """
        Where people sign in.
        """
        return self._provider

    def name(self, request: AnyRequest) -> str:
        """
        Return what the provider is called in the reader's language.
        """
        names = self._provider.names
        return names.en if language_of(request) is Language.EN else names.zh

    @property
    def start(self) -> str:
        """
        Where the way begins; a link, for a form may lead to no other site.
        """
        return self._door + START

    async def begin(
        self, request: AnyRequest, *, back: str, again: bool = False
    ) -> Response[None]:
        """
        Send the browser to the provider.
        """
        language = language_of(request).value
        begun = await self._provider.begin(back=back, again=again, language=language)
        answer = go(begun.address)
        answer.set_cookie(self._kept(begun.cookie, int(LIFE.total_seconds())))
        return answer

    async def finish(self, request: AnyRequest) -> Identity:
        """
        Judge what the browser came back with.
        """
        return await self._provider.finish(
            dict(request.query_params), request.cookies.get(self._cookie, "")
        )

    def end(self, request: AnyRequest, answer: Response[Any]) -> None:
        """
        Take from the browser what it kept; a sign-in is judged once.
        """
        if self._cookie in request.cookies:
            answer.set_cookie(self._kept("", 0))
        forget(request, answer)

    async def left(self, request: AnyRequest) -> Response[Any]:
        """
        Offer to sign out at the provider too; it may have other ideas of when a session ends.

        The form that signs out here may not lead there: the policy keeps forms on this site.
        """
        if await self._provider.leave_address() is None:
            return go(self._door)
        return page(
            request, "left", door=self._door, leave=self._door + LEAVE, provider=self.name(request)
        )

    async def leave(self) -> Response[None]:
        """
        Send the browser to where one signs out at the provider.
        """
        return go(await self._provider.leave_address() or self._door)

    def _kept(self, value: str, seconds: int) -> Cookie:
        return cookie(self._kept_as, value, secure=self._secure, seconds=seconds)
