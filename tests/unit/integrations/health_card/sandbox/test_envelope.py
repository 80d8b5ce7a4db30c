"""The envelope: what is checked, in which order, and how answers are signed."""

import aiohttp
import msgspec
import pytest
from aiohttp.test_utils import TestServer

from integrations.health_card.sandbox import create_app, default_settings
from tests.unit.integrations.health_card.sandbox.hospital import Hospital

METHOD = "queryIfHasRegistered"


class TestRequest:
    async def test_a_right_one_is_answered(self, hospital):
        """
        A right request succeeds, and its answer is signed and dated under SM4.
        """
        answer = await hospital.call(METHOD, hospital.document())

        assert {"parameters": 1, "remarks": "已注册"} == answer["datas"]
        assert hospital.verified
        assert hospital.sealed(str(int(hospital.clock().timestamp()))) == answer["timestamp"]

    async def test_at_the_other_address(self, hospital):
        """
        The address that deployed systems post to is served too.
        """
        envelope = hospital.envelope(METHOD, hospital.document())

        assert "0" == (await hospital.send(envelope, "/api/do"))["returnCode"]

    @pytest.mark.parametrize(
        "name",
        [
            "method",
            "headSign",
            "bodySign",
            "version",
            "appId",
            "nonceStr",
            "timestamp",
            "signMode",
            "encryptMode",
            "body",
        ],
    )
    async def test_lacking_a_member(self, hospital, name):
        """
        Each member of the envelope has to be there.
        """
        code = await hospital.refusal(METHOD, hospital.document(), **{name: None})

        assert "1001" == code

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"version": "V1.0.2"}, "1003"),
            ({"signMode": "MD5"}, "1005"),
            ({"encryptMode": "DESede/ECB/ZeroBytePadding"}, "1005"),
            ({"appId": "00000000000000000000000000000000"}, "1004"),
            ({"headSign": "0" * 64}, "1008"),
            ({"bodySign": "0" * 64}, "1009"),
            ({"bodySign": "é"}, "1009"),
            ({"timestamp": "1795399200"}, "1006"),
            ({"nonceStr": "1" * 41}, "1002"),
            ({"nonceStr": 5}, "1002"),
            ({"body": {"appMode": {}}}, "1002"),
        ],
    )
    async def test_with_a_wrong_member(self, hospital, changes, code):
        """
        Each wrong member is refused with its own code.
        """
        assert code == await hospital.refusal(METHOD, hospital.document(), **changes)

    @pytest.mark.parametrize("name", ["method", "body"])
    async def test_an_unknown_method(self, hospital, name):
        """
        A method that does not exist is refused, whatever its body.
        """
        assert "1010" == await hospital.refusal("getEverything", {"name": name})

    async def test_upper_case_signatures_do_not_verify(self, hospital):
        """
        Signatures are in lower-case hexadecimal.
        """
        envelope = hospital.envelope(METHOD, hospital.document())
        envelope["headSign"] = envelope["headSign"].upper()

        assert "1008" == (await hospital.send(envelope))["returnCode"]

    async def test_a_body_changed_after_signing(self, hospital):
        """
        A body that was changed on its way is refused.
        """
        envelope = hospital.envelope(METHOD, hospital.document())
        envelope["body"]["appMode"] = "2"

        assert "1009" == (await hospital.send(envelope))["returnCode"]

    @pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"method":"\xff"}', b"[" * 100_000])
    async def test_no_json(self, hospital, raw):
        """
        What is no JSON object is refused without a signature, nobody being known.
        """
        url = hospital.server.make_url("/")
        async with hospital.http.post(url, data=raw) as response:
            answer = await response.json()

        assert ("1002", "", "") == tuple(
            answer[name] for name in ("returnCode", "signString", "timestamp")
        )

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"appMode": None}, "1001"),
            ({"orgCode": None}, "1001"),
            ({"appRecordNo": None}, "1001"),
            ({"orgCode": "ELSEWHERE"}, "1012"),
            ({"appRecordNo": "4401A0001OTHER0001"}, "1012"),
        ],
    )
    async def test_the_institution_in_the_body(self, hospital, fields, code):
        """
        Each body names the institution and the application that the key belongs to.
        """
        assert code == await hospital.refusal(METHOD, hospital.document() | fields)


class TestReplay:
    @pytest.mark.parametrize(
        ("seconds", "code"), [(0, "0"), (300, "0"), (-300, "0"), (301, "1006"), (-301, "1006")]
    )
    async def test_timestamp_within_five_minutes(self, hospital, clock, seconds, code):
        """
        A timestamp is taken up to five minutes off, either way.
        """
        envelope = hospital.envelope(METHOD, hospital.document())
        clock.advance(seconds=seconds)

        assert code == (await hospital.send(envelope))["returnCode"]

    async def test_a_request_is_not_taken_twice(self, hospital):
        """
        The same request sent again is refused for its nonce.
        """
        envelope = hospital.envelope(METHOD, hospital.document())

        assert ["0", "1007"] == [(await hospital.send(envelope))["returnCode"] for _ in range(2)]

    async def test_a_forged_request_uses_up_no_nonce(self, hospital):
        """
        Somebody without the key cannot use up a nonce in the hospital's place.
        """
        envelope = hospital.envelope(METHOD, hospital.document())
        forged = await hospital.send(envelope | {"bodySign": "0" * 64})

        assert ["1009", "0"] == [
            forged["returnCode"],
            (await hospital.send(envelope))["returnCode"],
        ]

    async def test_a_nonce_is_free_when_its_window_is_over(self, hospital, clock):
        """
        After the timestamp's window the nonce may come again under a new timestamp.
        """
        await hospital.call(METHOD, hospital.document(), nonceStr="1234567890")
        clock.advance(seconds=300)
        early = await hospital.call(METHOD, hospital.document(), nonceStr="1234567890")
        clock.advance(seconds=1)
        late = await hospital.call(METHOD, hospital.document(), nonceStr="1234567890")

        assert ["1007", "0"] == [early["returnCode"], late["returnCode"]]


class TestProvinces:
    @pytest.mark.parametrize("success", ["000", 0])
    async def test_say_success_differently_and_forgive_nonces(self, clock, success):
        """
        Another platform says `000` or the number 0, and does not count nonces.
        """
        settings = msgspec.structs.replace(
            default_settings(), success_code=success, nonce_once=False
        )
        async with (
            TestServer(create_app(settings, clock), host="127.0.0.1") as server,
            aiohttp.ClientSession() as http,
        ):
            hospital = Hospital(http, server, settings.apps[0], clock)
            envelope = hospital.envelope(METHOD, hospital.document())
            codes = [(await hospital.send(envelope))["returnCode"] for _ in range(2)]

        assert [success, success] == codes


class TestFaults:
    async def test_wrong_signature(self, hospital):
        """
        Under the fault the answer's signature does not verify, once.
        """
        hospital.verify = False
        await hospital.fault("wrong_signature", operation=METHOD)
        verified = []
        for _ in range(2):
            await hospital.call(METHOD, hospital.document())
            verified.append(hospital.verified)

        assert [False, True] == verified

    async def test_an_answer_can_be_ordered(self, hospital):
        """
        A fault may answer with any code, the work done or not.
        """
        body = hospital.application("周杰", "440112198304075175")
        await hospital.fault("answer", code="9999", processed=False)
        refused = await hospital.refusal("createVmcardQRcode", body)
        before = await hospital.datas(METHOD, hospital.document("440112198304075175"))
        await hospital.fault("answer")
        done = await hospital.refusal("createVmcardQRcode", body)
        after = await hospital.datas(METHOD, hospital.document("440112198304075175"))

        assert ["9999", "9999"] == [refused, done]
        assert [0, 1] == [before["parameters"], after["parameters"]]

    async def test_a_lie_changes_nothing(self, hospital):
        """
        A lying platform answers with a card that it did not enter.
        """
        await hospital.fault("lie")
        claimed = await hospital.datas(
            "createVmcardQRcode", hospital.application("周杰", "440112198304075175")
        )
        state = await hospital.datas(METHOD, hospital.document("440112198304075175"))

        assert 64 == len(claimed["erhcCardNo"])
        assert 0 == state["parameters"]

    @pytest.mark.parametrize(
        ("kind", "cards"), [("cut_after_request", 7), ("cut_before_response", 8)]
    )
    async def test_a_cut_connection(self, hospital, kind, cards):
        """
        A connection cut before the work leaves seven cards, one cut after it eight.
        """
        await hospital.fault(kind, operation="createVmcardQRcode")
        with pytest.raises(aiohttp.ClientConnectionError):
            await hospital.call(
                "createVmcardQRcode", hospital.application("周杰", "440112198304075175")
            )

        assert cards == len((await hospital.control("GET", "books"))["cards"])
