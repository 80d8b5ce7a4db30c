"""
What is on one machine alone is not told as done.

A commit on a replicated PostgreSQL returns once a standby has it. A transaction whose client gave
up while it waited, or that a crashed primary found in its own log, can be seen before a standby
has it, and is lost when that machine is. Whoever answers from what an earlier request did, so that
nothing of its own is written, calls `insist`.
"""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

_PREFIX = "fusion-wallet"


async def insist(session: AsyncSession) -> None:
    """
    Let the commit of this transaction wait until a standby has everything that was seen in it.

    An empty message in the log does: it lies behind all that, and is committed like any change.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_logical_emit_message(True, _PREFIX, "")))
