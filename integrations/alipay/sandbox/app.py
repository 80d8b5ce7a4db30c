"""
The Alipay sandbox as a web application.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime

import aiohttp
from aiohttp import web

from integrations.alipay.sandbox.answers import Refusal
from integrations.alipay.sandbox.bills import DOWNLOAD_PATH, archive
from integrations.alipay.sandbox.calls import Call
from integrations.alipay.sandbox.control import add_person_routes, books_of
from integrations.alipay.sandbox.gateway import Rejected, admit, parameters_of, sealed
from integrations.alipay.sandbox.platform import KNOWN_METHODS, Platform
from integrations.alipay.sandbox.settings import AlipaySandboxSettings
from integrations.sandboxing import (
    REQUEST_KINDS,
    CallbackSender,
    FaultKind,
    add_control_routes,
    answer_under_fault,
)

_FORM = "application/x-www-form-urlencoded"


def create_app(settings: AlipaySandboxSettings, now: Callable[[], datetime]) -> web.Application:
    """
    The sandbox: `POST /gateway.do`, the statement's download, and `/_sandbox/`.

    `now` tells the time as an aware UTC datetime.
    """
    platform = Platform(settings, now)
    gateway = _Gateway(platform)
    app = web.Application()
    app.router.add_post("/gateway.do", gateway.serve)
    app.router.add_get(DOWNLOAD_PATH, gateway.download)
    add_control_routes(app, platform.menu, lambda: books_of(platform))
    add_person_routes(app, platform)

    async def run(_app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as session:
            sender = CallbackSender(platform.menu, session, settings.notify_retry_seconds)
            platform.sender = sender
            ticking = asyncio.create_task(_tick(platform))
            yield
            ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ticking
            await sender.close()

    app.cleanup_ctx.append(run)
    return app


class _Gateway:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def serve(self, request: web.Request) -> web.StreamResponse:
        parameters = await _parameters(request)
        named = parameters or {}
        method = named.get("method", "")
        admitted = self._admit(parameters, str(request.url.origin()))
        fault = self._platform.menu.take(method, among=REQUEST_KINDS)
        own = self._platform.registered.get(named.get("app_id", ""))

        async def process() -> web.StreamResponse:
            content = await self._platform.answer(admitted, fault)
            body = sealed(
                method if method in KNOWN_METHODS else "",
                content,
                own.signer if own is not None else None,
                spoil=fault is not None and fault.kind is FaultKind.WRONG_SIGNATURE,
            )
            return web.Response(body=body, content_type="text/html", charset="utf-8")

        return await answer_under_fault(request, fault, process)

    async def download(self, request: web.Request) -> web.Response:
        books, now = self._platform.books, self._platform.now()
        link = books.bill_links.get(request.query.get("token", ""))
        if link is None or link.expires_at <= now:
            raise web.HTTPForbidden(text="the link is unknown or out of date")
        own = self._platform.registered[link.app_id]
        return web.Response(body=archive(books, own.app, link.day), content_type="application/zip")

    def _admit(self, parameters: dict[str, str] | None, origin: str) -> Call | Rejected:
        if parameters is None:
            return Rejected(Refusal("40002", "isv.invalid-parameter"))
        platform = self._platform
        return admit(
            parameters,
            platform.registered,
            KNOWN_METHODS,
            platform.settings,
            platform.now(),
            origin,
        )


async def _parameters(request: web.Request) -> dict[str, str] | None:
    body = await request.read()
    if body and request.content_type != _FORM:
        return None
    return parameters_of(request.rel_url.raw_query_string, body)


async def _tick(platform: Platform) -> None:
    seconds = platform.settings.tick_seconds
    while seconds:
        await asyncio.sleep(seconds)
        await platform.tick()
