"""2204 and 2205."""

import pytest

from tests.unit.integrations.nhsa.sandbox.desk import (
    AMLODIPINE,
    BILL,
    CONSULTATION,
    DRESSING,
    PEOPLE,
    VALSARTAN,
    Visit,
    fee_line,
)


@pytest.fixture
async def described(visit):
    """A visit that has been registered and described."""
    await visit.register()
    await visit.ok("2203", visit.details_node())
    return visit


class TestUpload:
    """2204."""

    async def test_answers_each_line_divided(self, described):
        """
        Ceiling, share and the four parts.
        """
        output = await described.ok("2204", described.lines_node())

        assert {
            "feedetl_sn": "3",
            "det_item_fee_sumamt": 50.6,
            "cnt": "2",
            "pric": "25.300000",
            "pric_uplmt_amt": "23.800000",
            "selfpay_prop": "0.0500",
            "fulamt_ownpay_amt": 0.0,
            "overlmt_amt": 3.0,
            "preselfpay_amt": 2.38,
            "inscp_scp_amt": 45.22,
            "chrgitm_lv": "02",
            "med_chrgitm_type": "09",
            "memo": "",
        } == output["result"][2]
        assert "1.0000" == output["result"][3]["selfpay_prop"]

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"med_list_codg": "X"}, 4003),
            ({"det_item_fee_sumamt": "38.01"}, 4004),
            ({"cnt": "3.9990"}, 4004),
            ({"pric": "9.500000", "cnt": "4.0000"}, 0),
            ({"cnt": "0", "det_item_fee_sumamt": "0"}, 4008),
            ({"pric": "9.5000001"}, 1003),
            ({"cnt": "-4"}, 1003),
            ({"psn_no": "x"}, 3003),
            ({"mdtrt_id": "x"}, 3001),
            ({"bilg_dr_codg": ""}, 1002),
        ],
    )
    async def test_refuses_a_bad_line(self, described, changes, expected):
        """
        Catalogue, arithmetic, format and owner are checked.
        """
        good, line = described.lines_node(BILL[:2])["feedetail"]

        assert expected == await described.refused("2204", {"feedetail": [good, line | changes]})

    async def test_takes_all_or_nothing(self, described):
        """
        One bad line leaves the good ones out.
        """
        bad = fee_line("2", "X", "1", "1", "1")
        await described.refused("2204", described.lines_node((BILL[0], bad)))
        books = await described.desk.books()

        assert 0 == books["visits"][0]["lines"]

    async def test_takes_a_line_number_once_within_the_visit(self, described):
        """
        Neither within one upload nor in a later one.
        """
        twice = await described.refused("2204", described.lines_node((BILL[0], BILL[0])))
        await described.ok("2204", described.lines_node(BILL[:1]))
        later = await described.refused("2204", described.lines_node(BILL))

        assert (4002, 4002) == (twice, later)

    async def test_takes_one_to_a_hundred_lines(self, described):
        """
        None and 101 are refused.
        """
        lines = [fee_line(str(n), AMLODIPINE, "1", "9.50", "9.50") for n in range(101)]
        codes = [
            await described.refused("2204", described.lines_node(some))
            for some in ([], lines, lines[:100])
        ]

        assert [4001, 4001, 0] == codes

    async def test_wants_the_visit_described_first(self, visit):
        """
        2203 comes before 2204.
        """
        await visit.register()

        assert 3009 == await visit.refused("2204", visit.lines_node())

    async def test_sells_services_at_hospitals_only(self, pharmacy):
        """
        A pharmacy dresses no wounds.
        """
        visit = Visit(pharmacy, PEOPLE["li"])
        await visit.register()
        await visit.ok("2203", visit.details_node())
        lines = (fee_line("1", DRESSING, "1", "15.00", "15.00"),)

        assert 4005 == await visit.refused("2204", visit.lines_node(lines))

    async def test_adds_nothing_to_a_settled_batch(self, visit):
        """
        A new batch may be added, the settled one may not.
        """
        await visit.settled()
        late = fee_line("9", CONSULTATION, "1", "20.00", "20.00")
        other = fee_line("9", CONSULTATION, "1", "20.00", "20.00", batch="B2")

        assert 4006 == await visit.refused("2204", visit.lines_node((late,)))
        assert 0 == await visit.refused("2204", visit.lines_node((other,)))

    async def test_keeps_exact_thirds(self, described):
        """
        Three units at 3.333333 yuan are 10.00.
        """
        lines = (fee_line("1", VALSARTAN, "3", "3.333333", "10.00"),)

        assert 0 == await described.refused("2204", described.lines_node(lines))


class TestCancelUpload:
    """2205."""

    async def test_takes_back_one_batch(self, described):
        """
        The other batch stays.
        """
        other = fee_line("9", CONSULTATION, "1", "20.00", "20.00", batch="B2")
        await described.ok("2204", described.lines_node((*BILL, other)))
        await described.ok("2205", {"data": {**described.who, "chrg_bchno": "B1"}})
        books = await described.desk.books()

        assert 1 == books["visits"][0]["lines"]

    async def test_takes_back_everything_unsettled(self, visit):
        """
        `0000` spares the settled batch.
        """
        await visit.settled()
        other = fee_line("9", CONSULTATION, "1", "20.00", "20.00", batch="B2")
        await visit.ok("2204", visit.lines_node((other,)))
        await visit.ok("2205", {"data": {**visit.who, "chrg_bchno": "0000"}})
        books = await visit.desk.books()

        assert (4, 0) == (books["visits"][0]["lines"], books["visits"][0]["unsettled_lines"])

    async def test_frees_the_line_numbers(self, described):
        """
        What was taken back may be uploaded again.
        """
        await described.ok("2204", described.lines_node())
        await described.ok("2205", {"data": {**described.who, "chrg_bchno": "B1"}})

        assert 0 == await described.refused("2204", described.lines_node())

    async def test_refuses_settled_and_absent_batches(self, visit):
        """
        Each with its own number.
        """
        await visit.settled()
        codes = [
            await visit.refused("2205", {"data": {**visit.who, "chrg_bchno": batch}})
            for batch in ("B1", "B7", "0000")
        ]

        assert [4006, 4007, 4007] == codes

    async def test_wants_its_fields_and_visit(self, visit):
        """
        A batch is required, and a visit that exists.
        """
        node = {"data": {**visit.who, "mdtrt_id": "x", "chrg_bchno": "B1"}}

        assert 1002 == await visit.refused("2205", {"data": {}})
        assert 3001 == await visit.refused("2205", node)


class TestNodes:
    """Malformed input."""

    async def test_wants_a_list_of_lines_of_a_known_visit(self, visit):
        """
        No list, and a visit nobody registered.
        """
        assert 1002 == await visit.refused("2204", {})
        assert 1002 == await visit.refused("2204", visit.lines_node())
