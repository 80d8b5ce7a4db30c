"""
``/operator/sign-in``, ``…/sign-out`` and ``…/enrol``.
"""

import asyncio
from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from codes import image
from wallet.errors import ValidationFailedError, WalletError
from wallet.http.errors import TokenInvalidError
from wallet.pages.forms import FORM_BODY, fields_of, go
from wallet.pages.language import language_of
from wallet.pages.operator.door import Door, OperatorForm
from wallet.pages.problems import SIGN_IN, sentence
from wallet.pages.providing import LEFT
from wallet.pages.rendering import AnyRequest, page
from wallet.pages.returning import forget, place_before
from wallet.pages.texts import catalogue

HOME: Final = "/operator"


class OperatorSigningInController(Controller):
    """
    The operator's way in and out.
    """

    path = "/operator"
    include_in_schema = False

    @get("/sign-in")
    async def ask(self, request: AnyRequest, door: NamedDependency[Door]) -> Response[Any]:
        """
        Ask for name, password and code.
        """
        try:
            await door.caller(request)
        except TokenInvalidError:
            return asked(request, door)
        return go(HOME)

    @post("/sign-in", opt=FORM_BODY)
    async def sign_in(self, request: AnyRequest, door: NamedDependency[Door]) -> Response[Any]:
        """
        Sign an operator in; whatever is wrong, the answer is the same.
        """
        fields = await fields_of(request)
        try:
            signed_in = await door.operators.signing_in.sign_in(
                name=fields.get("name", ""),
                password=fields.get("password", ""),
                code=fields.get("code", ""),
                source=door.sources.of(request),
            )
        except TokenInvalidError as error:
            wrong = catalogue(language_of(request))["operator.sign_in.wrong"]
            return asked(request, door, status_code=error.status, wrong=wrong)
        answer = go(place_before(request, HOME))
        forget(request, answer)
        answer.set_cookie(door.cookie(signed_in.token))
        return answer

    @post("/sign-out", opt=FORM_BODY)
    async def sign_out(
        self, door: NamedDependency[Door], operator_form: NamedDependency[OperatorForm]
    ) -> Response[Any]:
        """
        End the session here and in the browser.
        """
        await door.operators.sessions.sign_out(operator_form.caller)
        answer = go(SIGN_IN if door.way is None else SIGN_IN + LEFT)
        answer.set_cookie(door.cookie(""))
        return answer

    @get("/enrol")
    async def enrol(self, request: AnyRequest) -> Response[str]:
        """
        Ask for the enrolment token and a new password.
        """
        return page(request, "operator/enrol", wrong="")

    @post("/enrol", opt=FORM_BODY)
    async def redeem(self, request: AnyRequest, door: NamedDependency[Door]) -> Response[str]:
        """
        Take the token, and show the secret for an authenticator once.
        """
        fields = await fields_of(request)
        try:
            enrolling = await door.operators.enrolment.redeem(
                fields.get("token", "").strip(), fields.get("password", "")
            )
        except (TokenInvalidError, ValidationFailedError) as error:
            wrong = _why(request, error)
            return page(request, "operator/enrol", status_code=error.status, wrong=wrong)
        picture = await asyncio.to_thread(image.link_svg, enrolling.uri)
        return page(
            request,
            "operator/authenticator",
            picture=picture,
            secret=enrolling.secret,
            confirmation=enrolling.confirmation,
            wrong="",
        )

    @post("/confirm", opt=FORM_BODY)
    async def confirm(self, request: AnyRequest, door: NamedDependency[Door]) -> Response[str]:
        """
        Take one right code, and show the recovery codes once.
        """
        fields = await fields_of(request)
        confirmation = fields.get("confirmation", "")
        try:
            enrolled = await door.operators.enrolment.confirm(confirmation, fields.get("code", ""))
        except ValidationFailedError as error:
            return page(
                request,
                "operator/authenticator",
                status_code=error.status,
                picture="",
                secret="",
                confirmation=confirmation,
                wrong=_why(request, error),
            )
        except TokenInvalidError as error:
            # the page to sign in would look as if it were done
            wrong = catalogue(language_of(request))["operator.enrol.over"]
            return page(request, "operator/enrol", status_code=error.status, wrong=wrong)
        return page(request, "operator/recovery_codes", codes=enrolled.recovery_codes)


def asked(
    request: AnyRequest, door: Door, *, status_code: int = 200, wrong: str = ""
) -> Response[str]:
    """
    Return the page that asks who it is, with what was wrong.
    """
    return page(
        request,
        "operator/sign_in",
        status_code=status_code,
        wrong=wrong,
        provider=door.way.name(request) if door.way else "",
    )


def _why(request: AnyRequest, error: WalletError) -> str:
    texts = catalogue(language_of(request))
    reason = dict(error.members).get("reason", "")
    return texts.get(f"operator.password.{reason}") or texts.get(
        f"operator.{error.code}", sentence(request, error)
    )
