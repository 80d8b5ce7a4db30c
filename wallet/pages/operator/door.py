"""
Who the operator at the page is, and whether a form is of their own page.
"""

import hmac
from collections.abc import Mapping

from litestar.datastructures import Cookie
from msgspec import Struct

from wallet.http.callers import OperatorCaller
from wallet.http.errors import TokenInvalidError
from wallet.operators.service import OperatorServices
from wallet.operators.sessions import LIFE
from wallet.operators.words import Role
from wallet.pages.forms import fields_of
from wallet.pages.providing import Way
from wallet.pages.rendering import AnyRequest
from wallet.parties.errors import ScopeDeniedError
from wallet.vault import Vault


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


class Door:
    """
    Lets operators in by their cookie.

    Args:
        operators: their services.
        vault: makes what a page proves itself with.
        secure: whether the wallet is reached over TLS.
        way: in through the operators' provider, if there is one.
    """

    def __init__(
        self,
        *,
        operators: OperatorServices,
        vault: Vault,
        secure: bool,
        way: Way | None = None,
    ) -> None:
        self.operators = operators
        self.way = way
        self._vault = vault
        self._secure = secure
        self._cookie = "__Host-operator" if secure else "operator"

    async def caller(self, request: AnyRequest) -> OperatorCaller:
        """
        Authenticate a page's request.

        Raises:
            TokenInvalidError: nobody is signed in.
        """
        return await self.operators.sessions.operator(request.cookies.get(self._cookie, ""))

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
        fields = await fields_of(request)
        proof = fields.get("csrf", "").encode()
        if not hmac.compare_digest(self.proof(caller).encode(), proof):
            raise TokenInvalidError
        return OperatorForm(caller=caller, fields=fields)

    def cookie(self, token: str) -> Cookie:
        """
        Return the cookie of a session; an empty token takes it away. It follows no link to us.
        """
        return Cookie(
            key=self._cookie,
            value=token,
            path="/",
            max_age=int(LIFE.total_seconds()) if token else 0,
            httponly=True,
            secure=self._secure,
            samesite="strict",
        )


def insist_on_acting(caller: OperatorCaller) -> None:
    """
    Let only those act who are there to act.

    Raises:
        ScopeDeniedError: an auditor reads.
    """
    if caller.role != Role.OPERATOR:
        raise ScopeDeniedError
