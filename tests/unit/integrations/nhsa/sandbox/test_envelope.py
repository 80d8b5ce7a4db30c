"""The envelope's own rules, over HTTP."""

import asyncio
import json

import msgspec
import pytest
from aiohttp.test_utils import TestClient, TestServer

from integrations.nhsa.sandbox import create_app
from tests.unit.integrations.nhsa.sandbox.desk import PEOPLE, Visit

SIGN_IN = {"signIn": {"opter_no": "cashier01", "mac": "00-00", "ip": "127.0.0.1"}}


class TestAnswers:
    """The response envelope."""

    async def test_has_all_its_fields_in_their_lengths(self, hospital):
        """
        30 digits of reference, 17 of each time.
        """
        answer = await hospital.call("9001", SIGN_IN)

        assert {
            "infcode",
            "inf_refmsgid",
            "refmsg_time",
            "respond_time",
            "err_msg",
            "warn_msg",
            "cainfo",
            "signtype",
            "output",
        } == set(answer)
        assert [30, 17, 17] == [
            len(answer[name]) for name in ("inf_refmsgid", "refmsg_time", "respond_time")
        ]
        assert 0 == answer["infcode"]

    async def test_writes_amounts_as_numbers_with_two_decimals(self, visit):
        """
        The raw text says 133.50, not 133.5.
        """
        await visit.prepare()
        node = visit.bill_node(await visit.desk.token(visit.person))
        body = json.dumps(visit.desk.envelope("2206", node, visit.place))
        headers = visit.desk.headers()
        async with visit.desk.http.post("/fsi/api/2206", data=body, headers=headers) as response:
            raw = await response.text()

        assert '"medfee_sumamt":133.50,' in raw
        assert '"balc":"3154.30"' in raw


class TestFields:
    """Required fields, lengths and formats."""

    @pytest.mark.parametrize(
        ("overrides", "expected"),
        [
            ({"opter": None}, 1002),
            ({"recer_sys_code": ""}, 1002),
            ({"infver": "V2.0"}, 1003),
            ({"opter_type": "4"}, 1003),
            ({"opter_type": 1}, 1003),
            ({"opter_name": "x" * 51}, 1003),
            ({"inf_time": "2026-03-02T09:30:00"}, 1003),
            ({"signtype": "MD5"}, 1003),
            ({"input": "x"}, 1003),
            ({"msgid": "x"}, 1004),
            ({"msgid": "P4401060000220260302093000" + "0001"}, 1004),
            ({"msgid": "H4401060000120261302093000" + "0001"}, 1004),
            ({"msgid": "H4401060000120260302093000" + "000x"}, 1004),
            ({"inf_time": "2026-03-02 09:24:59"}, 1007),
            ({"inf_time": "2026-03-02 09:35:01"}, 1007),
            ({"fixmedins_code": "H99999999999"}, 1010),
            ({"mdtrtarea_admvs": "430100"}, 1012),
            ({"sign_no": ""}, 1013),
            ({"sign_no": "forged"}, 1013),
            ({"enc_type": "SM4"}, 1015),
        ],
    )
    async def test_refuses(self, hospital, overrides, expected):
        """
        Each rule has its own number.
        """
        query = {"data": {"stmt_begndate": "2026-03-02", "stmt_enddate": "2026-03-02"}}

        assert expected == await hospital.refused("3202", query, **overrides)

    async def test_takes_inf_time_at_the_edge(self, hospital):
        """
        Exactly 300 seconds are still right.
        """
        await hospital.ok("9001", SIGN_IN, inf_time="2026-03-02 09:25:00")

    async def test_refuses_an_input_that_is_too_long(self, hospital):
        """
        More than 40 000 characters.
        """
        assert 1014 == await hospital.refused("9001", {"signIn": {"more": "x" * 40_000}})

    async def test_refuses_what_is_no_json(self, hospital):
        """
        Even then the answer is an envelope.
        """
        status, answer = await hospital.post("1101", b"{")

        assert (200, 1001) == (status, answer["infcode"])

    async def test_refuses_an_unknown_transaction(self, hospital):
        """
        Inpatient transactions are not played.
        """
        assert 1008 == await hospital.refused("2401", {})

    async def test_refuses_another_number_than_the_address_names(self, hospital):
        """
        Address and body must agree.
        """
        status, answer = await hospital.post("1101", hospital.envelope("9001", SIGN_IN))

        assert (200, 1009) == (status, answer["infcode"])

    async def test_answers_one_code_for_all_where_the_region_does(self, hospital, settings, clock):
        """
        `distinct_infcodes` off gives -1.
        """
        plain = msgspec.structs.replace(settings, distinct_infcodes=False)
        async with TestClient(TestServer(create_app(plain, clock), host="127.0.0.1")) as http:
            hospital.http = http

            assert -1 == await hospital.refused("2401", {})


class TestSignIn:
    """9001."""

    async def test_gives_a_number_for_the_day(self, hospital, clock):
        """
        It counts today, and tomorrow no more.
        """
        output = await hospital.ok("9001", SIGN_IN, sign_no="")
        sign_no = output["signinoutb"]["sign_no"]
        query = {"data": {"stmt_begndate": "2026-03-02", "stmt_enddate": "2026-03-02"}}
        today = await hospital.refused("3202", query, sign_no=sign_no)
        clock.forward(days=1)
        tomorrow = await hospital.refused("3202", query, sign_no=sign_no)

        assert (0, 1013) == (today, tomorrow)

    async def test_is_not_needed_where_the_region_skips_it(self, pharmacy):
        """
        The pharmacy never signs in, but what it sends must be right.
        """
        query = {"data": {"stmt_begndate": "2026-03-02", "stmt_enddate": "2026-03-02"}}

        assert 0 == await pharmacy.refused("3202", query, sign_no=None)
        assert 1013 == await pharmacy.refused("3202", query, sign_no="forged")

    async def test_wants_its_fields(self, hospital):
        """
        Operator, mac and address.
        """
        assert 1002 == await hospital.refused("9001", {"signIn": {"opter_no": "x"}})


class TestMsgid:
    """A message counts once."""

    async def test_refuses_a_repetition(self, visit):
        """
        Neither the same nor another body is answered again.
        """
        await visit.register()
        used = visit.desk.last_msgid
        again = await visit.refused("2203", visit.details_node(), msgid=used)

        assert 1005 == again

    async def test_refuses_a_repetition_that_comes_late_as_one(self, visit, clock):
        """
        The number is looked up before the clock.
        """
        await visit.prepare()
        node = visit.lines_node()
        used, sent = visit.desk.last_msgid, clock.text()
        clock.forward(hours=1)

        assert 1005 == await visit.refused("2204", node, msgid=used, inf_time=sent)

    async def test_lets_a_refused_message_come_again(self, visit):
        """
        What was refused did not count.
        """
        await visit.register()
        refused = await visit.refused("2204", visit.lines_node())
        used = visit.desk.last_msgid
        await visit.ok("2203", visit.details_node())

        assert 3009 == refused
        assert 0 == await visit.refused("2204", visit.lines_node(), msgid=used)

    async def test_lets_questions_repeat(self, visit):
        """
        A pre-settlement changes nothing and may come twice.
        """
        await visit.prepare()
        node = visit.bill_node(await visit.desk.token(visit.person))
        await visit.ok("2206", node)

        assert 0 == await visit.refused("2206", node, msgid=visit.desk.last_msgid)

    async def test_carries_out_one_of_many_at_once(self, hospital):
        """
        The same message eight times in parallel counts once.
        """
        visit = Visit(hospital, PEOPLE["li"])
        await visit.prepare()
        node, _ = await visit.pre_settle()
        msgid = hospital.next_msgid()
        codes = await asyncio.gather(*(visit.refused("2207", node, msgid=msgid) for _ in range(8)))
        books = await hospital.books()

        assert [0] + [1005] * 7 == sorted(codes)
        assert 1 == len(books["settlements"])
