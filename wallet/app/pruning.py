"""
What is forgotten every few minutes, by whichever worker comes first.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from wallet.app.basis import Basis
from wallet.app.people import People
from wallet.calls import numbers, turns
from wallet.figures.service import FiguresService
from wallet.work.duties import Duty
from wallet.work.service import WorkService


def pruning(b: Basis, p: People, work: WorkService) -> dict[str, Duty]:
    """
    Return the duties, by the kind of their work item.
    """

    async def sequences(session: AsyncSession) -> int:
        now = b.clock.now()
        return await numbers.prune(session, now) + await turns.prune(session, now)

    duties = {
        "prune_calls": sequences,
        "prune_devices": p.devices.devices.prune,
        "prune_figures": FiguresService(database=b.database, clock=b.clock).prune,
        "prune_idempotency": p.idempotency.prune,
        "prune_operators": p.operators.prune,
        "prune_parties": p.parties.prune,
        "prune_presentations": p.presentations.prune,
        "prune_sign_ins": p.providers.prune,
    }
    return {
        kind: Duty(database=b.database, work=work, clock=b.clock, do=do)
        for kind, do in duties.items()
    }
