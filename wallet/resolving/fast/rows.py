"""
What the reading statement found, sorted into parts.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from wallet.bindings.service import Sealed
from wallet.resolving.fast import statements
from wallet.vault.service import Keep


class Row(Protocol):
    """
    One row, by the names of the statement's columns.
    """

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a row holds anything
        """
        Return a column.
        """
        ...


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
        _TAKE[row["part"]](parts, resident_id, row)
    parts.bindings = dict(sorted(parts.bindings.items()))
    parts.consents = dict(sorted(parts.consents.items()))
    return parts


def _device(parts: Found, _resident_id: int, row: Row) -> None:
    parts.device = Device(row["name"], row["content"], row["number"], row["version"], row["at"])


def _key(parts: Found, _resident_id: int, row: Row) -> None:
    parts.keys[Keep(row["name"])] = row["content"]


def _person(parts: Found, _resident_id: int, row: Row) -> None:
    parts.person = row["content"]


def _binding(parts: Found, resident_id: int, row: Row) -> None:
    parts.bindings[row["number"]] = Sealed(
        resident_id=resident_id,
        binding_id=row["number"],
        context=row["name"],
        integration_id=row["more"],
        subject=row["content"],
        snapshot=row["snapshot"],
        validated_at=row["at"],
        version=row["version"],
        created_at=row["made"],
    )


def _consent(parts: Found, _resident_id: int, row: Row) -> None:
    parts.consents[row["number"]] = (row["name"], row["more"])


def _party(parts: Found, _resident_id: int, row: Row) -> None:
    parts.party = Party(row["name"], row["more"])


def _profile(parts: Found, _resident_id: int, row: Row) -> None:
    parts.profiles[row["name"]] = row["content"]


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
