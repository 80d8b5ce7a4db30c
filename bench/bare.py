"""
The partner calls of a checkout, made by the integrations alone: no wallet, no database.

The same calls in the same order, those of one scan at once, each answer fed into the next call.
"""

import asyncio
import secrets
import time
from itertools import count
from typing import Any, Final

import aiohttp
import msgspec

from bench.errand import PLACE
from bench.partners import agree
from integrations.builtin import builtin
from integrations.registry import Registry, open_integrations
from integrations.spi import (
    ActionRequired,
    Bill,
    Charge,
    CredentialRequest,
    Environment,
    Exchange,
    FusedCode,
    InsuranceRequest,
    Linked,
    LinkRequest,
    Manifest,
    Numbers,
    Obtained,
    PartyView,
    PaymentRequest,
    Person,
    PersonKey,
    Prepared,
    PreSettle,
    Purpose,
    Register,
    Scene,
    Secured,
    SecureRequest,
    Settle,
    Succeeded,
    Upload,
    ValidateRequest,
)
from wallet.cli.demo import bills, region
from wallet.cli.demo.region import Partners
from wallet.cli.demo.story import LI
from wallet.clock import SystemClock, seconds

_INSURER, _PAYER, _CARD = "nhsa", "alipay", "health_card"
_MOST_IN_SECOND: Final = 3_000


class UnexpectedAnswerError(Exception):
    """
    An integration did not do its part; the text names it.
    """


class Bare:
    """
    The three integrations, opened, and a patient who is linked to them.

    Attributes:
        exchanges: how often a partner was asked.
    """

    def __init__(self, partners: Partners) -> None:
        self._clock = SystemClock()
        self._partners = partners
        self.exchanges = 0
        self._registry = self._opened()
        self._parties = {
            name: PartyView(
                id="bench",
                name=region.HOSPITAL,
                kind="hospital",
                profile=msgspec.json.encode(profile),
            )
            for name, profile in region.party_profiles(partners, 0).items()
        }
        self._person = Person(
            name=LI.name,
            document_type=PersonKey.ID_CARD,
            document_number=LI.number,
            phone=LI.phone,
        )
        self._subjects: dict[str, str] = {}
        self._serials = count(1)

    async def prepare(self) -> None:
        """
        Link the patient.
        """
        async with aiohttp.ClientSession() as http:
            for name in (_CARD, _INSURER, _PAYER):
                linked = await self._link(name)
                if isinstance(linked, ActionRequired):
                    await agree(http, self._partners, linked.url)
                    linked = await self._link(name)
                if isinstance(linked, Linked):
                    self._subjects[name] = linked.subject

    async def close(self) -> None:
        """
        Let the integrations give up their connections.
        """
        await self._registry.close()

    async def run(self) -> float:
        """
        Make the partner calls of a checkout; return the milliseconds they took.
        """
        number = next(self._serials)
        began = time.perf_counter()
        credential = await self._scan(Purpose.REGISTRATION, Scene.OUTPATIENT_REGISTRATION)
        insured: dict[str, Any] = {"subject": self._subjects[_INSURER], "credential": credential}
        where: dict[str, Any] = PLACE
        register = Register(
            visit_number=f"V{secrets.token_hex(8)}", at=self._clock.now(), **insured, **where
        )
        _, memory = await self._performed(_INSURER, register, b"")
        credential = await self._scan(Purpose.SETTLEMENT, Scene.OUTPATIENT_SETTLEMENT)
        insured["credential"] = credential
        bill = self._bill(number)
        _, memory = await self._performed(_INSURER, Upload(bill=bill, **insured), memory)
        ask = PreSettle(bill=bill, use_account=False, **insured)
        shown, memory = await self._performed(_INSURER, ask, memory)
        secured = await self._secured(shown.split.cash_minor)
        settle = Settle(bill=bill, use_account=False, shown=shown.split, **insured)
        settled, memory = await self._performed(_INSURER, settle, memory)
        charge = Charge(
            subject=self._subjects[_PAYER],
            amount_minor=settled.split.cash_minor,
            hospital=region.HOSPITAL,
            terminal="1",
        )
        await self._performed(_PAYER, charge, secured)
        return (time.perf_counter() - began) * 1000

    async def _scan(self, purpose: Purpose, scene: Scene) -> bytes:
        """
        Ask every context that a scan asks, all at once; return the insurer's credential.
        """
        asked = [name for name in self._subjects if self._asks(name, purpose)]
        answers = await asyncio.gather(*(self._validated(name, purpose, scene) for name in asked))
        return dict(zip(asked, answers, strict=True)).get(_INSURER, b"")

    def _asks(self, name: str, purpose: Purpose) -> bool:
        """
        Tell whether a wallet would ask, or take its last answer.
        """
        manifest = self._manifest(name)
        needed = purpose in manifest.credential_purposes
        return needed or manifest.snapshot_ages.get(purpose) is None

    async def _validated(self, name: str, purpose: Purpose, scene: Scene) -> bytes:
        credential = b""
        common: dict[str, Any] = {
            "subject": self._subjects[name],
            "purpose": purpose,
            "scene": scene,
            "party": self._parties[name],
            "now": self._clock.now(),
        }
        obtaining = self._registry.credentials(name)
        if purpose in self._manifest(name).credential_purposes and obtaining is not None:
            evidence = FusedCode(reference=secrets.token_hex(16))
            request = CredentialRequest(person=self._person, evidence=evidence, **common)
            obtained = await obtaining.obtain(request)
            credential = obtained.credential if isinstance(obtained, Obtained) else b""
        integration = self._registry.get(name)
        if integration is not None:
            await integration.validate(ValidateRequest(credential=credential, **common))
        return credential

    async def _performed(
        self, name: str, request: InsuranceRequest | PaymentRequest, memory: bytes
    ) -> tuple[Any, bytes]:
        integration: Any = self._registry.get(name)
        party = self._parties[name]
        prepared = integration.prepare(request, memory, self._numbers(), party)
        if not isinstance(prepared, Prepared):
            raise UnexpectedAnswerError(f"{name} refused to prepare: {prepared}")
        outcome = await integration.perform(prepared, party)
        if not isinstance(outcome, Succeeded):
            raise UnexpectedAnswerError(f"{name} did not succeed: {outcome}")
        return outcome.result, outcome.continuation

    async def _secured(self, amount_minor: int) -> bytes:
        payment = self._registry.payment(_PAYER)
        request = SecureRequest(
            subject=self._subjects[_PAYER],
            amount_minor=amount_minor,
            party=self._parties[_PAYER],
            now=self._clock.now(),
        )
        secured = await payment.secure(request) if payment else None
        if not isinstance(secured, Secured):
            raise UnexpectedAnswerError(f"not secured: {secured}")
        return secured.continuation

    async def _link(self, name: str) -> object:
        linking = self._registry.linking(name)
        request = LinkRequest(
            person=self._person, reference=f"bench{name}".replace("_", ""), now=self._clock.now()
        )
        return await linking.link(request) if linking else None

    def _bill(self, number: int) -> Bill:
        issued = self._clock.now().isoformat()
        return msgspec.convert(
            {**bills.two_lines(), "batch": f"B{number}", "issued_at": issued}, Bill
        )

    def _numbers(self) -> Numbers:
        serial = next(self._serials)
        return Numbers(
            serial=(seconds(self._clock.now()) << 20) + serial,
            sequence=serial % _MOST_IN_SECOND + 1,
            instant=self._clock.now().replace(microsecond=0),
        )

    def _manifest(self, name: str) -> Manifest:
        integration = self._registry.get(name)
        if integration is None:
            raise LookupError(name)
        return integration.manifest

    def _opened(self) -> Registry:
        parts = msgspec.json.decode(
            region.integration_settings(self._partners), type=dict[str, msgspec.Raw]
        )

        def environment(manifest: Manifest) -> Environment:
            return Environment(
                settings=bytes(parts[manifest.id]),
                now=self._clock.now,
                token=secrets.token_bytes,
                observe=self._count,
            )

        return open_integrations(builtin(), environment)

    def _count(self, exchange: Exchange) -> None:
        del exchange
        self.exchanges += 1
