"""
The single records in the platform's books; none of them prints what is personal.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from integrations.nhsa.sandbox.benefits import LineSplit, Split
from integrations.nhsa.sandbox.people import Insurance, Person
from integrations.nhsa.sandbox.wire import CHINA

Fen = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


@dataclass(kw_only=True, repr=False)
class Line:
    """
    One uploaded fee line: the fields as sent and its division.
    """

    sent: dict[str, str]
    split: LineSplit

    @property
    def number(self) -> str:
        """
        `feedetl_sn`, unique within the visit.
        """
        return self.sent["feedetl_sn"]

    @property
    def batch(self) -> str:
        """
        `chrg_bchno`.
        """
        return self.sent["chrg_bchno"]


class PreSettlement(msgspec.Struct, frozen=True, kw_only=True):
    """
    What 2206 showed for a batch, as far as 2207 has to repeat it.
    """

    request: dict[str, str]
    amounts: dict[str, int]


@dataclass(kw_only=True, repr=False)
class Visit:
    """
    One visit; `details` are the fields of 2203, empty before it.
    """

    mdtrt_id: str
    msgid: str
    fixmedins_code: str
    person: Person
    insurance: Insurance
    opened: dict[str, str]
    details: dict[str, str] = field(default_factory=dict)
    diagnoses: list[dict[str, str]] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)
    pre_settlements: dict[str, PreSettlement] = field(default_factory=dict)
    cancelled: bool = False

    @property
    def ipt_otp_no(self) -> str:
        """
        The institution's own number of the visit.
        """
        return self.opened["ipt_otp_no"]

    def batch(self, chrg_bchno: str) -> list[Line]:
        """
        The lines of one batch, in the order of arrival.
        """
        return [line for line in self.lines.values() if line.batch == chrg_bchno]


@dataclass(kw_only=True, repr=False)
class Settlement:
    """
    One settlement, or (with `cancels`) the mirrored record of its cancellation.

    `status` is `settled`, `cancelled` (by 2208) or `reversed` (by 2601, as if it had never been).
    """

    setl_id: str
    msgid: str
    mdtrt_id: str
    fixmedins_code: str
    person: Person
    insurance: Insurance
    request: dict[str, str]
    split: Split
    pool_prop_selfpay_bp: int
    balance_after: int
    settled_at: datetime
    status: Literal["settled", "cancelled", "reversed"] = "settled"
    cancels: str = ""
    cancelled_by: str = ""

    @property
    def batch(self) -> str:
        """
        `chrg_bchno`.
        """
        return self.request["chrg_bchno"]

    @property
    def year(self) -> int:
        """
        The insurance year it counts in.
        """
        return self.settled_at.astimezone(CHINA).year


class Executed(msgspec.Struct, frozen=True):
    """
    A state-changing message that was carried out, and what it made (`setl_id`, `mdtrt_id`).
    """

    infno: str
    psn_no: str
    made: str


class Tombstone(msgspec.Struct, frozen=True):
    """
    A message that 2601 declared void, whether it had arrived or not.
    """

    infno: str
    psn_no: str
    undone: bool


@dataclass(kw_only=True, repr=False)
class EcCode:
    """
    A minted 28-digit 医保码; an empty scene fits every scene.
    """

    person: Person
    scene: str
    expires_at: datetime
    used: bool = False


@dataclass(kw_only=True, repr=False)
class EcToken:
    """
    A credential for one session of one person at one institution in one scene.
    """

    person: Person
    fixmedins_code: str
    scene: str
    expires_at: datetime
    mdtrt_id: str = ""
    spent_by: str = ""


class Drift(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    What is spent elsewhere just before the next 2207 (of `psn_no`, or of anybody); fen.

    It stays spent: the person used account, mutual aid or yearly pool at another place.
    """

    psn_no: str = ""
    account_minus: Fen = 0
    mutual_aid_minus: Fen = 0
    pool_plus: Fen = 0


@dataclass
class Purse:
    """
    Balances and what was used this year, of one insurance; fen.
    """

    account: int
    deductible_used: dict[int, int]
    pool_used: dict[int, int]
    large_used: dict[int, int]


def purse_key(person: Person, insurance: Insurance) -> tuple[str, str, str]:
    """
    What a purse is found by.
    """
    return (person.psn_no, insurance.insutype, insurance.place)
