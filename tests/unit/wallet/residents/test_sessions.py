"""Sessions of residents, and the endpoints around them."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlmodel import select

from tests.fakes.clock import StandingClock
from tests.fakes.ids import CountingIds
from tests.fixtures.applications import serving
from wallet.db.session import Database
from wallet.residents.controller import (
    DemoSessionsController,
    MeController,
    SessionsController,
)
from wallet.residents.models import SessionRow
from wallet.residents.schemas import DemoSignIn
from wallet.residents.service import ResidentsService
from wallet.residents.sessions import SessionsService, SignedIn
from wallet.vault import Vault

ZHANG = {
    "name": "张秀英",
    "document_type": "id_card",
    "document_number": "440106195603124028",
    "phone": "13800138000",
}


@pytest.fixture
def residents(
    database: Database, clock: StandingClock, ids: CountingIds, vault: Vault
) -> ResidentsService:
    return ResidentsService(database=database, clock=clock, ids=ids, vault=vault)


def _sessions(residents: ResidentsService, *, demo_login: bool) -> SessionsService:
    return SessionsService(
        secure=False,
        database=residents._database,
        clock=residents._clock,
        ids=residents._ids,
        vault=residents._vault,
        residents=residents,
        demo_login=demo_login,
    )


@pytest.fixture
async def client(residents: ResidentsService) -> AsyncIterator[httpx.AsyncClient]:
    sessions = _sessions(residents, demo_login=True)
    async with serving(
        DemoSessionsController,
        SessionsController,
        MeController,
        resident=sessions.resident,
        residents=residents,
        sessions=sessions,
    ) as client:
        yield client


async def _bearer(client: httpx.AsyncClient) -> dict[str, str]:
    answer = await client.post("/v1/demo/sessions", json=ZHANG)
    return {"authorization": f"Bearer {answer.json()['token']}"}


class TestDemoSessions:
    async def test_signs_in(self, client: httpx.AsyncClient) -> None:
        """
        Name and document give a token for twelve hours, and the same resident each time.
        """
        answers = [(await client.post("/v1/demo/sessions", json=ZHANG)) for _ in range(2)]
        first, second = (answer.json() for answer in answers)

        assert (201, "2026-03-02T13:30:00Z") == (answers[0].status_code, first["expires_at"])
        assert first["resident"] == second["resident"]
        assert first["token"] != second["token"]

    async def test_is_not_there_unless_enabled(self, residents: ResidentsService) -> None:
        """
        A deployment that is no demonstration answers NOT_FOUND.
        """
        sessions = _sessions(residents, demo_login=False)
        async with serving(
            DemoSessionsController, residents=residents, sessions=sessions
        ) as client:
            answer = await client.post("/v1/demo/sessions", json=ZHANG)

        assert (404, "NOT_FOUND") == (answer.status_code, answer.json()["code"])

    async def test_another_name_is_refused(self, client: httpx.AsyncClient) -> None:
        """
        A document does not sign in somebody of another name, and the number is not echoed.
        """
        await client.post("/v1/demo/sessions", json=ZHANG)
        answer = await client.post("/v1/demo/sessions", json=ZHANG | {"name": "李明"})

        assert (409, "IDENTITY_MISMATCH") == (answer.status_code, answer.json()["code"])
        assert "4401" not in answer.text

    async def test_an_impossible_number_is_refused(self, client: httpx.AsyncClient) -> None:
        """
        A wrong check digit is told as such.
        """
        wrong = ZHANG | {"document_number": "440106195603124029"}
        answer = await client.post("/v1/demo/sessions", json=wrong)

        assert (422, "DOCUMENT_INVALID", "check_digit") == (
            answer.status_code,
            answer.json()["code"],
            answer.json()["reason"],
        )

    @pytest.mark.parametrize(
        "change",
        [
            {"extra": 1},
            {"name": ""},
            {"name": "张\n秀英"},
            {"name": " 张"},
            {"document_number": "440106195603124028\n"},
            {"document_number": "４４０１０６195603124028"},
            {"document_type": "library_card"},
            {"phone": "138"},
        ],
    )
    async def test_other_forms_are_refused(
        self, client: httpx.AsyncClient, change: dict[str, object]
    ) -> None:
        """
        Unknown fields and values outside the documented form are refused.
        """
        answer = await client.post("/v1/demo/sessions", json=ZHANG | change)

        assert (400, "VALIDATION_FAILED") == (answer.status_code, answer.json()["code"])


class TestMe:
    async def test_tells_own_data_and_how_it_is_shown(self, client: httpx.AsyncClient) -> None:
        """
        The resident sees the own data in full and the desk's view masked.
        """
        me = (await client.get("/v1/me", headers=await _bearer(client))).json()
        resident = me.pop("resident")

        assert resident.startswith("res_")
        assert {
            "name": "张秀英",
            "document_type": "id_card",
            "document_number": "440106195603124028",
            "birth_date": "1956-03-12",
            "sex": "F",
            "phone": "13800138000",
            "shown_to_desks": {
                "name": "张*",
                "document": "4****************8",
                "phone": "138****8000",
                "age": 69,
            },
        } == me


class TestResident:
    async def test_expires_after_twelve_hours(
        self, client: httpx.AsyncClient, clock: StandingClock
    ) -> None:
        """
        The token is good for twelve hours and not a second longer.
        """
        headers = await _bearer(client)
        clock.advance(12 * 3600 - 1)
        before = await client.get("/v1/me", headers=headers)
        clock.advance(1)
        after = await client.get("/v1/me", headers=headers)

        assert (200, 401, "TOKEN_INVALID") == (
            before.status_code,
            after.status_code,
            after.json()["code"],
        )

    async def test_ended_sessions_are_forgotten(
        self, client: httpx.AsyncClient, clock: StandingClock, database: Database
    ) -> None:
        """
        A new sign-in removes the rows of sessions that are over.
        """
        await _bearer(client)
        clock.advance(12 * 3600 + 1)
        await _bearer(client)
        async with database.reading() as session:
            rows = (await session.execute(select(SessionRow))).scalars().all()

        assert 1 == len(rows)

    async def test_every_changed_token_is_refused(self, client: httpx.AsyncClient) -> None:
        """
        A token with another secret, pointer, scheme or end is one and the same refusal.
        """
        good = (await _bearer(client))["authorization"]
        other = (await _bearer(client))["authorization"]
        pointer, _, secret = good.partition(".")
        sent = [
            f"{pointer}.{other.partition('.')[2]}",
            f"{other.partition('.')[0]}.{secret}",
            f"{pointer[:-2]}{'0' if pointer[-2] != '0' else '1'}{pointer[-1]}.{secret}",
            f"{pointer}.{secret[:-1]}",
            good.replace("Bearer", "bearer"),
            "Bearer",
            "",
        ]
        codes = {
            (await client.get("/v1/me", headers={"authorization": value})).json()["code"]
            for value in sent
        }
        missing = (await client.get("/v1/me")).json()["code"]
        twice = (
            await client.get("/v1/me", headers=[("authorization", good), ("authorization", good)])
        ).json()["code"]

        assert ({"TOKEN_INVALID"}, "TOKEN_INVALID", "TOKEN_INVALID") == (codes, missing, twice)

    async def test_the_database_holds_no_token(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        """
        Of the secret only a hash is kept.
        """
        secret = (await _bearer(client))["authorization"].partition(".")[2]
        async with database.reading() as session:
            row = (await session.execute(select(SessionRow))).scalar_one()

        assert secret.encode() not in row.secret_hash


class TestCloseSession:
    async def test_signs_out_this_session_only(self, client: httpx.AsyncClient) -> None:
        """
        The token is of no use afterwards; another session of the resident goes on.
        """
        here, there = await _bearer(client), await _bearer(client)
        closed = await client.delete("/v1/sessions/current", headers=here)
        after = [
            (await client.get("/v1/me", headers=headers)).status_code for headers in (here, there)
        ]

        assert (204, [401, 200]) == (closed.status_code, after)


class TestRedaction:
    def test_reprs_show_nothing(self, clock: StandingClock) -> None:
        """
        Neither the body of a sign-in nor its result shows anything.
        """
        body = DemoSignIn(
            name="张秀英", document_type="id_card", document_number="440106195603124028"
        )
        signed_in = SignedIn(resident_id=1, token="secret", expires_at=clock.now())

        assert ("DemoSignIn(…)", "SignedIn(…)") == (repr(body), repr(signed_in))
