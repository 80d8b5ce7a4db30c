"""
A day at a hospital, told chapter by chapter over real HTTP.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import click
from yarl import URL

from codes import image
from wallet.cli.demo import bills
from wallet.cli.demo.aftermath import books, choose, log
from wallet.cli.demo.desk import Desk, open_desk, until
from wallet.cli.demo.phone import Holder, Phone
from wallet.cli.demo.printing import Narrator, print_receipt, print_resolved, print_split
from wallet.cli.demo.region import Onboarded, Partners
from wallet.clock import SystemClock
from wallet.settings import Settings

LI = Holder(name="李明", number="440104198807213314", phone="13800138001", key="li")
ZHAO = Holder(name="赵强", number="42010219790530151X", phone="13800138003", key="zhao")
LIU = Holder(name="刘洋", number="440103199001153138", phone="13800138005", key="liu")
_REGISTRATION = ("registration", "outpatient_registration")
_SETTLEMENT = ("settlement", "outpatient_settlement")


@dataclass(frozen=True, kw_only=True)
class Story:
    """
    Where the story happens.
    """

    settings: Settings
    partners: Partners
    hospital: Onboarded
    pharmacy: Onboarded
    folder: Path
    narrator: Narrator

    @property
    def origin(self) -> str:
        """
        The wallet's address.
        """
        return self.settings.public_origin

    def phone(self, http: aiohttp.ClientSession, holder: Holder) -> Phone:
        """
        Return somebody's phone.
        """
        return Phone(http=http, origin=self.origin, clock=SystemClock(), holder=holder)


async def tell(story: Story) -> None:
    """
    Tell the whole story.

    Raises:
        click.ClickException: something did not happen as it should.
    """
    async with aiohttp.ClientSession() as http:
        his, cashier = await _open_desks(story, http)
        li = await _enrol_and_link(story, http)
        await _draw_and_read_back(story, li)
        visit = await _register(story, li, his)
        settlement = await _settle(story, li, cashier, visit)
        await _offline(story, li, cashier)
        await _declined(story, http, his, cashier)
        await _return_item(story, li, cashier, settlement)
        await choose(story.narrator, story.phone(http, LIU))
        await books(story.narrator, story.settings)
        await log(story.narrator, li)


async def _open_desks(story: Story, http: aiohttp.ClientSession) -> tuple[Desk, Desk]:
    story.narrator.chapter("Desks enrol with one-time tokens")
    clock = SystemClock()
    tokens = story.hospital.tokens
    his = await open_desk(http, story.origin, clock, token=tokens["his"], name="HIS 挂号")
    cashier = await open_desk(
        http, story.origin, clock, token=tokens["cashier"], name="3 号收费窗口"
    )
    story.narrator.fact("registration (HIS)", "may see the identity in full")
    story.narrator.fact("cashier, window 3", "sees it masked")
    return his, cashier


async def _enrol_and_link(story: Story, http: aiohttp.ClientSession) -> Phone:
    tell = story.narrator
    tell.chapter("李明 enrols a phone, proves its key and links three contexts")
    li = story.phone(http, LI)
    await li.sign_in()
    await li.enrol()
    tell.fact("device", f"no. {li.device_no}, P-256 key proved by a signature")
    tell.fact("passes", f"{await li.top_up()} for three days offline")
    for name in ("health_card", "nhsa", "alipay"):
        binding = await _linked(story, li, name)
        tell.fact(name, f"{binding['context']}: {binding['label']}")
    return li


async def _linked(story: Story, phone: Phone, name: str, limit: int = 100_000) -> dict[str, Any]:
    step = await phone.link(name)
    if step["status"] == "action_required":
        await _sign_agreement(story, phone, step["url"], limit)
        step = await phone.link(name)
    if step["status"] != "linked":
        raise click.ClickException(f"{name} is not linked: {step['status']}")
    return dict(step["binding"])


async def _sign_agreement(story: Story, phone: Phone, url: str, limit: int) -> None:
    """
    Do what the resident does on the partner's own page.
    """
    content = URL(url).query["biz_content"]
    reference = content.split('"external_agreement_no":"')[1].split('"')[0]
    body = {
        "person": phone.holder.key,
        "external_agreement_no": reference,
        "single_limit_fen": limit,
    }
    address = f"{story.partners.urls['alipay']}/_sandbox/agreements"
    async with phone.http.post(address, json=body) as answer:
        answer.raise_for_status()


async def _draw_and_read_back(story: Story, li: Phone) -> None:
    import zxingcpp  # noqa: PLC0415 - only the demonstration reads images
    from PIL import Image  # noqa: PLC0415 - same

    tell = story.narrator
    tell.chapter("The code, drawn and read back by a decoder that knows nothing of us")
    text = (await li.call("GET", "/v1/code"))["text"]
    tell.block(image.terminal(text))
    picture = story.folder / "code.png"
    picture.write_bytes(image.png(text))
    read = zxingcpp.read_barcodes(Image.open(picture))
    if [each.text for each in read] != [text]:
        raise click.ClickException("the decoder read something else")
    tell.fact("picture", picture)
    tell.fact("zxing-cpp read", f"{read[0].text[:12]}… ({len(read[0].text)} characters)")


async def _register(story: Story, li: Phone, his: Desk) -> str:
    tell = story.narrator
    tell.chapter("First scan: registration")
    code = (await li.call("GET", "/v1/code"))["text"]
    began = time.monotonic()
    resolved = await his.resolve(code, *_REGISTRATION)
    tell.fact("resolved in", f"{(time.monotonic() - began) * 1000:.0f} ms")
    print_resolved(tell, resolved)
    visit = await _visit(his, resolved)
    tell.fact("visit", f"{visit['phase']}, insurer's number {visit['insurer_reference']}")
    body = {"code": code, "purpose": _REGISTRATION[0], "scene": _REGISTRATION[1]}
    tell.fact("the same code again", await his.refused("/v1/resolve", body))
    return str(visit["id"])


async def _visit(his: Desk, resolved: dict[str, Any]) -> dict[str, Any]:
    place = {"department_code": "0301", "department_name": "呼吸内科"}
    doctor = {"doctor_code": "D0042", "doctor_name": "周医生", "operator": "R001"}
    opened = await his.post(
        "/v1/visits", {"presentation": resolved["presentation"], **place, **doctor}
    )
    return await until(his, f"/v1/visits/{opened['id']}", ("open",))


async def _settle(story: Story, li: Phone, cashier: Desk, visit: str) -> str:
    tell = story.narrator
    tell.chapter("Second scan: a bill of five lines, approval, insurer, charge")
    resolved = await cashier.resolve(li.draw(), *_SETTLEMENT)
    tell.fact("person, at the cashier's", resolved["person"]["name"])
    settlement = await cashier.post(
        f"/v1/visits/{visit}/settlements",
        {"presentation": resolved["presentation"], "bill": bills.five_lines()},
    )
    target = f"/v1/settlements/{settlement['id']}"
    settlement = await until(cashier, target, ("awaiting_approval",))
    print_split(tell, settlement["split"])
    body = {"cash_minor": settlement["split"]["cash_minor"], "cash_by": "agreement"}
    settlement = await cashier.post(f"{target}/confirm", body)
    if settlement["approval_required"]:
        tell.yuan("approved on the phone", await li.approve_latest())
    settlement = await until(cashier, target, ("completed",))
    print_receipt(tell, await cashier.get(f"{target}/receipt"))
    return str(settlement["id"])


async def _offline(story: Story, li: Phone, cashier: Desk) -> None:
    tell = story.narrator
    tell.chapter("A code drawn without the network")
    resolved = await cashier.resolve(li.draw(), "identification", "consultation")
    tell.fact("accepted", resolved["person"]["name"])
    await li.top_up("signed")
    resolved = await cashier.resolve(li.draw(), "identification", "consultation")
    tell.fact("signed by the device's key", resolved["person"]["name"])


async def _declined(story: Story, http: aiohttp.ClientSession, his: Desk, cashier: Desk) -> None:
    tell = story.narrator
    tell.chapter("A declined charge is finished in cash; the insurer's part stands")
    zhao = story.phone(http, ZHAO)
    await zhao.sign_in()
    await zhao.enrol()
    await zhao.top_up()
    for name in ("health_card", "nhsa", "alipay"):
        await _linked(story, zhao, name)
    visit = (await _visit(his, await his.resolve(zhao.draw(), *_REGISTRATION)))["id"]
    resolved = await cashier.resolve(zhao.draw(), *_SETTLEMENT)
    settlement = await cashier.post(
        f"/v1/visits/{visit}/settlements",
        {
            "presentation": resolved["presentation"],
            "bill": bills.two_lines(),
            "use_account": False,
        },
    )
    target = f"/v1/settlements/{settlement['id']}"
    settlement = await until(cashier, target, ("awaiting_approval",))
    cash = settlement["split"]["cash_minor"]
    await cashier.post(f"{target}/confirm", {"cash_minor": cash, "cash_by": "agreement"})
    settlement = await until(cashier, target, ("cash_due", "completed"))
    tell.fact("phase", f"{settlement['phase']} {settlement['reason']}")
    for tender in settlement["tenders"]:
        tell.fact(f"charge by {tender['method']}", f"{tender['phase']} {tender['reason']}")
    await cashier.post(
        f"{target}/tenders", {"method": "cash", "amount_minor": cash, "reference": "K-17"}
    )
    await until(cashier, target, ("completed",))
    print_receipt(tell, await cashier.get(f"{target}/receipt"))


async def _return_item(story: Story, li: Phone, cashier: Desk, settlement: str) -> None:
    tell = story.narrator
    tell.chapter("One item is returned: all cancelled, cash refunded, the rest settled anew")
    target = f"/v1/settlements/{settlement}"
    preview = await cashier.post(f"{target}/refunds", {"lines": ["L4"], "preview": True})
    net = preview["net"]
    tell.yuan("returned", net["returned_minor"])
    tell.yuan("net, shown beforehand", net["net_minor"])
    resolved = await cashier.resolve(li.draw(), *_SETTLEMENT)
    await cashier.post(
        f"{target}/refunds", {"lines": ["L4"], "presentation": resolved["presentation"]}
    )
    old = await until(cashier, target, ("cancelled",))
    tell.fact("first settlement", old["phase"])
    for refund in old["refunds"]:
        tell.yuan(f"refund by {refund['method']}", refund["amount_minor"])
    anew = f"/v1/settlements/{old['replaced_by']}"
    fresh = await until(cashier, anew, ("awaiting_approval",))
    cash = fresh["split"]["cash_minor"]
    await cashier.post(f"{anew}/confirm", {"cash_minor": cash, "cash_by": "agreement"})
    if (await cashier.get(anew))["approval_required"]:
        tell.yuan("approved on the phone", await li.approve_latest())
    await until(cashier, anew, ("completed",))
    print_receipt(tell, await cashier.get(f"{anew}/receipt"))
