"""2208 and 2601."""

import pytest

from tests.unit.integrations.nhsa.sandbox.desk import PEOPLE, Visit


def reversal(person, msgid, infno="2207"):
    return {"data": {"psn_no": person.psn_no, "omsgid": msgid, "oinfno": infno}}


async def cancelled(visit):
    """A visit settled and cancelled; the settlement's id."""
    setl_id = (await visit.settled())["setlinfo"]["setl_id"]
    await visit.ok("2208", visit.cancel_node(setl_id))
    return setl_id


async def purse(desk, psn_no=PEOPLE["zhang"].psn_no):
    """The accumulators of one person's first insurance."""
    rows = (await desk.books())["people"]
    return next(row for row in rows if row["psn_no"] == psn_no)


class TestCancel:
    """2208."""

    async def test_restores_every_accumulator(self, hospital):
        """
        Deductible, pool, account and mutual aid are as before.
        """
        li = PEOPLE["li"]
        visit = Visit(hospital, li)
        before = await purse(hospital, li.psn_no)
        settled = await visit.settled()
        between = await purse(hospital, li.psn_no)
        await visit.ok("2208", visit.cancel_node(settled["setlinfo"]["setl_id"]))

        assert (0, 50000 - 1037) == (between["account"], between["mutual_aid"])
        assert {"2026": 30000} == between["deductible_used"]
        assert before == await purse(hospital, li.psn_no)

    async def test_mirrors_the_settlement(self, visit):
        """
        Negative amounts, its own id, its own message; the balance is back.
        """
        settled = (await visit.settled())["setlinfo"]
        output = await visit.ok("2208", visit.cancel_node(settled["setl_id"]))
        mirror = output["setlinfo"]

        assert mirror["setl_id"] != settled["setl_id"]
        assert {
            "medfee_sumamt": -133.5,
            "fund_pay_sumamt": -72.25,
            "acct_pay": -56.25,
            "acct_mulaid_pay": "0.00",
            "hosp_part_amt": -5.0,
            "balc": "3210.55",
            "medins_setl_id": visit.desk.last_msgid,
        }.items() <= mirror.items()
        assert -72.25 == output["setldetail"][0]["fund_payamt"]

    async def test_happens_once(self, visit):
        """
        Neither the settlement nor its mirror can be cancelled again.
        """
        setl_id = (await visit.settled())["setlinfo"]["setl_id"]
        output = await visit.ok("2208", visit.cancel_node(setl_id))
        codes = [
            await visit.refused("2208", visit.cancel_node(one))
            for one in (setl_id, output["setlinfo"]["setl_id"])
        ]

        assert [5007, 5009] == codes

    async def test_knows_only_this_visits_settlements(self, visit):
        """
        Unknown, another visit's, and a reversed one.
        """
        await visit.register()
        other = Visit(visit.desk, visit.person, "OP2")
        setl_id = (await other.settled())["setlinfo"]["setl_id"]
        settling = visit.desk.last_msgid
        unknown = await visit.refused("2208", visit.cancel_node("x"))
        elsewhere = await visit.refused("2208", visit.cancel_node(setl_id))
        await other.ok("2601", reversal(other.person, settling))
        reversed_one = await other.refused("2208", other.cancel_node(setl_id))

        assert (5005, 5006, 5008) == (unknown, elsewhere, reversed_one)

    async def test_wants_its_fields_and_visit(self, visit, pharmacy):
        """
        All three ids, and the institution's own visit.
        """
        await visit.register()

        assert 1002 == await visit.refused("2208", {"data": {}})
        assert 3002 == await pharmacy.refused("2208", visit.cancel_node("x"), "440100")

    async def test_lets_the_batch_be_settled_anew(self, visit):
        """
        After 2208 the lines are unsettled; 2206 and 2207 with a fresh scan follow.
        """
        await cancelled(visit)
        await visit.settle()
        statuses = [row["status"] for row in (await visit.desk.books())["settlements"]]

        assert ["cancelled", "settled", "settled"] == statuses


class TestReverseSettlement:
    """2601 of a 2207."""

    async def test_undoes_what_was_carried_out(self, visit):
        """
        The settlement is gone, the account is back, the batch unsettled.
        """
        await visit.settled()
        await visit.ok("2601", reversal(visit.person, visit.desk.last_msgid))
        books = await visit.desk.books()
        found = await visit.ok("5203", {"data": visit.who})

        assert "reversed" == books["settlements"][0]["status"]
        assert 321055 == (await purse(visit.desk))["account"]
        assert [] == found["setlinfo"]
        assert [True] == [row["undone"] for row in books["reversals"]]

    async def test_frees_the_token(self, visit):
        """
        As if 2207 had never been: the same scan may settle after a new 2206.
        """
        await visit.prepare()
        node, _ = await visit.pre_settle()
        await visit.ok("2207", node)
        await visit.ok("2601", reversal(visit.person, visit.desk.last_msgid))
        without = await visit.refused("2207", node)
        await visit.ok("2206", node)

        assert (5003, 0) == (without, await visit.refused("2207", node))

    async def test_refuses_a_late_arrival(self, visit):
        """
        A message that had not arrived never will.
        """
        await visit.prepare()
        node, _ = await visit.pre_settle()
        msgid = visit.desk.next_msgid()
        await visit.ok("2601", reversal(visit.person, msgid))
        late = await visit.refused("2207", node, msgid=msgid)
        books = await visit.desk.books()

        assert (1006, []) == (late, books["settlements"])
        assert 0 == await visit.refused("2207", node)

    async def test_succeeds_again(self, visit):
        """
        Carried out or not, under the same or another message.
        """
        await visit.settled()
        node = reversal(visit.person, visit.desk.last_msgid)
        await visit.ok("2601", node)
        again = await visit.refused("2601", node, msgid=visit.desk.last_msgid)

        assert (0, 0) == (again, await visit.refused("2601", node))
        assert 321055 == (await purse(visit.desk))["account"]

    async def test_comes_too_late_after_a_cancellation(self, visit):
        """
        What 2208 took back cannot be taken back again.
        """
        setl_id = (await visit.settled())["setlinfo"]["setl_id"]
        settling = visit.desk.last_msgid
        await visit.ok("2208", visit.cancel_node(setl_id))

        assert 6005 == await visit.refused("2601", reversal(visit.person, settling))

    async def test_checks_whose_message_it_is(self, visit):
        """
        Transaction, institution, form, person and number must fit.
        """
        await visit.settled()
        settling = visit.desk.last_msgid
        nodes = (
            reversal(visit.person, settling, "2201"),
            reversal(visit.person, "P44010600002" + settling[12:]),
            reversal(visit.person, settling[:-1]),
            reversal(PEOPLE["li"], settling),
            reversal(visit.person, settling, "2208"),
            {"data": {}},
            reversal(PEOPLE["zhou"], settling),
        )
        codes = [await visit.refused("2601", node) for node in nodes]

        assert [6001, 6002, 1004, 6003, 6004, 1002, 2001] == codes


class TestReverseCancellation:
    """2601 of a 2208."""

    async def test_brings_the_settlement_back(self, visit):
        """
        The account is spent again and the mirror is gone.
        """
        setl_id = await cancelled(visit)
        await visit.ok("2601", reversal(visit.person, visit.desk.last_msgid, "2208"))
        found = await visit.ok("5203", {"data": visit.who})

        assert [(setl_id, "0")] == [
            (row["setl_id"], row["refd_setl_flag"]) for row in found["setlinfo"]
        ]
        assert 321055 - 5625 == (await purse(visit.desk))["account"]

    async def test_voids_a_message_that_never_came(self, visit):
        """
        The settlement stands, and the late 2208 is refused.
        """
        setl_id = (await visit.settled())["setlinfo"]["setl_id"]
        msgid = visit.desk.next_msgid()
        await visit.ok("2601", reversal(visit.person, msgid, "2208"))

        assert 1006 == await visit.refused("2208", visit.cancel_node(setl_id), msgid=msgid)

    @pytest.mark.parametrize("since", ["settled anew", "taken back", "cancelled"])
    async def test_comes_too_late_once_things_went_on(self, visit, since):
        """
        Not after the batch was settled anew or taken back, nor after 2202.
        """
        await cancelled(visit)
        cancelling = visit.desk.last_msgid
        if since == "settled anew":
            await visit.settle()
        else:
            await visit.ok("2205", {"data": {**visit.who, "chrg_bchno": "B1"}})
        if since == "cancelled":
            await visit.ok("2202", {"data": {**visit.who, "ipt_otp_no": visit.number}})

        assert 6005 == await visit.refused("2601", reversal(visit.person, cancelling, "2208"))

    async def test_does_not_overdraw_the_account(self, hospital):
        """
        Another visit has spent the account since.
        """
        li = PEOPLE["li"]
        first, second = Visit(hospital, li, "OP1"), Visit(hospital, li, "OP2")
        await cancelled(first)
        cancelling = hospital.last_msgid
        await second.settled()

        assert 6006 == await first.refused("2601", reversal(li, cancelling, "2208"))
