"""
Approval by a signature on the screen that faces the patient, for those without a phone.
"""

from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.calls.drawer import Drawer
from wallet.clock import seconds
from wallet.errors import StateConflictError
from wallet.money import CURRENCY
from wallet.settling.counter import KIND, SCREEN, Counter, Folder
from wallet.settling.errors import ApprovalRefusedError
from wallet.settling.happenings import Approved
from wallet.settling.ink import Stroke, enough
from wallet.settling.models import ScreenApprovalRow
from wallet.settling.records import Settlement
from wallet.settling.service import Devices
from wallet.settling.states import State
from wallet.visiting.intents import Intent

DOMAIN: Final = "fusion-wallet/1/approval-on-screen"


class Signed(Struct, frozen=True, kw_only=True):
    """
    What the screen showed, what was drawn on it, and what the cashier says of the holder.

    Attributes:
        version, amount_minor, payee: as shown while the patient signed.
        strokes: what was drawn.
        operator: the cashier's code.
        identity_checked: the cashier compared the holder with an identity document.
    """

    version: int
    amount_minor: int
    payee: str
    strokes: tuple[Stroke, ...]
    operator: str
    identity_checked: bool = False

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "Signed(…)"


class Evidence(Struct, frozen=True, kw_only=True):
    """
    What is kept, encrypted, of an approval on a screen.
    """

    text: str
    strokes: tuple[tuple[tuple[int, int], ...], ...]
    operator: str
    identity_checked: bool

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "Evidence(…)"


def screen_text(name: str, signed: Signed, at: datetime) -> str:
    """
    Return what was approved: lines of text, the payee last; no line feed at the end.

    Args:
        name: the settlement's id as the resident knows it.
        signed: what was shown.
        at: when it was approved.
    """
    lines = (name, signed.version, signed.amount_minor, CURRENCY, seconds(at), signed.payee)
    return "\n".join((DOMAIN, *map(str, lines)))


def within(limit_minor: int, amount_minor: int) -> bool:
    """
    Tell whether a party lets a signature on its screen approve this much; limit 0 is never.
    """
    return limit_minor > 0 and amount_minor <= limit_minor


def waits_for_signature(state: State) -> bool:
    """
    Tell whether the cashier has agreed and only the resident's approval is missing.
    """
    return state.phase == "awaiting_approval" and state.confirmed and state.approval_required


class OnScreenService:
    """
    Takes approvals that were signed on a patient's screen.
    """

    def __init__(self, *, counter: Counter, devices: Devices) -> None:
        self._counter = counter
        self._devices = devices
        self._drawer = Drawer(counter.vault, ScreenApprovalRow.__tablename__)

    async def approve(self, intent: Intent, name: str, signed: Signed) -> Folder:
        """
        Approve the cash part that was shown.

        Raises:
            NotFoundError: there is no such settlement of the party.
            ScopeDeniedError: the terminal has no screen for the patient.
            StateConflictError: nobody waits for an approval, or something else is shown now.
            ApprovalRefusedError: the party does not allow it for this much, there is too little
                ink, or the device that was scanned is under alarm and nobody compared the holder.
        """

        async def do(session: AsyncSession, settlement: Settlement) -> None:
            await self._insist(session, settlement, signed)
            here = replace(settlement, terminal_id=intent.caller.terminal_id)
            # first of all, so that whoever comes second reads that something else is shown now
            await self._counter.mover.move(session, settlement, Approved())
            digest = await self._keep(session, here, signed)
            if signed.identity_checked:
                await self._counter.mover.identity_checked(session, here)
            await self._counter.mover.approved(session, here, digest.hex())

        key = self._counter.locate(f"party:{intent.caller.party_id}", name)
        return await self._counter.act(intent, key, ("approve", SCREEN), do)

    async def _insist(self, session: AsyncSession, settlement: Settlement, signed: Signed) -> None:
        """
        Insist that a signature may approve what was shown.
        """
        party = await self._counter.mover.parties.settings(session, settlement.party_id)
        state = settlement.state
        shown = (signed.version, signed.amount_minor, signed.payee)
        if shown != (settlement.version, state.cash_minor, party.name):
            raise StateConflictError("Something else is shown now; look again.")
        if not waits_for_signature(state):
            raise StateConflictError("Nobody waits for an approval.")
        if not within(party.screen_limit_minor, state.cash_minor):
            raise ApprovalRefusedError(reason="limit")
        if not enough(signed.strokes):
            raise ApprovalRefusedError(reason="ink")
        key = (settlement.resident_id, settlement.device_no)
        if not signed.identity_checked and await self._devices.alarmed(session, *key):
            raise ApprovalRefusedError(reason="identity")

    async def _keep(self, session: AsyncSession, settlement: Settlement, signed: Signed) -> bytes:
        """
        Keep the evidence and return the digest of what was approved.
        """
        till, resident_id = self._counter.till, settlement.resident_id
        now, approval_id = till.clock.now(), till.ids.local()
        name = self._counter.name(KIND, f"resident:{resident_id}", *settlement.key)
        text = screen_text(name, signed, now)
        digest = sha256(text.encode()).digest()
        evidence = Evidence(
            text=text,
            strokes=tuple(tuple(stroke) for stroke in signed.strokes),
            operator=signed.operator,
            identity_checked=signed.identity_checked,
        )
        row = ScreenApprovalRow(
            resident_id=resident_id,
            approval_id=approval_id,
            settlement_id=settlement.settlement_id,
            settlement_version=settlement.version,
            party_id=settlement.party_id,
            terminal_id=settlement.terminal_id,
            amount_minor=signed.amount_minor,
            digest=digest,
            evidence=await self._drawer.put(
                session, resident_id, "evidence", approval_id, msgspec.json.encode(evidence)
            ),
            at=now,
        )
        session.add(row)
        await session.flush()
        return digest
