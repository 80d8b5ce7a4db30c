"""
Screens times distortions times decoders.
"""

import io
from collections.abc import Mapping, Sequence

from msgspec import Struct
from PIL import Image

from tools.readability.decoding import DECODERS
from tools.readability.distorting import DISTORTIONS


class Screen(Struct, frozen=True, kw_only=True):
    """
    A screen that shows a code.

    Attributes:
        kind: what it is a screen of.
        text: what the code says.
        picture: PNG of the whole screen.
    """

    kind: str
    text: str
    picture: bytes

    def seen(self) -> Image.Image:
        """
        Return what a camera without colours sees.
        """
        return Image.open(io.BytesIO(self.picture)).convert("L")


Table = Mapping[str, Mapping[str, int]]


def measure(screens: Sequence[Screen], distortions: Sequence[str] = tuple(DISTORTIONS)) -> Table:
    """
    Return how many screens each decoder read rightly, by distortion and decoder.
    """
    seen = [screen.seen() for screen in screens]
    table = {}
    for name in distortions:
        pictures = [DISTORTIONS[name](picture) for picture in seen]
        table[name] = {
            decoder: sum(
                read == screen.text for read, screen in zip(decode(pictures), screens, strict=True)
            )
            for decoder, decode in DECODERS.items()
        }
    return table


def written(table: Table, of: int) -> str:
    """
    Return a table as Markdown.
    """
    lines = [
        f"| what happens to the screen | {' | '.join(DECODERS)} |",
        f"|---|{'---|' * len(DECODERS)}",
    ]
    lines += [
        f"| {name} | {' | '.join(f'{count} of {of}' for count in row.values())} |"
        for name, row in table.items()
    ]
    return "\n".join(lines)
