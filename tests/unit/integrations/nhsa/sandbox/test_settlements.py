"""2206 and 2207."""

import pytest

from tests.unit.integrations.nhsa.sandbox.desk import (
    CONSULTATION,
    PEOPLE,
    fee_line,
)


class TestPreSettle:
    """2206."""

    @pytest.mark.parametrize(
        ("overrides", "expected"),
        [
            ({"medfee_sumamt": "133.51"}, 5002),
            ({"medfee_sumamt": 133.5}, 0),
            ({"chrg_bchno": "B2"}, 5001),
            ({"med_type": "13"}, 3010),
            ({"insutype": "390"}, 2004),
            ({"psn_setlway": "03"}, 1003),
            ({"acct_used_flag": "2"}, 1003),
            ({"mdtrt_id": "x"}, 3001),
            ({"psn_no": "x"}, 3003),
        ],
    )
    async def test_checks_the_bill(self, visit, overrides, expected):
        """
        Sum, batch, type and scheme must be those of the visit.
        """
        await visit.prepare()
        node = visit.bill_node(await visit.desk.token(visit.person), **overrides)

        assert expected == await visit.refused("2206", node)

    async def test_changes_nothing(self, visit):
        """
        No settlement, and the account as before.
        """
        await visit.prepare()
        _, shown = await visit.pre_settle()
        books = await visit.desk.books()

        assert "setl_id" not in shown["setlinfo"]
        assert ([], 321055) == (books["settlements"], books["people"][0]["account"])

    async def test_names_the_paying_funds(self, visit):
        """
        One row for each fund that pays something.
        """
        await visit.prepare()
        _, shown = await visit.pre_settle()

        assert [("310100", 72.25)] == [
            (row["fund_pay_type"], row["fund_payamt"]) for row in shown["setldetail"]
        ]

    async def test_refuses_another_persons_credential(self, visit):
        """
        The insured person of the visit, and nobody else.
        """
        await visit.prepare()
        node = visit.bill_node(await visit.desk.token(PEOPLE["li"]))

        assert 2011 == await visit.refused("2206", node)

    async def test_refuses_a_settled_batch(self, visit):
        """
        Once settled, only 2208 helps.
        """
        await visit.settled()
        node = visit.bill_node(await visit.desk.token(visit.person))

        assert 4006 == await visit.refused("2206", node)

    async def test_spares_the_account_when_told(self, visit):
        """
        `acct_used_flag` 0 leaves all to cash.
        """
        await visit.prepare()
        _, shown = await visit.pre_settle(acct_used_flag="0")
        info = shown["setlinfo"]

        assert (0.0, 56.25) == (info["acct_pay"], info["psn_cash_pay"])


class TestSettle:
    """2207."""

    @pytest.mark.parametrize(
        "overrides",
        [
            {"fulamt_ownpay_amt": "19.91"},
            {"overlmt_selfpay": "0"},
            {"preselfpay_amt": "0.00"},
            {"inscp_scp_amt": "103.23"},
            {"acct_used_flag": "0"},
            {"psn_setlway": "02"},
        ],
    )
    async def test_refuses_anything_but_what_was_shown(self, visit, overrides):
        """
        Amounts and choices repeat the pre-settlement's.
        """
        await visit.prepare()
        node, _ = await visit.pre_settle()
        node["data"] |= overrides

        assert 5004 == await visit.refused("2207", node)

    async def test_wants_a_pre_settlement_of_these_lines(self, visit):
        """
        None yet, or lines added since.
        """
        await visit.prepare()
        node, _ = await visit.pre_settle()
        await visit.ok("2205", {"data": {**visit.who, "chrg_bchno": "B1"}})
        gone = await visit.refused("2207", node)
        await visit.upload()
        anew = await visit.refused("2207", node)
        await visit.ok("2206", node)

        assert (5001, 5003, 0) == (gone, anew, await visit.refused("2207", node))

    async def test_wants_a_pre_settlement_of_this_description(self, visit):
        """
        A new 2203 makes the old pre-settlement void.
        """
        await visit.prepare()
        node, _ = await visit.pre_settle()
        await visit.ok("2203", visit.details_node())

        assert 5003 == await visit.refused("2207", node)

    async def test_settles_once(self, visit):
        """
        Another message for the same batch is refused.
        """
        await visit.prepare()
        node, _ = await visit.pre_settle()
        await visit.ok("2207", node)
        node["data"] |= await visit.desk.token(visit.person)

        assert 4006 == await visit.refused("2207", node)

    @pytest.mark.parametrize(
        ("overrides", "expected"),
        [
            ({"medfee_sumamt": "133.51"}, 5002),
            ({"inscp_scp_amt": ""}, 1002),
            ({"invono": "1" * 21}, 1003),
            ({"mdtrt_id": "x"}, 3001),
        ],
    )
    async def test_checks_the_bill_again(self, visit, overrides, expected):
        """
        Whatever 2206 accepted.
        """
        await visit.prepare()
        node, _ = await visit.pre_settle()
        node["data"] |= overrides

        assert expected == await visit.refused("2207", node)

    async def test_keeps_two_bills_of_one_visit_apart(self, visit):
        """
        Each batch has its own scan, pre-settlement and settlement.
        """
        await visit.settled()
        second = fee_line("9", CONSULTATION, "1", "20.00", "20.00", batch="B2")
        await visit.upload((second,))
        await visit.settle("20.00", chrg_bchno="B2")
        books = await visit.desk.books()

        assert [("B1", 13350), ("B2", 2000)] == [
            (row["chrg_bchno"], row["total"]) for row in books["settlements"]
        ]
