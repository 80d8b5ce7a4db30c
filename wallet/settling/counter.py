"""
What every request of a desk about a settlement has in common.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import Person
from wallet.db.faults import repeated
from wallet.db.session import Database
from wallet.errors import NotFoundError, StateConflictError
from wallet.failpoints import hit
from wallet.http.callers import TerminalCaller
from wallet.settling.charging import Till
from wallet.settling.moving import WORK
from wallet.settling.records import Settlement
from wallet.settling.states import IllegalMoveError
from wallet.settling.tenders import Refund, Tender
from wallet.vault import Vault
from wallet.vault.errors import KeyDestroyedError
from wallet.visiting.intents import Intent, Intents, allow
from wallet.visiting.service import VisitingService
from wallet.work.inline import Inline

KIND = "set"
TENDER_KIND = "tnd"
REFUND_KIND = "rfd"
WRITE = "settlements:write"
REFUND = "refunds:write"
SCREEN = "approvals:screen"
ACTS = ("settlement", "confirm", "cancel", "tenders", "returns", "payout", "invoice", "approve")
INTENT_FAILPOINTS = tuple(
    f"{act}.{where}_intent_commit" for act in ACTS for where in ("before", "after")
)


class Residents(Protocol):
    """
    What a desk's screen needs of the person index.
    """

    async def person(self, session: AsyncSession, resident_id: int) -> Person:
        """
        Return who a resident is.
        """
        ...


class Folder(Struct, frozen=True, kw_only=True):
    """
    A settlement with all that belongs to it; the person is None once it was erased.

    `screen_limit_minor` is up to where the party lets a signature on its screen approve.
    """

    settlement: Settlement
    tenders: tuple[Tender, ...]
    refunds: tuple[Refund, ...]
    person: Person | None
    payee: str
    screen_limit_minor: int = 0

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Folder({self.settlement!r})"

    @property
    def locked(self) -> bool:
        """
        Tell whether money may be on its way, so that nobody may begin anything else.
        """
        state = self.settlement.state
        moving = {"insuring", "charging", "cancelling"}
        if state.phase == "review":
            return True
        return state.phase in moving and state.status != "due"


class Counter:
    """
    Finds settlements for a desk, and acts on them once per intent.
    """

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        intents: Intents,
        visits: VisitingService,
        residents: Residents,
        till: Till,
        inline: Inline,
    ) -> None:
        self.database = database
        self.vault = vault
        self.intents = intents
        self.visits = visits
        self.till = till
        self.mover = till.mover
        self._residents = residents
        self._inline = inline

    def name(self, kind: str, audience: str, resident_id: int, local_id: int) -> str:
        """
        Return the id under which an audience knows something.
        """
        return self.vault.seal_id(kind, audience, resident_id, local_id)

    def locate(self, audience: str, name: str, kind: str = KIND) -> tuple[int, int]:
        """
        Return resident id and local id behind such an id.

        Raises:
            NotFoundError: it is not one of this audience's.
        """
        key = self.vault.open_id(kind, audience, name)
        if key is None:
            raise NotFoundError
        return key

    async def get(self, caller: TerminalCaller, name: str) -> Folder:
        """
        Return a settlement of the caller's party.

        Raises:
            NotFoundError: there is none, or it is another party's.
        """
        allow(caller, WRITE)
        key = self.locate(f"party:{caller.party_id}", name)
        async with self.database.reading() as session:
            await self._owned(session, caller.party_id, key)
            return await self.folder(session, key)

    @repeated
    async def act(
        self,
        intent: Intent,
        key: tuple[int, int],
        act: tuple[str, str],
        do: Callable[[AsyncSession, Settlement], Awaitable[None]],
    ) -> Folder:
        """
        Do something to a settlement once, then drive what it made necessary.

        Args:
            intent: who asks, under which key.
            key: resident id and settlement id.
            act: the act's name and the scope it needs.
            do: changes the settlement, in the session's transaction.

        Raises:
            NotFoundError: there is no such settlement of the party.
            StateConflictError: its state does not allow it.
        """
        where, scope = act
        async with self.database.transaction() as session:
            replay = await self.intents.admit(session, intent, scope, key)
            settlement = await self._owned(session, intent.caller.party_id, key)
            if replay is not None:
                return await self.folder(session, key)
            # the work item first, as the worker does: two orders would lock each other out
            await self._inline.schedule(session, WORK, *key)
            try:
                await do(session, settlement)
            except IllegalMoveError:
                raise StateConflictError from None
            hit(f"{where}.before_intent_commit")
        hit(f"{where}.after_intent_commit")
        return await self.driven(key)

    async def driven(self, key: tuple[int, int]) -> Folder:
        """
        Drive what is due about a settlement, and return how it stands then.
        """
        await self._inline.drive(WORK, *key)
        async with self.database.reading() as session:
            return await self.folder(session, key)

    async def schedule(self, session: AsyncSession, key: tuple[int, int]) -> None:
        """
        Make the next step of a settlement due now.
        """
        await self._inline.schedule(session, WORK, *key)

    async def insist_on_turn(self, session: AsyncSession, settlement: Settlement) -> None:
        """
        Insist that a settlement is the one that is going on in its visit.

        Raises:
            StateConflictError: another one has to end first.
        """
        visit = await self.visits.records.get(session, settlement.resident_id, settlement.visit_id)
        if visit.open_settlement_id != settlement.settlement_id:
            raise StateConflictError("Another settlement of this visit has to end first.")

    async def folder(self, session: AsyncSession, key: tuple[int, int]) -> Folder:
        """
        Return a settlement with all that belongs to it.
        """
        settlement = await self.mover.records.get(session, *key)
        party = await self.mover.parties.settings(session, settlement.party_id)
        return Folder(
            settlement=settlement,
            tenders=await self.till.tenders.of_settlement(session, *key),
            refunds=await self.till.tenders.refunds(session, *key),
            person=await self._person(session, key[0]),
            payee=party.name,
            screen_limit_minor=party.screen_limit_minor,
        )

    async def _person(self, session: AsyncSession, resident_id: int) -> Person | None:
        """
        Return who it is about; erasing a person never blocks an undo or a refund.
        """
        try:
            return await self._residents.person(session, resident_id)
        except (KeyDestroyedError, NotFoundError):
            return None

    async def _owned(
        self, session: AsyncSession, party_id: int, key: tuple[int, int]
    ) -> Settlement:
        settlement = await self.mover.records.get(session, *key)
        if settlement.party_id != party_id:
            raise NotFoundError
        return settlement
