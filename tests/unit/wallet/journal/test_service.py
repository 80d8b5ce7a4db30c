"""The journal."""

import pytest
from sqlmodel import select

from tests.fakes.clock import START, StandingClock
from tests.fakes.ids import CountingIds
from wallet.db.session import Database
from wallet.errors import ValidationFailedError
from wallet.journal.models import JournalRow
from wallet.journal.service import Entry, JournalService
from wallet.vault import Vault

RESIDENT = 42


def _entry(number: int = 1, resident_id: int = RESIDENT) -> Entry:
    return Entry(
        resident_id=resident_id,
        kind="disclosed",
        party_id=7,
        terminal_id=8,
        party_name="市第一人民医院",
        purpose="settlement",
        contexts=("insurance",),
        fields=("insurance.number", f"insurance.{number}"),
        basis="contract",
        presentation_id=9,
        subject_id=number,
        at=START,
    )


@pytest.fixture
def journal(database: Database, ids: CountingIds, vault: Vault) -> JournalService:
    return JournalService(database=database, ids=ids, vault=vault)


async def _write(database: Database, journal: JournalService, *entries: Entry) -> None:
    async with database.transaction() as session:
        for entry in entries:
            await journal.write(session, entry)


class TestWrite:
    async def test_comes_back(self, database: Database, journal: JournalService) -> None:
        """
        An entry reads as it was written.
        """
        await _write(database, journal, _entry())
        page = await journal.of_resident(RESIDENT)

        assert [_entry()] == [written.entry for written in page.entries]

    async def test_an_entry_of_the_resident_alone(
        self, database: Database, journal: JournalService, clock: StandingClock
    ) -> None:
        """
        An entry without a party is possible, such as freezing.
        """
        frozen = Entry(resident_id=RESIDENT, kind="frozen", at=clock.now())
        await _write(database, journal, frozen)
        page = await journal.of_resident(RESIDENT)

        assert [frozen] == [written.entry for written in page.entries]

    async def test_the_row_does_not_tell_what_was_released(
        self, database: Database, journal: JournalService
    ) -> None:
        """
        Name, purpose and fields lie encrypted in the table.
        """
        await _write(database, journal, _entry())
        async with database.reading() as session:
            row = (await session.execute(select(JournalRow))).scalar_one()

        assert b"insurance" not in row.detail
        assert "医院".encode() not in row.detail

    async def test_is_part_of_its_transaction(
        self, database: Database, journal: JournalService
    ) -> None:
        """
        What was rolled back is not in the journal.
        """

        async def fail() -> None:
            async with database.transaction() as session:
                await journal.write(session, _entry())
                raise LookupError

        with pytest.raises(LookupError):
            await fail()

        assert () == (await journal.of_resident(RESIDENT)).entries


class TestOfResident:
    async def test_pages_newest_first(self, database: Database, journal: JournalService) -> None:
        """
        Pages follow each other without a gap or a double, and the last one says so.
        """
        await _write(database, journal, *(_entry(number) for number in range(5)))
        seen, cursor = [], None
        for _ in range(3):
            page = await journal.of_resident(RESIDENT, cursor=cursor, limit=2)
            seen.append([written.entry.subject_id for written in page.entries])
            cursor = page.next_cursor

        assert ([[4, 3], [2, 1], [0]], None) == (seen, cursor)

    async def test_shows_nobody_else(self, database: Database, journal: JournalService) -> None:
        """
        A resident sees their own entries only.
        """
        await _write(database, journal, _entry(1), _entry(2, resident_id=43))
        page = await journal.of_resident(RESIDENT)

        assert [1] == [written.entry.subject_id for written in page.entries]

    async def test_refuses_a_cursor_of_somebody_else(
        self, database: Database, journal: JournalService
    ) -> None:
        """
        A cursor opens for its own resident only.
        """
        await _write(database, journal, *(_entry(n, resident_id=43) for n in range(3)))
        page = await journal.of_resident(43, limit=1)

        with pytest.raises(ValidationFailedError):
            await journal.of_resident(RESIDENT, cursor=page.next_cursor)


class TestEntry:
    def test_repr_is_redacted(self) -> None:
        """
        The repr names the kind and no place.
        """
        assert "Entry('disclosed', …)" == repr(_entry())
