"""The plugin at two desks, before a running sandbox."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import aiohttp
import msgspec

from integrations.spi import (
    Bill,
    BillLine,
    CancelRegistration,
    CancelSettlement,
    CardRead,
    CredentialRequest,
    Diagnosis,
    Environment,
    Exchange,
    FusedCode,
    LinkRequest,
    Numbers,
    PartyView,
    Person,
    PersonKey,
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

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HOSPITAL = "H44010600001"
PHARMACY = "P44010600002"


def person(name: str, number: str, sex: str) -> Person:
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return Person(
        name=name,
        document_type=PersonKey.ID_CARD,
        document_number=number,
        birth_date=born,
        sex=sex,
    )


ZHANG = person("张秀英", "440106195603124028", "F")
LI = person("李明", "440104198807213314", "M")
WANG = person("王芳", "430102199211022226", "F")
LIU = person("刘洋", "440103199001153138", "M")
SUN = person("孙丽", "44011119851224626X", "F")
ZHOU = person("周杰", "440112198304075175", "M")


class Clock:
    """Stands still until it is told to move."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Tokens:
    """Random bytes that never repeat and always are the same."""

    def __init__(self) -> None:
        self._drawn = 0

    def __call__(self, size: int) -> bytes:
        self._drawn += 1
        return hashlib.shake_256(str(self._drawn).encode()).digest(size)


def profile_of(institution: Any, base: str, **changes: Any) -> dict[str, Any]:
    """The party profile that fits an institution of the sandbox at an address."""
    tif = institution.profile == "tif"
    gateway = (
        {
            "type": "tif",
            "url": f"{base}/fsi/api",
            "paasid": institution.paasid,
            "secret": institution.secret,
        }
        if tif
        else {"type": "single_url", "url": f"{base}/hss-call-service-interface"}
    )
    return {
        "fixmedins_code": institution.fixmedins_code,
        "fixmedins_name": institution.fixmedins_name,
        "admvs": institution.division,
        "gateway": gateway,
        "sign_no": institution.sign_no,
        "readers": list(institution.readers),
        "ec_query_url": f"{base}/ec/query",
        "regional_grant": institution.regional_grant,
        "grant_url": f"{base}/grant/ectoken",
    } | changes


def party_of(profile: dict[str, Any]) -> PartyView:
    kind = "hospital" if profile["fixmedins_code"].startswith("H") else "pharmacy"
    return PartyView(
        id="party-1",
        name=profile["fixmedins_name"],
        kind=kind,
        profile=msgspec.json.encode(profile),
    )


def environment(
    clock: Callable[[], datetime], observe: Callable[[Exchange], None], **settings: Any
) -> Environment:
    return Environment(
        settings=msgspec.json.encode(settings), now=clock, token=Tokens(), observe=observe
    )


HOSPITAL_LINES = (
    ("001102000010000-110200001", "普通门诊诊查费", 10_000, 25_000_000, 2500),
    ("XC08CAA171A001010100001", "苯磺酸氨氯地平片", 40_000, 9_500_000, 3800),
    ("XC09CAX104E001010100002", "缬沙坦胶囊", 20_000, 25_300_000, 5060),
)
PHARMACY_LINES = (
    ("XC08CAA171A001010100001", "苯磺酸氨氯地平片", 40_000, 9_500_000, 3800),
    ("XC09CAX104E001010100002", "缬沙坦胶囊", 20_000, 25_300_000, 5060),
)


def bill_of(
    batch: str = "B1",
    *,
    med_type: str = "11",
    lines: tuple[tuple[str, str, int, int, int], ...] = HOSPITAL_LINES,
    **changes: Any,
) -> Bill:
    made = tuple(
        BillLine(
            number=f"{batch}L{number}",
            catalogue_code=code,
            hospital_code=f"HC{number}",
            name=name,
            quantity_e4=quantity,
            price_e6=price,
            amount_minor=amount,
        )
        for number, (code, name, quantity, price, amount) in enumerate(lines, 1)
    )
    values: dict[str, Any] = {
        "batch": batch,
        "med_type": med_type,
        "department_code": "0301",
        "department_name": "心血管内科",
        "doctor_code": "D0001",
        "doctor_name": "何医生",
        "diagnoses": (Diagnosis(code="I10.x00", name="特发性高血压"),),
        "lines": made,
        "total_minor": sum(line.amount_minor for line in made),
        "operator": "OP01",
        "issued_at": START,
    }
    return Bill(**(values | changes))


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
