"""A person's keys that were read beforehand."""

import pytest

from wallet.vault import Keep, Place
from wallet.vault.errors import DecryptionError, KeyDestroyedError
from wallet.vault.repository import find

PLACE = Place("bindings", "subject", "1")
RESIDENT = 1_000_001


async def wrapped(session):
    """
    Return a resident's wrapped keys.
    """
    rows = {keep: await find(session, RESIDENT, keep) for keep in Keep}
    return {keep: None if row is None else row[0] for keep, row in rows.items()}


@pytest.fixture
async def made(database, vault):
    """
    The wrapped keys of a resident, made by encrypting, with a value under each.
    """
    async with database.transaction() as session:
        values = {
            keep: await vault.encrypt(session, RESIDENT, keep, PLACE, keep.encode())
            for keep in Keep
        }
        return await wrapped(session), values


class TestUnlock:
    async def test_reads_what_the_vault_wrote(self, vault, made):
        """
        The keys are the same, so are the ciphertexts.
        """
        keys, values = made
        unlocked = vault.unlock(RESIDENT, keys)

        assert {keep: keep.encode() for keep in Keep} == {
            keep: unlocked.decrypt(keep, PLACE, value) for keep, value in values.items()
        }

    async def test_writes_what_the_vault_reads(self, database, vault, made):
        """
        And the other way round.
        """
        sealed = vault.unlock(RESIDENT, made[0]).encrypt(Keep.EVIDENCE, PLACE, b"plain")
        async with database.reading() as session:
            plain = await vault.decrypt(session, RESIDENT, Keep.EVIDENCE, PLACE, sealed)

        assert b"plain" == plain

    @pytest.mark.parametrize("missing", Keep)
    async def test_wants_every_key(self, vault, made, missing):
        """
        A key that was destroyed, or never made, unlocks nothing.
        """
        with pytest.raises(KeyDestroyedError):
            vault.unlock(RESIDENT, made[0] | {missing: None})

    async def test_belongs_to_its_person(self, vault, made):
        """
        Another person's keys do not unwrap.
        """
        with pytest.raises(DecryptionError):
            vault.unlock(RESIDENT + 1, made[0])

    async def test_shows_nothing(self, vault, made):
        """
        No secret stands in its text form.
        """
        assert "Unlocked(…)" == repr(vault.unlock(RESIDENT, made[0]))
