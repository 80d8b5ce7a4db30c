"""
``/devices``: what shows codes, freezing all of them, and what a clone alarm means.
"""

from typing import Final

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from wallet.devices.keeping import KeepingService
from wallet.devices.words import DeviceStatus
from wallet.errors import NotFoundError
from wallet.http.callers import ResidentCaller
from wallet.pages.forms import FORM_BODY, Form, go
from wallet.pages.rendering import AnyRequest, page
from wallet.residents.sessions import SessionsService

HERE: Final = "/devices"
_NUMBER_DIGITS: Final = 5


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
    ) -> Response[str]:
        """
        Show them.
        """
        devices = await keeping.of_resident(visitor.resident_id)
        return page(
            request,
            "resident/devices",
            csrf=sessions.proof(visitor),
            devices=devices,
            frozen=any(each.status == DeviceStatus.FROZEN for each in devices),
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
        text = form.fields.get("device_no", "")
        if not (text.isascii() and text.isdigit() and len(text) <= _NUMBER_DIGITS):
            raise NotFoundError
        await keeping.revoke(form.caller.resident_id, int(text))
        return go(HERE)
