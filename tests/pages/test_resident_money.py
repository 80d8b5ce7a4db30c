"""The resident's payments, consents and alarms through the whole application."""

import re

import pytest

from tests.fixtures.desks import PARTY, RESIDENT, SCOPES, bill_of, desk
from tests.fixtures.region import LI
from tests.pages.conftest import Browser
from wallet.errors import WalletError
from wallet.parties.models import PartyRow
from wallet.settling.approvals import approval_text
from wallet.settling.on_screen import Signed

__all__ = ("desk",)

COOKIE = "__Host-session"


@pytest.fixture
async def payer(database, region, desk, clock):
    """
    A browser that the resident of the engine's desk is signed in with.
    """
    hospital = PartyRow(
        party_id=PARTY,
        name="示范市第一人民医院",
        kind="hospital",
        status="active",
        settled_by="wallet",
        otp_limit_minor=0,
        signed_limit_minor=0,
        cash_due_seconds=1_800,
        sign_resolve=False,
        screen_limit_minor=0,
        created_at=clock.now(),
    )
    async with database.transaction() as session:
        session.add(hospital)
        signed_in = await region.people.sessions.open(session, RESIDENT, "demo")
    desk.parties.given["otp_limit_minor"] = 0
    async with region.client() as client:
        client.cookies.set(COOKIE, signed_in.token, domain="wallet.example", path="/")
        yield Browser(client)


class TestPayment:
    async def test_approved(self, desk, payer):
        """
        A payment shows what is to be signed, then how it was paid, and its receipt.
        """
        folder = await desk.confirm(await desk.open(bill=bill_of(10_000, 5_000)))
        listed = (await payer.client.get("/payments")).text
        path = re.search(r'href="(/payments/set_\w+)"', listed)[1]
        asked = (await payer.client.get(path)).text
        told = (await payer.client.get("/code/news?seen=")).text
        name = desk.approvals.name(folder)
        version, amount = folder.settlement.version, folder.settlement.state.cash_minor
        desk.devices.right = (approval_text(name, version, amount, "示范市第一人民医院"), b"s")
        await desk.approvals.approve(RESIDENT, name, 1, version, b"s")
        paid = (await payer.client.get(path)).text

        assert "查看并确认" in listed
        assert f'data-approve="{name}" data-version="{version}" data-amount="{amount}"' in asked
        assert "请您确认支付" in told
        assert f'href="{path}"' in told
        assert "data-approve" not in paid
        assert ["已完成", "收据", "阿司匹林1"] == [
            word for word in ("已完成", "收据", "阿司匹林1") if word in paid
        ]

    async def test_signed_at_the_desk(self, desk, payer):
        """
        Who approved by a signature reads so, with the hospital and the text's fingerprint.
        """
        desk.parties.given["screen_limit_minor"] = 50_000
        shown = (await desk.confirm(await desk.open())).settlement
        signed = Signed(
            version=shown.version,
            amount_minor=shown.state.cash_minor,
            payee="示范市第一人民医院",
            strokes=(((0, 0), (400, 300)),),
            operator="C007",
        )
        intent = desk.intent(scopes=SCOPES | {"approvals:screen"})
        await desk.on_screen.approve(intent, desk.name_of(shown), signed)
        looks = (await payer.client.get("/looks")).text
        entries = (await desk.journal.of_resident(RESIDENT)).entries
        (digest,) = {written.entry.digest for written in entries} - {""}

        said = looks.partition("在窗口的屏幕上签名同意支付")[2].partition("</li>")[0]
        assert "示范市第一人民医院" in said
        assert digest in said
        assert "C007" not in looks

    async def test_expired(self, desk, payer):
        """
        One that nobody approved in time says so, in a sentence.
        """
        folder = await desk.confirm(await desk.open())
        desk.clock.advance(1_900)
        await desk.work_off(folder, until="cancelled")
        page = (await payer.client.get(f"/payments/{desk.approvals.name(folder)}")).text

        assert "超过时限，已自动取消，没有扣款" in page
        assert "data-moving" not in page

    async def test_declined(self, desk, payer):
        """
        One whose charge was declined says that the insurer's part stands, and what to do.
        """
        desk.parties.given["otp_limit_minor"] = 50_000
        desk.payer.fail("charge", "decline:INSUFFICIENT")
        folder = await desk.settled()
        page = (await payer.client.get(f"/payments/{desk.approvals.name(folder)}")).text

        assert "这次扣款没有成功，医保结算仍然有效" in page
        assert "未成功" in page

    async def test_somebody_elses(self, desk, signed_in):
        """
        Nobody sees somebody else's.
        """
        folder = await desk.open()
        answer = await signed_in.client.get(f"/payments/{desk.approvals.name(folder)}")

        assert 404 == answer.status_code


class TestVisits:
    async def test_to_bills_and_back(self, desk, payer):
        """
        A visit says where and how it stands, no department, and leads to its own bills alone.
        """
        await desk.open()
        desk.clock.advance(60)
        await desk.visit(insured=False)
        listed = (await payer.client.get("/visits")).text
        without, billed = re.findall(r'href="(/visits/vis_\w+)"', listed)
        empty = (await payer.client.get(without)).text
        visit = (await payer.client.get(billed)).text
        bills = re.findall(r'href="(/payments/set_\w+)"', visit)
        payment = (await payer.client.get(bills[0])).text

        assert listed.index("未办理医保登记") < listed.index("已办理医保登记")
        assert "这次就诊还没有账单" in empty
        assert 1 == len(bills)
        assert f'href="{billed}"' in payment
        assert "心内科" not in listed + visit + payment

    async def test_cancelled(self, desk, payer):
        """
        A registration that was cancelled says so, and nothing of the insurer.
        """
        await desk.visits.cancel(desk.intent(), await desk.visit())
        listed = (await payer.client.get("/visits")).text

        assert "已退号" in listed
        assert "医保登记" not in listed

    async def test_more(self, desk, payer):
        """
        What does not fit on a page is on the next one.
        """
        for _ in range(11):
            await desk.visit(insured=False)
        first = (await payer.client.get("/visits")).text
        following = re.search(r'href="(/visits\?cursor=vis_\w+)"', first)[1]
        last = (await payer.client.get(following)).text

        assert (10, 1) == (first.count("已挂号"), last.count("已挂号"))
        assert "cursor=" not in last

    async def test_somebody_elses(self, desk, signed_in):
        """
        Nobody sees somebody else's.
        """
        await desk.visit()
        ((visit,), _) = await desk.history.page(RESIDENT, cursor=None, limit=1)

        assert 404 == (await signed_in.client.get(f"/visits/{visit.id}")).status_code


class TestConsents:
    async def test_withdrawn_and_granted(self, signed_in):
        """
        A consent that linking gave is withdrawn with one tap and given again with another.
        """
        await signed_in.send("/contexts", "/contexts/link", integration="fake_payment")
        page = (await signed_in.client.get("/consents")).text
        handles = re.findall(r'name="consent" value="(\w+)"', page)
        await signed_in.send("/consents", "/consents/withdraw", consent=handles[0])
        fewer = (await signed_in.client.get("/consents")).text
        purpose = re.search(r'name="purpose" value="(\w+)"', fewer)[1]
        await signed_in.send("/consents", "/consents/grant", context="payment", purpose=purpose)
        again = (await signed_in.client.get("/consents")).text

        assert [4, 3, 4] == [each.count('name="consent"') for each in (page, fewer, again)]

    @pytest.mark.parametrize(
        ("action", "fields", "status"),
        [
            ("grant", {"context": "insurance", "purpose": "payment"}, 400),
            ("grant", {"context": "payment", "purpose": "curiosity"}, 400),
            ("grant", {"context": "<b>", "purpose": "payment"}, 400),
            ("withdraw", {"consent": "cns_made_up"}, 404),
        ],
    )
    async def test_invented(self, signed_in, action, fields, status):
        """
        What is not linked cannot be allowed, and what does not stand not be withdrawn.
        """
        await signed_in.send("/contexts", "/contexts/link", integration="fake_payment")
        answer = await signed_in.send("/consents", f"/consents/{action}", **fields)

        assert status == answer.status_code


class TestAlarm:
    async def test_both_places(self, region, signed_in):
        """
        The page of an alarm names both places where one code was used, the first one first.
        """
        resident_id = (await region.people.sessions.sign_in_for_demo(LI)).resident_id
        phone = await region.phone(resident_id)
        await region.link(resident_id, "payment")
        code = phone.show()
        await region.resolve(await region.hospital(name="东城医院"), code)
        with pytest.raises(WalletError):
            await region.resolve(await region.hospital(name="西城医院"), code)
        shown = (await signed_in.client.get("/code")).text
        path = re.search(r'href="(/devices/\d+/alarm)"', shown)[1]
        page = (await signed_in.client.get(path)).text

        assert page.index("东城医院") < page.index("西城医院")
        assert f'data-clear="{phone.device_no}"' in page

    @pytest.mark.parametrize("number", ["9", "x", "-1", "999999"])
    async def test_no_such_device(self, signed_in, number):
        """
        A made-up device has no page.
        """
        assert (await signed_in.client.get(f"/devices/{number}/alarm")).status_code in {400, 404}
