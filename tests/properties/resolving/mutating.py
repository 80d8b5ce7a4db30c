"""Codes that went wrong in every way a camera, a keyboard, a printer or a forger can think of."""

from collections.abc import Callable, Iterator
from hashlib import shake_256

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PRINTABLE = "".join(chr(number) for number in range(32, 127))
_HEX = "0123456789abcdefABCDEF"
# look alike, or are the same to somebody who normalises
_TWINS = {
    "0": "OoО０𝟎٠",
    "1": "IlІ１𝟏١",
    "5": "SЅ５",
    "8": "B８",
    "A": "АΑＡ",
    "B": "ВΒＢ8",
    "C": "СＣ",
    "E": "ЕΕＥ",
    "F": "ϜＦ",
    "H": "НΗＨ",
    "K": "КΚＫ",
    "M": "МΜＭ",
    "P": "РΡＰ",
    "T": "ТΤＴ",
    "V": "UuＶ",
    "W": "ѠＷ",
    "X": "ХΧＸ",
    "Y": "УＹ",
    "Z": "ΖＺ2",
}
_BITS = 5


class Random:
    """
    Numbers that follow from a seed.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._drawn = 0
        self._left = b""

    def below(self, end: int) -> int:
        """
        Return a number from 0 to below `end`.
        """
        if len(self._left) < 4:
            self._left = shake_256(f"{self._seed}/{self._drawn}".encode()).digest(4096)
            self._drawn += 1
        number, self._left = int.from_bytes(self._left[:4]), self._left[4:]
        return number % end

    def one(self, choices):
        return choices[self.below(len(choices))]

    def text(self, alphabet: str, length: int) -> str:
        return "".join(self.one(alphabet) for _ in range(length))


def bit_flip(random: Random, code: str, _other: str) -> str:
    """
    One of the bits that the letters stand for.
    """
    place = 2 + random.below(len(code) - 2)
    value = _CROCKFORD.index(code[place]) ^ 1 << random.below(_BITS)
    return code[:place] + _CROCKFORD[value] + code[place + 1 :]


def bit_flips(random: Random, code: str, other: str) -> str:
    """
    Several bits.
    """
    for _ in range(2 + random.below(6)):
        code = bit_flip(random, code, other)
    return code


def swap(random: Random, code: str, _other: str) -> str:
    """
    Two characters change places.
    """
    letters = list(code)
    one, two = random.below(len(code)), random.below(len(code))
    letters[one], letters[two] = letters[two], letters[one]
    return "".join(letters)


def substitute(random: Random, code: str, _other: str) -> str:
    """
    Any printable character for another.
    """
    place = random.below(len(code))
    return code[:place] + random.one(_PRINTABLE) + code[place + 1 :]


def truncate(random: Random, code: str, _other: str) -> str:
    """
    The end, or the beginning, is missing.
    """
    keep = random.below(len(code))
    return code[:keep] if random.below(2) else code[len(code) - keep :]


def drop(random: Random, code: str, _other: str) -> str:
    """
    One character is missing.
    """
    place = random.below(len(code))
    return code[:place] + code[place + 1 :]


def extend(random: Random, code: str, other: str) -> str:
    """
    Something follows, comes before or stands in between.
    """
    more = random.one((random.text(_CROCKFORD, 1 + random.below(90)), other, "0", "=", "\x00"))
    place = random.one((0, len(code), random.below(len(code))))
    return code[:place] + more + code[place:]


def splice(random: Random, code: str, other: str) -> str:
    """
    The head of one code and the tail of another.
    """
    place = random.below(len(code) + 1)
    return code[:place] + other[place:]


def fold(random: Random, code: str, _other: str) -> str:
    """
    Other letter cases.
    """
    return random.one((code.lower(), code.swapcase(), code.title(), "fw" + code[2:]))


def homoglyph(random: Random, code: str, _other: str) -> str:
    """
    A character's twin.
    """
    places = [place for place, letter in enumerate(code) if letter in _TWINS]
    place = random.one(places)
    return code[:place] + random.one(_TWINS[code[place]]) + code[place + 1 :]


def full_width(random: Random, code: str, _other: str) -> str:
    """
    Full-width forms, all of them or one.
    """
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    place = random.below(len(code))
    return random.one((wide, code[:place] + wide[place] + code[place + 1 :]))


def blank(random: Random, code: str, _other: str) -> str:
    """
    Blanks, hyphens and invisible characters inside.
    """
    place = 1 + random.below(len(code) - 1)
    return code[:place] + random.one(" -\t\n\r\u200b\u00a0\ufeff\u202e") + code[place:]


def another_header(random: Random, code: str, _other: str) -> str:
    """
    Another version, suite, profile, region or key id.
    """
    place = 2 + random.below(8)
    return code[:place] + random.one(_CROCKFORD) + code[place + 1 :]


def noise(random: Random, code: str, _other: str) -> str:
    """
    Nothing of the code is left.
    """
    alphabet = random.one((_CROCKFORD, _PRINTABLE, _HEX, "0123456789"))
    text = random.text(alphabet, 1 + random.below(2 * len(code)))
    return random.one(("", "FW", "9")) + text


MUTATIONS: tuple[Callable[[Random, str, str], str], ...] = (
    bit_flip,
    bit_flips,
    swap,
    substitute,
    truncate,
    drop,
    extend,
    splice,
    fold,
    homoglyph,
    full_width,
    blank,
    another_header,
    noise,
)


def mutated(seed: int, codes: list[str]) -> Iterator[str]:
    """
    Give texts without end, none of which is one of the codes.
    """
    random, known = Random(seed), set(codes)
    while True:
        text = random.one(MUTATIONS)(random, random.one(codes), random.one(codes))
        if text.strip() and text.strip(" \t\r\n") not in known:
            yield text
