"""Choosing a language on a page that a form was answered with."""

import re

import pytest

BACK = re.compile(r'name="back" value="([^"]+)"')


class TestAnswers:
    @pytest.mark.parametrize(
        ("page", "action", "fields"),
        [
            ("/code", "/code/barcode", {}),
            ("/contexts", "/contexts/link", {"integration": "none"}),
            ("/devices", "/devices/revoke", {"device_no": "99"}),
        ],
    )
    async def test_resident(self, signed_in, page, action, fields):
        """
        It leads to a page of ours, from what a form was answered with too.
        """
        answered = await signed_in.send(page, action, **fields)
        chosen = await signed_in.client.post(
            "/choose", data={"language": "en", "back": BACK.search(answered.text)[1]}
        )
        shown = await signed_in.client.get(chosen.headers["location"])

        assert (200, page) == (shown.status_code, chosen.headers["location"])
        assert '<html lang="en"' in shown.text

    async def test_stays(self, browser):
        """
        Where the answer has the form's own address it leads there.
        """
        wrong = await browser.sign_in(document_number="1")

        assert "/sign-in" == BACK.search(wrong.text)[1]

    async def test_shown_once(self, operator):
        """
        Nothing is to be chosen beside codes that are shown once: it would cost them.
        """
        assert "/choose" not in (await operator.enrol()).text
