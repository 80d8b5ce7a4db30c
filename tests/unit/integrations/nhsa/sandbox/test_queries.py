"""5201, 5203 and 3202."""

import pytest

from tests.unit.integrations.nhsa.sandbox.desk import PEOPLE, Visit


def visits(person, begin="2026-03-02 00:00:00", end="2026-03-02 23:59:59", **more):
    return {"data": {"psn_no": person.psn_no, "begntime": begin, "endtime": end, **more}}


def days(begin, end, **more):
    return {"data": {"stmt_begndate": begin, "stmt_enddate": end, **more}}


class TestVisits:
    """5201."""

    async def test_finds_a_visit_by_its_number(self, visit):
        """
        Both ids come back, so that an unanswered 2201 can be closed.
        """
        await visit.register()
        output = await visit.ok("5201", visits(visit.person))

        assert [(visit.number, visit.mdtrt_id)] == [
            (row["ipt_otp_no"], row["mdtrt_id"]) for row in output["mdtrtinfo"]
        ]

    @pytest.mark.parametrize(
        "more",
        [
            {"begin": "2026-03-02 09:30:01"},
            {"end": "2026-03-02 09:29:59"},
            {"mdtrt_id": "x"},
            {"med_type": "11"},
        ],
    )
    async def test_filters(self, visit, more):
        """
        Period, visit and type.
        """
        await visit.register()
        output = await visit.ok("5201", visits(visit.person, **more))

        assert [] == output["mdtrtinfo"]

    async def test_shows_only_ones_own_live_visits(self, visit, pharmacy):
        """
        Not to another institution, and not once cancelled.
        """
        await visit.register()
        elsewhere = await pharmacy.ok("5201", visits(visit.person), "440100")
        await visit.ok("2202", {"data": {**visit.who, "ipt_otp_no": visit.number}})
        output = await visit.ok("5201", visits(visit.person))

        assert ([], []) == (elsewhere["mdtrtinfo"], output["mdtrtinfo"])

    @pytest.mark.parametrize(
        ("begin", "end"),
        [
            ("2026-03-02 00:00:01", "2026-03-02 00:00:00"),
            ("2026-03-01 00:00:00", "2026-04-01 00:00:01"),
        ],
    )
    async def test_asks_for_a_month_at_most(self, visit, begin, end):
        """
        Neither backwards nor longer than 31 days.
        """
        assert 7001 == await visit.refused("5201", visits(visit.person, begin, end))

    async def test_wants_its_fields_and_person(self, visit):
        """
        A period and a person that is insured.
        """
        assert 1002 == await visit.refused("5201", {"data": {}})
        assert 2001 == await visit.refused("5201", visits(PEOPLE["zhou"]))
        assert 1016 == await visit.desk.refused("5201", visits(visit.person), "")


class TestSettlements:
    """5203."""

    async def test_answers_one_as_an_object(self, visit):
        """
        The same amounts as 2207, and the refund flag.
        """
        settled = (await visit.settled())["setlinfo"]
        output = await visit.ok("5203", {"data": {**visit.who, "setl_id": settled["setl_id"]}})
        info = output["setlinfo"]

        assert settled.items() <= info.items()
        assert ("0", "B1", "") == (
            info["refd_setl_flag"],
            info["chrg_bchno"],
            info["init_setl_id"],
        )
        assert 1 == len(output["setldetail"])

    async def test_lists_those_of_a_visit(self, visit):
        """
        The cancelled one and its mirror, both flagged.
        """
        setl_id = (await visit.settled())["setlinfo"]["setl_id"]
        await visit.ok("2208", visit.cancel_node(setl_id))
        output = await visit.ok("5203", {"data": visit.who})
        rows = [
            (row["medfee_sumamt"], row["refd_setl_flag"], row["init_setl_id"])
            for row in output["setlinfo"]
        ]

        assert [(133.5, "1", ""), (-133.5, "1", setl_id)] == rows
        assert 2 == len(output["setldetail"])

    async def test_lists_none_before_any(self, visit):
        """
        A visit without a settlement has an empty list.
        """
        await visit.register()

        assert {"setlinfo": [], "setldetail": []} == await visit.ok("5203", {"data": visit.who})

    async def test_checks_whose_it_is(self, visit, pharmacy):
        """
        Person, visit, institution and settlement must fit.
        """
        setl_id = (await visit.settled())["setlinfo"]["setl_id"]
        other = Visit(visit.desk, visit.person, "OP2")
        await other.register()
        ask = {"data": visit.who}
        codes = [
            await visit.refused("5203", {"data": {}}),
            await visit.refused("5203", {"data": visit.who | {"psn_no": PEOPLE["zhou"].psn_no}}),
            await visit.refused("5203", {"data": visit.who | {"mdtrt_id": "x"}}),
            await visit.refused("5203", {"data": visit.who | {"psn_no": PEOPLE["li"].psn_no}}),
            await pharmacy.refused("5203", ask, "440100"),
            await visit.refused("5203", {"data": visit.who | {"setl_id": "x"}}),
            await visit.refused("5203", {"data": other.who | {"setl_id": setl_id}}),
        ]

        assert [1002, 2001, 3001, 3003, 3002, 5005, 5006] == codes


class TestStatement:
    """3202, simplified."""

    async def test_lists_the_days_entries(self, visit):
        """
        A settlement, and its cancellation as a negative row.
        """
        setl_id = (await visit.settled())["setlinfo"]["setl_id"]
        settling = visit.desk.last_msgid
        await visit.ok("2208", visit.cancel_node(setl_id))
        cancelling = visit.desk.last_msgid
        output = await visit.desk.ok("3202", days("2026-03-02", "2026-03-02"))
        rows = output["stmtinfo"]

        assert [settling, cancelling] == [row["msgid"] for row in rows]
        assert [("0", 133.5, 72.25, 0.0), ("1", -133.5, -72.25, 0.0)] == [
            (
                row["refd_setl_flag"],
                row["medfee_sumamt"],
                row["fund_pay_sumamt"],
                row["cash_payamt"],
            )
            for row in rows
        ]

    async def test_leaves_out_what_was_reversed(self, visit):
        """
        A reversal leaves no trace.
        """
        await visit.settled()
        node = {"psn_no": visit.person.psn_no, "omsgid": visit.desk.last_msgid, "oinfno": "2207"}
        await visit.ok("2601", {"data": node})
        output = await visit.desk.ok("3202", days("2026-03-02", "2026-03-02"))

        assert [] == output["stmtinfo"]

    async def test_begins_and_ends_at_midnight_in_china(self, visit, clock):
        """
        23:59 belongs to the day, 00:00 to the next.
        """
        await visit.prepare()
        node, _ = await visit.pre_settle()
        clock.forward(minutes=29)
        await visit.ok("2207", node)
        counts = [
            len((await visit.desk.ok("3202", days(day, day)))["stmtinfo"])
            for day in ("2026-03-01", "2026-03-02", "2026-03-03")
        ]

        assert [0, 1, 0] == counts

    async def test_filters_by_clearing_office_and_institution(self, visit, pharmacy):
        """
        Another office and another institution see nothing.
        """
        await visit.settled()
        ask = days("2026-03-02", "2026-03-02", setl_optins="430100")
        counts = [
            len((await visit.desk.ok("3202", ask))["stmtinfo"]),
            len((await pharmacy.ok("3202", days("2026-03-02", "2026-03-02")))["stmtinfo"]),
        ]

        assert [0, 0] == counts

    @pytest.mark.parametrize(
        ("begin", "end", "expected"),
        [
            ("2026-03-02", "2026-03-01", 7001),
            ("2026-03-02", "2026-04-03", 7001),
            ("2026-03-02", "", 1002),
        ],
    )
    async def test_asks_for_a_month_at_most(self, hospital, begin, end, expected):
        """
        Neither backwards nor longer than 31 days.
        """
        assert expected == await hospital.refused("3202", days(begin, end))
