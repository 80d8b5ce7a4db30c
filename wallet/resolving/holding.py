"""
Who shows the code: proof before the transaction, consumption inside it.
"""

import asyncio
from typing import Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

import codes
from codes import Accepted, ParsedCode
from wallet.clock import Clock, seconds
from wallet.db.session import Database
from wallet.devices.service import Consumed, DevicesService, Unusable
from wallet.errors import RateLimitedError, WalletError
from wallet.http.callers import TerminalCaller
from wallet.presentations.service import FOREIGN, Brought
from wallet.residents.errors import DocumentInvalidError
from wallet.residents.service import ResidentsService
from wallet.resolving import reading
from wallet.resolving.decoding import Decoder, Foreigner
from wallet.resolving.errors import CodeNotAcceptedError
from wallet.resolving.reading import Barcode, Foreign, Scanned, WrongProof
from wallet.resolving.refusals import refusal
from wallet.resolving.schemas import Resolve
from wallet.vault.errors import KeyDestroyedError
from wallet.vault.service import Vault

__all__ = ("Decoder", "Held", "Holder", "Proven")

NO_DEVICE: Final = -1  # 0 is the server's own, whose clone alarm is none of a foreign code's
FOREIGN_LEVEL: Final = 2


class Held(Struct, frozen=True, kw_only=True):
    """
    A consumed code.

    Attributes:
        resident_id: whose.
        device_no: which device; `NO_DEVICE` when none of ours.
        method: ``otp``, ``signed``, ``barcode`` or ``foreign``.
        brought: what decoding gave, where it was a foreign code.
    """

    resident_id: int
    device_no: int
    method: str
    brought: Brought | None = None

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Held({self.method!r})"


Proven = Accepted | Barcode | Foreigner


class Holder:
    """
    Proves and consumes codes.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        vault: Vault,
        devices: DevicesService,
        residents: ResidentsService,
        decoder: Decoder,
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._devices = devices
        self._residents = residents
        self._decoder = decoder

    async def prove(self, caller: TerminalCaller, scan: Resolve, scanned: Scanned) -> Proven:
        """
        Check the code's proof; a one-time password that is right needs no database.

        Raises:
            WalletError: one of the ``CODE_…`` errors, or ``RATE_LIMITED`` after too many wrong
                one-time passwords.
        """
        match scanned:
            case Barcode():
                return scanned
            case Foreign():
                return await self._decoder.decode(caller, scan, scanned)
            case ParsedCode():
                return await self._fusion(caller, scanned)

    def allow(self, scan: Resolve, foreign: Foreign) -> None:
        """
        Insist that somebody here decodes a foreign code for what is asked; costs nothing.

        Raises:
            CodeUnsupportedError: nobody does.
        """
        self._decoder.owner(scan, foreign)

    async def hold(
        self, session: AsyncSession, caller: TerminalCaller, proven: Proven
    ) -> Held | WalletError:
        """
        Consume the code. What is refused is a value, so that the alarm it may raise is kept.
        """
        match proven:
            case Accepted():
                return await self._consumed(session, caller, proven)
            case Barcode(digest=digest):
                return await self._redeemed(session, caller, digest)
            case Foreigner():
                return await self._matched(session, proven)

    async def _matched(self, session: AsyncSession, foreigner: Foreigner) -> Held | WalletError:
        try:
            resident_id = await self._residents.match_or_create(
                session, foreigner.person, FOREIGN_LEVEL
            )
        except (DocumentInvalidError, KeyDestroyedError):
            return CodeNotAcceptedError()
        return Held(
            resident_id=resident_id,
            device_no=NO_DEVICE,
            method=FOREIGN,
            brought=foreigner.brought,
        )

    async def _fusion(self, caller: TerminalCaller, parsed: ParsedCode) -> Accepted:
        now_seconds = seconds(self._clock.now())
        verified = reading.verify(parsed, self._vault.code_ring, now_seconds)
        match verified:
            case Accepted():
                return verified
            case WrongProof(resident_id=resident_id, device_no=device_no):
                await self._count_wrong(caller, resident_id, device_no)
                raise CodeNotAcceptedError
            case _:
                return await self._signed(caller, verified, now_seconds)

    async def _signed(
        self, caller: TerminalCaller, opened: codes.Opened, now_seconds: int
    ) -> Accepted:
        async with self._database.reading() as session:
            key = await self._devices.public_key(session, opened)
        if isinstance(key, Unusable):
            raise refusal(key)
        verified = await _signature_checked(opened, key, now_seconds)
        if isinstance(verified, Accepted):
            return verified
        if verified.code is codes.RefusalCode.CODE_NOT_ACCEPTED:
            await self._count_wrong(caller, opened.resident_id, opened.device_no)
        raise reading.judged(verified)

    async def _count_wrong(self, caller: TerminalCaller, resident_id: int, device_no: int) -> None:
        async with self._database.transaction() as session:
            over = await self._devices.count_failure(
                session,
                party_id=caller.party_id,
                terminal_id=caller.terminal_id,
                resident_id=resident_id,
                device_no=device_no,
            )
        if over:
            raise RateLimitedError(retry_after_seconds=60)

    async def _consumed(
        self, session: AsyncSession, caller: TerminalCaller, accepted: Accepted
    ) -> Held | WalletError:
        consumed = await self._devices.consume(session, caller, accepted)
        if isinstance(consumed, Consumed):
            return Held(
                resident_id=accepted.resident_id,
                device_no=accepted.device_no,
                method=accepted.profile.name.lower(),
            )
        return refusal(consumed)

    async def _redeemed(
        self, session: AsyncSession, caller: TerminalCaller, digest: bytes
    ) -> Held | WalletError:
        redeemed = await self._devices.redeem(session, caller, digest)
        if isinstance(redeemed, Unusable):
            return refusal(redeemed)
        return Held(
            resident_id=redeemed.resident_id, device_no=redeemed.device_no, method="barcode"
        )


async def _signature_checked(
    opened: codes.Opened, key: codes.PublicKey, now_seconds: int
) -> codes.Verification:
    if key.suite is codes.Suite.NATIONAL:
        # SM2 takes long enough for others to notice
        return await asyncio.to_thread(codes.verify_signed, opened, key, now_seconds)
    return codes.verify_signed(opened, key, now_seconds)
