"""``/v1/devices``, ``/v1/freeze``, ``/v1/code``, ``/v1/barcodes``."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import httpx
import pytest
import zxingcpp
from PIL import Image

from codes import OfflineDevice, TopUp, parse
from codes.passes import IssuedPass, PassWindow
from tests.fixtures.applications import serving
from tests.fixtures.devices import ELSEWHERE, RESIDENT
from wallet.devices.controller import DevicesController, FreezingController
from wallet.devices.messages import (
    clearing_message,
    enrolment_message,
    passes_message,
    vouching_message,
)
from wallet.devices.service import Consumed
from wallet.devices.showing_controller import BarcodesController, CodeController
from wallet.http.callers import ResidentCaller

CALLER = ResidentCaller(resident_id=RESIDENT, session_id=1)
CONTROLLERS = (BarcodesController, CodeController, DevicesController, FreezingController)


@pytest.fixture
async def client(world):
    async with serving(*CONTROLLERS, resident=CALLER, **world.services.injected()) as client:
        yield client


async def challenge(client: httpx.AsyncClient) -> str:
    return (await client.post("/v1/devices/challenges")).json()["challenge"]


async def enrol_body(client, phone, *, kind="app", name="我的手机"):
    given = await challenge(client)
    message = enrolment_message(given, phone.public_key, kind, name)
    return {
        "public_key": phone.public_key,
        "challenge": given,
        "signature": phone.sign_text(message),
        "kind": kind,
        "name": name,
    }


async def enrolled(client, phone):
    answer = await client.post("/v1/devices", json=await enrol_body(client, phone))
    phone.device_no = answer.json()["device_no"]
    return answer


async def passes_body(client, phone, profile="otp"):
    given, now = await challenge(client), phone.now_seconds()
    message = passes_message(given, phone.device_no, profile, now)
    return {
        "challenge": given,
        "profile": profile,
        "clock_seconds": now,
        "signature": phone.sign_text(message),
    }


def raw(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def offline(answer, phone):
    """
    Return what a phone makes of the answer to a top-up, as the documentation tells it to.
    """
    header, start, length = raw(answer["header"]), answer["starts_at_seconds"], 600
    passes = tuple(
        IssuedPass(
            header, raw(text), PassWindow(start + place * length, start + (place + 1) * length)
        )
        for place, text in enumerate(answer["passes"])
    )
    seeds = {seed["key_id"]: raw(seed["seed"]) for seed in answer["seeds"]}
    return OfflineDevice(TopUp(passes, seeds), phone.sign)


class TestEnrolling:
    async def test_from_key_to_code(self, client, world):
        """
        A phone enrols its key, fetches passes and shows codes that are consumed.
        """
        phone = world.phone()
        first = await enrolled(client, phone)
        consumed = []
        for profile in ("otp", "signed"):
            answer = await client.post(
                "/v1/devices/1/passes", json=await passes_body(client, phone, profile)
            )
            world.move_to_step()
            shown = offline(answer.json(), phone).draw(phone.now_seconds())
            consumed.append(await world.scan(shown.text))

        assert (201, 1) == (first.status_code, first.json()["device_no"])
        assert [Consumed(resident_id=RESIDENT, device_no=1)] * 2 == consumed

    async def test_vouched_for(self, client, world):
        """
        A second device that the first one vouches for may approve at once, another one later.
        """
        first, second, third = world.phone(), world.phone(), world.phone()
        at_once = (await enrolled(client, first)).json()["approves_from"]
        body = await enrol_body(client, second)
        word = vouching_message(body["challenge"], second.public_key)
        body["vouched_by"] = {"device_no": 1, "signature": first.sign_text(word)}
        vouched = (await client.post("/v1/devices", json=body)).json()["approves_from"]
        later = (await enrolled(client, third)).json()["approves_from"]

        assert ("2026-03-02T01:30:00Z", "2026-03-02T01:30:00Z", "2026-03-03T01:30:00Z") == (
            at_once,
            vouched,
            later,
        )

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"name": "x\n"}, 400, "VALIDATION_FAILED"),
            ({"kind": "server"}, 400, "VALIDATION_FAILED"),
            ({"status": "active"}, 400, "VALIDATION_FAILED"),
            ({"public_key": "A" * 122 + "=="}, 400, "VALIDATION_FAILED"),
            ({"signature": "A" * 86}, 401, "SIGNATURE_INVALID"),
            ({"name": "别的"}, 401, "SIGNATURE_INVALID"),
        ],
    )
    async def test_refused(self, client, world, change, status, code):
        """
        A wrong form and a wrong signature are told apart.
        """
        body = await enrol_body(client, world.phone()) | change
        answer = await client.post("/v1/devices", json=body)

        assert (status, code) == (answer.status_code, answer.json()["code"])

    async def test_challenge_used(self, client, world):
        """
        Sending the same enrolment twice enrols once.
        """
        body = await enrol_body(client, world.phone())
        await client.post("/v1/devices", json=body)
        answer = await client.post("/v1/devices", json=body)

        assert (409, "CHALLENGE_INVALID") == (answer.status_code, answer.json()["code"])


class TestTopUp:
    async def test_clock_warning(self, client, world):
        """
        A phone whose clock is far off is told by how much.
        """
        phone = world.phone(ahead_seconds=-3600)
        await enrolled(client, phone)
        answer = await client.post("/v1/devices/1/passes", json=await passes_body(client, phone))

        assert (-1, -3600, True) == tuple(
            answer.json()[name] for name in ("drift", "clock_offset_seconds", "clock_warning")
        )

    @pytest.mark.parametrize(
        ("number", "status", "code"),
        [
            ("2", 404, "NOT_FOUND"),
            ("65536", 404, "NOT_FOUND"),
            ("01", 400, "VALIDATION_FAILED"),
            ("１", 400, "VALIDATION_FAILED"),
            ("x", 400, "VALIDATION_FAILED"),
        ],
    )
    async def test_no_such_device(self, client, world, number, status, code):
        """
        A number that is none and one that is nobody's are told apart.
        """
        phone = world.phone()
        await enrolled(client, phone)
        body = await passes_body(client, phone)
        answer = await client.post(f"/v1/devices/{number}/passes", json=body)

        assert (status, code) == (answer.status_code, answer.json()["code"])


class TestList:
    async def test_what_the_resident_sees(self, client, world):
        """
        The list tells name, kind and status, and nothing secret.
        """
        await enrolled(client, world.phone())
        answer = (await client.get("/v1/devices")).json()

        assert [("server", ""), ("app", "我的手机")] == [
            (device["kind"], device["name"]) for device in answer["devices"]
        ]
        assert {
            "device_no",
            "kind",
            "name",
            "status",
            "drift",
            "alarmed_at",
            "approves_from",
            "enrolled_at",
            "last_seen_at",
        } == set(answer["devices"][1])

    async def test_revoke(self, client, world):
        """
        A revoked device is gone, and cannot be revoked again.
        """
        await enrolled(client, world.phone())
        statuses = [
            (await client.delete(f"/v1/devices/{number}")).status_code for number in (1, 1, 0)
        ]
        left = (await client.get("/v1/devices")).json()["devices"]

        assert ([204, 404, 404], [0]) == (statuses, [device["device_no"] for device in left])


class TestFreeze:
    async def test_and_back(self, client):
        """
        Frozen devices show nothing until they are unfrozen.
        """
        frozen = await client.post("/v1/freeze")
        listed = (await client.get("/v1/devices")).json()["frozen"]
        code = await client.get("/v1/code")
        barcode = await client.post("/v1/barcodes")
        unfrozen = await client.post("/v1/unfreeze")

        assert (200, {"frozen": True}, True) == (frozen.status_code, frozen.json(), listed)
        assert {(423, "DEVICE_FROZEN")} == {
            (answer.status_code, answer.json()["code"]) for answer in (code, barcode)
        }
        assert {"frozen": False} == unfrozen.json()
        assert 200 == (await client.get("/v1/code")).status_code


class TestClearAlarm:
    async def test_signed(self, client, world):
        """
        The alarm of a server-made code is settled by a device's signature.
        """
        phone = world.phone()
        await enrolled(client, phone)
        text = (await client.get("/v1/code")).json()["text"]
        await world.scan(text)
        await world.scan(text, ELSEWHERE)
        alarmed = (await client.get("/v1/devices")).json()["devices"][0]["alarmed_at"]
        given = await challenge(client)
        body = {
            "challenge": given,
            "signed_by": 1,
            "signature": phone.sign_text(clearing_message(given, 0)),
        }
        answer = await client.post("/v1/devices/0/clear-alarm", json=body)
        cleared = (await client.get("/v1/devices")).json()["devices"][0]["alarmed_at"]

        assert ("2026-03-02T01:30:00Z", 204, None) == (alarmed, answer.status_code, cleared)


class TestCode:
    async def test_json(self, client, world):
        """
        The code is text, with the time until which it is fresh.
        """
        world.move_to_step(second=10)
        answer = (await client.get("/v1/code")).json()

        assert (20, "2026-03-02T01:31:00Z") == (
            answer["poll_after_seconds"],
            answer["fresh_until"],
        )
        assert Consumed(resident_id=RESIDENT, device_no=0) == await world.scan(answer["text"])

    async def test_pictures(self, client, tmp_path):
        """
        Both pictures hold a fresh code each.
        """
        svg = await client.get("/v1/code.svg")
        png = await client.get("/v1/code.png")
        (tmp_path / "code.png").write_bytes(png.content)
        (read,) = zxingcpp.read_barcodes(Image.open(tmp_path / "code.png"))

        assert ("image/svg+xml", "image/png") == tuple(
            answer.headers["content-type"].partition(";")[0] for answer in (svg, png)
        )
        assert svg.text.startswith("<svg ")
        assert 1 == parse(read.text).counter_low % 8

    async def test_ninth_of_a_step(self, client, world):
        """
        The ninth call in a step is told when to come again.
        """
        world.move_to_step(second=10)
        answers = [await client.get("/v1/code") for _ in range(9)]

        assert [200] * 8 + [429] == [answer.status_code for answer in answers]
        assert "20" == answers[-1].headers["retry-after"]


class TestBarcodes:
    async def test_make(self, client):
        """
        A numeric code has twenty digits and a minute.
        """
        answer = (await client.post("/v1/barcodes")).json()

        assert (20, "9", "2026-03-02T01:31:00Z") == (
            len(answer["digits"]),
            answer["digits"][0],
            answer["expires_at"],
        )

    async def test_too_many(self, client):
        """
        The seventh in a minute is told to wait.
        """
        answers = [await client.post("/v1/barcodes") for _ in range(7)]

        assert [201] * 6 + [429] == [answer.status_code for answer in answers]
        assert "60" == answers[-1].headers["retry-after"]


class TestText:
    def test_base64url(self):
        """
        The test's own decoder reads what it should.
        """
        assert b"\xff\xfe" == raw(urlsafe_b64encode(b"\xff\xfe").rstrip(b"=").decode())
