"""Keys change while people are scanned, and nobody is refused for it."""

import asyncio
from collections import Counter

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from tests.faults.crash.people import insured
from tests.fixtures.region import LI, Region, payment
from tests.fixtures.vaults import ISSUER_REGION
from wallet.clock import seconds
from wallet.errors import WalletError
from wallet.vault import keyfile, rotation
from wallet.vault.envelope import version_of
from wallet.vault.keyfile import SuiteName
from wallet.vault.models import PersonKeyRow
from wallet.vault.renewal import KeyWatch
from wallet.vault.rewrapping import rewrap_all
from wallet.vault.service import Vault

PEOPLE = 6


class Town:
    """
    Two processes of one deployment, each with its own look at the key file; people with phones.
    """

    def __init__(self, database, clock, ids, vault, path):
        keyfile.write_new(path, vault._keys)
        vaults = vault, Vault(vault._keys, issuer_region=ISSUER_REGION, ids=ids, clock=clock)
        self.processes = [Region(database, clock, ids, each, payment()) for each in vaults]
        self.watches = [KeyWatch(path, each) for each in vaults]
        self.vault, self.database, self.clock, self.path = vault, database, clock, path
        self.token = ids.secret
        self.told = Counter()

    async def found(self):
        first = self.processes[0]
        self.desk = await first.hospital()
        self.people = [
            await first.resident(replace(LI, document_number=insured(number, 0).certno), "payment")
            for number in range(PEOPLE)
        ]
        self.phones = [await first.phone(resident_id) for resident_id in self.people]
        return self

    def change(self, make):
        """
        Replace the key file.
        """
        keyfile.replace(self.path, make(keyfile.load(self.path)))

    def look(self, *numbers):
        """
        Let processes look at the file.
        """
        for number in numbers:
            self.watches[number].look()

    @property
    def now(self):
        return seconds(self.clock.now())

    async def shown(self):
        """
        Have everybody scanned once: shown by one process, resolved by the other, all at once.
        """
        await asyncio.gather(
            *(self._shown(number, resident_id) for number, resident_id in enumerate(self.people))
        )
        return self._told()

    async def drawn(self):
        """
        Have everybody's phone scanned, with passes of its last top-up.
        """
        codes = [phone.show(7) for phone in self.phones]
        await asyncio.gather(*(self._resolve(n % 2, code) for n, code in enumerate(codes)))
        return self._told()

    async def _shown(self, number, resident_id):
        showing = self.processes[number % 2].people.devices.showing
        await self._resolve(1 - number % 2, (await showing.show(resident_id)).text)

    async def _resolve(self, number, code):
        region = self.processes[number]
        key = f"{number}-{code[-12:]}"
        try:
            await region.resolve(self.desk, code, key=key)
        except WalletError as refusal:
            self.told[refusal.code] += 1
        else:
            self.told["accepted"] += 1

    def _told(self):
        told, self.told = dict(self.told), Counter()
        return told


@pytest.fixture
async def town(database, clock, ids, vault, tmp_path):
    """
    The town, founded.
    """
    return await Town(database, clock, ids, vault, tmp_path / "keys.json").found()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request):
    """
    Keys change on both databases.
    """
    return str(request.getfixturevalue(f"{request.param}_url"))


ALL = {"accepted": PEOPLE}
NONE = {"CODE_NOT_ACCEPTED": PEOPLE}


class TestCodeKeys:
    async def test_overlap_and_retirement(self, town):
        """
        Whoever has the new key and whoever has not yet accept each other's codes until it begins.

        Then codes of both keys are accepted; of one that is retired, none.
        """
        add = lambda keys: rotation.rotate_code_key(  # noqa: E731
            keys, SuiteName.INTERNATIONAL, town.now, town.now + 600, town.token
        )
        told = [await town.shown()]
        town.change(add)
        town.look(0)
        told.append(await town.shown())
        town.look(1)
        town.clock.advance(600)
        told += [await town.shown(), await town.drawn()]
        town.change(lambda keys: rotation.retire_code_key(keys, 0, town.now))
        town.look(0, 1)
        town.clock.advance(30)
        told += [await town.shown(), await town.drawn()]

        assert [ALL, ALL, ALL, ALL, ALL, NONE] == told

    async def test_a_bad_file_changes_nothing(self, town):
        """
        A file that cannot be used, or with another lasting key, leaves everything as it was.
        """
        town.change(lambda keys: replace(keys, index_key=bytes(32)))
        town.look(0, 1)
        faults = [watch.fault for watch in town.watches]
        told = await town.shown()

        assert (ALL, 2, True) == (told, len(faults), all("restart" in each for each in faults))


class TestDataKeys:
    async def test_rewrapping_under_load(self, town):
        """
        A data key begins when everybody has it; keys are wrapped anew while people are scanned.
        """
        town.change(
            lambda keys: rotation.rotate_data_key(
                keys, SuiteName.INTERNATIONAL, town.now + 60, town.token
            )
        )
        town.look(0)
        told = [await town.shown()]
        early = await rewrap_all(town.database, town.vault)
        town.look(1)
        town.clock.advance(60)
        done, *rest = await asyncio.gather(
            rewrap_all(town.database, town.vault), town.shown(), town.drawn()
        )
        told += [sum((Counter(each) for each in rest), Counter())]
        async with town.database.reading() as session:
            wrapped = (await session.scalars(select(PersonKeyRow.wrapped))).all()

        assert [ALL, {"accepted": 2 * PEOPLE}] == told
        assert (0, 2 * PEOPLE) == (early.keys, done.keys)
        assert {2} == {version_of(each) for each in wrapped}
