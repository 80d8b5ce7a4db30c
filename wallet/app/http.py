"""
The ASGI application: controllers, what is injected into them, and the edge around them.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from litestar import Litestar, Router
from litestar.di import Provide

from wallet.app.basis import Basis
from wallet.app.interface import interface
from wallet.app.services import Services
from wallet.bindings.controller import BindingsController
from wallet.consents.controller import ConsentsController
from wallet.db import migrate
from wallet.devices.controller import DevicesController, FreezingController
from wallet.devices.showing_controller import BarcodesController, CodeController
from wallet.figures.reporting import reporting
from wallet.figures.words import ProcessKind
from wallet.http.admission.limit import DATABASE, Limit
from wallet.http.admission.middleware import Admission
from wallet.http.admission.policy import Policy
from wallet.http.bodies import StrictRequest
from wallet.http.callers import Connection, ResidentCaller, TerminalCaller
from wallet.http.described import SCOPES
from wallet.http.document import ClosedStructs
from wallet.http.draining import not_draining
from wallet.http.edge import LETTERS, install
from wallet.http.health import (
    HealthController,
    Readiness,
    clock_sane,
    database_reachable,
    integrations_open,
    keys_loaded,
    migrations_at_head,
    nothing_restored,
)
from wallet.http.holding_back import restored_guard
from wallet.http.knowing import Authenticate, callers_guard, known
from wallet.http.limits import LimitsMiddleware
from wallet.http.openapi import configuration
from wallet.http.problems import handlers
from wallet.http.sources import Sources
from wallet.http.timekeeping import Timekeeping, clock_guard
from wallet.journal.controller import JournalController
from wallet.oidc.service import RelyingParty
from wallet.oidc.services import OPERATOR_SIGN_IN, RESIDENT_SIGN_IN
from wallet.pages.front import Front
from wallet.pages.operator.books import Books
from wallet.pages.operator.door import Door
from wallet.pages.operator.looking import Looking
from wallet.pages.providing import Way
from wallet.pages.routes import pages
from wallet.parties.controller import TerminalsController, TokenController
from wallet.parties.errors import ScopeDeniedError
from wallet.residents.controller import DemoSessionsController, MeController, SessionsController
from wallet.resolving.controller import ResolvingController
from wallet.resolving.entrance import Entrance
from wallet.settling.controller import (
    RefundsController,
    ResidentSettlementsController,
    ScreenApprovalsController,
    SettlementsController,
    ShiftsController,
)
from wallet.visiting.controller import VisitsController

CONTROLLERS = (
    BarcodesController,
    BindingsController,
    CodeController,
    ConsentsController,
    DemoSessionsController,
    DevicesController,
    FreezingController,
    HealthController,
    JournalController,
    MeController,
    RefundsController,
    ResidentSettlementsController,
    ScreenApprovalsController,
    ResolvingController,
    SessionsController,
    SettlementsController,
    ShiftsController,
    TerminalsController,
    TokenController,
    VisitsController,
)

# codes and money, which a clock that jumped makes unsafe
CLOCKED = ("/v1/resolve", "/v1/settlements", "/v1/visits")
# what stays open while a restore waits: operators are to look, terminals to be told
ALWAYS = ("/operator", "/oauth/token")

# how many requests are worked on at once, at least and at first; payments being finished apart
_FEWEST = {"postgresql": 8, "sqlite": 4}
_AT_FIRST = 32


def create_app(services: Services) -> Litestar:
    """
    Return the application over the services.
    """
    basis = services.basis
    timekeeping = basis.timekeeping
    callers = _callers(services)

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        kind = ProcessKind.SERVER
        async with basis.membership.present(kind), reporting(services.reporter(kind)):
            yield
            # what waits for a partner writes its answer down as a process of the deployment
            await services.money.inline.close()
        await services.close()

    app = Litestar(
        route_handlers=[*CONTROLLERS, _pages(services, timekeeping)],
        dependencies=_dependencies(services, readiness(basis, timekeeping))
        | {name: known(name) for name in callers},
        guards=[
            restored_guard(basis.restoring, *ALWAYS),
            clock_guard(timekeeping, *CLOCKED),
            callers_guard(callers),
        ],
        middleware=[LimitsMiddleware()],
        request_class=StrictRequest,
        exception_handlers=handlers(),
        plugins=[ClosedStructs()],
        openapi_config=configuration(interface()),
        logging_config=None,
        lifespan=[lifespan],
    )
    if basis.settings.raw_resolve and basis.settings.fast_resolve:
        app.asgi_handler = Entrance(
            app.asgi_handler,
            parties=services.people.parties,
            idempotency=services.people.idempotency,
            resolving=services.resolving,
            hindered=lambda: bool(timekeeping.untrusted_seconds()) or basis.restoring.uncertain(),
        )
    install(
        app,
        make_request_id=lambda: basis.ids.secret(16).hex(),
        elapsed=basis.elapsed,
        metrics=basis.metrics,
        strict_transport=basis.settings.public_origin.startswith("https:"),
    )
    _admit(app, services)
    return app


def _admit(app: Litestar, services: Services) -> None:
    """
    Put admission around an application, the edge included: a refusal costs nothing of either.
    """
    basis = services.basis
    most = basis.settings.requests_at_once
    fewest = _FEWEST[basis.database.engine.dialect.name]
    policy = Policy(others=Limit(lowest=fewest, highest=most, first=min(_AT_FIRST, most)))

    def party_of(token: str) -> int | None:
        return services.people.parties.party_of(token)

    basis.database.report_waits(partial(policy.note, DATABASE))
    app.asgi_handler = Admission(
        app.asgi_handler,
        policy=policy,
        elapsed=basis.elapsed,
        party_of=party_of,
        metrics=basis.metrics,
        make_request_id=lambda: basis.ids.secret(16).hex().translate(LETTERS),
        strict_transport=basis.settings.public_origin.startswith("https:"),
    )


def _pages(services: Services, timekeeping: Timekeeping) -> Router:
    basis, people = services.basis, services.people
    secure = basis.settings.public_origin.startswith("https:")
    return pages(
        people.sessions,
        Front(
            secure=secure,
            demo_login=basis.settings.demo_login,
            his_origins=basis.settings.allowed_his_origins(),
            way=_way(people.providers.resident, RESIDENT_SIGN_IN, "signing-in", secure=secure),
        ),
        Door(
            operators=people.operators,
            vault=basis.vault,
            secure=secure,
            sources=Sources(basis.settings.trusted_proxies()),
            way=_way(
                people.providers.operator, OPERATOR_SIGN_IN, "operator-signing-in", secure=secure
            ),
        ),
        Books(
            administration=people.administration,
            review=services.money.review,
            registry=basis.registry,
            figures=services.figures,
            looking=Looking(
                database=basis.database,
                clock=basis.clock,
                operators=people.operators,
                residents=people.residents,
                journal=people.journal,
            ),
            work=services.money.work,
            vault=basis.vault,
            timekeeping=timekeeping,
            restoring=basis.restoring,
            region=basis.settings.issuer_region,
        ),
    )


def _way(provider: RelyingParty | None, door: str, kept: str, *, secure: bool) -> Way | None:
    if provider is None:
        return None
    return Way(provider, door=door, kept=kept, secure=secure)


def _dependencies(services: Services, readiness: Readiness) -> dict[str, Provide]:
    def always(value: object) -> Callable[[], object]:
        return lambda: value

    injected: dict[str, object] = {"readiness": readiness, **services.injected()}
    return {
        name: Provide(always(value), sync_to_thread=False, use_cache=True)
        for name, value in injected.items()
    }


def _callers(services: Services) -> dict[str, Authenticate]:
    async def terminal(connection: Connection) -> TerminalCaller:
        caller = await services.people.parties.terminal(connection)
        # before anything is looked up; which of several it takes, the service says
        if caller.scopes.isdisjoint(connection.route_handler.opt[SCOPES]):
            raise ScopeDeniedError
        return caller

    async def resident(connection: Connection) -> ResidentCaller:
        return await services.people.sessions.resident(connection)

    return {"terminal": terminal, "resident": resident}


def readiness(basis: Basis, timekeeping: Timekeeping) -> Readiness:
    """
    Return what must hold before a process should get traffic.
    """
    allowed = basis.settings.allowed_integrations()
    return Readiness(
        database_reachable(basis.database),
        migrations_at_head(basis.database, migrate.fits),
        clock_sane(timekeeping),
        keys_loaded(lambda: not basis.key_watch.fault),
        integrations_open(allowed, [each.manifest.id for each in basis.registry]),
        nothing_restored(basis.restoring),
        not_draining(basis.draining),
    )
