"""A look at a person on the operator's pages."""

import re
from datetime import timedelta

from tests.fixtures.region import LI, ZHANG
from tests.pages.conftest import Browser
from wallet.http.errors import TokenInvalidError
from wallet.operators.grounds import grounds
from wallet.operators.words import Role
from wallet.pages.operator.looking import Look, Looking

HERE = "/operator/people"


def asked(operator, **other):
    """
    Return a filled-in form, with the authenticator's next code.
    """
    operator.region.clock.advance(30)
    return {
        "document_type": LI.document_type.value,
        "document_number": LI.document_number,
        "purpose": "投诉核实",
        "ticket": "T-1",
        "code": operator.code(),
    } | other


async def looks(region):
    """
    Return the operators' events that concern people, newest first.
    """
    events = (await region.people.operators.events.page()).events
    return [each for each in events if each.kind in {"looked", "sought"}]


class TestLook:
    async def test_both_sides_know(self, region, at_work):
        """
        A look shows the person masked; the person reads it, and the operators' events have it.
        """
        resident_id = await region.resident()
        page = (await at_work.send(HERE, HERE, **asked(at_work))).text
        (event,) = await looks(region)
        (entry,) = await region.journal(resident_id)

        assert "李*" in page
        assert "4****************4" in page
        assert LI.name not in page
        assert LI.document_number not in page
        assert ("looked", "投诉核实", "T-1") == (event.kind, event.purpose, event.ticket)
        assert ("operator_look", "投诉核实 (T-1)") == (entry.kind, entry.purpose)

    async def test_the_person_reads_it(self, region, at_work):
        """
        It stands at /looks with purpose and ticket.
        """
        await region.resident()
        await at_work.send(HERE, HERE, **asked(at_work))
        async with region.client() as client:
            phone = Browser(client)
            await phone.sign_in()
            page = (await client.get("/looks")).text

        assert "运营人员查看" in page
        assert "投诉核实 (T-1)" in page

    async def test_nobody(self, region, at_work):
        """
        A document that is nobody's is said to be so, and that somebody looked is written down.
        """
        answer = await at_work.send(
            HERE, HERE, **asked(at_work, document_number=ZHANG.document_number)
        )
        (event,) = await looks(region)

        assert "没有找到持此证件的人" in answer.text
        assert ("sought", "T-1", None) == (event.kind, event.ticket, event.person)

    async def test_refused(self, region, at_work):
        """
        Without grounds, a fresh code and a plausible document nothing is shown nor written.
        """
        wrong = (
            ({"purpose": ""}, 400),
            ({"purpose": "查 440104198807213314"}, 400),
            ({"ticket": "T 1"}, 400),
            ({"code": "000000"}, 401),
            ({"code": ""}, 401),
            ({"document_type": "sofa"}, 400),
            ({"document_number": "12345"}, 422),
            ({"person": "res_x", "cursor": ""}, 404),
        )
        resident_id = await region.resident()
        answers = [await at_work.send(HERE, HERE, **asked(at_work, **each)) for each, _ in wrong]

        assert [status for _, status in wrong] == [answer.status_code for answer in answers]
        assert [] == [each for each in answers if 'role="alert"' not in each.text]
        assert [] == [each for each in answers if "李*" in each.text]
        assert ([], []) == (await looks(region), await region.journal(resident_id))

    async def test_a_code_is_good_for_one_look(self, region, at_work):
        """
        The second look takes another code.
        """
        await region.resident()
        form = asked(at_work)
        first = await at_work.send(HERE, HERE, **form)
        second = await at_work.send(HERE, HERE, **form)

        assert (200, 401) == (first.status_code, second.status_code)
        assert 1 == len(await looks(region))

    async def test_too_many_wrong_codes(self, at_work):
        """
        After too many wrong codes it says how long to wait.
        """
        for _ in range(6):
            answer = await at_work.send(HERE, HERE, **asked(at_work, code="000000"))

        assert 429 == answer.status_code
        assert 0 < int(answer.headers["retry-after"])

    async def test_earlier_entries(self, region, at_work, monkeypatch):
        """
        Earlier entries are another look, with grounds and a code of its own.
        """
        monkeypatch.setattr("wallet.pages.operator.looking.A_PAGE", 1)
        await region.resident()
        for _ in range(2):
            await at_work.send(HERE, HERE, **asked(at_work))
        page = (await at_work.send(HERE, HERE, **asked(at_work))).text
        place = {
            name: re.search(rf'name="{name}" value="([^"]+)"', page)[1]
            for name in ("person", "cursor")
        }
        further = await at_work.send(HERE, HERE, **asked(at_work, **place))

        assert (200, 4) == (further.status_code, len(await looks(region)))
        assert further.text.count("运营人员查看") == 1

    async def test_auditor(self, region, auditor):
        """
        An auditor looks nobody up.
        """
        await region.resident()
        answer = await auditor.send("/operator", HERE, **asked(auditor))

        assert 403 == answer.status_code
        assert "document_number" not in await auditor.get(HERE)
        assert [] == await looks(region)


class TestLinked:
    async def test_factors_of_the_provider(self, region):
        """
        Who has no authenticator here looks within ten minutes of showing the provider's factors.
        """
        resident_id = await region.resident()
        operators, now = region.people.operators, region.clock.now()
        await operators.administration.add("lin", display="林工", role=Role.OPERATOR)
        account = {"issuer": "https://id.example", "subject": "s-1"}
        await operators.administration.link("lin", **account)
        looking = Looking(
            database=region.database,
            clock=region.clock,
            operators=operators,
            residents=region.people.residents,
            journal=region.people.journal,
        )
        told = []
        for minutes in (9, 11, None):
            at = None if minutes is None else now - timedelta(minutes=minutes)
            opened = await operators.linked_sign_in.sign_in(**account, signed_in_at=at, source="")
            look = Look(caller=opened.caller, code="", grounds=grounds("投诉核实", "T-1"))
            try:
                told.append((await looking.by_document(look, LI)).name)
            except TokenInvalidError:
                told.append("refused")

        assert ["李*", "refused", "refused"] == told
        assert ["operator_look"] == [entry.kind for entry in await region.journal(resident_id)]
