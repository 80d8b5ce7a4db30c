"""
The services about visits and settlements, and the worker's hands.
"""

from dataclasses import dataclass

from wallet.app.basis import Basis
from wallet.app.people import People
from wallet.calls.conducting import Conductor
from wallet.calls.outside import Outside
from wallet.calls.service import CallsService
from wallet.ledger.service import LedgerService
from wallet.settling.approvals import ApprovalsService
from wallet.settling.charging import Till
from wallet.settling.counter import Counter
from wallet.settling.handler import SettlementHandler
from wallet.settling.moving import WORK as SETTLEMENT_WORK
from wallet.settling.moving import Mover
from wallet.settling.records import SettlementRecords
from wallet.settling.returns import ReturnsService
from wallet.settling.service import SettlingService
from wallet.settling.tenders import TenderRecords
from wallet.visiting.handler import VisitHandler
from wallet.visiting.intents import Intents
from wallet.visiting.service import WORK as VISIT_WORK
from wallet.visiting.service import VisitingService
from wallet.work.inline import Inline
from wallet.work.service import WorkService
from wallet.work.stepping import Handler, Stepper


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """
    Visits, settlements, and the loop that finishes them.
    """

    work: WorkService
    stepper: Stepper
    inline: Inline
    calls: CallsService
    ledger: LedgerService
    visiting: VisitingService
    settling: SettlingService
    approvals: ApprovalsService
    returns: ReturnsService

    def injected(self) -> dict[str, object]:
        """
        Return the services that controllers ask for, by name.
        """
        return {
            "visiting": self.visiting,
            "settling": self.settling,
            "approvals": self.approvals,
            "returns": self.returns,
        }


def money(b: Basis, p: People) -> Money:
    """
    Return the services over the basis.
    """
    work = WorkService(database=b.database, clock=b.clock, lease_seconds=b.settings.lease_seconds)
    outside = Outside(guard=b.guard, integrations=b.registry)
    calls = CallsService(
        clock=b.clock, ids=b.ids, vault=b.vault, outside=outside, parties=p.parties
    )
    ledger = LedgerService(ids=b.ids)
    handlers: dict[str, Handler] = {}
    stepper = Stepper(work=work, handlers=handlers, clock=b.clock, token=b.ids.secret)
    inline = Inline(
        work=work,
        stepper=stepper,
        clock=b.clock,
        token=b.ids.secret,
        limit_seconds=b.settings.inline_seconds,
    )
    intents = Intents(terminals=p.parties, idempotency=p.idempotency)
    visiting = VisitingService(
        database=b.database,
        clock=b.clock,
        ids=b.ids,
        vault=b.vault,
        presentations=p.presentations,
        intents=intents,
        inline=inline,
    )
    mover = Mover(
        clock=b.clock,
        records=SettlementRecords(b.vault),
        ledger=ledger,
        journal=p.journal,
        visits=visiting,
        parties=p.parties,
        work=work,
    )
    till = Till(mover=mover, tenders=TenderRecords(b.vault), calls=calls, clock=b.clock, ids=b.ids)
    counter = Counter(
        database=b.database,
        vault=b.vault,
        intents=intents,
        visits=visiting,
        residents=p.residents,
        till=till,
        inline=inline,
    )
    settling = SettlingService(
        counter=counter, presentations=p.presentations, devices=p.devices.devices
    )
    handlers |= _handlers(b, work=work, calls=calls, visiting=visiting, till=till)
    return Money(
        work=work,
        stepper=stepper,
        inline=inline,
        calls=calls,
        ledger=ledger,
        visiting=visiting,
        settling=settling,
        approvals=ApprovalsService(counter=counter, devices=p.devices.devices),
        returns=ReturnsService(counter=counter, settling=settling),
    )


def _handlers(
    b: Basis, *, work: WorkService, calls: CallsService, visiting: VisitingService, till: Till
) -> dict[str, Handler]:
    conductor = Conductor(
        database=b.database, work=work, calls=calls, clock=b.clock, token=b.ids.secret
    )
    return {
        VISIT_WORK: VisitHandler(
            database=b.database,
            clock=b.clock,
            work=work,
            conductor=conductor,
            records=visiting.records,
        ),
        SETTLEMENT_WORK: SettlementHandler(
            database=b.database, work=work, conductor=conductor, till=till
        ),
    }
