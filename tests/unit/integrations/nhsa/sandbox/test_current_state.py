"""What others settle in between, and who is insured how, decides the final split."""

import msgspec
import pytest
from aiohttp.test_utils import TestClient, TestServer

from integrations.nhsa.sandbox import create_app
from tests.unit.integrations.nhsa.sandbox.desk import (
    AMLODIPINE,
    BILL_TOTAL,
    PEOPLE,
    Visit,
    fee_line,
)


class TestCurrentState:
    """What others settle in between counts."""

    async def test_counts_the_deductible_once(self, hospital):
        """
        李明 has 50.00 of it left; the first of two visits uses it up.
        """
        li = PEOPLE["li"]
        lines = (fee_line("1", AMLODIPINE, "10", "9.50", "95.00"),)
        visits = [Visit(hospital, li, number) for number in ("OP1", "OP2")]
        nodes = []
        for visit in visits:
            await visit.prepare(lines)
            nodes.append((await visit.pre_settle("95.00"))[0])
        settled = [await visit.ok("2207", node) for visit, node in zip(visits, nodes, strict=True)]
        figures = [
            (one["setlinfo"]["act_pay_dedc"], one["setlinfo"]["hifp_pay"]) for one in settled
        ]

        # (95 - 50) * 60 % = 27.00, then 95 * 60 % = 57.00
        assert [(50.0, 27.0), (0.0, 57.0)] == figures

    async def test_drifts_on_demand(self, visit):
        """
        The account is nearly emptied elsewhere just before 2207: 55.25 more cash than shown.
        """
        await visit.prepare()
        node, shown = await visit.pre_settle()
        await visit.desk.control(
            "POST", "drift", {"psn_no": visit.person.psn_no, "account_minus": 320955}
        )
        settled = await visit.ok("2207", node)
        cash = [one["setlinfo"]["psn_cash_pay"] for one in (shown, settled)]
        books = await visit.desk.books()

        assert [0.0, 55.25] == cash
        assert 0 == books["people"][0]["account"]

    async def test_drifts_only_whom_it_is_for(self, visit):
        """
        Somebody else's drift waits; the yearly pool and mutual aid drift too.
        """
        await visit.desk.control("POST", "drift", {"psn_no": "x", "account_minus": 1})
        await visit.desk.control("POST", "drift", {"pool_plus": 999_000, "mutual_aid_minus": 5})
        output = await visit.settled()
        left = await visit.desk.control("GET", "drift")

        assert 10.0 == output["setlinfo"]["hifp_pay"]
        assert ["x"] == [drift["psn_no"] for drift in left["drifts"]]

    async def test_pays_mutual_aid_after_the_account(self, hospital):
        """
        李明's 86.20 are used up, the relative's account pays the rest.
        """
        visit = Visit(hospital, PEOPLE["li"])
        await visit.prepare()
        info = (await visit.settle())["setlinfo"]

        # in scope 103.22, deductible 50.00, 60 % of 53.22 = 31.932 -> 31.93;
        # 133.50 - 31.93 - 5.00 = 96.57
        assert {
            "hifp_pay": 31.93,
            "psn_part_amt": 96.57,
            "acct_pay": 86.2,
            "acct_mulaid_pay": "10.37",
            "psn_cash_pay": 0.0,
            "balc": "0.00",
        }.items() <= info.items()

    @pytest.mark.parametrize(
        ("name", "pool", "cash"),
        [
            # 10 % less deductible: 3.22 * (50 - 5) % = 1.449
            ("wang", 1.45, 127.05),
            # 103.22 * (60 - 20) % = 41.288; 87.21 from the account
            ("zhao", 41.29, 0.0),
            # 103.22 * 50 % = 51.61
            ("chen", 51.61, 76.89),
        ],
    )
    async def test_pays_by_scheme_and_place(self, hospital, name, pool, cash):
        """
        Resident elsewhere with 备案, employee elsewhere without, local child.
        """
        visit = Visit(hospital, PEOPLE[name])
        await visit.prepare()
        info = (await visit.settle())["setlinfo"]

        assert (pool, cash) == (info["hifp_pay"], info["psn_cash_pay"])

    async def test_pays_civil_servants_and_large_amounts(self, settings, clock, hospital):
        """
        With 9 950.00 of 10 000.00 used: 50.00, then half of 22.25, then half of the rest.
        """
        zhang = PEOPLE["zhang"]
        insurance = msgspec.structs.replace(
            zhang.insurances[0], civil_servant=True, pool_used=995_000
        )
        people = (msgspec.structs.replace(zhang, insurances=(insurance,)),)
        app = create_app(msgspec.structs.replace(settings, people=people), clock)
        async with TestClient(TestServer(app, host="127.0.0.1")) as http:
            hospital.http = http
            output = await Visit(hospital, people[0]).settled()
        info = output["setlinfo"]

        # 22.25 * 50 % = 11.125 -> 11.13; (103.22 - 50.00 - 11.13) * 50 % = 21.045 -> 21.05
        assert (50.0, 11.13, 21.05, 82.18) == (
            info["hifp_pay"],
            info["hifob_pay"],
            info["cvlserv_pay"],
            info["fund_pay_sumamt"],
        )
        assert ["310100", "330100", "320100"] == [
            row["fund_pay_type"] for row in output["setldetail"]
        ]
        assert "1" == info["cvlserv_flag"]

    async def test_pays_special_diseases_from_the_first_fen(self, visit):
        """
        门诊慢特病 of a retired employee: 90 % of 103.22.
        """
        await visit.register()
        visit.med_type = "14"
        await visit.ok("2203", visit.details_node(dise_codg="M03900"))
        await visit.ok("2204", visit.lines_node())
        info = (await visit.settle(BILL_TOTAL))["setlinfo"]

        assert (92.9, "0.1000") == (info["hifp_pay"], info["pool_prop_selfpay"])

    async def test_counts_each_year_by_itself(self, hospital, clock):
        """
        In January the deductible starts anew.
        """
        clock.forward(days=305)
        visit = Visit(hospital, PEOPLE["zhang"])
        info = (await visit.settled())["setlinfo"]

        assert 103.22 == info["act_pay_dedc"]
