"""
Wraps the keys of all persons anew under the data key that encrypts, while everything goes on.
"""

from msgspec import Struct

from wallet.db.session import Database
from wallet.vault import repository
from wallet.vault.service import Vault

_PAGE = 200


class Rewrapped(Struct, frozen=True):
    """
    What came of it.

    Attributes:
        persons: how many were looked at.
        keys: how many keys were wrapped anew.
    """

    persons: int
    keys: int


async def rewrap_all(database: Database, vault: Vault) -> Rewrapped:
    """
    Go through every person, in a transaction each; safe to repeat and to break off.
    """
    persons = keys = 0
    after = -(2**63)
    while True:
        async with database.reading() as session:
            page = await repository.persons_after(session, after, _PAGE)
        if not page:
            return Rewrapped(persons, keys)
        for resident_id in page:
            async with database.transaction() as session:
                keys += await vault.rewrap(session, resident_id)
        persons, after = persons + len(page), page[-1]
