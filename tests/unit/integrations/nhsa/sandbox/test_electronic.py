"""Decoding a scanned code, and the regional grant."""

import json

import pytest

from tests.unit.integrations.nhsa.sandbox.desk import PEOPLE


async def minted(desk, person, scene="01301"):
    body = {"certno": person.certno, "scene": scene}
    return (await desk.control("POST", "ec-codes", body))["code"]


class TestDecode:
    """`POST /ec/query`."""

    async def test_turns_a_code_into_a_token(self, hospital):
        """
        `data` is JSON within a string.
        """
        code = await minted(hospital, PEOPLE["zhao"])
        answer = await hospital.decode(code, "01301")
        data = json.loads(answer["data"])

        assert (28, True) == (len(code), code.isdigit())
        assert (0, "H44010600001") == (answer["code"], answer["orgId"])
        assert {
            "idNo": "42010219790530151X",
            "userName": "赵强",
            "insuOrg": "420100",
            "birthday": "1979.05.30",
            "gender": "1",
            "ecQrCode": code,
        }.items() <= data.items()
        assert (38, 32) == (len(data["ecToken"]), len(data["ecIndexNo"]))

    async def test_takes_a_code_once(self, hospital):
        """
        The second decoding is refused.
        """
        code = await minted(hospital, PEOPLE["li"])
        codes = [(await hospital.decode(code, "01301"))["code"] for _ in range(2)]

        assert [0, 8002] == codes

    async def test_takes_a_code_for_a_minute(self, hospital, clock):
        """
        After 60 seconds it is too old.
        """
        code = await minted(hospital, PEOPLE["li"])
        clock.forward(seconds=60)

        assert 8003 == (await hospital.decode(code, "01301"))["code"]

    @pytest.mark.parametrize(
        ("of_code", "asked", "expected"),
        [
            ("01301", "01101", 8004),
            ("", "01101", 0),
            ("01301", "02121", 8005),
            ("01301", "99999", 8005),
        ],
    )
    async def test_holds_to_the_scene(self, hospital, of_code, asked, expected):
        """
        The code's own scene, and one of this kind of institution.
        """
        code = await minted(hospital, PEOPLE["li"], of_code)

        assert expected == (await hospital.decode(code, asked))["code"]

    async def test_knows_only_what_was_minted(self, hospital):
        """
        28 invented digits are no code.
        """
        answer = await hospital.decode("1" * 28, "01301")

        assert (8001, "") == (answer["code"], answer["data"])

    async def test_knows_no_uninsured(self, hospital):
        """
        周杰 has no insurance.
        """
        code = await minted(hospital, PEOPLE["zhou"])

        assert 2001 == (await hospital.decode(code, "01301"))["code"]

    @pytest.mark.parametrize(
        ("overrides", "expected"),
        [
            ({"transType": "cn.nhsa.ec.auth"}, 8006),
            ({"orgId": "P44010600002"}, 1011),
            ({"data": {"orgId": "H44010600001"}}, 1002),
        ],
    )
    async def test_wants_its_envelope(self, hospital, overrides, expected):
        """
        Transaction type, institution and fields.
        """
        code = await minted(hospital, PEOPLE["li"])

        assert expected == (await hospital.decode(code, "01301", **overrides))["code"]

    async def test_knows_its_institutions(self, hospital):
        """
        An unknown `orgId` is refused, and so is no JSON.
        """
        code = await minted(hospital, PEOPLE["li"])
        data = {
            "orgId": "X",
            "businessType": "01301",
            "operatorId": "1",
            "operatorName": "1",
            "officeId": "1",
            "officeName": "1",
            "ecQrCode": code,
        }
        body = {"data": data, "transType": "ec.query", "orgId": "X"}
        codes = []
        for sent in (json.dumps(body).encode(), b"{"):
            async with hospital.http.post("/ec/query", data=sent) as response:
                codes.append((await response.json())["code"])

        assert [1010, 1001] == codes


class TestGrant:
    """`POST /grant/ectoken`."""

    def body(self, person, **overrides):
        return {
            "fixmedins_code": "H44010600001",
            "psn_name": person.psn_name,
            "certno": person.certno,
            "psn_cert_type": "01",
            "businessType": "01301",
            "grant_ref": "G1",
        } | overrides

    async def ask(self, desk, body, headers=None):
        headers = desk.headers() if headers is None else headers
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with desk.http.post("/grant/ectoken", data=data, headers=headers) as response:
            return response.status, await response.json()

    async def test_gives_a_token_that_works(self, hospital):
        """
        It opens 1101 like one from a scan.
        """
        zhao = PEOPLE["zhao"]
        _, answer = await self.ask(hospital, self.body(zhao))
        credential = {"mdtrt_cert_type": "01", "mdtrt_cert_no": answer["data"]["ecToken"]}
        output = await hospital.ok("1101", {"data": credential}, answer["data"]["insuOrg"])

        assert (0, "2026-03-02 10:00:00") == (answer["code"], answer["data"]["expireTime"])
        assert zhao.psn_no == output["baseinfo"]["psn_no"]

    async def test_repeats_its_answer_for_the_same_reference(self, hospital):
        """
        The same person and scene get the same token; others are refused.
        """
        li = PEOPLE["li"]
        answers = [
            (await self.ask(hospital, body))[1]
            for body in (
                self.body(li),
                self.body(li),
                self.body(PEOPLE["zhang"]),
                self.body(li, businessType="01101"),
            )
        ]

        assert answers[0] == answers[1]
        assert [8008, 8008] == [answer["code"] for answer in answers[2:]]

    @pytest.mark.parametrize(
        ("overrides", "expected"),
        [
            ({"fixmedins_code": "P44010600002"}, 1011),
            ({"businessType": "02121"}, 8005),
            ({"certno": "11010519491231002X"}, 2001),
            ({"psn_name": "李白"}, 2002),
            ({"psn_cert_type": "02"}, 1003),
            ({"grant_ref": ""}, 1002),
        ],
    )
    async def test_refuses(self, hospital, overrides, expected):
        """
        Institution, scene, person, name and fields.
        """
        status, answer = await self.ask(hospital, self.body(PEOPLE["li"], **overrides))

        assert (200, expected, None) == (status, answer["code"], answer["data"])

    async def test_refuses_the_uninsured_and_bad_json(self, hospital):
        """
        Nobody to grant for, and nothing to read.
        """
        codes = [
            (await self.ask(hospital, body))[1]["code"]
            for body in (self.body(PEOPLE["zhou"]), b"{")
        ]

        assert [2001, 1001] == codes

    async def test_is_signed(self, hospital):
        """
        Without the headers the gateway turns it away.
        """
        status, answer = await self.ask(hospital, self.body(PEOPLE["li"]), {})

        assert (401, "TIF_HEADERS_MISSING") == (status, answer["code"])

    async def test_is_not_open_to_everybody(self, ungranted):
        """
        An institution without the grant is refused.
        """
        _, answer = await self.ask(ungranted, self.body(PEOPLE["li"]))

        assert 8007 == answer["code"]
