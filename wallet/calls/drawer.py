"""
Encrypted columns of one table, kept as statutory evidence under the person's key.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from wallet.vault import Keep, Place, Vault


class Drawer:
    """
    Encrypts and decrypts the columns of one table.
    """

    def __init__(self, vault: Vault, table: str) -> None:
        self._vault = vault
        self._table = table

    async def put(
        self, session: AsyncSession, resident_id: int, column: str, row_id: int, plain: bytes
    ) -> bytes:
        """
        Encrypt a value for one column of one row.
        """
        place = Place(self._table, column, str(row_id))
        return await self._vault.encrypt(session, resident_id, Keep.EVIDENCE, place, plain)

    async def take(
        self,
        session: AsyncSession,
        resident_id: int,
        column: str,
        row_id: int,
        sealed: bytes | None,
    ) -> bytes:
        """
        Decrypt such a value; an absent one is empty.
        """
        if sealed is None:
            return b""
        place = Place(self._table, column, str(row_id))
        return await self._vault.decrypt(session, resident_id, Keep.EVIDENCE, place, sealed)
