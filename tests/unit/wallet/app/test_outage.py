"""While no database takes writes, callers are told when to come again, and nothing else."""

import httpx
import pytest
from sqlalchemy import make_url
from structlog.testing import capture_logs

from tests.fixtures.ports import ReservedPort
from tests.fixtures.wallets import ORIGIN, Wallet
from wallet.app import create_app
from wallet.app.interface import examples

PERSON = {"name": "李明", "document_type": "id_card", "document_number": "440104198807213314"}


@pytest.fixture
async def wallet(anyio_backend, clock, ids):
    """
    A wallet that knows two hosts, of which none answers.
    """
    del anyio_backend
    ports = [ReservedPort(), ReservedPort()]
    hosts = "&".join(f"host=127.0.0.1:{port.number}" for port in ports)
    wallet = Wallet(f"postgresql://wallet@/wallet?{hosts}", clock, ids)
    yield wallet
    await wallet.services.close()
    for port in ports:
        port.close()


@pytest.fixture
async def client(wallet):
    """
    A client of the whole application.
    """
    transport = httpx.ASGITransport(app=create_app(wallet.services))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


ASKED = pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/terminals/enrol", examples()["enrolTerminal"]),
        ("/v1/demo/sessions", PERSON),
        ("/v1/resolve", {}),
    ],
)


class TestOutage:
    @ASKED
    async def test_is_told_as_busy(self, client, path, body):
        """
        Whatever needs the database is answered 503 with the time to come again.
        """
        response = await client.post(path, json=body)

        assert (503, "OVERLOADED", "1") == (
            response.status_code,
            response.json()["code"],
            response.headers["retry-after"],
        )

    async def test_behind_the_first_question_too(self, wallet, client):
        """
        So it is when the database goes after it was known that no restore waits.
        """
        wallet.services.basis.restoring._told = (wallet.steady, False)
        response = await client.post("/v1/demo/sessions", json=PERSON)

        assert (503, "1") == (response.status_code, response.headers["retry-after"])

    async def test_readiness_names_it(self, client):
        """
        A balancer is told what is missing.
        """
        with capture_logs():
            response = await client.get("/readyz")

        assert {"database", "migrations"} <= set(response.json()["failing"])


class TestWithoutTables:
    @pytest.fixture(params=["sqlite", "postgres"])
    async def wallet(self, anyio_backend, request, tmp_path, clock, ids):
        """
        A wallet over a database that nobody has migrated.
        """
        del anyio_backend
        address = f"sqlite:///{tmp_path}/empty.db"
        if request.param == "postgres":
            url = make_url(request.getfixturevalue("postgres_url"))
            address = url.set(database="postgres").render_as_string()
        wallet = Wallet(address, clock, ids)
        yield wallet
        await wallet.services.close()

    @ASKED
    async def test_is_told_to_whoever_asks(self, client, path, body):
        """
        Whatever needs a table is answered 503 with the reason, and the fault is in the log.
        """
        with capture_logs() as logged:
            response = await client.post(path, json=body)

        assert (503, "OVERLOADED", "10") == (
            response.status_code,
            response.json()["code"],
            response.headers["retry-after"],
        )
        assert "schema" in response.json()["detail"]
        assert "request failed" in [line["event"] for line in logged]

    async def test_readiness_names_the_schema(self, client):
        """
        A balancer is told why nobody is sent, and that the database is there.
        """
        with capture_logs():
            response = await client.get("/readyz")

        assert 503 == response.status_code
        assert "migrations" in response.json()["failing"]
        assert "database" not in response.json()["failing"]
