"""Transactions over the store: one writer at a time; what is not committed is lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, Protocol

from sqlalchemy.exc import DBAPIError

from tests.simulation.storage.answers import Rows
from tests.simulation.storage.rules import broken, shape_of
from tests.simulation.storage.statements import carry_out
from tests.simulation.storage.tables import Changed, DuplicateError, Store, View
from wallet.db.session import translated

_SQLITE = SimpleNamespace(dialect=SimpleNamespace(name="sqlite"))
# something always waits to be written, so that no statement goes past it (`wallet.db.kept`)
_SYNC = SimpleNamespace(new=(None,), dirty=(), deleted=())
_NOTHING: dict[str, Any] = {}


class Surroundings(Protocol):
    """
    What may happen to a transaction.
    """

    async def before(self, *, writing: bool) -> None:
        """
        Let time pass before it begins; raise what a database may raise then.
        """
        ...

    def committed(self, changes: list[Changed]) -> None:
        """
        Look at what has just become true; raise where the answer to the commit gets lost.
        """
        ...

    def free(self) -> Any:
        """
        Return the lock that a writer holds.
        """
        ...


class Session:
    """
    As much of an `AsyncSession` as the wallet uses on the way of money.
    """

    sync_session = _SYNC

    def __init__(self, store: Store) -> None:
        self.view = View(store)
        self.info: dict[str, Any] = {}
        self.after_commit: list[Any] = []
        self._new: list[Any] = []

    def add(self, row: Any) -> None:
        """
        Add a row at the next flush.
        """
        self._new.append(row)

    async def flush(self) -> None:
        """
        Write what was added.
        """
        self.write()

    async def execute(self, statement: Any, given: Any = None, **_options: Any) -> Rows:
        """
        Carry out a statement.
        """
        self.write()
        return carry_out(self.view, statement, given or _NOTHING)

    async def get(self, model: Any, key: tuple[Any, ...], **_options: Any) -> Any:
        """
        Return a row by its key, or None.
        """
        self.write()
        row = self.view.get(model.__table__.name, key)
        return None if row is None else SimpleNamespace(**row)

    def get_bind(self) -> Any:
        """
        Tell which dialect statements are to be written in.
        """
        return _SQLITE

    def write(self) -> None:
        """
        Write what was added.

        Raises:
            IntegrityError: it breaks a rule of its table.
        """
        while self._new:
            row = self._new.pop(0)
            shape = shape_of(row.__table__)
            try:
                self.view.insert(shape, {name: getattr(row, name) for name in shape.columns})
            except DuplicateError as fault:
                raise broken(f"not unique: {fault}") from None


class MemoryDatabase:
    """
    Hands out transactions, as `wallet.db.session.Database` does.
    """

    def __init__(self, store: Store, surroundings: Surroundings) -> None:
        self._store = store
        self._around = surroundings

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """
        Open a transaction, commit it at the end, lose it on any exception.
        """
        await self._around.before(writing=True)
        async with self._around.free():
            session = Session(self._store)
            try:
                yield session
                session.write()
            except DBAPIError as fault:
                raise translated(fault) from fault
            changes = session.view.changes()
            session.view.commit()
            for done in session.after_commit:
                done()
            self._around.committed(changes)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        """
        Open a transaction that only reads.
        """
        await self._around.before(writing=False)
        yield Session(self._store)
