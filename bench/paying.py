"""
An insurer and a payment provider that answer inside the process after a partner's time.

They settle and charge whatever they are asked to, so that payments can be finished while the
wallet itself is what is measured.
"""

import asyncio
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec

from bench.plugins import InProcess
from integrations.spi import (
    Answer,
    Charged,
    ChargeUndone,
    Environment,
    InsuranceRequest,
    Numbers,
    Outcome,
    PartyView,
    PaymentRequest,
    Prepared,
    PreSettled,
    Query,
    Refunded,
    Registered,
    Reversed,
    Secured,
    SecureRequest,
    Settled,
    Split,
    SplitLine,
    StatementRow,
    Succeeded,
    Undecided,
    Undone,
    Uploaded,
)

PARTNER_SECONDS: Final = 0.02
_AT: Final = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
_CASH_PERCENT: Final = 30


class Paying(InProcess):
    """
    What both have in common.
    """

    def open(self, environment: Environment) -> "Paying":
        """
        Open it; it lives on nothing.
        """
        del environment
        return self

    def prepare(
        self,
        request: InsuranceRequest | PaymentRequest,
        continuation: bytes,
        numbers: Numbers,
        party: PartyView,
    ) -> Prepared:
        """
        Build a call.
        """
        del continuation, party
        return Prepared(
            operation=str(request.__struct_config__.tag),
            reference=f"{self.manifest.id}{numbers.serial}",
            payload=msgspec.json.encode(request),
        )

    async def perform(self, prepared: Prepared, party: PartyView) -> Outcome:
        """
        Do what was asked, after a partner's time.
        """
        del party
        await asyncio.sleep(PARTNER_SECONDS)
        result = self._done(prepared, msgspec.json.decode(prepared.payload))
        return Succeeded(result=result, continuation=b"c")

    async def query(self, query: Query, party: PartyView) -> Answer:
        """
        Know nothing: every call was answered.
        """
        del query, party
        return Undecided(reason="every call was answered")

    async def statement(self, day: date, party: PartyView) -> tuple[StatementRow, ...]:
        """
        There is none.
        """
        del day, party
        return ()

    def _done(self, prepared: Prepared, request: dict[str, Any]) -> Any:  # noqa: ANN401
        raise LookupError(prepared.operation, *request)


class Insurer(Paying):
    """
    Bears seven tenths of every bill.
    """

    def __init__(self) -> None:
        super().__init__("insurance")

    def _done(self, prepared: Prepared, request: dict[str, Any]) -> Any:  # noqa: ANN401
        match prepared.operation:
            case "register":
                return Registered(visit_reference=f"M{request['visit_number']}")
            case "upload":
                return Uploaded(lines=len(request["bill"]["lines"]))
            case "pre_settle":
                return PreSettled(split=_split(request["bill"]["total_minor"]))
            case "settle":
                return Settled(
                    split=_split(request["bill"]["total_minor"]),
                    settlement_reference=f"S{prepared.reference}",
                    at=_AT,
                )
            case "reverse":
                return Reversed()
            case _:
                return Undone()


class Provider(Paying):
    """
    Charges whatever it is asked to.
    """

    def __init__(self) -> None:
        super().__init__("payment")

    async def secure(self, request: SecureRequest) -> Secured:
        """
        Say that it can be charged.
        """
        del request
        return Secured(continuation=b"s")

    def _done(self, prepared: Prepared, request: dict[str, Any]) -> Any:  # noqa: ANN401
        match prepared.operation:
            case "charge":
                return Charged(
                    amount_minor=request["amount_minor"],
                    provider_reference=f"T{prepared.reference}",
                    at=_AT,
                )
            case "refund":
                return Refunded(amount_minor=request["amount_minor"])
            case _:
                return ChargeUndone(refunded=True)


def plugins() -> tuple[InProcess, ...]:
    """
    Return one plugin per context, of which two take part in settlements.
    """
    return InProcess("health_card"), Insurer(), Provider()


def _split(total: int) -> Split:
    cash = total * _CASH_PERCENT // 100
    return Split(
        total_minor=total,
        funds=(SplitLine(code="hifp", name="统筹基金", amount_minor=total - cash),),
        account_minor=0,
        mutual_aid_minor=0,
        hospital_minor=0,
        cash_minor=cash,
    )
