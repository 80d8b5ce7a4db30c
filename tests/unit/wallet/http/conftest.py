"""A small application behind the edge."""

from typing import Annotated

import httpx
import pytest
from litestar import Controller, Litestar, Response, post
from litestar import get as get_route
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter, URLEncodedBody
from msgspec import Meta, Struct

from wallet.errors import NotFoundError
from wallet.http.bodies import StrictRequest
from wallet.http.callers import ResidentCaller, TerminalCaller
from wallet.http.described import allows, signed_at_will
from wallet.http.document import ClosedStructs
from wallet.http.edge import install
from wallet.http.health import HealthController, Readiness
from wallet.http.limits import FORM, LimitsMiddleware, body_limits
from wallet.http.metrics import Metrics
from wallet.http.openapi import Interface, configuration
from wallet.http.problems import handlers, problems
from wallet.idempotency import IdempotencyKeyMissingError
from wallet.parties.errors import SignatureInvalidError

REFUSALS = (
    NotFoundError,
    IdempotencyKeyMissingError,
)


class Bill(Struct, frozen=True, forbid_unknown_fields=True):
    """
    A closed body.
    """

    number: Annotated[str, Meta(pattern=r"\A[0-9]{1,4}\Z", max_length=4)]


class Open(Struct, frozen=True):
    """
    A body that takes more than it names.
    """

    number: str = ""
    pieces: Annotated[int, Meta(ge=0, le=9)] = 1
    marks: list[Annotated[str, Meta(pattern=r"\A[a-z]{1,4}\Z")]] = []


class Bills(Controller):
    """
    Routes with every kind of limit.
    """

    path = "/v1/bills"

    @post(operation_id="make_bill", responses=problems(*REFUSALS))
    async def make(self, data: JSONBody[Bill], terminal: NamedDependency[TerminalCaller]) -> Bill:
        del terminal
        return data

    @post("/large", operation_id="large_bill", opt=body_limits(most_bytes=300_000))
    async def large(self, data: JSONBody[Open]) -> Open:
        return data

    @post("/form", operation_id="form_bill", opt=body_limits(media_types=(FORM,)))
    async def form(self, data: URLEncodedBody[Bill]) -> Bill:
        return data

    @get_route(operation_id="list_bills")
    async def some(self, limit: Annotated[int, QueryParameter(ge=1, le=9)] = 5) -> list[Open]:
        return [Open()] * limit

    @post("/renew", operation_id="renew_bill")
    async def renew(self) -> Open:
        return Open()

    @post(
        "/signed",
        operation_id="signed_bill",
        opt=allows("bills:a", "bills:b"),
        responses=problems(SignatureInvalidError),
    )
    async def signed(self, terminal: NamedDependency[TerminalCaller]) -> Open:
        del terminal
        return Open()

    @post(
        "/at-will",
        operation_id="at_will_bill",
        opt=signed_at_will(),
        responses=problems(SignatureInvalidError),
    )
    async def at_will(self, terminal: NamedDependency[TerminalCaller]) -> Open:
        del terminal
        return Open()

    @get_route("/picture", operation_id="picture_of_bill", media_type="image/png")
    async def picture(self) -> Response[bytes]:
        return Response(b"", media_type="image/png")

    @get_route("/{number:str}", operation_id="get_bill")
    async def one(self, number: FromPath[str], resident: NamedDependency[ResidentCaller]) -> Open:
        del resident
        return Open(number)

    @get_route("/broken", operation_id="broken_bill")
    async def broken(self) -> Open:
        msg = "张三 11010519491231002X"
        raise RuntimeError(msg)


class Shop:
    """
    The application, its counters and what passes for time.
    """

    def __init__(self):
        self.metrics = Metrics()
        self.readiness = Readiness()
        self.made = 0
        self.app = Litestar(
            route_handlers=[Bills, HealthController],
            dependencies={
                "readiness": self.ready,
                "terminal": self.terminal,
                "resident": self.resident,
            },
            middleware=[LimitsMiddleware(read_seconds=0.2)],
            request_class=StrictRequest,
            exception_handlers=handlers(),
            plugins=[ClosedStructs()],
            openapi_config=configuration(Interface(version="1.0.0", description="A shop.")),
            logging_config=None,
        )
        install(
            self.app,
            make_request_id=self.make_request_id,
            elapsed=lambda: 0.0,
            metrics=self.metrics,
            strict_transport=True,
        )

    async def ready(self) -> Readiness:
        return self.readiness

    async def terminal(self) -> TerminalCaller:
        return TerminalCaller(party_id=1, terminal_id=2, scopes=frozenset())

    async def resident(self) -> ResidentCaller:
        return ResidentCaller(resident_id=1, session_id=2)

    def make_request_id(self):
        self.made += 1
        return f"{self.made:032x}"

    def client(self):
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://shop.example")


@pytest.fixture
def shop():
    """
    A small application behind the edge.
    """
    return Shop()


@pytest.fixture
async def client(shop):
    """
    Its client.
    """
    async with shop.client() as client:
        yield client
