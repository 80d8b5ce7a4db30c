"""Which credential opens what."""

import pytest

from tests.unit.integrations.nhsa.sandbox.desk import PEOPLE, Visit


def asked(credential, **more):
    return {"data": {**credential, **more}}


def id_card(person):
    return {"mdtrt_cert_type": "02", "mdtrt_cert_no": person.certno}


def social_card(person, card_sn=None):
    return {
        "mdtrt_cert_type": "03",
        "mdtrt_cert_no": person.certno,
        "card_sn": person.card_sn if card_sn is None else card_sn,
    }


class TestToken:
    """Type 01."""

    async def test_opens_the_whole_session(self, visit):
        """
        One scan serves 1101, 2201, 2206 and 2207.
        """
        desk, person = visit.desk, visit.person
        credential = await desk.token(person)
        await desk.ok("1101", asked(credential))
        output = await desk.ok("2201", desk.register_node(person, credential), visit.place)
        visit.mdtrt_id = output["data"]["mdtrt_id"]
        await visit.upload()
        bill = visit.bill_node(credential)
        shown = await visit.ok("2206", bill)

        assert 0 == await visit.refused("2207", visit.settle_node(bill, shown))

    async def test_is_spent_by_the_settlement(self, visit):
        """
        The next bill needs its own scan.
        """
        await visit.prepare()
        node, _ = await visit.pre_settle()
        settled = await visit.ok("2207", node)
        await visit.ok("2208", visit.cancel_node(settled["setlinfo"]["setl_id"]))

        assert 2009 == await visit.refused("2206", node)

    async def test_is_unknown_when_nobody_issued_it(self, hospital):
        """
        A made-up token opens nothing.
        """
        credential = {"mdtrt_cert_type": "01", "mdtrt_cert_no": "440100ec0"}

        assert 2007 == await hospital.refused("1101", asked(credential))

    async def test_expires(self, hospital, clock):
        """
        After 30 minutes it is worth nothing.
        """
        credential = await hospital.token(PEOPLE["li"])
        clock.forward(minutes=30)

        assert 2008 == await hospital.refused("1101", asked(credential))

    async def test_belongs_to_one_institution(self, hospital, pharmacy):
        """
        Another institution cannot use it.
        """
        credential = await pharmacy.token(PEOPLE["li"])

        assert 2010 == await hospital.refused("1101", asked(credential))

    async def test_belongs_to_one_person(self, hospital):
        """
        Another person cannot be registered with it.
        """
        credential = await hospital.token(PEOPLE["li"])
        node = hospital.register_node(PEOPLE["zhang"], credential)

        assert 2011 == await hospital.refused("2201", node, "440100")

    async def test_serves_one_visit(self, hospital):
        """
        Neither a second registration nor another visit's bill.
        """
        li = PEOPLE["li"]
        credential = await hospital.token(li)
        await hospital.ok("2201", hospital.register_node(li, credential, "OP1"), "440100")
        second = hospital.register_node(li, credential, "OP2")
        other = Visit(hospital, li, "OP3")
        await other.prepare()

        assert 2012 == await hospital.refused("2201", second, "440100")
        assert 2012 == await other.refused("2206", other.bill_node(credential))

    @pytest.mark.parametrize(("scene", "expected"), [("01204", 2013), ("01101", 0)])
    async def test_opens_business_in_its_scene_only(self, hospital, scene, expected):
        """
        A token for treatment identifies but registers nobody.
        """
        li = PEOPLE["li"]
        credential = await hospital.token(li, scene)
        await hospital.ok("1101", asked(credential))

        assert expected == await hospital.refused(
            "2201", hospital.register_node(li, credential), "440100"
        )


class TestCards:
    """Types 02 and 03."""

    async def test_needs_a_registered_reader(self, hospital):
        """
        A number alone, or another institution's reader, proves nothing.
        """
        node = asked(id_card(PEOPLE["li"]))
        codes = [
            await hospital.refused("1101", node, dev_no=dev_no)
            for dev_no in ("", "RDR-0002", "RDR-0001")
        ]

        assert [2014, 2014, 0] == codes

    async def test_reads_a_social_security_card(self, hospital):
        """
        What the reader read off the card identifies its holder.
        """
        li = PEOPLE["li"]
        read = await hospital.control("POST", "card-reads", {"certno": li.certno})
        credential = {name: value for name, value in read.items() if name != "psn_name"}
        output = await hospital.ok("1101", asked(credential), dev_no="RDR-0001")

        assert li.psn_no == output["baseinfo"]["psn_no"]

    @pytest.mark.parametrize(("card_sn", "expected"), [("", 2015), ("0" * 32, 2016)])
    async def test_wants_the_cards_own_serial(self, hospital, card_sn, expected):
        """
        Without it, or with another one, a card was not read.
        """
        node = asked(social_card(PEOPLE["li"], card_sn))

        assert expected == await hospital.refused("1101", node, dev_no="RDR-0001")

    async def test_knows_no_strangers(self, hospital):
        """
        A card of nobody, and of somebody without insurance.
        """
        stranger = {"mdtrt_cert_type": "02", "mdtrt_cert_no": "11010519491231002X"}
        uninsured = id_card(PEOPLE["zhou"])

        assert 2001 == await hospital.refused("1101", asked(stranger), dev_no="RDR-0001")
        assert 2001 == await hospital.refused("1101", asked(uninsured), dev_no="RDR-0001")

    async def test_settles_by_card(self, visit):
        """
        Registered readers may settle, and again, since a card is not spent.
        """
        await visit.prepare()
        bill = visit.bill_node(social_card(visit.person))
        shown = await visit.ok("2206", bill, dev_no="RDR-0001")
        output = await visit.ok("2207", visit.settle_node(bill, shown), dev_no="RDR-0001")

        assert "03" == output["setlinfo"]["mdtrt_cert_type"]

    async def test_takes_no_other_type(self, hospital):
        """
        There is no type 04.
        """
        credential = {"mdtrt_cert_type": "04", "mdtrt_cert_no": "1"}

        assert 1003 == await hospital.refused("1101", asked(credential))
