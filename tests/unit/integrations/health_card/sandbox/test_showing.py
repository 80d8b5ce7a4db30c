"""Codes: shown, printed, read at a desk, and reported."""

import pytest

from integrations.health_card.sandbox.books import Books, seeded_people
from integrations.health_card.sandbox.calls import Call
from integrations.health_card.sandbox.envelope import Envelope
from tests.unit.integrations.health_card.sandbox.hospital import START, ZHANG, ZHOU

READ = "getPersonInfoByQrCode"


class TestActiveCode:
    async def test_is_short_lived_and_fresh(self, hospital):
        """
        A code for the screen names the card and its kind, is short enough, and never repeats.
        """
        card = (await hospital.datas("getPersonInfo", hospital.document()))["erhcCardNo"]
        codes = {
            (await hospital.datas("getActiveQrCode", {"erhcCardNo": card}))["qrCode"]
            for _ in range(3)
        }

        assert 3 == len(codes)
        assert all(code.startswith(card + ":1:") and len(code) <= 130 for code in codes)

    async def test_needs_a_card(self, hospital):
        """
        Without a card there is nothing to show.
        """
        assert "2001" == await hospital.refusal("getActiveQrCode", {"erhcCardNo": "0" * 64})
        assert "1001" == await hospital.refusal("getActiveQrCode", {})


class TestReading:
    async def test_tells_who_showed_it(self, hospital):
        """
        A code that is read tells the person, and the platform notes where it was read.
        """
        code = await hospital.code()
        person = await hospital.datas(READ, hospital.reading(code))
        (scan,) = (await hospital.control("GET", "books"))["scans"]

        assert person == await hospital.datas("getPersonInfo", hospital.document())
        assert (code, "T0001", "010101", hospital.app.org_code) == tuple(
            scan[name] for name in ("qr_code", "terminal_code", "med_step_code", "org_code")
        )

    @pytest.mark.parametrize(("seconds", "code"), [(299, "0"), (300, "2003")])
    async def test_within_five_minutes(self, hospital, clock, seconds, code):
        """
        A shown code is read within five minutes of its making and not at five minutes.
        """
        shown = await hospital.code()
        clock.advance(seconds=seconds)

        assert code == (await hospital.call(READ, hospital.reading(shown)))["returnCode"]

    async def test_once_per_step(self, hospital):
        """
        A shown code serves each step of care once, at whichever terminal.
        """
        code = await hospital.code()
        answers = [
            await hospital.call(READ, hospital.reading(code, **fields))
            for fields in (
                {},
                {"terminalCode": "T0002"},
                {"medStepCode": "010105"},
                {"medStepCode": "010105"},
            )
        ]

        assert ["0", "2004", "0", "2004"] == [answer["returnCode"] for answer in answers]

    async def test_a_lie_does_not_use_it_up(self, hospital):
        """
        A reading that was only claimed leaves the code usable and unnoted.
        """
        code = await hospital.code()
        await hospital.fault("lie", operation=READ)
        await hospital.datas(READ, hospital.reading(code))
        await hospital.datas(READ, hospital.reading(code))

        assert 1 == len((await hospital.control("GET", "books"))["scans"])

    async def test_a_printed_code_serves_always(self, hospital, clock):
        """
        A printed code is read again and again, years later.
        """
        code = await hospital.code(printed=True)
        await hospital.datas(READ, hospital.reading(code))
        clock.advance(days=1000)
        await hospital.datas(READ, hospital.reading(code))

        assert 2 == len((await hospital.control("GET", "books"))["scans"])

    async def test_refuses_what_it_did_not_make(self, hospital):
        """
        Invented, altered and cut codes are no codes.
        """
        shown, printed = await hospital.code(), await hospital.code(printed=True)
        strangers = [
            "x",
            "0" * 64,
            f"{'0' * 64}:1:{'0' * 32}",
            shown[:-1] + ("0" if shown[-1] != "0" else "1"),
            printed[:-1] + ("0" if printed[-1] != "0" else "1"),
            shown.replace(":1:", ":0:"),
            shown.lower(),
            shown + "\n",
        ]
        codes = {await hospital.refusal(READ, hospital.reading(code)) for code in strangers}

        assert {"2002"} == codes

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"qrCode": None}, "1001"),
            ({"qrCode": "0" * 131}, "1002"),
            ({"terminalCode": "T9999"}, "2006"),
            ({"terminalCode": None}, "1001"),
            ({"medStepCode": "01"}, "1002"),
            ({"medStepCode": "01010１"}, "1002"),
            ({"medStepCode": None}, "1001"),
        ],
    )
    async def test_refuses_malformed_readings(self, hospital, fields, code):
        """
        A reading names a code, a registered terminal and a step of six digits.
        """
        body = hospital.reading(await hospital.code(), **fields)

        assert code == await hospital.refusal(READ, body)


class TestReporting:
    async def test_counts_once(self, hospital):
        """
        A report of use is noted once however often it is sent.
        """
        card = (await hospital.datas("getPersonInfo", hospital.document()))["erhcCardNo"]
        report = {
            "erhcCardNo": card,
            "medStepCode": "010101",
            "time": "2026-11-23 10:00:00",
            "department": "0300",
        }
        for _ in range(2):
            assert {} == await hospital.datas("reportHISData", report)
        reports = (await hospital.control("GET", "books"))["reports"]

        assert [(card, "2026-11-23 10:00:00", "0300")] == [
            (row["erhc_card_no"], row["used_at"], row["department"]) for row in reports
        ]

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"time": "yesterday"}, "1002"),
            ({"time": None}, "1001"),
            ({"medStepCode": "x"}, "1002"),
            ({"erhcCardNo": "0" * 64}, "2001"),
        ],
    )
    async def test_refuses(self, hospital, fields, code):
        """
        A report needs a known card, a step and a time.
        """
        card = (await hospital.datas("getPersonInfo", hospital.document()))["erhcCardNo"]
        report = {"erhcCardNo": card, "medStepCode": "010101", "time": "2026-11-23 10:00:00"}

        assert code == await hospital.refusal("reportHISData", report | fields)


class TestMinting:
    @pytest.mark.parametrize(
        ("body", "status"),
        [({"id_number": ZHOU}, 404), ({}, 400), ({"id_number": ZHANG, "kind": 1}, 400)],
    )
    async def test_refuses(self, hospital, body, status):
        """
        Without a card or with a misspelt wish there is no code.
        """
        await hospital.control("POST", "qr", body, status=status)


class TestRedaction:
    def test_rows_show_nothing_personal(self, settings):
        """
        Cards, calls and envelopes do not print what they hold.
        """
        card = Books(seeded_people(), "440000").find("01", ZHANG)
        call = Call(
            app=settings.apps[0],
            method=READ,
            body={"idCode": ZHANG},
            now=START,
            settings=settings,
        )
        shown = repr(card) + repr(call) + repr(Envelope(method=READ, body={"idCode": ZHANG}))

        assert ZHANG not in shown
        assert "张秀英" not in shown
