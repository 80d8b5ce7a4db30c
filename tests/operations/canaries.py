"""Values that may be nowhere in clear, and how to look for them."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

_SHORTEST = 6  # bytes; what is shorter is found by accident


@dataclass(frozen=True)
class Canary:
    """
    One value.

    Attributes:
        name: what it is.
        value: its bytes.
        looked_up: stands in the database by design, see `Canaries.looked_up`.
    """

    name: str
    value: bytes
    looked_up: bool = False

    def forms(self) -> Iterator[bytes]:
        """
        Return how it may be written: in clear, in hex, in base64 at any offset, escaped.
        """
        yield self.value
        yield self.value.hex().encode()
        yield self.value.hex().upper().encode()
        for offset in range(3):
            text = base64.b64encode(bytes(offset) + self.value)
            kept = text[(0, 2, 3)[offset] : (offset + len(self.value)) * 8 // 6]
            yield kept
            yield kept.replace(b"+", b"-").replace(b"/", b"_")
        if self.value.isascii():
            return
        text = self.value.decode(errors="ignore")
        if text.encode() == self.value:
            yield json.dumps(text)[1:-1].encode()
            yield quote(text).encode()

    def within(self, heap: bytes) -> bool:
        """
        Tell whether it is in a heap in any form.
        """
        return any(form in heap for form in self.forms())


@dataclass
class Canaries:
    """
    The one list of them.
    """

    listed: list[Canary] = field(default_factory=list)

    def add(self, name: str, *values: str | bytes) -> None:
        """
        Put values of one kind on the list.
        """
        self._add(name, values, looked_up=False)

    def looked_up(self, name: str, *values: str) -> None:
        """
        Put values on the list that the database keeps as they are, because it finds by them.

        They are no secrets and of no person, but they belong into no log.
        """
        self._add(name, values, looked_up=True)

    def found(self, heaps: dict[str, bytes]) -> list[tuple[str, str]]:
        """
        Return which canary is in which heap; the one named ``database`` may hold those looked up.
        """
        return [
            (canary.name, name)
            for name, heap in heaps.items()
            for canary in self.listed
            if not (canary.looked_up and name.startswith("database")) and canary.within(heap)
        ]

    def unused(self, heap: bytes) -> list[str]:
        """
        Return which never entered the wallet, given everything that entered.
        """
        return [canary.name for canary in self.listed if not canary.within(heap)]

    def _add(self, name: str, values: tuple[str | bytes, ...], *, looked_up: bool) -> None:
        for value in values:
            raw = value.encode() if isinstance(value, str) else value
            if len(raw) < _SHORTEST:
                raise ValueError(name)
            self.listed.append(Canary(name, raw, looked_up))
