"""
``make screenshots``: open a live demonstration, take a picture of every page, write the index.
"""

import asyncio
import io
import shutil
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Page

from tests.fixtures.every_page import EVERY, Shown
from tests.fixtures.stage import Stage
from tests.fixtures.staging import staged
from tools.screenshots.pages import FOLDER, INDEX, file, index
from wallet.pages.language import Language

_COLOURS: Final = 48
_SCALE: Final = 1.5
_HEIGHT_MAX: Final = 1_800


async def _take() -> None:
    async with staged() as (browser, site):
        stage = Stage(browser, site, device_scale_factor=_SCALE)
        for language in Language:
            await stage.speak(language)
            for shown in EVERY:
                await _photograph(await stage.show(shown), shown, language)
        await stage.close()


async def _photograph(page: Page, shown: Shown, language: Language) -> None:
    await _keep(page, file(shown, language))
    if shown.dark and language == Language.ZH:
        await page.emulate_media(color_scheme="dark")
        await _keep(page, file(shown, language, dark=True))
        await page.emulate_media(color_scheme="light")


async def _keep(page: Page, path: Path) -> None:
    """
    Keep a picture of a page, small: pages have few colours, and of a very long one the beginning.
    """
    before = page.viewport_size
    if before is None:
        raise ValueError("a page without a size")
    height = await page.evaluate("() => document.documentElement.scrollHeight")
    # the bar that sticks to the foot would otherwise be in the middle
    await page.set_viewport_size(before | {"height": min(height, _HEIGHT_MAX)})
    taken = await page.screenshot(animations="disabled", caret="hide")
    await page.set_viewport_size(before)
    few = Image.open(io.BytesIO(taken)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    path.parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(few.save, path, optimize=True)


def main() -> None:
    """
    Take them all anew.
    """
    shutil.rmtree(FOLDER, ignore_errors=True)
    asyncio.run(_take())
    INDEX.write_text(index())
    print(f"{INDEX}: {sum(path.stat().st_size for path in FOLDER.rglob('*.png')):,} bytes of PNG")


if __name__ == "__main__":
    main()
