"""
Everything the platform remembers while it runs: visits, lines, settlements, accumulators.
"""

import copy
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from integrations.nhsa.sandbox.benefits import Standing
from integrations.nhsa.sandbox.people import Insurance, Person
from integrations.nhsa.sandbox.records import (
    Drift,
    EcCode,
    EcToken,
    Executed,
    Purse,
    Settlement,
    Tombstone,
    Visit,
    purse_key,
)
from integrations.nhsa.sandbox.wire import compact_time

REVERSIBLE = ("2207", "2208")
STATE_CHANGING = ("2201", "2202", "2203", "2204", "2205", "2207", "2208")


@dataclass(kw_only=True, repr=False)
class Books:
    """
    The platform's own books. `token_key` makes serial numbers unguessable where needed.
    """

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
        """
        Books that can be written in without these changing.
        """
        return copy.deepcopy(self)

    def next_serial(self) -> int:
        """
        The next number of the one sequence behind all ids.
        """
        self.serial += 1
        return self.serial

    def make_id(self, division: str, at: datetime) -> str:
        """
        An id of 30 digits: division, time, ten-digit sequence.
        """
        return f"{division}{compact_time(at)}{self.next_serial():010d}"

    def make_secret(self, label: str) -> str:
        """
        64 hexadecimal digits that nobody without the key can foresee.
        """
        text = f"{label}:{self.next_serial()}".encode()
        return hmac.new(self.token_key.encode(), text, hashlib.sha256).hexdigest()

    def seat(self, people: Iterable[Person], year: int) -> None:
        """
        Open the purses of all people; what they used belongs to `year`.
        """
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
        """
        The purse of an insurance.
        """
        return self.purses[purse_key(person, insurance)]

    def standing(self, person: Person, insurance: Insurance, year: int) -> Standing:
        """
        Where the person stands in that year.
        """
        purse = self.purse(person, insurance)
        return Standing(
            deductible_used=purse.deductible_used.get(year, 0),
            pool_used=purse.pool_used.get(year, 0),
            large_used=purse.large_used.get(year, 0),
            account=purse.account,
            mutual_aid=self.mutual_aid[person.psn_no],
        )

    def post(self, settlement: Settlement, sign: Literal[1, -1]) -> None:
        """
        Enter a settlement into the accumulators (1), or take it back out (-1).
        """
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
        """
        The settlements of a visit that are neither cancelled nor reversed nor mirrored.
        """
        return [
            settlement
            for settlement in self.settlements.values()
            if settlement.mdtrt_id == visit.mdtrt_id
            and settlement.status == "settled"
            and not settlement.cancels
        ]

    def settled_batches(self, visit: Visit) -> set[str]:
        """
        The batches of a visit that a live settlement covers.
        """
        return {settlement.batch for settlement in self.live_settlements(visit)}
