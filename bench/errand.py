"""
Whole checkouts at a wallet over HTTP: scan, visit, scan, bill, confirm, receipt.
"""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import aiohttp
from msgspec import Struct

from bench.partners import agree
from wallet.app import compose
from wallet.cli.composition import load_keys, open_registry
from wallet.cli.demo import bills, region
from wallet.cli.demo.desk import Desk, open_desk, until
from wallet.cli.demo.phone import Phone
from wallet.cli.demo.region import Partners
from wallet.cli.demo.story import LI
from wallet.clock import SystemClock, seconds
from wallet.db import migrate
from wallet.settings import Settings

PHONES: Final = 8
_CODES_IN_STEP: Final = 8
_STEP_SECONDS: Final = 30
_REGISTRATION: Final = ("registration", "outpatient_registration")
_SETTLEMENT: Final = ("settlement", "outpatient_settlement")
PLACE: Final = {
    "department_code": "0301",
    "department_name": "呼吸内科",
    "doctor_code": "D0042",
    "doctor_name": "周医生",
    "operator": "R001",
}


async def onboarded(settings: Settings, partners: Partners) -> dict[str, str]:
    """
    Make the tables and a hospital; return its terminals' enrolment tokens.
    """
    registry = open_registry(settings)
    services = compose(settings, clock=SystemClock(), keys=load_keys(settings), registry=registry)
    try:
        await migrate.upgrade(services.basis.database.engine)
        made = await region.onboard(services, registry, partners, region.HOSPITAL, 0)
    finally:
        await services.close()
    return made.tokens


class Codes:
    """
    Codes of a patient with several phones, drawn offline; each phone has eight in a step.
    """

    def __init__(self, phones: list[Phone]) -> None:
        self._phones = phones
        self._step = 0
        self._drawn = 0

    async def next(self) -> str:
        """
        Draw one; wait for the next step where all were shown.
        """
        clock = SystemClock()
        if self._drawn >= len(self._phones) * _CODES_IN_STEP:
            left = _STEP_SECONDS - seconds(clock.now()) % _STEP_SECONDS
            await asyncio.sleep(left)
        step = seconds(clock.now()) // _STEP_SECONDS
        if step != self._step:
            self._step, self._drawn = step, 0
        phone = self._phones[self._drawn % len(self._phones)]
        self._drawn += 1
        return phone.draw()


class Errand(Struct, frozen=True, kw_only=True):
    """
    Who takes part: a registration desk, a cashier and the patient's codes.
    """

    his: Desk
    cashier: Desk
    codes: Codes

    async def run(self) -> float:
        """
        Go through a checkout; return the milliseconds it took.
        """
        codes = [await self.codes.next(), await self.codes.next()]
        began = time.perf_counter()
        resolved = await self.his.resolve(codes[0], *_REGISTRATION)
        asked = {"presentation": resolved["presentation"], **PLACE}
        visit = await _moved(self.his, "/v1/visits", asked, "/v1/visits", ("open",))
        resolved = await self.cashier.resolve(codes[1], *_SETTLEMENT)
        billed = {
            "presentation": resolved["presentation"],
            "bill": bills.two_lines(),
            "use_account": False,
        }
        place = f"/v1/visits/{visit['id']}/settlements"
        shown = await _moved(
            self.cashier, place, billed, "/v1/settlements", ("awaiting_approval",)
        )
        target = f"/v1/settlements/{shown['id']}"
        said = {"cash_minor": shown["split"]["cash_minor"], "cash_by": "agreement"}
        await _moved(self.cashier, f"{target}/confirm", said, "/v1/settlements", ("completed",))
        await self.cashier.get(f"{target}/receipt")
        return (time.perf_counter() - began) * 1000


async def _moved(
    desk: Desk, target: str, body: object, folder: str, phases: tuple[str, ...]
) -> dict[str, Any]:
    """
    Post, and look again only where the answer is not there yet.
    """
    seen = await desk.post(target, body)
    if seen["phase"] in phases:
        return seen
    return await until(desk, f"{folder}/{seen['id']}", phases)


async def prepared(
    stack: AsyncExitStack, settings: Settings, partners: Partners, tokens: dict[str, str]
) -> Errand:
    """
    Enrol desks and the patient's phones at a running wallet, and link the three contexts.
    """
    http = await stack.enter_async_context(aiohttp.ClientSession())
    origin, clock = settings.public_origin, SystemClock()
    his = await open_desk(http, origin, clock, token=tokens["his"], name="HIS")
    cashier = await open_desk(http, origin, clock, token=tokens["cashier"], name="3")
    phones = [Phone(http=http, origin=origin, clock=clock, holder=LI) for _ in range(PHONES)]
    for phone in phones:
        await phone.sign_in()
        await phone.enrol()
        await phone.top_up()
    for name in ("health_card", "nhsa", "alipay"):
        step = await phones[0].link(name)
        if step["status"] == "action_required":
            await agree(http, partners, step["url"])
            await phones[0].link(name)
    return Errand(his=his, cashier=cashier, codes=Codes(phones))


def settings_of(folder: Path, url: str, port: int) -> dict[str, object]:
    """
    Return the settings of a wallet whose integrations file lies in a folder.
    """
    return {
        "database_url": url,
        "key_file": folder / "keys.json",
        "integration_settings": folder / "integrations.json",
        "public_origin": f"http://127.0.0.1:{port}",
        "port": port,
        "demo_login": "true",
    }
