"""
``/code``: the code to show, and what came of it.
"""

import asyncio
from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from codes import image
from wallet.devices.barcodes import BarcodesService
from wallet.devices.keeping import KeepingService
from wallet.devices.showing import ShowingService
from wallet.devices.words import DeviceStatus
from wallet.http.callers import ResidentCaller
from wallet.journal.service import JournalService
from wallet.pages.forms import FORM_BODY, Form
from wallet.pages.rendering import AnyRequest, page
from wallet.residents.masking import masked_name
from wallet.residents.service import ResidentsService
from wallet.residents.sessions import SessionsService
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN

NEWS = ("scanned", "disclosed", "settled", "charged", "refunded", "alarmed")


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
    ) -> Response[str]:
        """
        Show the frame of the code; a small script draws into it.
        """
        person, _ = await residents.described(visitor.resident_id)
        devices = await keeping.of_resident(visitor.resident_id)
        return page(
            request,
            "resident/code",
            csrf=sessions.proof(visitor),
            name=masked_name(person.name),
            frozen=any(each.status == DeviceStatus.FROZEN for each in devices),
            alarmed=any(each.alarmed_at is not None for each in devices),
        )

    @get("/drawn")
    async def drawn(
        self,
        visitor: NamedDependency[ResidentCaller],
        showing: NamedDependency[ShowingService],
    ) -> Drawn:
        """
        Draw a fresh code.
        """
        shown = await showing.show(visitor.resident_id)
        picture = await asyncio.to_thread(image.svg, shown.text)
        return Drawn(picture=picture, seconds=shown.poll_after_seconds)

    @get("/news")
    async def news(
        self,
        request: AnyRequest,
        visitor: NamedDependency[ResidentCaller],
        journal: NamedDependency[JournalService],
        seen: Annotated[
            str, QueryParameter(pattern=rf"{TEXT_PATTERN}|\A\Z", max_length=TEXT_MAX_LENGTH)
        ] = "",
    ) -> Response[Any]:
        """
        Tell what happened last, if it is not what the page has seen.
        """
        latest = (await journal.of_resident(visitor.resident_id, cursor=None, limit=1)).entries
        if not latest or latest[0].id == seen:
            return Response(None, status_code=204)
        written = latest[0]
        return page(request, "resident/news", written=written, tell=written.entry.kind in NEWS)

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
