"""
Partners that do everything asked of them at once, so that only the wallet's own steps take time.
"""

from datetime import date, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from bench.plugins import InProcess
from integrations.spi import (
    Answer,
    Charge,
    Charged,
    Happened,
    InsuranceRequest,
    Numbers,
    Outcome,
    PartyView,
    PaymentRequest,
    Prepared,
    PreSettle,
    PreSettled,
    Query,
    Registered,
    Secured,
    SecureRequest,
    Settle,
    Settled,
    Split,
    SplitLine,
    StatementRow,
    Succeeded,
    Upload,
    Uploaded,
)

_MEMORY: Final = b'{"mdtrt_id":"44010000000000000001","psn_no":"44010000001000000002"}'
_FILLING: Final = "x" * 300  # about what a real call's payload has
_CASH_SHARE: Final = 3


class _Call(Struct, frozen=True, kw_only=True):
    total_minor: int = 0
    at: datetime
    filling: str = _FILLING


class Acting(InProcess):
    """
    A context whose unsafe calls all succeed.
    """

    def prepare(
        self,
        request: InsuranceRequest | PaymentRequest,
        continuation: bytes,
        numbers: Numbers,
        party: PartyView,
    ) -> Prepared:
        """
        Keep the amount for `perform`.
        """
        del continuation, party
        total_minor = 0
        if isinstance(request, PreSettle | Settle | Upload):
            total_minor = request.bill.total_minor
        elif isinstance(request, Charge):
            total_minor = request.amount_minor
        call = _Call(total_minor=total_minor, at=numbers.instant)
        return Prepared(
            operation=str(request.__struct_config__.tag),
            reference=f"{numbers.serial}",
            payload=msgspec.json.encode(call),
        )

    async def perform(self, prepared: Prepared, party: PartyView) -> Outcome:
        """
        Do it.
        """
        del party
        return Succeeded(result=_result(prepared), continuation=_MEMORY)

    async def query(self, query: Query, party: PartyView) -> Answer:
        """
        It was done, whatever it was.
        """
        del party
        return Happened(result=_result(query.prepared), continuation=_MEMORY)

    async def statement(self, day: date, party: PartyView) -> tuple[StatementRow, ...]:
        """
        There is none.
        """
        del day, party
        return ()


class Paying(Acting):
    """
    The same for payment, which is secured first.
    """

    async def secure(self, request: SecureRequest) -> Secured:
        """
        There is always money.
        """
        del request
        return Secured(continuation=_MEMORY)


def plugins() -> tuple[InProcess, ...]:
    """
    Return one plugin per context.
    """
    return (InProcess("health_card"), Acting("insurance"), Paying("payment"))


def _result(prepared: Prepared) -> Any:  # noqa: ANN401
    call = msgspec.json.decode(prepared.payload, type=_Call)
    match prepared.operation:
        case "register":
            return Registered(visit_reference="44010000000000000001")
        case "upload":
            return Uploaded(lines=2)
        case "pre_settle":
            return PreSettled(split=_split(call.total_minor))
        case "settle":
            return Settled(split=_split(call.total_minor), settlement_reference="1", at=call.at)
        case _:
            return Charged(amount_minor=call.total_minor, provider_reference="1", at=call.at)


def cash_of(total_minor: int) -> int:
    """
    Return what of a bill is left to pay.
    """
    return total_minor // _CASH_SHARE


def _split(total_minor: int) -> Split:
    cash = cash_of(total_minor)
    fund = SplitLine(code="310101", name="统筹基金", amount_minor=total_minor - cash)
    return Split(
        total_minor=total_minor,
        funds=(fund,),
        account_minor=0,
        mutual_aid_minor=0,
        hospital_minor=0,
        cash_minor=cash,
    )
