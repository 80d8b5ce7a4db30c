"""
The insured people of the platform: all invented, the same as in every other sandbox.
"""

from functools import cache
from importlib import resources

import msgspec

INSURED = "1"
PAUSED = "2"


class Insurance(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    One insurance of a person (a row of 1101's `insuinfo`) and where it stands at the start.

    `place` is the insured division; `travel_registered` says that treatment elsewhere was
    registered (备案). Amounts in fen; the used ones are of the current year.
    """

    insutype: str
    psn_type: str
    place: str
    status: str = INSURED
    since: str
    paused_on: str = ""
    employer: str = ""
    civil_servant: bool = False
    travel_registered: bool = False
    account: int = 0
    deductible_used: int = 0
    pool_used: int = 0
    large_used: int = 0


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    One person; `special_diseases` are the 门诊慢特病 disease codes open to them.

    `mutual_aid` is the balance in fen of the linked relative's account.
    """

    psn_no: str
    psn_name: str
    certno: str
    gend: str
    naty: str
    brdy: str
    card_sn: str
    special_diseases: tuple[str, ...] = ()
    mutual_aid: int = 0
    insurances: tuple[Insurance, ...] = ()

    def __repr__(self) -> str:
        """
        Without anything personal.
        """
        return "Person(…)"

    def insurance(self, insutype: str, place: str) -> Insurance | None:
        """
        The insurance of that scheme at that place.
        """
        for insurance in self.insurances:
            if (insurance.insutype, insurance.place) == (insutype, place):
                return insurance
        return None

    @property
    def places(self) -> tuple[str, ...]:
        """
        Where the person is insured, the first one being where the code is issued.
        """
        return tuple(insurance.place for insurance in self.insurances)


class PersonRegister:
    """
    Finds people by person number or identity number.
    """

    def __init__(self, people: tuple[Person, ...]) -> None:
        self.people = people
        self._by_number = {person.psn_no: person for person in people}
        self._by_certno = {person.certno: person for person in people}

    def by_number(self, psn_no: str) -> Person | None:
        """
        The person with that person number.
        """
        return self._by_number.get(psn_no)

    def by_certno(self, certno: str) -> Person | None:
        """
        The person with that identity number (upper-case check digit).
        """
        return self._by_certno.get(certno)


@cache
def cast() -> tuple[Person, ...]:
    """
    The people of `people.json`.
    """
    text = resources.files("integrations.nhsa.sandbox").joinpath("people.json").read_bytes()
    return msgspec.json.decode(text, type=tuple[Person, ...])
