"""1101, 2201, 2202 and 2203."""

import pytest

from integrations.nhsa.sandbox.visits import age_years
from tests.unit.integrations.nhsa.sandbox.desk import PEOPLE, Visit


class TestPersonInfo:
    """1101."""

    async def test_lists_every_insurance(self, hospital):
        """
        刘洋 has two and must choose.
        """
        output = await hospital.ok("1101", {"data": await hospital.token(PEOPLE["liu"])})
        rows = [(row["insutype"], row["insuplc_admdvs"]) for row in output["insuinfo"]]

        assert [("310", "440100"), ("390", "430100")] == rows
        assert 500.0 == output["insuinfo"][0]["balc"]

    async def test_says_who_it_is(self, hospital):
        """
        Number, name, sex, birth date and age.
        """
        output = await hospital.ok("1101", {"data": await hospital.token(PEOPLE["zhang"])})

        assert {
            "psn_no": "44010000001000000001",
            "psn_cert_type": "01",
            "certno": "440106195603124028",
            "psn_name": "张秀英",
            "gend": "2",
            "naty": "01",
            "brdy": "1956-03-12",
            "age": 69,
        } == output["baseinfo"]

    async def test_shows_a_pause(self, hospital):
        """
        孙丽 is paused since a day.
        """
        output = await hospital.ok("1101", {"data": await hospital.token(PEOPLE["sun"])})
        row = output["insuinfo"][0]

        assert ("2", "2024-06-30") == (row["psn_insu_stas"], row["paus_insu_date"])

    @pytest.mark.parametrize(
        ("more", "insuplc", "expected"),
        [
            ({"psn_name": "李明", "certno": "440104198807213314"}, "440100", 0),
            ({"psn_name": "张秀英"}, "", 2002),
            ({"certno": "440106195603124028"}, "", 2002),
            ({}, "430100", 2003),
        ],
    )
    async def test_compares_what_is_given(self, hospital, more, insuplc, expected):
        """
        Name, number and place have to be the holder's.
        """
        node = {"data": await hospital.token(PEOPLE["li"]) | more}

        assert expected == await hospital.refused("1101", node, insuplc)

    def test_counts_completed_years(self):
        """
        The birthday itself completes one.
        """
        zhang = PEOPLE["zhang"]

        assert (69, 70) == (age_years(zhang, "2026-03-11"), age_years(zhang, "2026-03-12"))


class TestRegister:
    """2201."""

    @pytest.mark.parametrize(
        ("name", "insuplc", "insutype", "expected"),
        [
            ("li", "440100", "310", 0),
            ("li", "", "310", 1016),
            ("li", "430100", "310", 2003),
            ("li", "440100", "390", 2004),
            ("liu", "430100", "390", 0),
            ("liu", "430100", "310", 2004),
            ("sun", "440100", "310", 2005),
            ("wang", "430100", "390", 0),
            ("zhao", "420100", "310", 0),
        ],
    )
    async def test_opens_a_visit_under_a_live_insurance(
        self, hospital, name, insuplc, insutype, expected
    ):
        """
        Scheme and place must be one of the person's own, and not paused.
        """
        person = PEOPLE[name]
        node = hospital.register_node(person, await hospital.token(person), insutype=insutype)

        assert expected == await hospital.refused("2201", node, insuplc)

    async def test_knows_no_strangers(self, hospital):
        """
        Neither a made-up person number nor somebody uninsured.
        """
        credential = await hospital.token(PEOPLE["li"])
        codes = [
            await hospital.refused(
                "2201", hospital.register_node(PEOPLE["li"], credential, psn_no=number), "440100"
            )
            for number in ("x", PEOPLE["zhou"].psn_no)
        ]

        assert [2001, 2001] == codes

    async def test_takes_a_visit_number_once(self, visit):
        """
        The institution's number is free again after 2202 only.
        """
        await visit.register()
        again = Visit(visit.desk, PEOPLE["li"])
        credential = await visit.desk.token(PEOPLE["li"])
        node = visit.desk.register_node(PEOPLE["li"], credential)
        refused = await again.refused("2201", node)
        await visit.ok("2202", {"data": {**visit.who, "ipt_otp_no": "OP1"}})

        assert (3005, 0) == (refused, await again.refused("2201", node))

    async def test_wants_its_fields(self, hospital):
        """
        Department and doctor are required.
        """
        node = hospital.register_node(PEOPLE["li"], {}, dept_code="")

        assert 1002 == await hospital.refused("2201", node, "440100")


class TestCancel:
    """2202."""

    async def test_is_strictly_last(self, visit):
        """
        Not with a settlement, not with an upload, then once.
        """
        settled = await visit.settled()
        node = {"data": {**visit.who, "ipt_otp_no": visit.number}}
        with_settlement = await visit.refused("2202", node)
        await visit.ok("2208", visit.cancel_node(settled["setlinfo"]["setl_id"]))
        with_upload = await visit.refused("2202", node)
        await visit.ok("2205", {"data": {**visit.who, "chrg_bchno": "B1"}})
        codes = [await visit.refused("2202", node) for _ in range(2)]

        assert (3008, 3007, [0, 3004]) == (with_settlement, with_upload, codes)

    async def test_wants_the_visits_own_number(self, visit):
        """
        Another visit number is a mistake.
        """
        await visit.register()

        assert 3006 == await visit.refused("2202", {"data": {**visit.who, "ipt_otp_no": "OP9"}})

    async def test_wants_its_fields(self, visit):
        """
        A visit without a number is none.
        """
        assert 1002 == await visit.refused("2202", {"data": {}})

    async def test_ends_the_visit_for_everything(self, visit):
        """
        Nothing can be uploaded or settled any more.
        """
        await visit.register()
        await visit.ok("2202", {"data": {**visit.who, "ipt_otp_no": visit.number}})
        bill = visit.bill_node(await visit.desk.token(visit.person))
        codes = [
            await visit.refused("2203", visit.details_node()),
            await visit.refused("2204", visit.lines_node()),
            await visit.refused("2206", bill),
        ]

        assert [3004] * 3 == codes


class TestDetails:
    """2203."""

    @pytest.mark.parametrize(
        ("overrides", "expected"),
        [
            ({"med_type": "21"}, 3010),
            ({"med_type": "41"}, 3010),
            ({"med_type": "14"}, 3011),
            ({"med_type": "14", "dise_codg": "M99999"}, 3011),
            ({"med_type": "14", "dise_codg": "M03900"}, 0),
            ({"mdtrt_id": "x"}, 3001),
            ({"psn_no": "x"}, 3003),
            ({"med_type": ""}, 1002),
        ],
    )
    async def test_checks_type_and_entitlement(self, visit, overrides, expected):
        """
        门诊慢特病 is open to registered diseases only.
        """
        await visit.register()

        assert expected == await visit.refused("2203", visit.details_node(**overrides))

    async def test_wants_numbered_diagnoses(self, visit):
        """
        At least one, no number twice, all fields there.
        """
        await visit.register()
        node = visit.details_node()
        codes = [
            await visit.refused("2203", node | {"diseinfo": rows})
            for rows in ([], node["diseinfo"] * 2, [{}])
        ]

        assert [3012, 3012, 1002] == codes

    async def test_belongs_to_the_institution_and_place(self, visit, pharmacy):
        """
        Another institution's visit, another or no place of insurance.
        """
        await visit.register()
        node = visit.details_node()

        assert 3002 == await pharmacy.refused("2203", node, "440100")
        assert 2003 == await visit.desk.refused("2203", node, "430100")
        assert 1016 == await visit.desk.refused("2203", node, "")
