"""
What the reading statement found, sorted into parts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from wallet.bindings.service import Sealed
from wallet.resolving.fast import statements
from wallet.vault.service import Keep

# one row of a reading statement, its columns in this order; the last where many scans are read
Row = Sequence[Any]
PART: Final = 0
_COUNT, _NAME, _MORE, CONTENT, SNAPSHOT, AT, MADE, _VERSION = range(1, 9)
NUMBER: Final = 9


class Device(Struct, frozen=True):
    """
    A device's state.
    """

    status: str
    enrolment_nonce: bytes
    high_water: int
    drift: int
    alarmed_at: datetime | None


class Party(Struct, frozen=True):
    """
    A relying party that may work, at a terminal that may.
    """

    name: str
    kind: str


class Found(Struct, kw_only=True):
    """
    Everything that one scan reads.

    Attributes:
        device: None where there is none.
        keys: the person's wrapped keys.
        person: encrypted; None where there is no such resident.
        bindings: live defaults, by id.
        consents: context and basis by the consent's id, for the purpose and party.
        party: None where party or terminal may not work.
        profiles: the party's encrypted profiles by integration id.
        taken: whether somebody came with this idempotency key before.
    """

    device: Device | None = None
    keys: dict[Keep, bytes | None]
    person: bytes | None = None
    bindings: dict[int, Sealed]
    consents: dict[int, tuple[str, str]]
    party: Party | None = None
    profiles: dict[str, bytes]
    taken: bool = False

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "Found(…)"


def found(resident_id: int, rows: Iterable[Row]) -> Found:
    """
    Sort the rows of `statements.READ` for a resident.
    """
    parts = Found(keys={}, bindings={}, consents={}, profiles={})
    for row in rows:
        _TAKE[row[PART]](parts, resident_id, row)
    parts.bindings = dict(sorted(parts.bindings.items()))
    parts.consents = dict(sorted(parts.consents.items()))
    return parts


def _device(parts: Found, _resident_id: int, row: Row) -> None:
    parts.device = Device(row[_NAME], row[CONTENT], row[_COUNT], row[_VERSION], row[AT])


def _key(parts: Found, _resident_id: int, row: Row) -> None:
    parts.keys[Keep(row[_NAME])] = row[CONTENT]


def _person(parts: Found, _resident_id: int, row: Row) -> None:
    parts.person = row[CONTENT]


def _binding(parts: Found, resident_id: int, row: Row) -> None:
    parts.bindings[row[_COUNT]] = Sealed(
        resident_id=resident_id,
        binding_id=row[_COUNT],
        context=row[_NAME],
        integration_id=row[_MORE],
        subject=row[CONTENT],
        snapshot=row[SNAPSHOT],
        validated_at=row[AT],
        version=row[_VERSION],
        created_at=row[MADE],
    )


def _consent(parts: Found, _resident_id: int, row: Row) -> None:
    parts.consents[row[_COUNT]] = (row[_NAME], row[_MORE])


def _party(parts: Found, _resident_id: int, row: Row) -> None:
    parts.party = Party(row[_NAME], row[_MORE])


def _profile(parts: Found, _resident_id: int, row: Row) -> None:
    parts.profiles[row[_NAME]] = row[CONTENT]


def _taken(parts: Found, _resident_id: int, _row: Row) -> None:
    parts.taken = True


_TAKE: Mapping[int, Any] = {
    statements.DEVICE: _device,
    statements.PERSON_KEY: _key,
    statements.PERSON: _person,
    statements.BINDING: _binding,
    statements.CONSENT: _consent,
    statements.PARTY: _party,
    statements.PROFILE: _profile,
    statements.IDEMPOTENCY: _taken,
}
