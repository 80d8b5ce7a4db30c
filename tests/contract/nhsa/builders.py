"""People, bills, profiles and environments that tests of this integration are made from."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from integrations.spi import (
    Bill,
    BillLine,
    Diagnosis,
    Environment,
    Exchange,
    PartyView,
    Person,
    PersonKey,
)

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HOSPITAL = "H44010600001"
PHARMACY = "P44010600002"
SIGN_NO = "440100H4401060000100000001"


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


TIF = {"type": "tif", "paasid": "demo_hospital", "secret": "0123456789abcdef"}


def profile_at(base: str, *, pharmacy: bool = False, **changes: Any) -> dict[str, Any]:
    """The profile of the hospital (signed gateway) or of the pharmacy (single address)."""
    gateway = TIF | {"url": f"{base}/fsi/api"}
    if pharmacy:
        gateway = {"type": "single_url", "url": f"{base}/hss-call-service-interface"}
    return {
        "fixmedins_code": PHARMACY if pharmacy else HOSPITAL,
        "fixmedins_name": "示范大药房" if pharmacy else "示范市第一人民医院",
        "admvs": "440100",
        "gateway": gateway,
        "sign_no": "" if pharmacy else SIGN_NO,
        "readers": ["RDR-0002" if pharmacy else "RDR-0001"],
        "ec_query_url": f"{base}/ec/query",
        "regional_grant": not pharmacy,
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
