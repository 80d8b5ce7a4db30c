"""From a seed to what happens: every decision has a name, and none depends on another one.

A decision that comes out as 0 is the ordinary case. Since each is drawn from the seed and its own
name alone, taking one away leaves the others as they were; that is what makes a history small.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from types import MappingProxyType
from typing import TypeVar

T = TypeVar("T")
_BITS = 64


class Draws:
    """
    Decides everything about one history.

    Args:
        seed: where it comes from.
        only: names of the decisions that may come out other than ordinary; None for all.
        forced: numbers that are not left to the seed, by name.
    """

    def __init__(
        self,
        seed: int,
        only: frozenset[str] | None = None,
        forced: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._forced = forced
        self._seed = seed
        self._only = only
        self._counts: dict[str, int] = {}
        self.made: dict[str, int] = {}
        self.calm = False

    def below(self, name: str, limit: int) -> int:
        """
        Return a number from 0, the ordinary one, to `limit` - 1.
        """
        if name in self._forced:
            return self._forced[name]
        place = self._place(name)
        number = self._number(place) % limit if self._may(place) else 0
        if number:
            self.made[place] = number
        return number

    def fault(self, name: str, per_mille: int) -> bool:
        """
        Tell whether something goes wrong here; never while it is calm.
        """
        if self.calm or per_mille == 0:
            return False
        place = self._place(name)
        wrong = self._may(place) and self._number(place) % 1_000 < per_mille
        if wrong:
            self.made[place] = 1
        return wrong

    def of(self, name: str, choices: Sequence[T]) -> T:
        """
        Return one of them; the first is the ordinary one.
        """
        return choices[self.below(name, len(choices))]

    def jitter(self, name: str, smallest: float, largest: float) -> float:
        """
        Return seconds that something takes; all of a name are one decision.
        """
        place = self._place(name)
        if not self._may(name):
            return smallest
        self.made[name] = 1
        return smallest + (largest - smallest) * self._number(place) / 2**_BITS

    def _place(self, name: str) -> str:
        count = self._counts.get(name, 0)
        self._counts[name] = count + 1
        return f"{name}#{count}"

    def _may(self, place: str) -> bool:
        return self._only is None or place in self._only

    def _number(self, place: str) -> int:
        text = f"{self._seed}/{place}".encode()
        return int.from_bytes(blake2b(text, digest_size=_BITS // 8).digest())


class Token:
    """
    A source of bytes that look random and are the same each time.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0

    def __call__(self, size: int) -> bytes:
        """
        Return that many bytes.
        """
        self._count += 1
        return blake2b(f"{self._name}/{self._count}".encode(), digest_size=size).digest()
