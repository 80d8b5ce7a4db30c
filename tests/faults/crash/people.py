"""Insured people, one for each run, so that no run stands on what another one left."""

from integrations.nhsa.sandbox.people import Insurance, Person

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_BORN = "19880721"


def insured(number: int, account_minor: int) -> Person:
    """
    Return the invented person of a number below 1 000, insured as an employee here.

    Args:
        number: which.
        account_minor: what is on the personal account.
    """
    body = f"440104{_BORN}{number:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return Person(
        psn_no=f"440100000010001{number:05d}",
        psn_name="李明",
        certno=body + _CHECKS[total % 11],
        gend="1",
        naty="01",
        brdy="1988-07-21",
        card_sn=f"440100D15600000540106A1B2C3{number:05d}",
        insurances=(
            Insurance(
                insutype="310",
                psn_type="11",
                place="440100",
                since="2011-07-01",
                employer="示范科技有限公司",
                account=account_minor,
                deductible_used=30_000,
            ),
        ),
    )
