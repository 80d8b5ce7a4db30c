"""
What becomes of a screen on its way to a decoder: smaller, blurred, dimmed, turned, or all of it.
"""

from collections.abc import Callable
from typing import Final

from PIL import Image, ImageEnhance, ImageFilter

Distort = Callable[[Image.Image], Image.Image]
_AROUND: Final = 110  # the grey of whatever is around a phone


def shrunk(percent: int) -> Distort:
    """
    Return what shows a picture from further away.
    """

    def distort(picture: Image.Image) -> Image.Image:
        size = (picture.width * percent // 100, picture.height * percent // 100)
        return picture.resize(size, Image.Resampling.BICUBIC)

    return distort


def blurred(radius: float) -> Distort:
    """
    Return what shows a picture out of focus.
    """
    return lambda picture: picture.filter(ImageFilter.GaussianBlur(radius))


def dimmed(percent: int) -> Distort:
    """
    Return what shows a picture with a part of its brightness.
    """
    return lambda picture: ImageEnhance.Brightness(picture).enhance(percent / 100)


def washed(percent: int) -> Distort:
    """
    Return what leaves a part of the contrast, as light that falls on the screen does.
    """

    def distort(picture: Image.Image) -> Image.Image:
        glare = Image.new("L", picture.size, 235)
        return Image.blend(glare, picture, percent / 100)

    return distort


def turned(degrees: int) -> Distort:
    """
    Return what turns a picture.
    """

    def distort(picture: Image.Image) -> Image.Image:
        return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=_AROUND)

    return distort


def together(*parts: Distort) -> Distort:
    """
    Return what does one after the other.
    """

    def distort(picture: Image.Image) -> Image.Image:
        for part in parts:
            picture = part(picture)
        return picture

    return distort


DISTORTIONS: Final[dict[str, Distort]] = {
    "as it is": together(),
    "75 % of its size": shrunk(75),
    "50 % of its size": shrunk(50),
    "40 % of its size": shrunk(40),
    "30 % of its size": shrunk(30),
    "blurred, 1 pixel": blurred(1),
    "blurred, 2 pixels": blurred(2),
    "blurred, 3 pixels": blurred(3),
    "dimmed to 40 %": dimmed(40),
    "dimmed to 15 %": dimmed(15),
    "glare, 50 % of its contrast": washed(50),
    "glare, 30 % of its contrast": washed(30),
    "turned by 12°": turned(12),
    "turned by 45°": turned(45),
    "turned by 90°": turned(90),
    "turned by 180°": turned(180),
    "held badly: 75 %, 1 pixel, 40 %, 12°": together(
        shrunk(75), blurred(1), dimmed(40), turned(12)
    ),
}
