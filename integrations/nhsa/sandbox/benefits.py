"""
Who bears what of a bill: the platform's benefit calculation, pure.

All amounts are integer fen. Wherever a share is taken the result is rounded half up to the fen
(四舍五入), at exactly the places marked so; what remains is always found by subtraction, so that
the identities of the settlement hold to the fen. The terms are invented; the order of the steps
follows the meaning of the fields of 2204, 2206 and 2207.
"""

import msgspec

WHOLE_BP = 10_000


class LineSplit(msgspec.Struct, frozen=True, kw_only=True):
    """
    One bill line, divided; the four parts add up to `charge`.

    `hospital_part` is what of `over_limit` the institution bears itself.
    """

    charge: int
    full_self_pay: int
    over_limit: int
    first_self_pay: int
    in_scope: int
    hospital_part: int


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """
    The line splits of a bill, added up.
    """

    charge: int
    full_self_pay: int
    over_limit: int
    first_self_pay: int
    in_scope: int
    hospital_part: int


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """
    What an insurance pays in one situation; shares in hundredths of a percent (`_bp`).

    `pool_cap` and `large_cap` are yearly. The large-amount fund pays its share of what the pool
    would have paid beyond its cap; the civil-servant subsidy its share of what is then left of
    the in-scope amount above the deductible.
    """

    deductible: int
    pool_bp: int
    pool_cap: int
    large_bp: int = 0
    large_cap: int = 0
    civil_servant_bp: int = 0
    account: bool = False
    mutual_aid: bool = False


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """
    Where the person stands before a settlement: used this year, and balances.
    """

    deductible_used: int = 0
    pool_used: int = 0
    large_used: int = 0
    account: int = 0
    mutual_aid: int = 0


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """
    A settlement, divided.

    `charge = fund + hospital_part + personal`, `personal = account + mutual_aid + cash`,
    `fund = pool + large + civil_servant`.
    """

    scope: Scope
    deductible: int
    pool: int
    large: int
    civil_servant: int
    account: int
    mutual_aid: int
    cash: int

    @property
    def charge(self) -> int:
        """
        The whole bill.
        """
        return self.scope.charge

    @property
    def fund(self) -> int:
        """
        What the funds bear together.
        """
        return self.pool + self.large + self.civil_servant

    @property
    def hospital_part(self) -> int:
        """
        What the institution bears.
        """
        return self.scope.hospital_part

    @property
    def personal(self) -> int:
        """
        What the person bears, from whatever purse.
        """
        return self.account + self.mutual_aid + self.cash


def share(amount: int, bp: int) -> int:
    """
    `bp` hundredths of a percent of an amount, rounded half up to the fen.
    """
    return (amount * bp + WHOLE_BP // 2) // WHOLE_BP


def line_charge(count_e4: int, price_e6: int) -> int:
    """
    Quantity times unit price in fen, rounded half up (1e-4 units times 1e-6 yuan).
    """
    return (count_e4 * price_e6 + 50_000_000) // 100_000_000


def split_line(
    *,
    charge: int,
    count_e4: int,
    level: str,
    selfpay_bp: int,
    ceiling: int,
    excess_to_hospital: bool,
) -> LineSplit:
    """
    Divide one line.

    A 丙 line is fully self-paid. Otherwise what exceeds the ceiling price comes off first, then
    the first self-paid share of a 乙 item, and the rest is in scope.
    """
    if level == "03":
        return LineSplit(
            charge=charge,
            full_self_pay=charge,
            over_limit=0,
            first_self_pay=0,
            in_scope=0,
            hospital_part=0,
        )
    insured = min(charge, line_charge(count_e4, ceiling * 10_000)) if ceiling else charge
    first = share(insured, selfpay_bp) if level == "02" else 0
    return LineSplit(
        charge=charge,
        full_self_pay=0,
        over_limit=charge - insured,
        first_self_pay=first,
        in_scope=insured - first,
        hospital_part=charge - insured if excess_to_hospital else 0,
    )


def add_up(lines: tuple[LineSplit, ...]) -> Scope:
    """
    The totals of a bill.
    """
    return Scope(
        charge=sum(line.charge for line in lines),
        full_self_pay=sum(line.full_self_pay for line in lines),
        over_limit=sum(line.over_limit for line in lines),
        first_self_pay=sum(line.first_self_pay for line in lines),
        in_scope=sum(line.in_scope for line in lines),
        hospital_part=sum(line.hospital_part for line in lines),
    )


def settle(scope: Scope, terms: Terms, standing: Standing, *, use_account: bool) -> Split:
    """
    Divide a bill: deductible, pool, large amount, civil servants, account, mutual aid, cash.

    The personal account pays any part of what the person bears, self-paid items included; the
    mutual aid fund pays what the account could not. Neither is touched without `use_account`.
    """
    deductible = min(scope.in_scope, max(0, terms.deductible - standing.deductible_used))
    base = scope.in_scope - deductible
    due = share(base, terms.pool_bp)
    pool = min(due, max(0, terms.pool_cap - standing.pool_used))
    large = min(share(due - pool, terms.large_bp), max(0, terms.large_cap - standing.large_used))
    civil_servant = share(base - pool - large, terms.civil_servant_bp)
    personal = scope.charge - pool - large - civil_servant - scope.hospital_part
    account = min(personal, standing.account) if use_account and terms.account else 0
    aid = min(personal - account, standing.mutual_aid) if use_account and terms.mutual_aid else 0
    return Split(
        scope=scope,
        deductible=deductible,
        pool=pool,
        large=large,
        civil_servant=civil_servant,
        account=account,
        mutual_aid=aid,
        cash=personal - account - aid,
    )
