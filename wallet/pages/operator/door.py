"""
Who the operator at the page is, and whether a form is of their own page.
"""

from collections.abc import Mapping
from typing import Final

from litestar.datastructures import Cookie
from msgspec import Struct

from wallet.http.callers import OperatorCaller
from wallet.http.cookies import cookie, cookie_name
from wallet.http.sources import Sources
from wallet.operators.service import OperatorServices
from wallet.operators.sessions import LIFE
from wallet.operators.words import Role
from wallet.pages.forms import proven
from wallet.pages.live import is_refresh
from wallet.pages.providing import Way
from wallet.pages.rendering import AnyRequest
from wallet.parties.errors import ScopeDeniedError
from wallet.vault import Vault

_COOKIE: Final = "operator"


class OperatorForm(Struct, frozen=True, kw_only=True):
    """
    A form of a signed-in operator's page.
    """

    caller: OperatorCaller
    fields: Mapping[str, str]

    def __repr__(self) -> str:
        """
        Show nothing of what was filled in.
        """
        return "OperatorForm(…)"

    def text(self, name: str) -> str:
        """
        Return what was filled in, without blanks around it; nothing for what is not there.
        """
        return self.fields.get(name, "").strip()


class Door:
    """
    Lets operators in by their cookie.

    Args:
        operators: their services.
        vault: makes what a page proves itself with.
        secure: whether the wallet is reached over TLS.
        sources: tells where somebody tries to come in from.
        way: in through the operators' provider, if there is one.
    """

    def __init__(
        self,
        *,
        operators: OperatorServices,
        vault: Vault,
        secure: bool,
        sources: Sources,
        way: Way | None = None,
    ) -> None:
        self.operators = operators
        self.sources = sources
        self.way = way
        self._vault = vault
        self._secure = secure

    async def caller(self, request: AnyRequest) -> OperatorCaller:
        """
        Authenticate a page's request; a page that refreshes itself does not keep a session alive.

        Raises:
            TokenInvalidError: nobody is signed in.
        """
        token = request.cookies.get(cookie_name(_COOKIE, secure=self._secure), "")
        return await self.operators.sessions.operator(token, noted=not is_refresh(request))

    def proof(self, caller: OperatorCaller) -> str:
        """
        Return what a page of this session sends with every form.
        """
        return self._vault.blind("operator-csrf", str(caller.session_id)).hex()

    async def form(self, request: AnyRequest) -> OperatorForm:
        """
        Return the form of a signed-in operator's own page.

        Raises:
            TokenInvalidError: nobody is signed in, or another site's page sent it.
        """
        caller = await self.caller(request)
        return OperatorForm(caller=caller, fields=await proven(request, self.proof(caller)))

    def cookie(self, token: str) -> Cookie:
        """
        Return the cookie of a session; an empty token takes it away. It follows no link to us.
        """
        seconds = int(LIFE.total_seconds()) if token else 0
        return cookie(_COOKIE, token, secure=self._secure, seconds=seconds, same_site="strict")


def insist_on_acting(caller: OperatorCaller) -> None:
    """
    Let only those act who are there to act.

    Raises:
        ScopeDeniedError: an auditor reads.
    """
    if caller.role != Role.OPERATOR:
        raise ScopeDeniedError
