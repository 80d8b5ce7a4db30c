"""
Who shows the code: proof before the transaction, consumption inside it.
"""

from collections.abc import Callable, Mapping
from functools import partial

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

import codes
from codes import Accepted, ParsedCode
from integrations.registry import Registry
from integrations.spi import (
    Decoded,
    DecodeRequest,
    Decoding,
    Refused,
    ScannedCode,
    UnavailableError,
)
from wallet.bindings.errors import IntegrationUnavailableError
from wallet.calls.guard import Guard
from wallet.clock import Clock, seconds
from wallet.db.session import Database
from wallet.devices.service import Consumed, DevicesService, Unusable
from wallet.errors import RateLimitedError, WalletError
from wallet.http.callers import TerminalCaller
from wallet.parties.service import PartiesService
from wallet.residents.service import ResidentsService
from wallet.resolving import reading
from wallet.resolving.errors import (
    CodeExpiredError,
    CodeNotAcceptedError,
    CodeNotYetValidError,
    CodeRevokedError,
    CodeUnsupportedError,
    CodeUsedError,
    DeviceFrozenError,
)
from wallet.resolving.reading import Barcode, Foreign, Scanned, WrongProof
from wallet.resolving.schemas import Resolve
from wallet.vault.service import Vault

FOREIGN_LEVEL = 2


class Foreigner(Struct, frozen=True, kw_only=True):
    """
    A foreign code that its integration decoded.
    """

    integration_id: str
    context: str
    decoded: Decoded


class Held(Struct, frozen=True, kw_only=True):
    """
    A consumed code.

    Attributes:
        resident_id: whose.
        device_no: which device; 0 when none of ours.
        method: ``otp``, ``signed``, ``barcode`` or ``foreign``.
        contexts: what the code can stand for; empty means everything that is linked.
        credentials: what decoding gave, by integration id.
        subjects: what decoding gave, by integration id, where the resident has no binding.
    """

    resident_id: int
    device_no: int
    method: str
    contexts: tuple[str, ...] = ()
    credentials: Mapping[str, bytes] = {}
    subjects: Mapping[str, str] = {}

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
        decoder: "Decoder",
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
            case Foreigner(integration_id=integration_id, decoded=decoded):
                resident_id = await self._residents.match_or_create(
                    session, decoded.person, FOREIGN_LEVEL
                )
                return Held(
                    resident_id=resident_id,
                    device_no=0,
                    method="foreign",
                    contexts=(proven.context,),
                    credentials={integration_id: decoded.credential},
                    subjects={integration_id: decoded.subject},
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
            key = await self._devices.public_key(session, opened.resident_id, opened.device_no)
        if key is None:
            raise CodeNotAcceptedError
        verified = codes.verify_signed(opened, key, now_seconds)
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


class Decoder:
    """
    Gives foreign codes to the integration that knows them.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        registry: Registry,
        guard: Guard,
        parties: PartiesService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._registry = registry
        self._guard = guard
        self._parties = parties

    async def decode(self, caller: TerminalCaller, scan: Resolve, foreign: Foreign) -> Foreigner:
        """
        Ask who shows a foreign code.

        Raises:
            CodeUnsupportedError: no integration decodes this family; `family` names it.
            CodeNotAcceptedError: the integration refused the code.
            IntegrationUnavailableError: it did not answer.
        """
        owner = self._registry.owner_of(foreign.family)
        decoding = self._registry.decoder_of(foreign.family)
        if owner is None or decoding is None:
            raise CodeUnsupportedError(family=foreign.family)
        manifest = owner.manifest
        async with self._database.reading() as session:
            party = await self._parties.view(session, caller.party_id, manifest.id)
        request = DecodeRequest(
            code=ScannedCode(family=foreign.family, text=foreign.text),
            purpose=scan.purpose,
            scene=scan.scene,
            party=party,
            now=self._clock.now(),
        )
        decoded = await self._asked(decoding, manifest.id, manifest.deadlines.validate_ms, request)
        if isinstance(decoded, Refused):
            raise CodeNotAcceptedError(refusal=decoded.code)
        return Foreigner(integration_id=manifest.id, context=manifest.context, decoded=decoded)

    async def _asked(
        self, decoding: Decoding, integration_id: str, deadline_ms: int, request: DecodeRequest
    ) -> Decoded | Refused:
        try:
            return await self._guard.run(
                integration_id,
                deadline_ms,
                lambda: decoding.decode(request),
                expected=(Decoded, Refused),
            )
        except UnavailableError:
            raise IntegrationUnavailableError(retry_after_seconds=2) from None


_ERRORS: Mapping[Unusable, Callable[[], WalletError]] = {
    Unusable.USED: CodeUsedError,
    Unusable.REPEATED: partial(CodeUsedError, holder_check=1),
    Unusable.OLDER: partial(CodeUsedError, holder_check=1),
    Unusable.EXPIRED: CodeExpiredError,
    Unusable.FROZEN: DeviceFrozenError,
    Unusable.REVOKED: CodeRevokedError,
    Unusable.DRIFT: CodeNotYetValidError,
    Unusable.UNKNOWN: CodeNotAcceptedError,
    Unusable.OVER_BUDGET: partial(RateLimitedError, retry_after_seconds=60),
}


def refusal(reason: Unusable) -> WalletError:
    """
    Return the error that stands for a code that cannot be consumed.
    """
    return _ERRORS[reason]()
