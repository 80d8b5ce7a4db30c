"""The control surface of a sandbox, under `/_sandbox/`, never under the partner's own paths."""

from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from integrations.sandboxing.faults import Fault, FaultMenu


def json_answer(value: Any, status: int = 200) -> web.Response:  # noqa: ANN401
    """Any value msgspec can encode, as an answer of the control surface."""
    return web.Response(
        body=msgspec.json.encode(value), content_type="application/json", status=status
    )


def add_control_routes(
    app: web.Application, menu: FaultMenu, books: Callable[[], dict[str, Any]]
) -> None:
    """
    Give a sandbox its control surface.

    - `POST /_sandbox/faults`: one `Fault` as JSON; 201, or 400 when it is none.
    - `GET /_sandbox/faults`: `{"faults": [...]}`, those that can still strike.
    - `DELETE /_sandbox/faults`: forget them; 204.
    - `GET /_sandbox/books`: what the partner's own books say, amounts in integer fen.
    - `GET /_sandbox/ready`: `{"ready": true}`.
    """

    async def set_fault(request: web.Request) -> web.Response:
        try:
            fault = msgspec.json.decode(await request.read(), type=Fault)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return json_answer({"error": str(error)}, status=400)
        menu.add(fault)
        return json_answer(fault, status=201)

    async def list_faults(_request: web.Request) -> web.Response:
        return json_answer({"faults": menu.listed()})

    async def clear_faults(_request: web.Request) -> web.Response:
        menu.clear()
        return web.Response(status=204)

    async def show_books(_request: web.Request) -> web.Response:
        return json_answer(books())

    async def ready(_request: web.Request) -> web.Response:
        return json_answer({"ready": True})

    app.router.add_post("/_sandbox/faults", set_fault)
    app.router.add_get("/_sandbox/faults", list_faults)
    app.router.add_delete("/_sandbox/faults", clear_faults)
    app.router.add_get("/_sandbox/books", show_books)
    app.router.add_get("/_sandbox/ready", ready)
