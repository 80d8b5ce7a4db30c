"""
The pages as one router: their controllers, what only they are given, and errors as pages.
"""

from litestar import Router
from litestar.di import Provide
from litestar.exceptions import HTTPException

from wallet.errors import WalletError
from wallet.http.bodies import StrictRequest
from wallet.http.callers import OperatorCaller, ResidentCaller
from wallet.pages.assets import assets
from wallet.pages.design import DesignController
from wallet.pages.desk.desk import DeskController
from wallet.pages.forms import resident_form
from wallet.pages.front import Front
from wallet.pages.operator.books import Books
from wallet.pages.operator.door import Door, OperatorForm
from wallet.pages.operator.overview import OverviewController
from wallet.pages.operator.parties import PartiesController
from wallet.pages.operator.people import PeopleController
from wallet.pages.operator.provider import OperatorProviderController
from wallet.pages.operator.review import ReviewController
from wallet.pages.operator.signing_in import OperatorSigningInController
from wallet.pages.operator.systems import SystemsController
from wallet.pages.problems import invalid, refused
from wallet.pages.rendering import AnyRequest
from wallet.pages.resident.code import CodeController
from wallet.pages.resident.consents import ConsentsPageController
from wallet.pages.resident.contexts import ContextsController
from wallet.pages.resident.devices import DevicesController
from wallet.pages.resident.events import EventsController
from wallet.pages.resident.installed import InstalledController
from wallet.pages.resident.looks import LooksController
from wallet.pages.resident.payments import PaymentsController
from wallet.pages.resident.provider import ProviderController
from wallet.pages.resident.signing_in import SigningInController
from wallet.pages.resident.visits import VisitsPageController
from wallet.pages.shell import ShellController
from wallet.residents.sessions import SessionsService


def pages(sessions: SessionsService, front: Front, door: Door, books: Books) -> Router:
    """
    Return the router of every page.

    Raises:
        FileNotFoundError: a file that pages are served with is missing.
    """
    assets()

    async def visitor(request: AnyRequest) -> ResidentCaller:
        return await sessions.visitor(request)

    async def operator(request: AnyRequest) -> OperatorCaller:
        return await door.caller(request)

    async def operator_form(request: AnyRequest) -> OperatorForm:
        return await door.form(request)

    return Router(
        path="/",
        route_handlers=[
            CodeController,
            ConsentsPageController,
            ContextsController,
            DesignController,
            DeskController,
            DevicesController,
            EventsController,
            InstalledController,
            LooksController,
            OperatorProviderController,
            OperatorSigningInController,
            OverviewController,
            PartiesController,
            PaymentsController,
            PeopleController,
            ProviderController,
            ReviewController,
            ShellController,
            SigningInController,
            SystemsController,
            VisitsPageController,
        ],
        dependencies={
            "books": Provide(lambda: books, sync_to_thread=False),
            "door": Provide(lambda: door, sync_to_thread=False),
            "form": Provide(resident_form),
            "front": Provide(lambda: front, sync_to_thread=False),
            "operator": Provide(operator),
            "operator_form": Provide(operator_form),
            "visitor": Provide(visitor),
        },
        request_class=StrictRequest,
        exception_handlers={WalletError: refused, HTTPException: invalid},
        include_in_schema=False,
    )
