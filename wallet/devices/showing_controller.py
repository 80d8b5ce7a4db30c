"""
``/v1/code`` and ``/v1/barcodes``: codes that the server makes.
"""

import asyncio
from typing import Final

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from codes import image
from wallet.devices.barcodes import BarcodesService
from wallet.devices.errors import DeviceFrozenError
from wallet.devices.schemas import BarcodeView, CodeView
from wallet.devices.showing import ShowingService
from wallet.devices.views import barcode_view, code_view
from wallet.errors import InternalError, OverloadedError, RateLimitedError
from wallet.http.callers import ResidentCaller
from wallet.http.errors import TokenInvalidError
from wallet.http.problems import problems

_SVG: Final = "image/svg+xml"
_PNG: Final = "image/png"
_ERRORS: Final = (
    DeviceFrozenError,
    InternalError,
    OverloadedError,
    RateLimitedError,
    TokenInvalidError,
)
_DESCRIPTION: Final = (
    "Each call makes a fresh code under the server's own device number, at most eight in a step "
    "of 30 s."
)


class CodeController(Controller):
    """
    The code of the moment.
    """

    path = "/v1"
    tags = ("resident",)

    @get(
        "/code",
        operation_id="showCode",
        summary="Make a code to show",
        description=_DESCRIPTION,
        responses=problems(*_ERRORS),
    )
    async def show(
        self, resident: NamedDependency[ResidentCaller], showing: NamedDependency[ShowingService]
    ) -> CodeView:
        """
        Make a code.
        """
        return code_view(await showing.show(resident.resident_id))

    @get(
        "/code.svg",
        operation_id="showCodeAsSvg",
        summary="Make a code to show, as SVG",
        description=_DESCRIPTION,
        media_type=_SVG,
        responses=problems(*_ERRORS),
    )
    async def show_svg(
        self, resident: NamedDependency[ResidentCaller], showing: NamedDependency[ShowingService]
    ) -> Response[bytes]:
        """
        Make a code and draw it.
        """
        shown = await showing.show(resident.resident_id)
        drawn = await asyncio.to_thread(image.svg, shown.text)
        return Response(drawn.encode(), media_type=_SVG)

    @get(
        "/code.png",
        operation_id="showCodeAsPng",
        summary="Make a code to show, as PNG",
        description=_DESCRIPTION,
        media_type=_PNG,
        responses=problems(*_ERRORS),
    )
    async def show_png(
        self, resident: NamedDependency[ResidentCaller], showing: NamedDependency[ShowingService]
    ) -> Response[bytes]:
        """
        Make a code and draw it.
        """
        shown = await showing.show(resident.resident_id)
        return Response(await asyncio.to_thread(image.png, shown.text), media_type=_PNG)


class BarcodesController(Controller):
    """
    Numeric codes.
    """

    path = "/v1/barcodes"
    tags = ("resident",)

    @post(
        operation_id="makeBarcode",
        summary="Make a numeric code",
        description="For scanners that read one-dimensional barcodes only: good once, for 60 s.",
        responses=problems(*_ERRORS),
    )
    async def make(
        self,
        resident: NamedDependency[ResidentCaller],
        barcodes: NamedDependency[BarcodesService],
    ) -> BarcodeView:
        """
        Make a numeric code.
        """
        return barcode_view(await barcodes.make(resident.resident_id))
