"""What a scan opens: kept, answered, claimed once."""

import asyncio

import pytest
from sqlmodel import select

from integrations.spi import Purpose, Scene
from wallet.errors import StateConflictError
from wallet.http.callers import TerminalCaller
from wallet.presentations.errors import HandleExpiredError, HandleMismatchError
from wallet.presentations.models import AnswerRow
from wallet.presentations.service import (
    FOREIGN,
    Answered,
    Brought,
    Opening,
    PresentationsService,
)

RESIDENT, PARTY = 4711, 7
DESK = TerminalCaller(party_id=PARTY, terminal_id=70, scopes=frozenset())
NEXT_DESK = TerminalCaller(party_id=PARTY, terminal_id=71, scopes=frozenset())
ELSEWHERE = TerminalCaller(party_id=8, terminal_id=70, scopes=frozenset())
VALID = Answered(
    context="insurance",
    integration_id="nhsa",
    binding_id=5,
    valid=True,
    refusal="",
    subject="subject",
    credential=b"credential",
)
REFUSED = Answered(
    context="payment",
    integration_id="alipay",
    binding_id=None,
    valid=False,
    refusal="SUSPENDED",
    subject="",
    credential=b"",
)
BROUGHT = Brought(
    context="insurance", integration_id="nhsa", subject="named", credential=b"decoded"
)


class Desk:
    """
    The service in short transactions.
    """

    def __init__(self, database, clock, ids, vault):
        self.database, self.clock, self.ids = database, clock, ids
        self.service = PresentationsService(clock=clock, ids=ids, vault=vault)

    def opening(self, **changes):
        given = {
            "resident_id": RESIDENT,
            "presentation_id": self.ids.local(),
            "device_no": 1,
            "method": "otp",
            "purpose": Purpose.SETTLEMENT,
            "scene": Scene.OUTPATIENT_SETTLEMENT,
            "opened_at": self.clock.now(),
        }
        return Opening(**(given | changes))

    async def open(self, opening, brought=None):
        async with self.database.transaction() as session:
            await self.service.open(session, DESK, opening, brought)

    async def release(self, opening, *answers):
        async with self.database.transaction() as session:
            return await self.service.release(session, opening, answers)

    async def scanned(self, *answers, **changes):
        """
        Open and answer a scan, and return its handle.
        """
        opening = self.opening(**changes)
        await self.open(opening)
        await self.release(opening, *answers)
        return self.service.handle(PARTY, RESIDENT, opening.presentation_id)

    async def claim(self, handle, use="settlement", caller=DESK):
        async with self.database.transaction() as session:
            return await self.service.claim(session, caller, handle, use)

    async def reopened(self, opening):
        async with self.database.reading() as session:
            return await self.service.reopened(session, RESIDENT, opening.presentation_id)

    async def answers(self):
        async with self.database.reading() as session:
            return (await session.execute(select(AnswerRow))).scalars().all()


@pytest.fixture
def desk(database, clock, ids, vault):
    return Desk(database, clock, ids, vault)


class TestClaim:
    async def test_hands_out_what_was_answered(self, desk):
        """
        Whoever claims a scan gets its answers, opened.
        """
        handle = await desk.scanned(VALID, REFUSED)
        claimed = await desk.claim(handle)

        assert {"insurance": VALID, "payment": REFUSED} == claimed.answered
        assert (RESIDENT, 1, "otp", Purpose.SETTLEMENT, Scene.OUTPATIENT_SETTLEMENT) == (
            claimed.resident_id,
            claimed.device_no,
            claimed.method,
            claimed.purpose,
            claimed.scene,
        )

    @pytest.mark.parametrize("first", ["visit", "settlement"])
    @pytest.mark.parametrize("second", ["visit", "settlement"])
    async def test_opens_one_thing(self, desk, first, second):
        """
        One scan opens one visit or one settlement, not both.
        """
        handle = await desk.scanned(VALID)
        await desk.claim(handle, first)
        with pytest.raises(StateConflictError):
            await desk.claim(handle, second)

    async def test_one_of_many(self, desk):
        """
        Of eight that claim it at once exactly one gets it.
        """
        handle = await desk.scanned(VALID)
        outcomes = await asyncio.gather(
            *(desk.claim(handle) for _ in range(8)), return_exceptions=True
        )

        assert 7 == sum(isinstance(outcome, StateConflictError) for outcome in outcomes)

    async def test_not_before_it_was_answered(self, desk):
        """
        A scan that was never answered opens nothing, and can still be answered.
        """
        opening = desk.opening()
        await desk.open(opening)
        handle = desk.service.handle(PARTY, RESIDENT, opening.presentation_id)
        with pytest.raises(StateConflictError):
            await desk.claim(handle)
        await desk.release(opening, VALID)

        assert await desk.claim(handle)

    @pytest.mark.parametrize(
        ("purpose", "visit", "settlement"),
        [
            (Purpose.IDENTIFICATION, False, False),
            (Purpose.REGISTRATION, True, False),
            (Purpose.SETTLEMENT, True, True),
            (Purpose.PAYMENT, False, False),
        ],
    )
    async def test_for_its_purpose(self, desk, purpose, visit, settlement):
        """
        What a scan may open follows from the purpose it was made for.
        """
        for use, allowed in (("visit", visit), ("settlement", settlement)):
            handle = await desk.scanned(VALID, purpose=purpose)
            if allowed:
                assert await desk.claim(handle, use)
            else:
                with pytest.raises(HandleMismatchError):
                    await desk.claim(handle, use)

    @pytest.mark.parametrize("caller", [NEXT_DESK, ELSEWHERE])
    async def test_by_its_terminal(self, desk, caller):
        """
        Neither another terminal nor another party can use the handle, and it is not used up.
        """
        handle = await desk.scanned(VALID)
        with pytest.raises(HandleMismatchError):
            await desk.claim(handle, caller=caller)

        assert await desk.claim(handle)

    async def test_of_another_party_that_knows_the_ids(self, desk):
        """
        A handle sealed for one party does not open for another.
        """
        opening = desk.opening()
        await desk.open(opening)
        await desk.release(opening, VALID)
        theirs = desk.service.handle(ELSEWHERE.party_id, RESIDENT, opening.presentation_id)
        with pytest.raises(HandleMismatchError):
            await desk.claim(theirs, caller=ELSEWHERE)

    @pytest.mark.parametrize("handle", ["", "prs_", "prs_" + "0" * 52, "vis_" + "0" * 52, "x"])
    async def test_made_up(self, desk, handle):
        """
        A made-up handle is no handle.
        """
        with pytest.raises(HandleMismatchError):
            await desk.claim(handle)

    async def test_within_five_minutes(self, desk):
        """
        The handle is good for five minutes less an instant.
        """
        early, late = await desk.scanned(VALID), await desk.scanned(VALID)
        desk.clock.advance(299.999)
        await desk.claim(early)
        desk.clock.advance(0.001)
        with pytest.raises(HandleExpiredError):
            await desk.claim(late)

    async def test_forgets_the_credential(self, desk):
        """
        Once claimed the credential is gone from here.
        """
        await desk.claim(await desk.scanned(VALID))
        (row,) = await desk.answers()

        assert (True, None) == (row.subject is not None, row.credential)

    async def test_of_a_resident_of_the_same_local_id(self, desk):
        """
        Two residents' presentations of one local id are two.
        """
        first = desk.opening(presentation_id=9)
        second = desk.opening(presentation_id=9, resident_id=RESIDENT + 1)
        for opening in (first, second):
            await desk.open(opening)
            await desk.release(opening, VALID)
        handle = desk.service.handle(PARTY, RESIDENT + 1, 9)

        assert RESIDENT + 1 == (await desk.claim(handle)).resident_id


class TestRelease:
    async def test_once(self, desk):
        """
        A scan is answered once; a second answer is not kept.
        """
        opening = desk.opening()
        await desk.open(opening)

        assert [True, False] == [
            await desk.release(opening, VALID),
            await desk.release(opening, REFUSED),
        ]
        assert ["insurance"] == [row.context for row in await desk.answers()]

    async def test_is_encrypted(self, desk):
        """
        Neither subject nor credential lies open, nor do they where another column's place is.
        """
        await desk.scanned(VALID)
        (row,) = await desk.answers()

        assert b"subject" not in row.subject
        assert b"credential" not in row.credential

    async def test_what_was_brought_gives_way(self, desk):
        """
        The answer takes the place of what a foreign code brought.
        """
        opening = desk.opening(method=FOREIGN)
        await desk.open(opening, BROUGHT)
        await desk.release(opening, VALID)
        handle = desk.service.handle(PARTY, RESIDENT, opening.presentation_id)

        assert {"insurance": VALID} == (await desk.claim(handle)).answered


class TestReopened:
    async def test_before_it_was_answered(self, desk):
        """
        A scan of ours that was interrupted is found as it was opened.
        """
        opening = desk.opening()
        await desk.open(opening)
        reopened = await desk.reopened(opening)

        assert (opening, None, {}) == (
            reopened.opening,
            reopened.brought,
            reopened.answered_by,
        )

    async def test_what_a_foreign_code_brought(self, desk):
        """
        What decoding gave is found with it.
        """
        opening = desk.opening(method=FOREIGN)
        await desk.open(opening, BROUGHT)

        assert BROUGHT == (await desk.reopened(opening)).brought

    async def test_who_answered(self, desk):
        """
        Afterwards it tells which binding answered valid.
        """
        opening = desk.opening()
        await desk.open(opening)
        await desk.release(opening, VALID, REFUSED)

        assert {"insurance": 5} == (await desk.reopened(opening)).answered_by

    async def test_not_after_its_time(self, desk):
        """
        After five minutes there is nothing to reopen, nor is there where there was nothing.
        """
        opening = desk.opening()
        unknown = await desk.reopened(opening)
        await desk.open(opening)
        desk.clock.advance(300)

        assert (None, None) == (unknown, await desk.reopened(opening))


class TestRedaction:
    def test_reprs_show_nothing(self):
        """
        Neither an answer nor what a code brought shows subject or credential.
        """
        assert ("Answered('insurance', valid=True)", "Brought('insurance')") == (
            repr(VALID),
            repr(BROUGHT),
        )
