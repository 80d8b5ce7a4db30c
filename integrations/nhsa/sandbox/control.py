"""
The sandbox's own endpoints beside faults and books: codes, card reads, drift.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import msgspec
from aiohttp import web

from integrations.nhsa.sandbox.calls import Platform
from integrations.nhsa.sandbox.credentials import SOCIAL_SECURITY_CARD
from integrations.nhsa.sandbox.electronic import mint_code
from integrations.nhsa.sandbox.records import Drift
from integrations.nhsa.sandbox.wire import time_text

_CertNo = Annotated[str, msgspec.Meta(min_length=18, max_length=18)]


class CodeOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    Whose 医保码 to mint; an empty scene fits every scene.
    """

    certno: _CertNo
    scene: Annotated[str, msgspec.Meta(max_length=5)] = ""


class CardOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    Whose social-security card lies on the reader.
    """

    certno: _CertNo


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value), content_type="application/json", status=status
    )


def _refused(text: str, status: int) -> web.Response:
    return _json({"error": text}, status)


class ControlDesk:
    """
    Answers the sandbox's own endpoints.

    - `POST /_sandbox/ec-codes` `{certno, scene}` gives `{code, expires_at}`.
    - `POST /_sandbox/card-reads` `{certno}` gives what a reader reads off that person's card.
    - `POST /_sandbox/drift` one `Drift`; `GET` lists those still to come, `DELETE` drops them.
    """

    def __init__(self, platform: Platform, now: Callable[[], datetime]) -> None:
        self._platform = platform
        self._now = now

    def routes(self) -> list[web.RouteDef]:
        """
        The routes to add to the application.
        """
        return [
            web.post("/_sandbox/ec-codes", self.mint),
            web.post("/_sandbox/card-reads", self.read_card),
            web.post("/_sandbox/drift", self.set_drift),
            web.get("/_sandbox/drift", self.list_drifts),
            web.delete("/_sandbox/drift", self.clear_drifts),
        ]

    async def mint(self, request: web.Request) -> web.Response:
        """
        Mint a code that may be decoded once within its life.
        """
        try:
            order = msgspec.json.decode(await request.read(), type=CodeOrder)
        except msgspec.DecodeError as error:
            return _refused(str(error), 400)
        person = self._platform.people.by_certno(order.certno)
        if person is None:
            return _refused("nobody has that number", 404)
        text, code = mint_code(self._platform, person, order.scene, self._now())
        return _json({"code": text, "expires_at": time_text(code.expires_at)}, 201)

    async def read_card(self, request: web.Request) -> web.Response:
        """
        What a card reader hands to the desk for a social-security card.
        """
        try:
            order = msgspec.json.decode(await request.read(), type=CardOrder)
        except msgspec.DecodeError as error:
            return _refused(str(error), 400)
        person = self._platform.people.by_certno(order.certno)
        if person is None:
            return _refused("nobody has that number", 404)
        return _json(
            {
                "mdtrt_cert_type": SOCIAL_SECURITY_CARD,
                "mdtrt_cert_no": person.certno,
                "card_sn": person.card_sn,
                "psn_name": person.psn_name,
            }
        )

    async def set_drift(self, request: web.Request) -> web.Response:
        """
        Spend something elsewhere just before the next settlement.
        """
        try:
            drift = msgspec.json.decode(await request.read(), type=Drift)
        except msgspec.DecodeError as error:
            return _refused(str(error), 400)
        self._platform.books.drifts.append(drift)
        return _json(drift, 201)

    async def list_drifts(self, _request: web.Request) -> web.Response:
        """
        Those that have not struck yet.
        """
        return _json({"drifts": self._platform.books.drifts})

    async def clear_drifts(self, _request: web.Request) -> web.Response:
        """
        Drop those that have not struck yet.
        """
        self._platform.books.drifts.clear()
        return web.Response(status=204)
