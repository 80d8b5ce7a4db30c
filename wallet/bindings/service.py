"""
Bindings: linking a resident to an integration, and what resolving needs of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import Fields, Linked
from wallet.bindings import repository
from wallet.bindings.models import BindingRow
from wallet.clock import Clock
from wallet.errors import OverloadedError
from wallet.ids import Ids
from wallet.vault.service import Keep, Place, Unlocked, Vault

KIND: Final = "bnd"
_TRIES: Final = 3  # the second sees what the first ran into
_fields: Final = msgspec.json.Decoder(Fields)


class Snapshot(Struct, frozen=True, kw_only=True):
    """
    The last validated answer and when it was given.
    """

    fields: Fields
    validated_at: datetime

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "Snapshot(…)"


class Binding(Struct, frozen=True, kw_only=True):
    """
    A binding; `subject` is for its integration alone.
    """

    resident_id: int
    binding_id: int
    context: str
    integration_id: str
    subject: str
    label: str
    status: str
    is_default: bool
    version: int
    created_at: datetime
    snapshot: Snapshot | None = None

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Binding({self.integration_id!r}, {self.status!r})"


class Sealed(Struct, frozen=True, kw_only=True):
    """
    A live default binding as it lies in the database, read by a statement of the caller's own.
    """

    resident_id: int
    binding_id: int
    context: str
    integration_id: str
    subject: bytes
    snapshot: bytes | None
    validated_at: datetime | None
    version: int
    created_at: datetime


class BindingsService:
    """
    Keeps bindings.
    """

    def __init__(self, *, clock: Clock, ids: Ids, vault: Vault) -> None:
        self._clock = clock
        self._ids = ids
        self._vault = vault

    async def live(self, session: AsyncSession, resident_id: int) -> Sequence[Binding]:
        """
        Return the resident's live bindings, oldest first.
        """
        rows = await repository.live(session, resident_id)
        return [await self._value(session, row) for row in rows]

    async def defaults(self, session: AsyncSession, resident_id: int) -> dict[str, Binding]:
        """
        Return the default binding per context.
        """
        return {
            row.context: await self._value(session, row)
            for row in await repository.live(session, resident_id)
            if row.is_default
        }

    async def default(
        self, session: AsyncSession, resident_id: int, context: str
    ) -> Binding | None:
        """
        Return the default binding of one context.
        """
        return (await self.defaults(session, resident_id)).get(context)

    async def binding(
        self, session: AsyncSession, resident_id: int, binding_id: int
    ) -> Binding | None:
        """
        Return one binding, live or ended.
        """
        row = await repository.one(session, resident_id, binding_id)
        return None if row is None else await self._value(session, row)

    async def ended(self, session: AsyncSession, resident_id: int, integration_id: str) -> int:
        """
        Return how many bindings to an integration have ended.
        """
        return await repository.ended(session, resident_id, integration_id)

    def opened(self, sealed: Sealed, keys: Unlocked) -> Binding:
        """
        Return a live default binding from its row; its label, which no desk sees, stays shut.
        """

        def plain(column: str, content: bytes) -> bytes:
            place = Place(table="bindings", column=column, row=str(sealed.binding_id))
            return keys.decrypt(Keep.WALLET, place, content)

        snapshot = None
        if sealed.snapshot is not None and sealed.validated_at is not None:
            fields = _fields.decode(plain("snapshot", sealed.snapshot))
            snapshot = Snapshot(fields=fields, validated_at=sealed.validated_at)
        return Binding(
            resident_id=sealed.resident_id,
            binding_id=sealed.binding_id,
            context=sealed.context,
            integration_id=sealed.integration_id,
            subject=plain("subject", sealed.subject).decode(),
            label="",
            status="live",
            is_default=True,
            version=sealed.version,
            created_at=sealed.created_at,
            snapshot=snapshot,
        )

    async def keep(
        self,
        session: AsyncSession,
        resident_id: int,
        context: str,
        integration_id: str,
        linked: Linked,
    ) -> Binding:
        """
        Keep a fresh link; it becomes the context's default when there is none.

        Linking an integration again replaces its binding, unless it names the same subject.

        Raises:
            OverloadedError: the resident links in several places at once.
        """
        values = await self._values(session, resident_id, linked)
        values |= {"context": context, "integration_id": integration_id}
        for _ in range(_TRIES):
            standing = await repository.locked(session, resident_id)
            former = next((row for row in standing if row.integration_id == integration_id), None)
            if former is not None:
                binding = await self._value(session, former)
                if binding.subject == linked.subject:
                    return binding
                await repository.end(session, resident_id, former.binding_id, values["created_at"])
            values["is_default"] = not any(
                row.is_default and row.context == context for row in standing if row is not former
            )
            if await repository.add(session, values):
                return await self._value(session, BindingRow(**values))
        raise OverloadedError(retry_after_seconds=1)

    async def end(self, session: AsyncSession, binding: Binding) -> bool:
        """
        End a binding; the oldest other one of its context becomes the default.

        Returns:
            False when it had ended before.
        """
        standing = await repository.locked(session, binding.resident_id)
        row = next((row for row in standing if row.binding_id == binding.binding_id), None)
        if row is None:
            return False
        was_default = row.is_default
        await repository.end(session, row.resident_id, row.binding_id, self._clock.now())
        heirs = [r.binding_id for r in standing if r.context == row.context and r is not row]
        if was_default and heirs:
            await repository.set_default(session, row.resident_id, row.context, heirs[0])
        return True

    async def make_default(self, session: AsyncSession, binding: Binding) -> bool:
        """
        Make a live binding the default of its context; False when it has ended.
        """
        standing = await repository.locked(session, binding.resident_id)
        if binding.binding_id not in {row.binding_id for row in standing}:
            return False
        await repository.set_default(
            session, binding.resident_id, binding.context, binding.binding_id
        )
        return True

    async def keep_snapshot(
        self, session: AsyncSession, resident_id: int, binding_id: int, fields: Fields
    ) -> None:
        """
        Keep the answer that was just validated.
        """
        place = Place(table="bindings", column="snapshot", row=str(binding_id))
        plain = msgspec.json.encode(fields)
        sealed = await self._vault.encrypt(session, resident_id, Keep.WALLET, place, plain)
        await repository.keep_snapshot(session, resident_id, binding_id, sealed, self._clock.now())

    async def forget_snapshot(
        self, session: AsyncSession, resident_id: int, binding_id: int
    ) -> None:
        """
        Forget the last validated answer, because the integration has refused since.
        """
        await repository.keep_snapshot(session, resident_id, binding_id, None, None)

    async def _values(
        self, session: AsyncSession, resident_id: int, linked: Linked
    ) -> dict[str, Any]:
        binding_id = self._ids.local()
        return {
            "resident_id": resident_id,
            "binding_id": binding_id,
            "subject": await self._seal(
                session, resident_id, binding_id, "subject", linked.subject
            ),
            "label": await self._seal(session, resident_id, binding_id, "label", linked.label),
            "status": "live",
            "version": 1,
            "snapshot": None,
            "validated_at": None,
            "created_at": self._clock.now(),
            "ended_at": None,
        }

    async def _value(self, session: AsyncSession, row: BindingRow) -> Binding:
        snapshot = None
        if row.snapshot is not None and row.validated_at is not None:
            plain = await self._open(session, row, "snapshot", row.snapshot)
            fields = _fields.decode(plain)
            snapshot = Snapshot(fields=fields, validated_at=row.validated_at)
        return Binding(
            resident_id=row.resident_id,
            binding_id=row.binding_id,
            context=row.context,
            integration_id=row.integration_id,
            subject=(await self._open(session, row, "subject", row.subject)).decode(),
            label=(await self._open(session, row, "label", row.label)).decode(),
            status=row.status,
            is_default=row.is_default,
            version=row.version,
            created_at=row.created_at,
            snapshot=snapshot,
        )

    async def _seal(
        self, session: AsyncSession, resident_id: int, binding_id: int, column: str, plain: str
    ) -> bytes:
        place = Place(table="bindings", column=column, row=str(binding_id))
        return await self._vault.encrypt(session, resident_id, Keep.WALLET, place, plain.encode())

    async def _open(
        self, session: AsyncSession, row: BindingRow, column: str, sealed: bytes
    ) -> bytes:
        place = Place(table="bindings", column=column, row=str(row.binding_id))
        return await self._vault.decrypt(session, row.resident_id, Keep.WALLET, place, sealed)
