"""The plugin at a desk, before a running sandbox."""

from dataclasses import dataclass, field
from typing import Any

import aiohttp

from integrations.spi import (
    Bill,
    CancelRegistration,
    CancelSettlement,
    CardRead,
    CredentialRequest,
    Exchange,
    FusedCode,
    LinkRequest,
    Numbers,
    PartyView,
    Person,
    Prepared,
    PreSettle,
    Purpose,
    Query,
    Register,
    Reverse,
    RevokeUpload,
    ScannedCode,
    Scene,
    Settle,
    Split,
    Upload,
    ValidateRequest,
)
from tests.contract.nhsa.builders import Clock


@dataclass
class World:
    """One opened plugin, one party, one visit."""

    plugin: Any
    party: PartyView
    clock: Clock
    http: aiohttp.ClientSession
    seen: list[Exchange]
    scene: Scene = Scene.OUTPATIENT_SETTLEMENT
    sequence: int = 0
    subject: str = ""
    credential: bytes = b""
    continuation: bytes = b""
    last: Prepared | None = None
    kept: dict[str, Any] = field(default_factory=dict)

    def numbers(self) -> Numbers:
        self.sequence += 1
        return Numbers(serial=self.sequence, sequence=self.sequence, instant=self.clock())

    async def link(self, who: Person, choice: str = "") -> Any:
        request = LinkRequest(
            person=who,
            reference=f"link{who.document_number[-8:]}",
            choice=choice,
            now=self.clock(),
        )
        linked = await self.plugin.link(request)
        self.subject = getattr(linked, "subject", self.subject)
        return linked

    async def obtain(self, who: Person | None, evidence: Any, scene: Scene | None = None) -> Any:
        request = CredentialRequest(
            subject=self.subject,
            person=who,
            evidence=evidence,
            purpose=Purpose.SETTLEMENT,
            scene=scene or self.scene,
            party=self.party,
            now=self.clock(),
        )
        obtained = await self.plugin.obtain(request)
        self.credential = getattr(obtained, "credential", self.credential)
        return obtained

    async def show_card(self, who: Person) -> Any:
        reader = "RDR-0001" if self.party.kind == "hospital" else "RDR-0002"
        return await self.obtain(
            who, CardRead(reader=reader, card="id_card", number=who.document_number)
        )

    async def show_code(self, who: Person, scene: Scene) -> Any:
        self.kept["scan"] = self.kept.get("scan", 0) + 1
        return await self.obtain(who, FusedCode(reference=f"scan{self.kept['scan']}"), scene)

    async def mint(self, who: Person) -> ScannedCode:
        async with self.http.post(
            "/_sandbox/ec-codes", json={"certno": who.document_number}
        ) as answer:
            return ScannedCode(family="nhsa_ec", text=(await answer.json())["code"])

    async def validate(self, purpose: Purpose, **changes: Any) -> Any:
        values: dict[str, Any] = {
            "subject": self.subject,
            "purpose": purpose,
            "scene": self.scene,
            "party": self.party,
            "credential": self.credential,
            "now": self.clock(),
        }
        return await self.plugin.validate(ValidateRequest(**(values | changes)))

    def prepare(self, request: Any) -> Any:
        prepared = self.plugin.prepare(request, self.continuation, self.numbers(), self.party)
        if isinstance(prepared, Prepared):
            self.last = prepared
        return prepared

    async def perform(self, prepared: Prepared) -> Any:
        outcome = await self.plugin.perform(prepared, self.party)
        self.continuation = getattr(outcome, "continuation", self.continuation)
        return outcome

    async def do(self, request: Any) -> Any:
        prepared = self.prepare(request)
        return await self.perform(prepared) if isinstance(prepared, Prepared) else prepared

    async def query(self, prepared: Prepared | None = None, *, undone: bool = False) -> Any:
        asked = prepared or self.last
        assert asked is not None
        query = Query(
            prepared=asked,
            continuation=self.continuation,
            undo_acknowledged=undone,
            now=self.clock(),
        )
        answer = await self.plugin.query(query, self.party)
        self.continuation = getattr(answer, "continuation", self.continuation)
        return answer

    def registration(self, number: str = "V0001") -> Register:
        return Register(
            subject=self.subject,
            credential=self.credential,
            visit_number=number,
            department_code="0301",
            department_name="心血管内科",
            doctor_code="D0001",
            doctor_name="何医生",
            operator="OP01",
            at=self.clock(),
        )

    def upload(self, bill: Bill) -> Upload:
        return Upload(subject=self.subject, credential=b"", bill=bill)

    def pre_settlement(self, bill: Bill, *, use_account: bool = True) -> PreSettle:
        return PreSettle(
            subject=self.subject,
            credential=self.credential,
            bill=bill,
            use_account=use_account,
        )

    def settlement(self, bill: Bill, shown: Split, *, use_account: bool = True) -> Settle:
        return Settle(
            subject=self.subject,
            credential=self.credential,
            bill=bill,
            use_account=use_account,
            shown=shown,
        )

    def settlement_undo(self) -> CancelSettlement:
        return CancelSettlement(subject=self.subject, credential=b"", operator="OP01")

    def upload_undo(self, batch: str = "B1") -> RevokeUpload:
        return RevokeUpload(subject=self.subject, credential=b"", batch=batch, operator="OP01")

    def registration_undo(self) -> CancelRegistration:
        return CancelRegistration(subject=self.subject, credential=b"", operator="OP01")

    def reversal(self, prepared: Prepared) -> Reverse:
        return Reverse(
            subject=self.subject,
            credential=b"",
            original=prepared.reference,
            operation=prepared.operation,
            operator="OP01",
        )

    async def fault(self, kind: str, operation: str, **more: Any) -> None:
        fault = {"kind": kind, "operation": operation} | more
        async with self.http.post("/_sandbox/faults", json=fault) as answer:
            assert 201 == answer.status

    async def books(self) -> dict[str, Any]:
        async with self.http.get("/_sandbox/books") as answer:
            return await answer.json()

    async def to_pre_settled(self, who: Person, bill: Bill) -> Split:
        """Come to the point where only the settlement is missing."""
        await self.show_card(who)
        await self.do(self.registration())
        await self.do(self.upload(bill))
        outcome = await self.do(self.pre_settlement(bill))
        return outcome.result.split
