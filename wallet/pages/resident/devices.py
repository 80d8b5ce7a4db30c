"""
``/devices``: what shows codes, freezing all of them, and what a clone alarm means.
"""

from typing import Annotated, Final

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter

from wallet.devices.alarms import ALARMED
from wallet.devices.keeping import KeepingService
from wallet.devices.words import DeviceStatus
from wallet.errors import NotFoundError
from wallet.http.callers import ResidentCaller
from wallet.journal.feed import Feed
from wallet.journal.service import JournalService
from wallet.pages.forms import FORM_BODY, Form, go
from wallet.pages.rendering import AnyRequest, page
from wallet.residents.sessions import SessionsService

HERE: Final = "/devices"
_NUMBER_DIGITS: Final = 5
_PLACES: Final = 2


class DevicesController(Controller):
    """
    Devices.
    """

    path = HERE
    include_in_schema = False

    @get()
    async def devices(
        self,
        request: AnyRequest,
        visitor: NamedDependency[ResidentCaller],
        sessions: NamedDependency[SessionsService],
        keeping: NamedDependency[KeepingService],
        feed: NamedDependency[Feed],
    ) -> Response[str]:
        """
        Show them.
        """
        devices = await keeping.of_resident(visitor.resident_id)
        return page(
            request,
            "resident/devices",
            csrf=sessions.proof(visitor),
            tag=sessions.tag(visitor),
            now=feed.clock.now(),
            devices=devices,
            frozen=any(each.status == DeviceStatus.FROZEN for each in devices),
        )

    @get("/{device_no:str}/alarm")
    async def alarm(
        self,
        request: AnyRequest,
        visitor: NamedDependency[ResidentCaller],
        sessions: NamedDependency[SessionsService],
        keeping: NamedDependency[KeepingService],
        journal: NamedDependency[JournalService],
        device_no: Annotated[str, PathParameter(max_length=_NUMBER_DIGITS)],
    ) -> Response[str]:
        """
        Show what a device's clone alarm means, and where its code was used.
        """
        number = _number(device_no)
        devices = await keeping.of_resident(visitor.resident_id)
        device = next((each for each in devices if each.device_no == number), None)
        if device is None:
            raise NotFoundError
        places = await journal.about(visitor.resident_id, ALARMED, number, limit=_PLACES)
        return page(
            request,
            "resident/alarm",
            csrf=sessions.proof(visitor),
            tag=sessions.tag(visitor),
            device=device,
            places=sorted(places, key=lambda each: each.entry.at),
        )

    @post("/freeze", opt=FORM_BODY)
    async def freeze(
        self, form: NamedDependency[Form], keeping: NamedDependency[KeepingService]
    ) -> Response[None]:
        """
        Freeze every device.
        """
        await keeping.freeze(form.caller.resident_id)
        return go(HERE)

    @post("/unfreeze", opt=FORM_BODY)
    async def unfreeze(
        self, form: NamedDependency[Form], keeping: NamedDependency[KeepingService]
    ) -> Response[None]:
        """
        Let them be used again.
        """
        await keeping.unfreeze(form.caller.resident_id)
        return go(HERE)

    @post("/revoke", opt=FORM_BODY)
    async def revoke(
        self, form: NamedDependency[Form], keeping: NamedDependency[KeepingService]
    ) -> Response[None]:
        """
        Revoke one for good.
        """
        number = _number(form.fields.get("device_no", ""))
        await keeping.revoke(form.caller.resident_id, number)
        return go(HERE)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _NUMBER_DIGITS):
        raise NotFoundError
    return int(text)
