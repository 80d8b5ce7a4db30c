"""
The servers that are measured: the wallet as it is, and the same without its database.
"""

import os
import sys

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from litestar import Litestar

from bench.deployment import WITHOUT_DATABASE, services_of
from bench.plugins import FIELDS
from codes import Accepted, ParsedCode
from wallet.app import Services, create_app
from wallet.cli.running import freeze
from wallet.clock import SystemClock, seconds
from wallet.logs import configure
from wallet.parties.errors import ScopeDeniedError
from wallet.resolving import reading
from wallet.resolving.errors import CodeMalformedError, CodeNotAcceptedError
from wallet.resolving.schemas import PersonView, Resolved, VerdictView
from wallet.resolving.service import Answer, Attempt, ResolvingService
from wallet.resolving.words import Status
from wallet.settings import Settings


class WithoutDatabase(ResolvingService):
    """
    Resolves without remembering anything: what is left is the server, the framework and the code.

    Its route is the real one, so authentication, limits, parsing and answering are too.
    """

    def __init__(self, services: Services) -> None:
        self._ring = services.basis.vault.code_ring
        self._now = services.basis.clock.now
        self._handle = services.people.presentations.handle

    async def resolve(self, attempt: Attempt) -> Answer:
        """
        Check scope and code, and answer what anybody could be answered.

        Raises:
            WalletError: as the real one does, as far as no database is needed.
        """
        parsed = reading.parse(attempt.scan.code)
        if f"resolve:{attempt.scan.purpose.value}" not in attempt.caller.scopes:
            raise ScopeDeniedError
        if not isinstance(parsed, ParsedCode):
            raise CodeMalformedError
        accepted = reading.verify(parsed, self._ring, seconds(self._now()))
        if not isinstance(accepted, Accepted):
            raise CodeNotAcceptedError
        resolved = Resolved(
            presentation=self._handle(attempt.caller.party_id, accepted.resident_id, 1),
            expires_in=300,
            check_holder=False,
            person=PersonView(masked=True, name="张*", document="4****************8", age=70),
            verdicts=[
                VerdictView(
                    context=context,
                    status=Status.VALID,
                    integration=f"bench_{context}",
                    fields=fields,
                )
                for context, fields in sorted(FIELDS.items())
            ],
        )
        return Answer(resolved=resolved)


def application() -> Litestar:
    """
    Return the application of this process, from the environment.
    """
    settings = Settings()
    configure(sys.stdout.buffer, SystemClock(), level=settings.log_level)
    services = services_of(settings)
    if os.environ.get(WITHOUT_DATABASE):
        services = replaced(services)
    app = create_app(services)
    freeze()
    return app


def replaced(services: Services) -> Services:
    """
    Return the services with a resolving that keeps nothing.
    """
    return Services(
        basis=services.basis,
        people=services.people,
        resolving=WithoutDatabase(services),
        money=services.money,
    )


def main() -> None:
    """
    Serve as ``fusion-wallet serve`` does, one worker.
    """
    settings = Settings()
    Granian(
        "bench.serving:application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=1,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main()
