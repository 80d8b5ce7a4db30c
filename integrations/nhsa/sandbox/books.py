"""Everything the platform remembers while it runs: visits, lines, settlements, accumulators."""

import copy
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from integrations.nhsa.sandbox.benefits import LineSplit, Split, Standing
from integrations.nhsa.sandbox.people import Insurance, Person
from integrations.nhsa.sandbox.wire import CHINA, compact_time

REVERSIBLE = ("2207", "2208")
Fen = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
STATE_CHANGING = ("2201", "2202", "2203", "2204", "2205", "2207", "2208")


@dataclass(kw_only=True)
class Line:
    """One uploaded fee line: the fields as sent and its division."""

    sent: dict[str, str]
    split: LineSplit

    @property
    def number(self) -> str:
        """`feedetl_sn`, unique within the visit."""
        return self.sent["feedetl_sn"]

    @property
    def batch(self) -> str:
        """`chrg_bchno`."""
        return self.sent["chrg_bchno"]


class PreSettlement(msgspec.Struct, frozen=True, kw_only=True):
    """What 2206 showed for a batch, as far as 2207 has to repeat it."""

    request: dict[str, str]
    amounts: dict[str, int]


@dataclass(kw_only=True)
class Visit:
    """One visit; `details` are the fields of 2203, empty before it."""

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
        """The institution's own number of the visit."""
        return self.opened["ipt_otp_no"]

    def batch(self, chrg_bchno: str) -> list[Line]:
        """The lines of one batch, in the order of arrival."""
        return [line for line in self.lines.values() if line.batch == chrg_bchno]


@dataclass(kw_only=True)
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
        """`chrg_bchno`."""
        return self.request["chrg_bchno"]

    @property
    def year(self) -> int:
        """The insurance year it counts in."""
        return self.settled_at.astimezone(CHINA).year


class Executed(msgspec.Struct, frozen=True):
    """A state-changing message that was carried out, and what it made (`setl_id`, `mdtrt_id`)."""

    infno: str
    psn_no: str
    made: str


class Tombstone(msgspec.Struct, frozen=True):
    """A message that 2601 declared void, whether it had arrived or not."""

    infno: str
    psn_no: str
    undone: bool


@dataclass(kw_only=True)
class EcCode:
    """A minted 28-digit 医保码; an empty scene fits every scene."""

    person: Person
    scene: str
    expires_at: datetime
    used: bool = False


@dataclass(kw_only=True)
class EcToken:
    """A credential for one session of one person at one institution in one scene."""

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
    """Balances and what was used this year, of one insurance; fen."""

    account: int
    deductible_used: dict[int, int]
    pool_used: dict[int, int]
    large_used: dict[int, int]


@dataclass(kw_only=True)
class Books:
    """The platform's own books. `token_key` makes serial numbers unguessable where needed."""

    token_key: str
    serial: int = 0
    codes: dict[str, EcCode] = field(default_factory=dict)
    tokens: dict[str, EcToken] = field(default_factory=dict)
    grants: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    sign_nos: dict[str, str] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    settlements: dict[str, Settlement] = field(default_factory=dict)
    executed: dict[str, Executed] = field(default_factory=dict)
    tombstones: dict[str, Tombstone] = field(default_factory=dict)
    purses: dict[tuple[str, str, str], Purse] = field(default_factory=dict)
    mutual_aid: dict[str, int] = field(default_factory=dict)
    drifts: list[Drift] = field(default_factory=list)

    def copy(self) -> "Books":
        """Books that can be written in without these changing."""
        return copy.deepcopy(self)

    def next_serial(self) -> int:
        """The next number of the one sequence behind all ids."""
        self.serial += 1
        return self.serial

    def make_id(self, division: str, at: datetime) -> str:
        """An id of 30 digits: division, time, ten-digit sequence."""
        return f"{division}{compact_time(at)}{self.next_serial():010d}"

    def make_secret(self, label: str) -> str:
        """64 hexadecimal digits that nobody without the key can foresee."""
        text = f"{label}:{self.next_serial()}".encode()
        return hmac.new(self.token_key.encode(), text, hashlib.sha256).hexdigest()

    def seat(self, people: Iterable[Person], year: int) -> None:
        """Open the purses of all people; what they used belongs to `year`."""
        for person in people:
            self.mutual_aid[person.psn_no] = person.mutual_aid
            for insurance in person.insurances:
                self.purses[purse_key(person, insurance)] = Purse(
                    insurance.account,
                    {year: insurance.deductible_used},
                    {year: insurance.pool_used},
                    {year: insurance.large_used},
                )

    def purse(self, person: Person, insurance: Insurance) -> Purse:
        """The purse of an insurance."""
        return self.purses[purse_key(person, insurance)]

    def standing(self, person: Person, insurance: Insurance, year: int) -> Standing:
        """Where the person stands in that year."""
        purse = self.purse(person, insurance)
        return Standing(
            deductible_used=purse.deductible_used.get(year, 0),
            pool_used=purse.pool_used.get(year, 0),
            large_used=purse.large_used.get(year, 0),
            account=purse.account,
            mutual_aid=self.mutual_aid[person.psn_no],
        )

    def post(self, settlement: Settlement, sign: Literal[1, -1]) -> None:
        """Enter a settlement into the accumulators (1), or take it back out (-1)."""
        purse = self.purse(settlement.person, settlement.insurance)
        split, year = settlement.split, settlement.year
        purse.account -= sign * split.account
        self.mutual_aid[settlement.person.psn_no] -= sign * split.mutual_aid
        for used, amount in (
            (purse.deductible_used, split.deductible),
            (purse.pool_used, split.pool),
            (purse.large_used, split.large),
        ):
            used[year] = used.get(year, 0) + sign * amount

    def live_settlements(self, visit: Visit) -> list[Settlement]:
        """The settlements of a visit that are neither cancelled nor reversed nor mirrored."""
        return [
            settlement
            for settlement in self.settlements.values()
            if settlement.mdtrt_id == visit.mdtrt_id
            and settlement.status == "settled"
            and not settlement.cancels
        ]

    def settled_batches(self, visit: Visit) -> set[str]:
        """The batches of a visit that a live settlement covers."""
        return {settlement.batch for settlement in self.live_settlements(visit)}


def purse_key(person: Person, insurance: Insurance) -> tuple[str, str, str]:
    """What a purse is found by."""
    return (person.psn_no, insurance.insutype, insurance.place)
