"""
What goes into the statements of the short way: one scan to be read, one to be written.

The members stand in the order of the single statements' parameters.
"""

from collections.abc import Hashable
from datetime import datetime
from typing import Protocol

from msgspec import Struct
from msgspec.structs import astuple

from wallet.resolving.fast.rows import Found


class Wanted(Struct, frozen=True, kw_only=True):
    """
    Which scan is to be read.
    """

    resident_id: int
    device_no: int
    purpose: str
    party_id: int
    terminal_id: int
    route: str
    key: str


class Scan(Struct, frozen=True, kw_only=True):
    """
    What of a scan is there once.

    Attributes:
        ahead: whether the code was made in a step that has not begun here.
        bindings: ids of every live default, sorted; the answer stands on exactly these.
        consents: ids of every consent that stands for purpose and party, likewise.
        response: encrypted.
        response_until: when the response is forgotten.
        key_until: when the idempotency key is.
        handle_until: when the presentation is over.
    """

    resident_id: int
    device_no: int
    counter: int
    enrolment_nonce: bytes
    ahead: bool
    at: datetime
    party_id: int
    terminal_id: int
    purpose: str
    bindings: list[int]
    consents: list[int]
    route: str
    key: str
    fingerprint: bytes
    presentation_id: int
    response: bytes
    response_until: datetime
    key_until: datetime
    scene: str
    handle_until: datetime

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "Scan(…)"


class Answers(Struct, frozen=True, kw_only=True):
    """
    What the contexts answered, column by column.
    """

    contexts: list[str]
    integrations: list[str]
    bindings: list[int | None]
    valid: list[int]
    refusals: list[str]
    subjects: list[bytes | None]


class Entries(Struct, frozen=True, kw_only=True):
    """
    Rows of the journal, column by column.
    """

    numbers: list[int]
    kinds: list[str]
    details: list[bytes]


class Writing(Struct, frozen=True, kw_only=True):
    """
    A whole scan that is to be written.
    """

    scan: Scan
    answers: Answers
    entries: Entries

    def parameters(self) -> tuple[object, ...]:
        """
        Return the parameters of the statement that writes one.
        """
        return (*astuple(self.scan), *astuple(self.answers), *astuple(self.entries))

    def touched(self) -> tuple[Hashable, ...]:
        """
        Return what no two scans of one statement may share.
        """
        scan = self.scan
        return (scan.resident_id, (scan.party_id, scan.key))


class Store(Protocol):
    """
    Where ordinary scans are read and written; one for each kind of database.
    """

    async def read(self, wanted: Wanted) -> Found:
        """
        Read everything that one scan needs.

        Raises:
            NotServedError: the database did not serve.
            OverloadedError: too many are waiting.
        """
        ...

    async def write(self, writing: Writing) -> bool:
        """
        Use the code up and keep everything, if what was read is still so, all or nothing.

        Returns:
            Whether it was written.

        Raises:
            NotServedError: it was not, or nobody knows.
            OverloadedError: too many are waiting.
        """
        ...
