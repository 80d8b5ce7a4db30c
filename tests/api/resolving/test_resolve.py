"""``POST /v1/resolve`` through the whole application."""

import pytest

from integrations.spi import Purpose, UnavailableError
from tests.fixtures.region import LI, MASKED, Region, health_card, insurance, payment
from wallet.parties.words import PartyStatus
from wallet.vault import Keep

BODY = {"purpose": "settlement", "scene": "outpatient_settlement"}


@pytest.fixture(params=["sqlite, raw", "postgres, ordinary"])
def way(request):
    """
    The database, and whether ordinary posts are let in without the framework.
    """
    return request.param.split(", ")


@pytest.fixture
def url(request, way):
    """
    The URL of a fresh database.
    """
    return request.getfixturevalue(f"{way[0]}_url")


@pytest.fixture
def region(way, database, clock, ids, vault):
    """
    A wallet with three contexts.
    """
    kinds = (health_card(), insurance(), payment())
    return Region(database, clock, ids, vault, *kinds, raw_resolve=way[1] == "raw")


@pytest.fixture
async def desk(region):
    return await region.hospital()


@pytest.fixture
async def resident_id(region):
    return await region.resident(LI, "health_card", "insurance", "payment")


@pytest.fixture
async def phone(region, resident_id):
    return await region.phone(resident_id)


@pytest.fixture
async def post(region, desk):
    """
    Posts a code as the desk.
    """
    headers = await desk.bearer()
    async with region.client() as client:

        async def post(code, *, key="k", extra=(), **body):
            sent = headers | ({"idempotency-key": key} if key else {}) | dict(extra)
            return await client.post(
                "/v1/resolve", json={"code": code, **BODY, **body}, headers=sent
            )

        yield post


def problem(answer):
    """
    Return status and code of a problem, which every refusal is.
    """
    assert "application/problem+json" == answer.headers["content-type"]
    return answer.status_code, answer.json()["code"]


class TestAccepted:
    async def test_answer(self, post, phone):
        """
        An accepted code is 200 with handle, person and verdicts, and is stored nowhere else.
        """
        answer = await post(phone.show())
        told = answer.json()

        assert (200, 300, False) == (answer.status_code, told["expires_in"], told["check_holder"])
        assert {"masked", "name", "document", "age", "sex", "birth_date", "phone"} == set(
            told["person"]
        )
        assert ["health_card", "insurance", "payment"] == [v["context"] for v in told["verdicts"]]
        assert "idempotency-replayed" not in answer.headers

    async def test_replay(self, post, phone):
        """
        The same post again is the same answer, marked as such.
        """
        code = phone.show()
        first, again = await post(code), await post(code)

        assert first.json() == again.json()
        assert "true" == again.headers["idempotency-replayed"]

    async def test_card(self, post, phone):
        """
        A card that was read is taken beside the code.
        """
        card = {"reader": "RDR-0001", "card": "id_card", "number": LI.document_number}

        assert 200 == (await post(phone.show(), card=card)).status_code

    async def test_one_down(self, region, post, phone):
        """
        An integration that is down does not change the status.
        """
        region.fake("payment").verdict = UnavailableError("down")
        answer = await post(phone.show())
        down = answer.json()["verdicts"][2]

        assert (200, "unavailable", {}, "Does not answer now") == (
            answer.status_code,
            down["status"],
            down["fields"],
            down["message"]["en"],
        )


class TestRefused:
    """
    Every problem code that the route declares and a code, a device or a terminal can cause.
    """

    async def test_malformed(self, post):
        """
        What is no code is CODE_MALFORMED.
        """
        assert (400, "CODE_MALFORMED") == problem(await post("hello"))

    async def test_unsupported(self, post):
        """
        A code that nobody decodes is CODE_UNSUPPORTED and names its family.
        """
        answer = await post("131234567890123456")

        assert (400, "CODE_UNSUPPORTED") == problem(answer)
        assert "wechat_pay" == answer.json()["family"]

    async def test_not_accepted(self, post, phone):
        """
        A forged code is CODE_NOT_ACCEPTED.
        """
        forged = phone.show()
        forged = forged[:40] + ("1" if forged[40] == "0" else "0") + forged[41:]

        assert (404, "CODE_NOT_ACCEPTED") == problem(await post(forged))

    async def test_not_yet_valid(self, post, phone):
        """
        A code of a clock far ahead is CODE_NOT_YET_VALID.
        """
        phone.ahead_seconds = 90

        assert (400, "CODE_NOT_YET_VALID") == problem(await post(phone.show()))

    async def test_expired(self, region, post, phone):
        """
        A code of a past step is CODE_EXPIRED.
        """
        code = phone.show()
        region.next_step(3)

        assert (410, "CODE_EXPIRED") == problem(await post(code))

    async def test_used(self, region, post, phone):
        """
        A used code is CODE_USED; later it asks to check the holder.
        """
        code = phone.show()
        await post(code)
        soon = await post(code, key="2")
        region.clock.advance(11)
        late = await post(code, key="3")

        assert (409, "CODE_USED") == problem(soon) == problem(late)
        assert (None, True) == (soon.json().get("check_holder"), late.json()["check_holder"])

    async def test_revoked(self, region, post, phone, resident_id):
        """
        A code of a revoked device is CODE_REVOKED.
        """
        await region.people.devices.keeping.revoke(resident_id, phone.device_no)

        assert (410, "CODE_REVOKED") == problem(await post(phone.show()))

    async def test_frozen(self, region, post, phone, resident_id):
        """
        A frozen resident's code is DEVICE_FROZEN.
        """
        await region.people.devices.keeping.freeze(resident_id)

        assert (423, "DEVICE_FROZEN") == problem(await post(phone.show()))

    async def test_rate_limited(self, post, phone):
        """
        Too many wrong one-time passwords are RATE_LIMITED with a time to wait.
        """
        code = phone.show()
        wrong = code[:80] + ("1" if code[80] == "0" else "0") + code[81:]
        answers = [await post(wrong, key=str(number)) for number in range(11)]

        assert (404, "CODE_NOT_ACCEPTED") == problem(answers[0])
        assert (429, "RATE_LIMITED") == problem(answers[-1])
        assert "60" == answers[-1].headers["retry-after"]

    async def test_integration_unavailable(self, region, post):
        """
        A foreign code whose integration is down is INTEGRATION_UNAVAILABLE.
        """
        region.fake("insurance").decoded = UnavailableError("down")
        answer = await post("2" * 28)

        assert (503, "INTEGRATION_UNAVAILABLE") == problem(answer)
        assert "2" == answer.headers["retry-after"]

    async def test_forgotten(self, region, post, phone, resident_id):
        """
        A resident whose key was destroyed is nobody.
        """
        async with region.database.transaction() as session:
            await region.vault.shred(session, resident_id, Keep.WALLET)

        assert (404, "CODE_NOT_ACCEPTED") == problem(await post(phone.show()))


class TestTerminal:
    async def test_no_token(self, post, phone):
        """
        Without a token it is TOKEN_INVALID.
        """
        answer = await post(phone.show(), extra={"authorization": ""})

        assert (401, "TOKEN_INVALID") == problem(answer)

    async def test_scope(self, region, desk, phone):
        """
        A token without the purpose's scope is SCOPE_DENIED and burns nothing.
        """
        code = phone.show()
        narrow = await desk.bearer(MASKED - {"resolve:settlement"})
        async with region.client() as client:
            denied = await client.post(
                "/v1/resolve",
                json={"code": code, **BODY},
                headers=narrow | {"idempotency-key": "k"},
            )
            accepted = await client.post(
                "/v1/resolve",
                json={"code": code, **BODY},
                headers=await desk.bearer() | {"idempotency-key": "k"},
            )

        assert (403, "SCOPE_DENIED") == problem(denied)
        assert 200 == accepted.status_code

    async def test_revoked(self, post, desk, phone):
        """
        A revoked terminal's token, though still alive, is TERMINAL_UNKNOWN.
        """
        await desk.administration.revoke_terminal(desk.party_id, desk.terminal_id)

        assert (401, "TERMINAL_UNKNOWN") == problem(await post(phone.show()))

    async def test_suspended(self, post, desk, phone):
        """
        So is a token of a suspended party.
        """
        await desk.administration.set_status(desk.party_id, PartyStatus.SUSPENDED)

        assert (401, "TERMINAL_UNKNOWN") == problem(await post(phone.show()))

    async def test_signature(self, region, phone):
        """
        Where the party wants it an unsigned resolve is SIGNATURE_INVALID.
        """
        strict = await region.hospital(sign_resolve=True)
        async with region.client() as client:
            answer = await client.post(
                "/v1/resolve",
                json={"code": phone.show(), **BODY},
                headers=await strict.bearer() | {"idempotency-key": "k"},
            )

        assert (401, "SIGNATURE_INVALID") == problem(answer)


class TestIdempotency:
    async def test_missing(self, post, phone):
        """
        Without a key it is IDEMPOTENCY_KEY_MISSING.
        """
        assert (400, "IDEMPOTENCY_KEY_MISSING") == problem(await post(phone.show(), key=""))

    async def test_another_body(self, post, phone):
        """
        A key with another body is IDEMPOTENCY_MISMATCH.
        """
        await post(phone.show())

        assert (422, "IDEMPOTENCY_MISMATCH") == problem(await post(phone.show(1)))

    async def test_another_terminal(self, desk, post, phone):
        """
        A key of another terminal of the party is HANDLE_MISMATCH.
        """
        code, neighbour = phone.show(), await desk.neighbour()
        await post(code)
        answer = await post(code, extra=await neighbour.bearer())

        assert (403, "HANDLE_MISMATCH") == problem(answer)

    async def test_too_late(self, region, desk, post, phone):
        """
        A key whose handle is over is HANDLE_EXPIRED.
        """
        code = phone.show()
        await post(code)
        region.clock.advance(300)
        answer = await post(code, extra=await desk.bearer())

        assert (410, "HANDLE_EXPIRED") == problem(answer)


class TestForm:
    @pytest.mark.parametrize(
        "change",
        [
            {"code": ""},
            {"code": 7},
            {"code": "F" * 513},
            {"code": None},
            {"purpose": "curiosity"},
            {"scene": "home"},
            {"contexts": ["Payment"]},
            {"contexts": ["payment\n"]},
            {"contexts": ["payment"] * 17},
            {"contexts": "payment"},
            {"card": {}},
            {"card": {"reader": "R", "card": "library_card", "number": "1"}},
            {"card": {"reader": "R", "card": "id_card", "number": "４４０"}},
            {"more": 1},
        ],
        ids=str,
    )
    async def test_refused(self, region, desk, phone, change):
        """
        Anything but the documented form is VALIDATION_FAILED and does not echo the code.
        """
        code = phone.show()
        async with region.client() as client:
            answer = await client.post(
                "/v1/resolve",
                json={"code": code, **BODY} | change,
                headers=await desk.bearer() | {"idempotency-key": "k"},
            )

        assert (400, "VALIDATION_FAILED") == problem(answer)
        assert code not in answer.text

    @pytest.mark.parametrize("purpose", list(Purpose))
    async def test_every_purpose(self, post, phone, purpose):
        """
        Every purpose is spelt as documented.
        """
        assert 200 == (await post(phone.show(), purpose=purpose.value)).status_code
