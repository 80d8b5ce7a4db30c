"""What workers forget every few minutes."""

import pytest
from sqlmodel import select

from integrations.spi import Person, PersonKey, Purpose, Scene
from tests.fakes.clock import START
from wallet.calls import numbers
from wallet.calls.models import SequenceRow
from wallet.devices.models import BarcodeRow
from wallet.idempotency.models import IdempotencyRow
from wallet.oidc import repository
from wallet.oidc.models import SpentSignInRow
from wallet.parties.models import EnrolmentTokenRow
from wallet.parties.words import Scope, TerminalKind
from wallet.presentations.models import AnswerRow
from wallet.presentations.service import FOREIGN, Brought, Opening

LI = Person(name="李明", document_type=PersonKey.ID_CARD, document_number="440104198807213314")
DAY = 86_400


async def resident(wallet):
    async with wallet.database.transaction() as session:
        return await wallet.people.residents.match_or_create(session, LI, 2)


async def shown(wallet, resident_id, presentation_id):
    """
    Keep the scan of a foreign code that brought a credential; return its handle.
    """
    presentations = wallet.people.presentations
    opening = Opening(
        resident_id=resident_id,
        presentation_id=presentation_id,
        device_no=0,
        method=FOREIGN,
        purpose=Purpose.SETTLEMENT,
        scene=Scene.OUTPATIENT_SETTLEMENT,
        opened_at=wallet.clock.now(),
    )
    brought = Brought(
        context="insurance", integration_id="insurer", subject="S1", credential=b"ec-token"
    )
    async with wallet.database.transaction() as session:
        await presentations.open(session, wallet.caller(), opening, brought)
    return opening


async def begun(wallet, key):
    async with wallet.database.transaction() as session:
        await wallet.people.idempotency.begin(
            session,
            party_id=wallet.party_id,
            terminal_id=1,
            route="POST /v1/visits",
            key=key,
            fingerprint=b"f" * 32,
            target=(1, 1),
        )


async def rows(wallet, table):
    async with wallet.database.reading() as session:
        return (await session.execute(select(table))).scalars().all()


async def worked(wallet):
    """
    Start a worker and let it do what is due.
    """
    await wallet.services.begin_duties()
    return await wallet.services.loop("w").run_due()


class TestPruning:
    async def test_credentials(self, wallet):
        """
        A credential is forgotten when the handle is too old, and not before; the rest stays.
        """
        resident_id = await resident(wallet)
        await shown(wallet, resident_id, 1)
        wallet.advance(200)
        await shown(wallet, resident_id, 2)
        wallet.advance(200)
        await worked(wallet)

        kept = {
            row.presentation_id: (row.subject is None, row.credential is None)
            for row in await rows(wallet, AnswerRow)
        }
        assert {1: (False, True), 2: (False, False)} == kept

    @pytest.mark.parametrize(("seconds", "left"), [(30 * DAY - 1, 1), (30 * DAY, 0)])
    async def test_idempotency_keys(self, wallet, seconds, left):
        """
        A key is forgotten after its thirty days.
        """
        await begun(wallet, "once")
        wallet.advance(seconds)
        await worked(wallet)

        assert left == len(await rows(wallet, IdempotencyRow))

    async def test_the_rest(self, wallet):
        """
        Numeric codes, sequences, tokens and finished sign-ins are forgotten after their time.
        """
        await wallet.people.devices.barcodes.make(await resident(wallet))
        await wallet.people.administration.issue_enrolment_token(
            wallet.party_id, kind=TerminalKind.DESK, scopes=frozenset(Scope)
        )
        async with wallet.database.transaction() as session:
            await numbers.allocate(session, wallet.party_id, "insurer", START)
            await repository.spend(session, b"d" * 32, START)
        tables = (BarcodeRow, EnrolmentTokenRow, SequenceRow, SpentSignInRow)
        before = [len(await rows(wallet, table)) for table in tables]
        wallet.advance(2 * DAY)
        await worked(wallet)

        after = [len(await rows(wallet, table)) for table in tables]
        assert ([1, 1, 1, 1], [0, 0, 0, 0]) == (before, after)

    async def test_goes_on(self, wallet):
        """
        Each duty is done again every five minutes, whoever comes first.
        """
        first = await worked(wallet)
        loop = wallet.services.loop("v")
        between = await loop.run_due()
        wallet.advance(300)

        assert (8, 0, 8) == (first, between, await loop.run_due())
