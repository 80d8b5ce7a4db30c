"""While a restore waits for an operator nothing is used up and nothing is moved."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from tests.fixtures.wallets import ORIGIN
from wallet.app import create_app
from wallet.restoring import repository
from wallet.restoring.errors import NotComparedError, NotRestoredError, TooEarlyError
from wallet.restoring.service import ASK_AGAIN_SECONDS


@pytest.fixture
async def client(wallet):
    """
    A client of the whole application, over a database that was restored.
    """
    await wallet.services.basis.restoring.begin(wallet.services.basis.clock.now())
    transport = httpx.ASGITransport(app=create_app(wallet.services))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


class TestGuard:
    @pytest.mark.parametrize(
        "path", ["/v1/resolve", "/v1/visits", "/v1/settlements/set_0/confirm", "/v1/demo/sessions"]
    )
    async def test_refuses_changes(self, client, path):
        """
        Whatever would change something is refused, with the time to come again.
        """
        response = await client.post(path, json={})

        assert (503, "OVERLOADED", "60") == (
            response.status_code,
            response.json()["code"],
            response.headers["retry-after"],
        )

    @pytest.mark.parametrize(
        ("method", "path"), [("GET", "/livez"), ("GET", "/v1/journal"), ("POST", "/oauth/token")]
    )
    async def test_lets_look(self, client, method, path):
        """
        Looking goes on.
        """
        response = await client.request(method, path)

        assert response.status_code < 500

    async def test_readiness_names_it(self, client):
        """
        A balancer sends nobody.
        """
        response = await client.get("/readyz")

        assert "restored" in response.json()["failing"]

    async def test_goes_on_once_it_is_ended(self, wallet, client):
        """
        Within seconds of the end everything is as before.
        """
        restoring = wallet.services.basis.restoring
        await restoring.compared(2)
        wallet.advance(120)
        await restoring.end(2, "a broken disk (OPS-1)")
        wallet.advance(ASK_AGAIN_SECONDS)
        response = await client.post("/v1/resolve", json={})

        assert response.status_code < 500


class TestEnd:
    async def test_only_what_was_compared(self, wallet):
        """
        A restore ends for whoever knows how many differences there are, once old codes are dead.
        """
        restoring = wallet.services.basis.restoring
        with pytest.raises(NotRestoredError):
            await restoring.end(0, "why")
        with pytest.raises(NotRestoredError):
            await restoring.compared(0)
        await restoring.begin(wallet.services.basis.clock.now())
        with pytest.raises(NotComparedError):
            await restoring.end(0, "why")
        await restoring.compared(3)
        with pytest.raises(NotComparedError):
            await restoring.end(0, "why")
        with pytest.raises(TooEarlyError):
            await restoring.end(3, "why")
        wallet.advance(120)
        await restoring.end(3, "why")

        assert await restoring.standing() is None

    async def test_not_past_a_comparison_that_just_ended(self, wallet):
        """
        What a comparison finds while somebody ends the restore is not overlooked.
        """
        basis = wallet.services.basis
        await basis.restoring.begin(basis.clock.now())
        await basis.restoring.compared(3)
        wallet.advance(120)
        async with basis.database.transaction() as session:
            found = {"compared_at": basis.clock.now(), "differences": 4}
            await repository.change_open(session, found)
            ending = asyncio.create_task(basis.restoring.end(3, "why"))
            await asyncio.sleep(0.3)  # it has looked by now, or waits for its turn
        with pytest.raises(NotComparedError):
            await ending

        assert (await basis.restoring.standing()).differences == 4


class TestLoop:
    async def test_claims_nothing(self, wallet):
        """
        A worker leaves everything where it is.
        """
        services = wallet.services
        await services.basis.restoring.begin(services.basis.clock.now())
        await services.begin_duties()
        loop = services.loop("w")
        task = asyncio.create_task(loop.run())
        await asyncio.sleep(0.1)
        loop.stop()
        await task

        assert await services.money.work.overdue(timedelta(0)) is not None


class TestAgain:
    async def test_compares_since_the_oldest_backup(self, wallet):
        """
        A backup that was made while a restore was open does not hide what that one lacks.
        """
        restoring, oldest = wallet.services.basis.restoring, wallet.services.basis.clock.now()
        await restoring.begin(oldest)
        wallet.advance(3600)
        await restoring.begin(wallet.services.basis.clock.now())
        standing = await restoring.standing()

        assert oldest == standing.backup_at
        assert oldest < standing.begun_at
