"""
The services about visits and settlements, and the worker's hands.
"""

from dataclasses import dataclass
from typing import NamedTuple

from wallet.app.basis import Basis
from wallet.app.people import People
from wallet.app.pruning import pruning
from wallet.calls.conducting import Conductor
from wallet.calls.outside import Outside
from wallet.calls.pacing import Pacing
from wallet.calls.service import CallsService
from wallet.calls.turns import Turns
from wallet.ledger.service import LedgerService
from wallet.settling.approvals import ApprovalsService
from wallet.settling.charging import Till
from wallet.settling.comparing import Comparing
from wallet.settling.counter import Counter
from wallet.settling.handler import SettlementHandler
from wallet.settling.moving import WORK as SETTLEMENT_WORK
from wallet.settling.moving import Mover
from wallet.settling.on_screen import OnScreenService
from wallet.settling.records import SettlementRecords
from wallet.settling.returns import ReturnsService
from wallet.settling.reviewing import ReviewService
from wallet.settling.service import SettlingService
from wallet.settling.shifts import ShiftsService
from wallet.settling.tenders import TenderRecords
from wallet.takings.service import TakingsService
from wallet.visiting.handler import VisitHandler
from wallet.visiting.history import HistoryService
from wallet.visiting.intents import Intents
from wallet.visiting.service import WORK as VISIT_WORK
from wallet.visiting.service import VisitingService
from wallet.work.inline import Inline
from wallet.work.permission import Permission
from wallet.work.service import WorkService
from wallet.work.stepping import Handler, Stepper


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """
    Visits, settlements, and the loop that finishes them.

    Attributes:
        duties: kinds of work that a worker sees to when it starts.
    """

    work: WorkService
    stepper: Stepper
    inline: Inline
    calls: CallsService
    ledger: LedgerService
    visiting: VisitingService
    history: HistoryService
    settling: SettlingService
    approvals: ApprovalsService
    on_screen: OnScreenService
    returns: ReturnsService
    review: ReviewService
    shifts: ShiftsService
    comparing: Comparing
    duties: tuple[str, ...]

    def injected(self) -> dict[str, object]:
        """
        Return the services that controllers ask for, by name.
        """
        return {
            "visiting": self.visiting,
            "history": self.history,
            "settling": self.settling,
            "approvals": self.approvals,
            "on_screen": self.on_screen,
            "returns": self.returns,
            "shifts": self.shifts,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Engine:
    work: WorkService
    calls: CallsService
    handlers: dict[str, Handler]
    stepper: Stepper
    inline: Inline


class _Books(NamedTuple):
    ledger: LedgerService
    takings: TakingsService


def money(b: Basis, p: People) -> Money:
    """
    Return the services over the basis.
    """
    engine = _engine(b, p)
    ledger = LedgerService(ids=b.ids)
    intents = Intents(terminals=p.parties, idempotency=p.idempotency)
    visiting = VisitingService(
        database=b.database,
        clock=b.clock,
        ids=b.ids,
        vault=b.vault,
        presentations=p.presentations,
        intents=intents,
        inline=engine.inline,
    )
    takings = TakingsService(database=b.database, ids=b.ids)
    till = _till(b, p, engine, _Books(ledger, takings), visiting)
    counter = Counter(
        database=b.database,
        vault=b.vault,
        intents=intents,
        visits=visiting,
        residents=p.residents,
        till=till,
        inline=engine.inline,
    )
    devices = p.devices.devices
    settling = SettlingService(counter=counter, presentations=p.presentations, devices=devices)
    duties = pruning(b, p, engine.work)
    engine.handlers.update(_handlers(b, engine, visiting, till) | duties)
    return Money(
        work=engine.work,
        stepper=engine.stepper,
        inline=engine.inline,
        calls=engine.calls,
        ledger=ledger,
        visiting=visiting,
        history=HistoryService(database=b.database, vault=b.vault, parties=p.parties),
        settling=settling,
        approvals=ApprovalsService(counter=counter, devices=devices),
        on_screen=OnScreenService(counter=counter, devices=devices),
        returns=ReturnsService(counter=counter, settling=settling),
        review=ReviewService(counter=counter, calls=engine.calls, journal=p.journal),
        shifts=ShiftsService(takings=takings, clock=b.clock),
        comparing=Comparing(till=till, visits=visiting.records, clock=b.clock),
        duties=tuple(duties),
    )


def _engine(b: Basis, p: People) -> _Engine:
    work = WorkService(
        database=b.database,
        clock=b.clock,
        lease_seconds=b.settings.lease_seconds,
        permission=Permission(b.timekeeping, b.membership, b.elapsed),
    )
    outside = Outside(guard=b.guard, integrations=b.registry)
    calls = CallsService(
        clock=b.clock, ids=b.ids, vault=b.vault, outside=outside, parties=p.parties
    )
    handlers: dict[str, Handler] = {}
    stepper = Stepper(work=work, handlers=handlers, clock=b.clock, token=b.ids.secret)
    inline = Inline(
        work=work,
        stepper=stepper,
        clock=b.clock,
        token=b.ids.secret,
        limit_seconds=b.settings.inline_seconds,
    )
    return _Engine(work=work, calls=calls, handlers=handlers, stepper=stepper, inline=inline)


def _till(b: Basis, p: People, engine: _Engine, books: _Books, visiting: VisitingService) -> Till:
    mover = Mover(
        clock=b.clock,
        records=SettlementRecords(b.vault),
        ledger=books.ledger,
        takings=books.takings,
        journal=p.journal,
        visits=visiting,
        parties=p.parties,
        work=engine.work,
        tally=b.tally,
    )
    return Till(
        mover=mover,
        tenders=TenderRecords(b.vault),
        calls=engine.calls,
        clock=b.clock,
        ids=b.ids,
    )


def _handlers(
    b: Basis, engine: _Engine, visiting: VisitingService, till: Till
) -> dict[str, Handler]:
    conductor = Conductor(
        database=b.database,
        work=engine.work,
        calls=engine.calls,
        pacing=Pacing(
            turns=Turns(per_second=b.settings.repeats_per_second),
            outside=engine.calls.outside,
            clock=b.clock,
        ),
        clock=b.clock,
        token=b.ids.secret,
    )
    return {
        VISIT_WORK: VisitHandler(
            database=b.database,
            clock=b.clock,
            work=engine.work,
            conductor=conductor,
            records=visiting.records,
        ),
        SETTLEMENT_WORK: SettlementHandler(
            database=b.database, work=engine.work, conductor=conductor, till=till
        ),
    }
