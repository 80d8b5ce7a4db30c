"""
``POST /v1/terminals/enrol`` and ``POST /oauth/token``.
"""

import base64
from typing import Any, Final

from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import JSONBody, URLEncodedBody
from litestar.types import ExceptionHandlersMap

from wallet.errors import ValidationFailedError, WalletError
from wallet.http.limits import FORM, body_limits
from wallet.http.problems import answer, members_of, problems, request_id_of
from wallet.parties.access import TOKEN_PATH, AccessService, Enrolment, TokenAsked
from wallet.parties.errors import SignatureInvalidError, TerminalUnknownError, TokenInvalidError
from wallet.parties.keys import UnusableKeyError, from_jwk, from_pem
from wallet.parties.schemas import Enrol, EnrolledTerminal, Token, TokenForm

AnyRequest = Request[Any, Any, Any]
_DESCRIPTIONS: Final = {
    "invalid_client": "No active terminal proved itself with this assertion.",
    "invalid_request": "The request does not have the documented form.",
    "invalid_scope": "The terminal does not have every scope it asked for.",
    "unsupported_grant_type": "Only client_credentials is known.",
}


class TerminalsController(Controller):
    """
    Terminals enrol themselves.
    """

    path = "/v1/terminals"
    tags = ("terminals",)

    @post(
        "/enrol",
        operation_id="enrolTerminal",
        summary="Enrol a terminal's key",
        description=(
            "Uses up an enrolment token that an operator issued. The key is Ed25519 or P-256 and "
            "never changes; a new key is a new terminal."
        ),
        status_code=201,
        responses=problems(ValidationFailedError, TokenInvalidError, SignatureInvalidError),
    )
    async def enrol(
        self, data: JSONBody[Enrol], access: NamedDependency[AccessService]
    ) -> EnrolledTerminal:
        """
        Enrol.
        """
        try:
            key = (
                from_pem(data.public_key)
                if isinstance(data.public_key, str)
                else from_jwk(data.public_key)
            )
        except UnusableKeyError as fault:
            raise ValidationFailedError("Look at: public_key") from fault
        enrolled = await access.enrol(
            Enrolment(
                token=data.token,
                public_key=key,
                name=data.name,
                proof=base64.urlsafe_b64decode(data.proof + "=="),
            )
        )
        return EnrolledTerminal(
            terminal_id=enrolled.client_id,
            party=enrolled.party,
            kind=enrolled.kind,
            scope=enrolled.scopes,
            token_url=enrolled.token_url,
        )


def _oauth(request: AnyRequest, fault: WalletError) -> Response[dict[str, Any]]:
    """
    Answer our problem, with the members that RFC 6749 §5.2 clients read beside ours.
    """
    error = str(fault.members.get("error", ""))
    if isinstance(fault, TerminalUnknownError):
        error = "invalid_client"
    elif not error and fault.status < _SERVER_ERROR:
        error = "invalid_request"
    answered = answer(fault, request_id_of(request))
    if error:
        answered.content |= {"error": error, "error_description": _DESCRIPTIONS[error]}
    return answered


def _oauth_framework(request: AnyRequest, fault: HTTPException) -> Response[dict[str, Any]]:
    return _oauth(request, ValidationFailedError(members_of(fault)))


_SERVER_ERROR: Final = 500
_OAUTH_HANDLERS: Final[ExceptionHandlersMap] = {
    WalletError: _oauth,
    HTTPException: _oauth_framework,
}


class TokenController(Controller):
    """
    Terminals ask for access tokens.
    """

    path = TOKEN_PATH
    tags = ("terminals",)
    exception_handlers = _OAUTH_HANDLERS

    @post(
        operation_id="issueToken",
        summary="Get an access token",
        description=(
            "OAuth 2.0 client credentials with `private_key_jwt` (RFC 6749 §4.4, RFC 7523 §2.2). "
            "The token lives 5 minutes. Errors are problems that also carry `error` and "
            "`error_description`."
        ),
        status_code=200,
        opt=body_limits(media_types=(FORM,)),
        responses=problems(ValidationFailedError, TerminalUnknownError),
    )
    async def token(
        self, data: URLEncodedBody[TokenForm], access: NamedDependency[AccessService]
    ) -> Token:
        """
        Issue a token.
        """
        issued = await access.token(
            TokenAsked(
                grant_type=data.grant_type,
                assertion_type=data.client_assertion_type,
                assertion=data.client_assertion,
                scope=data.scope,
                client_id=data.client_id,
            )
        )
        return Token(
            access_token=issued.token,
            token_type="Bearer",  # noqa: S106 - its type
            expires_in=issued.expires_in,
            scope=issued.scope,
        )
