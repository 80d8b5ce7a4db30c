"""The whole way there and back, over real HTTP, through both gateways."""

from tests.unit.integrations.nhsa.sandbox.desk import (
    AMLODIPINE,
    PEOPLE,
    VALSARTAN,
    Visit,
    fee_line,
)

DRUGS = (
    fee_line("1", AMLODIPINE, "4", "9.50", "38.00"),
    fee_line("2", VALSARTAN, "1", "23.80", "23.80"),
)


class TestHospital:
    """The hospital behind the TIF gateway."""

    async def test_settles_a_bill_with_fund_account_and_no_cash(self, visit):
        """
        张秀英's bill: consultation above its ceiling, 甲, 乙 above its ceiling, 丙.
        """
        output = await visit.settled()

        info = output["setlinfo"]
        assert {
            "medfee_sumamt": 133.5,
            "fulamt_ownpay_amt": 19.9,
            "overlmt_selfpay": 8.0,
            "preselfpay_amt": 2.38,
            "inscp_scp_amt": 103.22,
            "act_pay_dedc": 0.0,
            "hifp_pay": 72.25,
            "fund_pay_sumamt": 72.25,
            "hosp_part_amt": 5.0,
            "psn_part_amt": 56.25,
            "acct_pay": 56.25,
            "acct_mulaid_pay": "0.00",
            "psn_cash_pay": 0.0,
            "balc": "3154.30",
            "medins_setl_id": visit.desk.last_msgid,
        }.items() <= info.items()

    async def test_goes_back_the_same_way(self, visit):
        """
        2208, 2205 and 2202 undo everything; the account is full again.
        """
        settled = await visit.settled()
        mirror = await visit.ok("2208", visit.cancel_node(settled["setlinfo"]["setl_id"]))
        await visit.ok("2205", {"data": {**visit.who, "chrg_bchno": "0000"}})
        await visit.ok("2202", {"data": {**visit.who, "ipt_otp_no": visit.number}})
        books = await visit.desk.books()

        assert -133.5 == mirror["setlinfo"]["medfee_sumamt"]
        assert "cancelled" == books["visits"][0]["status"]
        assert 321055 == books["people"][0]["account"]
        assert 0 == books["people"][0]["pool_used"]["2026"]


class TestPharmacy:
    """The pharmacy behind the single address."""

    async def test_settles_with_mutual_aid(self, pharmacy):
        """
        李明's small account is used up, the relative's pays the rest.
        """
        visit = Visit(pharmacy, PEOPLE["li"])
        await visit.prepare(DRUGS)
        output = await visit.settle("61.80")

        # in scope 38.00 + 22.61 = 60.61, deductible 50.00 left, 55 % of 10.61 = 5.8355 -> 5.84
        info = output["setlinfo"]
        assert {
            "act_pay_dedc": 50.0,
            "fund_pay_sumamt": 5.84,
            "psn_part_amt": 55.96,
            "acct_pay": 55.96,
            "acct_mulaid_pay": "0.00",
            "balc": "30.24",
        }.items() <= info.items()

    async def test_answers_infcode_as_text_and_no_output_as_null(self, pharmacy):
        """
        The single address writes its envelope differently.
        """
        visit = Visit(pharmacy, PEOPLE["li"])
        await visit.register()
        node = {"data": {**visit.who, "ipt_otp_no": visit.number}}
        answer = await pharmacy.call("2202", node, visit.place)

        assert ("0", None) == (answer["infcode"], answer["output"])
