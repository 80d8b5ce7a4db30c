"""The vault as other slices use it."""

import asyncio

import pytest
from sqlmodel import select

from tests.fakes.clock import StandingClock
from tests.fakes.ids import CountingIds
from tests.fixtures.vaults import ISSUER_REGION
from wallet.clock import seconds
from wallet.db.session import Database
from wallet.vault import Keep, Place, Vault
from wallet.vault.errors import DecryptionError, KeyDestroyedError
from wallet.vault.keyfile import KeyFile, SuiteName
from wallet.vault.models import PersonKeyRow
from wallet.vault.rotation import generate, retire_data_key, rotate_data_key

PLACE = Place("residents", "person", "1")
CLOCK = StandingClock()
IDS = CountingIds(CLOCK)


def _keys(suite: SuiteName = SuiteName.INTERNATIONAL) -> KeyFile:
    return generate(suite, seconds(CLOCK.now()), IDS.secret)


def _vault(keys: KeyFile, clock: StandingClock = CLOCK) -> Vault:
    return Vault(keys, issuer_region=ISSUER_REGION, ids=IDS, clock=clock)


async def _encrypt(database: Database, vault: Vault, value: bytes) -> bytes:
    async with database.transaction() as session:
        return await vault.encrypt(session, 1, Keep.WALLET, PLACE, value)


async def _decrypt(database: Database, vault: Vault, sealed: bytes) -> bytes:
    async with database.reading() as session:
        return await vault.decrypt(session, 1, Keep.WALLET, PLACE, sealed)


class TestEncrypt:
    @pytest.mark.parametrize("suite", list(SuiteName))
    async def test_another_process_reads_it(self, database: Database, suite: SuiteName) -> None:
        """
        What one vault encrypts, another one over the same keys and database decrypts.
        """
        keys = _keys(suite)
        sealed = await _encrypt(database, _vault(keys), b"value")

        assert b"value" == await _decrypt(database, _vault(keys), sealed)

    async def test_never_twice_the_same(self, database: Database) -> None:
        """
        The same value encrypts differently each time.
        """
        vault = _vault(_keys())

        assert await _encrypt(database, vault, b"v") != await _encrypt(database, vault, b"v")

    async def test_one_key_for_many_at_once(self, database: Database) -> None:
        """
        Eight processes that meet a new person at the same time agree on one key.
        """
        keys = _keys()
        sealed = await asyncio.gather(
            *(_encrypt(database, _vault(keys), b"value") for _ in range(8))
        )
        reader = _vault(keys)
        opened = [await _decrypt(database, reader, one) for one in sealed]

        assert [b"value"] * 8 == opened

    async def test_a_rolled_back_key_is_forgotten(self, database: Database) -> None:
        """
        A key whose transaction failed encrypts nothing later.
        """
        keys = _keys()
        vault = _vault(keys)

        async def fail() -> None:
            async with database.transaction() as session:
                await vault.encrypt(session, 1, Keep.WALLET, PLACE, b"one")
                await vault.encrypt(session, 1, Keep.WALLET, PLACE, b"two")
                raise LookupError

        with pytest.raises(LookupError):
            await fail()
        sealed = await _encrypt(database, vault, b"three")

        assert b"three" == await _decrypt(database, _vault(keys), sealed)

    async def test_keeps_have_keys_of_their_own(self, database: Database) -> None:
        """
        What is kept as evidence does not open under the wallet's key.
        """
        vault = _vault(_keys())
        sealed = await _encrypt(database, vault, b"value")
        async with database.transaction() as session:
            await vault.encrypt(session, 1, Keep.EVIDENCE, PLACE, b"other")
            with pytest.raises(DecryptionError):
                await vault.decrypt(session, 1, Keep.EVIDENCE, PLACE, sealed)

    async def test_the_database_holds_no_key(self, database: Database) -> None:
        """
        The stored key does not open without the key file.
        """
        sealed = await _encrypt(database, _vault(_keys()), b"value")

        with pytest.raises(DecryptionError):
            await _decrypt(database, _vault(_keys()), sealed)


class TestShred:
    async def test_nothing_opens_any_more(self, database: Database) -> None:
        """
        After the person's key is destroyed its values are gone, and so is the stored key.
        """
        vault = _vault(_keys())
        sealed = await _encrypt(database, vault, b"value")
        async with database.transaction() as session:
            await vault.shred(session, 1, Keep.WALLET)
        async with database.reading() as session:
            row = (await session.execute(select(PersonKeyRow))).scalar_one()

        assert row.wrapped is None
        with pytest.raises(KeyDestroyedError):
            await _decrypt(database, vault, sealed)

    async def test_no_second_key_is_made(self, database: Database) -> None:
        """
        A destroyed key is not replaced, even if there never was one, and twice is once.
        """
        vault = _vault(_keys())
        for _ in range(2):
            async with database.transaction() as session:
                await vault.shred(session, 1, Keep.WALLET)

        with pytest.raises(KeyDestroyedError):
            await _encrypt(database, vault, b"value")

    async def test_other_processes_forget_within_a_minute(self, database: Database) -> None:
        """
        A key that another process destroyed leaves the cache after a minute.
        """
        clock = StandingClock()
        keys = _keys()
        here, there = _vault(keys, clock), _vault(keys, clock)
        sealed = await _encrypt(database, here, b"value")
        await _decrypt(database, there, sealed)
        async with database.transaction() as session:
            await here.shred(session, 1, Keep.WALLET)
        clock.advance(60)

        with pytest.raises(KeyDestroyedError):
            await _decrypt(database, there, sealed)

    async def test_what_was_never_encrypted_has_no_key(self, database: Database) -> None:
        """
        Reading makes no key.
        """
        with pytest.raises(KeyDestroyedError):
            await _decrypt(database, _vault(_keys()), bytes(40))


class TestRewrap:
    async def test_the_old_data_key_can_go(self, database: Database) -> None:
        """
        After rotation and rewrapping the old data key is needed no more; a second run has nothing.
        """
        old = _keys()
        sealed = await _encrypt(database, _vault(old), b"value")
        rotated = rotate_data_key(old, SuiteName.NATIONAL, 1_700_000_000, IDS.secret)
        vault = _vault(rotated)
        async with database.transaction() as session:
            counts = [await vault.rewrap(session, 1), await vault.rewrap(session, 1)]
        opened = await _decrypt(database, _vault(retire_data_key(rotated, 1)), sealed)

        assert ([1, 0], b"value") == (counts, opened)


class TestCache:
    async def test_is_bounded(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        The vault remembers so many keys and no more, and still reads all.
        """
        monkeypatch.setattr("wallet.vault.service._CACHED_KEYS", 3)
        keys = _keys()
        vault = _vault(keys)
        async with database.transaction() as session:
            sealed = [
                await vault.encrypt(session, number, Keep.WALLET, PLACE, b"%d" % number)
                for number in range(6)
            ]
        async with database.reading() as session:
            opened = [
                await vault.decrypt(session, number, Keep.WALLET, PLACE, sealed[number])
                for number in (*range(6), *range(6))
            ]

        assert (3, [b"0", b"1", b"2", b"3", b"4", b"5"] * 2) == (len(vault._cache), opened)


class TestDeployment:
    def test_old_versions_are_read(self) -> None:
        """
        A value of before the rotation opens after it; without its key it does not.
        """
        old = _keys()
        sealed = _vault(old).encrypt_deployment(PLACE, b"value")
        rotated = rotate_data_key(old, SuiteName.INTERNATIONAL, 1_800_000_000, IDS.secret)

        assert b"value" == _vault(rotated).decrypt_deployment(PLACE, sealed)
        with pytest.raises(DecryptionError):
            _vault(retire_data_key(rotated, 1)).decrypt_deployment(PLACE, sealed)


class TestIds:
    def test_are_sealed_per_audience(self) -> None:
        """
        An id opens for its own audience only.
        """
        vault = _vault(_keys())
        text = vault.seal_id("vis", "party:1", 5, 6)
        opened = vault.open_id("vis", "party:1", text), vault.open_id("vis", "party:2", text)

        assert ((5, 6), None) == opened


class TestKeys:
    def test_blind_index_is_stable_under_one_key_file(self) -> None:
        """
        Two processes over one key file find the same row.
        """
        keys = _keys()

        assert _vault(keys).blind("id", "1") == _vault(keys).blind("id", "1")

    def test_token_keys_differ_per_use(self) -> None:
        """
        Each use of tokens has a key of its own.
        """
        vault = _vault(_keys())

        assert vault.token_key("access") != vault.token_key("session")

    def test_code_ring_is_of_the_region(self) -> None:
        """
        The ring issues for the region of the deployment, and the repr shows no more.
        """
        vault = _vault(_keys())

        assert "Vault(KeyRing(issuer=440100, key_ids=[0]))" == repr(vault)
