"""Parties and terminals on the operator's pages."""

import re


class TestParties:
    async def test_suspend_and_resume(self, region, at_work):
        """
        A party is suspended and resumed.
        """
        desk = await region.hospital()
        form = {"party": region.people.administration.names.party(desk.party_id)}
        await at_work.send(
            "/operator/parties", "/operator/parties/status", status="suspended", **form
        )
        suspended = (await at_work.client.get("/operator/parties")).text
        await at_work.send(
            "/operator/parties", "/operator/parties/status", status="active", **form
        )
        resumed = (await at_work.client.get("/operator/parties")).text

        assert "已暂停" in suspended
        assert "已暂停" not in resumed

    async def test_revoke(self, region, at_work):
        """
        A terminal is revoked for good.
        """
        desk = await region.hospital()
        (terminal,) = await region.people.administration.list_terminals(desk.party_id)
        form = {"terminal": terminal.id}
        first = await at_work.send("/operator/parties", "/operator/parties/revoke", **form)
        second = await at_work.send("/operator/parties", "/operator/parties/revoke", **form)

        assert (303, 404) == (first.status_code, second.status_code)

    async def test_enrolment(self, region, at_work):
        """
        A token for a new terminal is shown once, as text and picture.
        """
        desk = await region.hospital()
        page = await at_work.send(
            "/operator/parties",
            "/operator/parties/enrolment",
            party=region.people.administration.names.party(desk.party_id),
            kind="desk",
        )

        token = re.search(r"<code>(fwe_\S+)</code>", page.text)[1]

        assert "<svg" in page.text
        assert f'href="/desk/enrol#{token}"' in page.text

    async def test_made_up(self, at_work):
        """
        What there is not is not found, what cannot be is refused.
        """
        asked = (
            ("status", {"party": "1", "status": "active"}, 404),
            ("status", {"party": "1", "status": "gone"}, 400),
            ("revoke", {"terminal": "trm_1"}, 404),
            ("enrolment", {"party": "1", "kind": "desk"}, 404),
            ("enrolment", {"party": "1", "kind": "sofa"}, 400),
            ("enrolment", {"party": "1", "kind": "kiosk", "patient_screen": "yes"}, 400),
        )
        told = [
            (await at_work.send("/operator/people", f"/operator/parties/{action}", **fields))
            for action, fields, _ in asked
        ]

        assert [status for *_, status in asked] == [answer.status_code for answer in told]

    async def test_auditor(self, region, auditor):
        """
        An auditor sees, and may not act.
        """
        desk = await region.hospital()
        page = await auditor.get("/operator/parties")
        party = region.people.administration.names.party(desk.party_id)
        answers = [
            await auditor.send("/operator", f"/operator/{action}", party=party, status="suspended")
            for action in ("parties", "parties/status", "parties/enrolment", "parties/revoke")
        ]

        assert "暂停机构" not in page
        assert "新增机构" not in page
        assert [403] * 4 == [answer.status_code for answer in answers]

    async def test_no_row_numbers(self, region, at_work):
        """
        Parties and terminals are known by sealed ids, and each deed is an event with one.
        """
        desk = await region.hospital()
        party = region.people.administration.names.party(desk.party_id)
        await at_work.send(
            "/operator/parties", "/operator/parties/status", status="suspended", party=party
        )
        page = await at_work.get("/operator/parties")
        (event, *_) = (await region.people.operators.events.page()).events

        assert f'value="{party}"' in page
        assert not re.search(r'name="(party|terminal)" value="\d', page)
        assert ("party_suspended", "zhang", party) == (event.kind, event.name, event.about)


PARTY = {
    "name": "示范市中医院",
    "kind": "hospital",
    "settled_by": "his",
    "otp_limit": "200.50",
    "signed_limit": "2000",
    "screen_limit": "500",
    "cash_due": "45",
    "sign_resolve": "yes",
}


class TestCreate:
    async def test_created(self, region, at_work):
        """
        A party is created with its limits in fen, and who did so is written down.
        """
        await at_work.send("/operator/parties", "/operator/parties", **PARTY)
        (party,) = await region.people.administration.list_parties()
        (event, *_) = (await region.people.operators.events.page()).events

        assert ("示范市中医院", "his", 20_050, 200_000, 50_000, 2_700, True) == (
            party.settings.name,
            party.settings.settled_by,
            party.settings.otp_limit_minor,
            party.settings.signed_limit_minor,
            party.settings.screen_limit_minor,
            party.settings.cash_due_seconds,
            party.settings.sign_resolve,
        )
        assert ("party_created", party.id) == (event.kind, event.about)

    async def test_refused(self, region, at_work):
        """
        What cannot be a party is refused, and nothing is created.
        """
        wrong = (
            {"name": " "},
            {"name": "x" * 101},
            {"kind": "sofa"},
            {"settled_by": "me"},
            {"otp_limit": "1.005"},
            {"otp_limit": "-1"},
            {"otp_limit": "nan"},
            {"otp_limit": "1e999999"},
            {"signed_limit": "1e9"},
            {"signed_limit": "200.49"},
            {"screen_limit": "-1"},
            {"cash_due": "0"},
            {"cash_due": "1.5"},
        )
        answers = [
            await at_work.send("/operator/people", "/operator/parties", **(PARTY | each))
            for each in wrong
        ]

        assert [400] * len(wrong) == [answer.status_code for answer in answers]
        assert [] == await region.people.administration.list_parties()
