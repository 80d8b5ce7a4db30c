"""
Sign-in for demonstrations, sign-out, and what is kept about oneself.
"""

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from wallet.errors import InternalError, NotFoundError, OverloadedError, ValidationFailedError
from wallet.http.callers import ResidentCaller
from wallet.http.errors import TokenInvalidError
from wallet.http.problems import problems
from wallet.residents.errors import DocumentInvalidError, IdentityMismatchError
from wallet.residents.schemas import DemoSignIn, Me, SessionOpened, me_view
from wallet.residents.service import ResidentsService
from wallet.residents.sessions import SessionsService


class DemoSessionsController(Controller):
    """
    Sign-in without proof, for demonstrations only.
    """

    path = "/v1/demo/sessions"
    tags = ("demo",)

    @post(
        operation_id="openDemoSession",
        summary="Sign in for a demonstration",
        description="Answers NOT_FOUND unless the deployment is a demonstration.",
        responses=problems(
            DocumentInvalidError,
            IdentityMismatchError,
            InternalError,
            NotFoundError,
            OverloadedError,
            ValidationFailedError,
        ),
    )
    async def open(
        self,
        data: JSONBody[DemoSignIn],
        residents: NamedDependency[ResidentsService],
        sessions: NamedDependency[SessionsService],
    ) -> SessionOpened:
        """
        Sign in.
        """
        signed_in = await sessions.sign_in_for_demo(data.person())
        return SessionOpened(
            token=signed_in.token,
            expires_at=signed_in.expires_at,
            resident=residents.handle(signed_in.resident_id),
        )


class SessionsController(Controller):
    """
    The resident's session.
    """

    path = "/v1/sessions"
    tags = ("resident",)

    @delete(
        "/current",
        operation_id="closeSession",
        summary="Sign out",
        description="The token is of no use from now on.",
        responses=problems(InternalError, OverloadedError, TokenInvalidError),
    )
    async def close(
        self,
        resident: NamedDependency[ResidentCaller],
        sessions: NamedDependency[SessionsService],
    ) -> None:
        """
        Sign out.
        """
        await sessions.sign_out(resident)


class MeController(Controller):
    """
    The resident about themselves.
    """

    path = "/v1/me"
    tags = ("resident",)

    @get(
        operation_id="getMe",
        summary="See what is kept about you",
        description="Your own data in full, and how a desk's screen shows it.",
        responses=problems(InternalError, NotFoundError, OverloadedError, TokenInvalidError),
    )
    async def me(
        self,
        resident: NamedDependency[ResidentCaller],
        residents: NamedDependency[ResidentsService],
    ) -> Me:
        """
        Tell who is signed in.
        """
        person, today = await residents.described(resident.resident_id)
        return me_view(residents.handle(resident.resident_id), person, today)
