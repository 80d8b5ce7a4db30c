"""
Bills: what is asked of their arithmetic, and what remains of one. Pure.
"""

from collections.abc import Set as AbstractSet

from msgspec import Struct
from msgspec.structs import replace

from integrations.spi import Bill, Split
from wallet.money import agrees, shared


class Fault(Struct, frozen=True):
    """
    What is wrong with a bill: the kind of fault and the number of the line, if it is one's.
    """

    problem: str
    line: str = ""


def fault_of(bill: Bill) -> Fault | None:
    """
    Return the first thing that is wrong with a bill's arithmetic, or None.

    Every amount is quantity times price up to rounding, line numbers are unique, and the lines add
    up to the total.
    """
    seen: set[str] = set()
    for line in bill.lines:
        if line.number in seen:
            return Fault("LINE_REPEATED", line.number)
        seen.add(line.number)
        if not agrees(line.quantity_e4, line.price_e6, line.amount_minor):
            return Fault("LINE_AMOUNT", line.number)
    if sum(line.amount_minor for line in bill.lines) != bill.total_minor:
        return Fault("TOTAL")
    return None


def without(bill: Bill, numbers: AbstractSet[str], batch: str) -> Bill | None:
    """
    Return what remains of a bill without some lines, as a batch of its own.

    Where nothing remains that costs anything there is nothing to settle: None.

    Raises:
        KeyError: a number is not one of the bill's.
    """
    if unknown := numbers - {line.number for line in bill.lines}:
        raise KeyError(min(unknown))
    lines = tuple(line for line in bill.lines if line.number not in numbers)
    total_minor = sum(line.amount_minor for line in lines)
    if total_minor == 0:
        return None
    return replace(bill, batch=batch, lines=lines, total_minor=total_minor)


def estimated(split: Split, total_minor: int) -> Split:
    """
    Estimate how a smaller bill would be split, in proportion; the insurer alone decides it.
    """
    shares = (
        split.account_minor,
        split.mutual_aid_minor,
        split.hospital_minor,
        split.cash_minor,
        *(line.amount_minor for line in split.funds),
    )
    account, mutual_aid, hospital, cash, *funds = shared(total_minor, shares)
    return Split(
        total_minor=total_minor,
        funds=tuple(
            replace(line, amount_minor=amount)
            for line, amount in zip(split.funds, funds, strict=True)
        ),
        account_minor=account,
        mutual_aid_minor=mutual_aid,
        hospital_minor=hospital,
        cash_minor=cash,
    )


def all_cash(total_minor: int) -> Split:
    """
    Return the split of a bill that nobody insures.
    """
    return Split(
        total_minor=total_minor,
        funds=(),
        account_minor=0,
        mutual_aid_minor=0,
        hospital_minor=0,
        cash_minor=total_minor,
        self_paid_minor=total_minor,
    )
