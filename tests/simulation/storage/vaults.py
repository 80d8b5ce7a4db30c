"""A vault that hides nothing, yet opens a thing only where it was put."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from wallet.vault import Keep, Place


class PlainVault:
    """
    Keeps what the wallet encrypts readable, with its place in front.
    """

    def seal_id(self, kind: str, audience: str, resident_id: int, local_id: int) -> str:
        """
        Return an id that only its audience can open.
        """
        return f"{kind}|{audience}|{resident_id}|{local_id}"

    def open_id(self, kind: str, audience: str, text: str) -> tuple[int, int] | None:
        """
        Return what such an id stands for, or None.
        """
        found = text.split("|")
        if found[:2] != [kind, audience]:
            return None
        return int(found[2]), int(found[3])

    def blind(self, domain: str, value: str) -> bytes:
        """
        Return something to find a value by.
        """
        return f"{domain}|{value}".encode()

    async def encrypt(
        self,
        session: AsyncSession,
        resident_id: int,
        keep: Keep,
        place: Place,
        plaintext: bytes,
    ) -> bytes:
        """
        Mark a value with its place.
        """
        del session
        return _mark(resident_id, keep, place) + plaintext

    async def decrypt(
        self,
        session: AsyncSession,
        resident_id: int,
        keep: Keep,
        place: Place,
        ciphertext: bytes,
    ) -> bytes:
        """
        Return a value from the place it was put in.

        Raises:
            ValueError: it was put elsewhere.
        """
        del session
        mark = _mark(resident_id, keep, place)
        if not ciphertext.startswith(mark):
            raise ValueError(place)
        return ciphertext[len(mark) :]


def _mark(resident_id: int, keep: Any, place: Place) -> bytes:
    return f"{resident_id}|{keep}|{place.table}|{place.column}|{place.row}|".encode()
