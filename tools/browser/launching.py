"""
Starting Chromium so that it does nothing of its own and reaches nothing but this machine.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, async_playwright

from tools.browser.installing import chromium

_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_CLOSING_SECONDS: Final = 60.0
_CAMERA: Final = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


@asynccontextmanager
async def launched(camera: Path | None = None) -> AsyncIterator[Browser]:
    """
    Start a browser, end it afterwards.

    Args:
        camera: what its camera sees, a Y4M file; read when a page opens the camera.
    """
    seen = (*_CAMERA, f"--use-file-for-fake-video-capture={camera}") if camera else ()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=[*_ARGUMENTS, *seen]
        )
        try:
            yield browser
        finally:
            with suppress(TimeoutError):  # one that hangs is ended with who started it
                async with asyncio.timeout(_CLOSING_SECONDS):
                    await browser.close()
