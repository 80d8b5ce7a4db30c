"""
The times that a deployment knows, for an operator.
"""

from datetime import datetime

from wallet.db.session import Database
from wallet.instances import repository


async def told(database: Database) -> tuple[datetime | None, datetime | None]:
    """
    Return the database's own time, if it has one, and the latest that any process trusted.
    """
    async with database.reading() as session:
        return await repository.their_time(session), await repository.mark(session)


async def accept(database: Database, now: datetime) -> None:
    """
    Let an instant be the latest that any process trusted, though another one was later.
    """
    async with database.transaction() as session:
        await repository.set_mark(session, now)
