"""Visits as their resident sees them."""

import pytest

from tests.fixtures.desks import RESIDENT
from tests.unit.wallet.settling.test_settling_api import application
from wallet.errors import NotFoundError, ValidationFailedError

SOMEBODY_ELSE = 4712


async def opened(desk, count, **changes):
    """
    Open visits one after the other; return when each was opened.
    """
    at = []
    for _ in range(count):
        desk.clock.advance(60)
        at.append(desk.clock.now())
        await desk.visit(**changes)
    return at


class TestPage:
    async def test_newest_first(self, desk):
        """
        Pages go back in time, one after the other, and hold nobody else's.
        """
        at = await opened(desk, 3)
        await opened(desk, 1, resident_id=SOMEBODY_ELSE)
        newer, cursor = await desk.history.page(RESIDENT, cursor=None, limit=2)
        older, end = await desk.history.page(RESIDENT, cursor=cursor, limit=2)

        assert at[::-1] == [visit.opened_at for visit in (*newer, *older)]
        assert end is None

    async def test_somebody_elses(self, desk):
        """
        What one resident was given is nothing to another one.
        """
        await opened(desk, 1)
        ((visit,), _) = await desk.history.page(RESIDENT, cursor=None, limit=1)

        assert visit == await desk.history.get(RESIDENT, visit.id)
        with pytest.raises(ValidationFailedError):
            await desk.history.page(SOMEBODY_ELSE, cursor=visit.id, limit=1)
        with pytest.raises(NotFoundError):
            await desk.history.get(SOMEBODY_ELSE, visit.id)
        with pytest.raises(ValidationFailedError):
            await desk.approvals.page(SOMEBODY_ELSE, cursor=None, limit=1, visit=visit.id)


class TestApi:
    async def test_from_visit_to_bill(self, desk):
        """
        The resident sees where and how a visit stands, no department, and the bills of it alone.
        """
        async with application(desk) as client:
            await client.open()
            desks = await client.visit()
            bill = (await client.open(desks)).json()
            listed = await client.get("/v1/visits?limit=1", who="resident")
            page = listed.json()
            (visit,) = page["visits"]
            path = f"/v1/settlements?visit_id={visit['id']}"
            (mine,) = (await client.get(path, who="resident")).json()["settlements"]
            denied = await client.get("/v1/visits")

        assert ("示范市第一人民医院", "open", True, True, 0) == tuple(
            visit[name]
            for name in ("party_name", "phase", "insured", "settlement_open", "settlements")
        )
        assert "心内科" not in listed.text
        assert visit["id"] == page["next_cursor"] == mine["visit_id"] != desks["id"]
        assert bill["created_at"] == mine["created_at"]
        assert 401 == denied.status_code
