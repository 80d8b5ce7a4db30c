"""
``/code``: the code to show.
"""

import asyncio

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from msgspec import Struct

from codes import image
from wallet.devices.barcodes import BarcodesService
from wallet.devices.keeping import KeepingService
from wallet.devices.showing import ShowingService
from wallet.devices.topping_up import ToppingUpService
from wallet.devices.words import DeviceStatus
from wallet.http.callers import ResidentCaller
from wallet.journal.service import JournalService
from wallet.pages.forms import FORM_BODY, Form
from wallet.pages.rendering import AnyRequest, page
from wallet.residents.masking import masked_name
from wallet.residents.service import ResidentsService
from wallet.residents.sessions import SessionsService


class Drawn(Struct, frozen=True, kw_only=True):
    """
    A code as the page shows it.

    Attributes:
        picture: SVG.
        seconds: after which the page asks for another one.
    """

    picture: str
    seconds: int


class CodeController(Controller):
    """
    The code.
    """

    path = "/code"
    include_in_schema = False

    @get()
    async def code(
        self,
        request: AnyRequest,
        visitor: NamedDependency[ResidentCaller],
        sessions: NamedDependency[SessionsService],
        residents: NamedDependency[ResidentsService],
        keeping: NamedDependency[KeepingService],
        journal: NamedDependency[JournalService],
        topping_up: NamedDependency[ToppingUpService],
    ) -> Response[str]:
        """
        Show the frame of the code; small scripts draw into it.
        """
        person, _ = await residents.described(visitor.resident_id)
        devices = await keeping.of_resident(visitor.resident_id)
        latest = (await journal.of_resident(visitor.resident_id, cursor=None, limit=1)).entries
        return page(
            request,
            "resident/code",
            csrf=sessions.proof(visitor),
            tag=sessions.tag(visitor),
            name=masked_name(person.name),
            frozen=any(each.status == DeviceStatus.FROZEN for each in devices),
            alarmed=[each for each in devices if each.alarmed_at is not None],
            living=" ".join(str(each.device_no) for each in devices),
            seen=latest[0].id if latest else "",
            keys=topping_up.opening(),
        )

    @get("/keys")
    async def keys(self, topping_up: NamedDependency[ToppingUpService]) -> Response[str]:
        """
        Tell whose passes are accepted, also a browser that nobody is signed in with.
        """
        return Response(topping_up.opening(), media_type="text/plain")

    @get("/drawn")
    async def drawn(
        self,
        visitor: NamedDependency[ResidentCaller],
        showing: NamedDependency[ShowingService],
    ) -> Drawn:
        """
        Draw a fresh code, for a browser that cannot sign codes.
        """
        shown = await showing.show(visitor.resident_id)
        picture = await asyncio.to_thread(image.svg, shown.text)
        return Drawn(picture=picture, seconds=shown.poll_after_seconds)

    @post("/barcode", opt=FORM_BODY)
    async def barcode(
        self,
        request: AnyRequest,
        form: NamedDependency[Form],
        barcodes: NamedDependency[BarcodesService],
    ) -> Response[str]:
        """
        Show a numeric code for scanners that read nothing else.
        """
        made = await barcodes.make(form.caller.resident_id)
        return page(request, "resident/barcode", digits=made.code.digits)
