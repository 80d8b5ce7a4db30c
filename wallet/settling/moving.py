"""
Moves a settlement: its new state, the books, the journal and the visit's turn in one transaction.
"""

from datetime import datetime
from typing import Any, Protocol

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.http.tally import NoTally, Tally
from wallet.journal.service import Entry, JournalService
from wallet.ledger import service as ledger_accounts
from wallet.ledger.service import LedgerService, Posting, Transaction
from wallet.parties.words import PartySettings
from wallet.settling import machine
from wallet.settling.bill import all_cash
from wallet.settling.booking import billed, taking_of, tender_account
from wallet.settling.happenings import Event
from wallet.settling.lasting import AWAITING, begins, lasting
from wallet.settling.records import Change, Settlement, SettlementRecords
from wallet.settling.states import State
from wallet.settling.tenders import Refund, Tender
from wallet.takings.service import TakingsService
from wallet.takings.words import GIVEN_BACK, SETTLED, TAKEN, UNDONE
from wallet.visiting.service import VisitingService
from wallet.work.service import WorkService

WORK = "settlement"
BASIS = "contract"


class Parties(Protocol):
    """
    What moving needs to know of relying parties.
    """

    async def settings(self, session: AsyncSession, party_id: int) -> PartySettings:
        """
        Return how the wallet treats a party.
        """
        ...


class Mover:
    """
    Applies events to settlements.
    """

    def __init__(  # noqa: PLR0913 - collaborators, by keyword
        self,
        *,
        clock: Clock,
        records: SettlementRecords,
        ledger: LedgerService,
        takings: TakingsService,
        journal: JournalService,
        visits: VisitingService,
        parties: Parties,
        work: WorkService,
        tally: Tally | None = None,
    ) -> None:
        self._clock = clock
        self._tally = tally or NoTally()
        self.records = records
        self._ledger = ledger
        self._takings = takings
        self._journal = journal
        self._visits = visits
        self.parties = parties
        self._work = work

    async def move(
        self,
        session: AsyncSession,
        settlement: Settlement,
        event: Event,
        change: Change | None = None,
    ) -> Settlement:
        """
        Apply an event and everything that follows from it; returns the settlement as it is then.

        Raises:
            IllegalMoveError: the event cannot happen now.
            StateConflictError: somebody else moved the settlement meanwhile.
        """
        before = settlement.state
        after = machine.apply(before, event)
        change = change or Change()
        plain = await self._plain(session, settlement, before, after) | change.plain
        secrets = ({"credential": b""} if _spent(after) else {}) | change.secrets
        change = Change(plain=plain, secrets=secrets)
        now = await self.records.move(session, settlement, after, change)
        await self._book(session, now, before, after)
        if _asks(after) and not _asks(before):
            await self._tell(session, "approval_asked", now, ("payment",))
        await self._turn(session, now, before, after)
        entered = after.phase != before.phase
        self._tally.settlement(after.phase, after.status, entered=entered)
        return now

    async def charged(self, session: AsyncSession, tender: Tender, at: datetime) -> None:
        """
        Book what a tender took, and tell the resident.
        """
        taken = tender_account(tender)
        postings = (
            Posting(taken, tender.amount_minor),
            Posting(ledger_accounts.PATIENT_CASH_DUE, -tender.amount_minor),
        )
        by_provider = bool(tender.integration_id)
        kind = "charged" if by_provider else "tendered"
        transaction = Transaction(kind=kind, subject_id=tender.tender_id, postings=postings, at=at)
        await self._ledger.post(session, tender.resident_id, transaction)
        await self._takings.note(session, taking_of(tender, TAKEN, tender.terminal_id, at))
        await self._tell(session, "charged", tender, ("payment",) if by_provider else ())

    async def refunded(
        self, session: AsyncSession, refund: Refund, tender: Tender, terminal_id: int, at: datetime
    ) -> None:
        """
        Book what went back, and tell the resident.

        Args:
            session: the transaction that moves the refund.
            refund: what went back.
            tender: what it was of.
            terminal_id: which one gave it back.
            at: aware UTC instant.
        """
        postings = (
            Posting(tender_account(tender), -refund.amount_minor),
            Posting(ledger_accounts.PATIENT_CASH_DUE, refund.amount_minor),
        )
        transaction = Transaction(
            kind="refunded", subject_id=refund.refund_id, postings=postings, at=at
        )
        await self._ledger.post(session, refund.resident_id, transaction)
        await self._takings.note(session, taking_of(tender, GIVEN_BACK, terminal_id, at))
        await self._tell(
            session, "refunded", tender, ("payment",) if tender.integration_id else ()
        )

    async def approved(
        self, session: AsyncSession, settlement: Settlement, digest: str = ""
    ) -> None:
        """
        Tell the resident what was approved: with a device's key, or on a screen, with its digest.
        """
        kind = "approved_on_screen" if digest else "approved"
        await self._tell(session, kind, settlement, ("payment",), digest)

    async def identity_checked(self, session: AsyncSession, settlement: Settlement) -> None:
        """
        Tell the resident that a desk checked an identity card instead of waiting for an approval.
        """
        await self._tell(session, "identity_checked", settlement, ())

    async def _plain(
        self, session: AsyncSession, settlement: Settlement, before: State, after: State
    ) -> dict[str, Any]:
        now = self._clock.now()
        plain: dict[str, Any] = {}
        if begins(before, after):
            party = await self.parties.settings(session, settlement.party_id)
            plain["deadline_at"] = now + lasting(after, party)
        if after.phase == "completed" and before.phase != "completed":
            plain["completed_at"] = now
        return plain

    async def _book(
        self, session: AsyncSession, settlement: Settlement, before: State, after: State
    ) -> None:
        if before.settled == "none" and after.settled != "none":
            await self.settled(session, settlement)
        if before.settled != "undone" and after.settled == "undone":
            await self._ledger.reverse(
                session,
                settlement.resident_id,
                kind="settled",
                subject_id=settlement.settlement_id,
                as_kind="settlement_undone",
                at=self._clock.now(),
            )
            await self._takings.note(session, billed(settlement, UNDONE, self._clock.now()))
            await self._tell(session, "settlement_undone", settlement, ("insurance",))

    async def settled(self, session: AsyncSession, settlement: Settlement) -> None:
        """
        Book the split that stands now, and tell the resident.
        """
        split = settlement.split or all_cash(settlement.total_minor)
        postings = (
            Posting(ledger_accounts.INSURER_FUND, split.fund_minor),
            Posting(ledger_accounts.INSURER_ACCOUNT, split.account_minor),
            Posting(ledger_accounts.INSURER_MUTUAL_AID, split.mutual_aid_minor),
            Posting(ledger_accounts.HOSPITAL_BORNE, split.hospital_minor),
            Posting(ledger_accounts.PATIENT_CASH_DUE, split.cash_minor),
            Posting(ledger_accounts.HOSPITAL_RECEIVABLE, -split.total_minor),
        )
        transaction = Transaction(
            kind="settled",
            subject_id=settlement.settlement_id,
            postings=postings,
            at=self._clock.now(),
        )
        await self._ledger.post(session, settlement.resident_id, transaction)
        await self._takings.note(session, billed(settlement, SETTLED, self._clock.now()))
        contexts = ("insurance",) if settlement.insurance_id else ()
        await self._tell(session, "settled", settlement, contexts)

    async def _turn(
        self, session: AsyncSession, settlement: Settlement, before: State, after: State
    ) -> None:
        key = (settlement.resident_id, settlement.visit_id)
        if before.phase == "completed" and after.phase != "completed":
            visit = await self._visits.records.get(session, *key)
            await self._visits.begin_settlement(
                session, visit, settlement.settlement_id, undoing=True
            )
        if after.phase == before.phase or after.phase not in {"completed", "cancelled"}:
            return
        if await self._waiting_its_turn(session, settlement):
            return
        following = None
        if after.phase == "cancelled" and settlement.replaced_by is not None:
            following = await self._activated(session, settlement.replaced_by, settlement)
        await self._visits.end_settlement(
            session,
            key,
            settlement.settlement_id,
            completed=after.phase == "completed",
            following=following,
        )

    async def _activated(
        self, session: AsyncSession, settlement_id: int, of: Settlement
    ) -> int | None:
        """
        Let the settlement of what remains go on, unless the desk has cancelled it meanwhile.
        """
        following = await self.records.get(session, of.resident_id, settlement_id)
        if following.state.phase == "cancelled":
            return None
        now = self._clock.now()
        change = Change(plain={"deadline_at": now + AWAITING})
        await self.records.move(session, following, following.state, change)
        await self._work.schedule(session, WORK, of.resident_id, settlement_id, now)
        return settlement_id

    async def _waiting_its_turn(self, session: AsyncSession, settlement: Settlement) -> bool:
        if settlement.replaces is None:
            return False
        visit = await self._visits.records.get(
            session, settlement.resident_id, settlement.visit_id
        )
        return visit.open_settlement_id != settlement.settlement_id

    async def _tell(
        self,
        session: AsyncSession,
        kind: str,
        about: Settlement | Tender,
        contexts: tuple[str, ...],
        digest: str = "",
    ) -> None:
        party = await self.parties.settings(session, about.party_id)
        entry = Entry(
            resident_id=about.resident_id,
            kind=kind,
            party_id=about.party_id,
            terminal_id=about.terminal_id,
            party_name=party.name,
            purpose="settlement",
            contexts=contexts,
            fields=("amount",),
            basis=BASIS,
            subject_id=about.settlement_id,
            digest=digest,
            at=self._clock.now(),
        )
        if isinstance(about, Settlement):
            entry = replace(entry, presentation_id=about.presentation_id)
        await self._journal.write(session, entry)


def _asks(state: State) -> bool:
    """
    Tell whether it waits for the resident's approval, and nothing else.
    """
    return state.phase == "awaiting_approval" and state.confirmed and state.approval_required


def _spent(state: State) -> bool:
    """
    Tell whether the visit's credential is not needed any more.
    """
    return state.settled != "none" or state.phase in {"cancelled", "completed"}
