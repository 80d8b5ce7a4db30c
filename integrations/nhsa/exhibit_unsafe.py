"""
The exhibit's cases of a visit: every unsafe call, the questions about them, their refusals.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from integrations.conformance import Bench, Refusal, Safe, Sandbox, Unsafe
from integrations.nhsa.envelope import COMPANION, LAST_SEQUENCE
from integrations.nhsa.exhibit_requests import (
    LI,
    ZHANG,
    Visit,
    bill,
    cancel_registration,
    cancel_settlement,
    card,
    linked,
    onward,
    performed,
    pre_settle,
    prepared,
    register,
    reverse,
    revoke_upload,
    settle,
    shown_split,
    upload,
)
from integrations.spi import (
    Declined,
    InsuranceRequest,
    Numbers,
    Person,
    Prepared,
    Query,
    Split,
)

Wanted = tuple[InsuranceRequest, bytes]


class UnsafeCases:
    """
    Cases at the hospital's desk.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._probe: Callable[[], Awaitable[int]] | None = None

    def calls(self) -> tuple[Unsafe, ...]:
        """
        Every kind of unsafe call.
        """
        kinds: tuple[tuple[str, str, Callable[[Bench], Awaitable[Wanted]]], ...] = (
            ("register", "2201", _registering),
            ("cancel_registration", "2202", _closing),
            ("upload", "2204", _uploading),
            ("revoke_upload", "2205", _revoking),
            ("pre_settle", "2206", self._pre_settling),
            ("settle", "2207", _settling),
            ("cancel_settlement", "2208", _cancelling),
            ("reverse", "2601", _reversing),
        )
        return tuple(
            Unsafe(
                name=name,
                request=request,
                effects=self._effects,
                unlisted=partial(self._answers, infno, "7777"),
            )
            for name, infno, request in kinds
        )

    def questions(self) -> tuple[Safe, ...]:
        """
        What may be asked about a visit.
        """
        return (Safe("query", _asking), Safe("statement", _day))

    def refusals(self) -> tuple[Refusal, ...]:
        """
        Steps that are refused.
        """
        return (
            Refusal("NOT_REGISTERED", _closing_nothing),
            Refusal("NOT_ENTITLED", _special_disease),
            Refusal("OUT_OF_ORDER", _closing_too_early),
            Refusal("ALREADY_CANCELLED", _uploading_too_late),
            Refusal("BILL_REFUSED", _unknown_item),
            Refusal("SETTLEMENT_UNKNOWN_THERE", _cancelling_nothing),
            Refusal("INSURER_REFUSED", _department_too_long),
            Refusal("REVERSED", _late_settlement),
            Refusal("NOT_REVERSIBLE", _reversing_a_registration),
            Refusal("TOO_MANY_CALLS", _too_many),
        )

    async def _answers(self, infno: str, code: str) -> None:
        fault = {"kind": "answer", "operation": infno, "code": code, "processed": False}
        await self._sandbox.post("/_sandbox/faults", fault)

    async def _effects(self, call: Prepared) -> int:
        """
        Count a call in the platform's books, from its first message on.
        """
        if call.operation == "pre_settle" and self._probe is not None:
            return await self._probe()
        books = await self._sandbox.get("/_sandbox/books")
        if call.operation == "reverse":
            return len(books["reversals"])
        ours = {call.reference, _first_half(call.reference)}
        executed = [row["infno"] for row in books["messages"] if row["msgid"] in ours]
        return max((executed.count(infno) for infno in executed), default=0)

    async def _pre_settling(self, bench: Bench) -> Wanted:
        visit = await _uploaded(bench)

        async def probe() -> int:
            """
            Ask to settle what was never shown: 5003 without a pre-settlement, 5004 with one.
            """
            made = bill(bench)
            wrong = Split(
                total_minor=made.total_minor,
                funds=(),
                account_minor=0,
                mutual_aid_minor=0,
                hospital_minor=0,
                cash_minor=made.total_minor,
                self_paid_minor=made.total_minor,
            )
            outcome = await performed(bench, visit, settle(visit, made, wrong))
            if not isinstance(outcome, Declined) or outcome.partner_code not in {"5003", "5004"}:
                raise LookupError(f"the sandbox does not say what was pre-settled: {outcome}")
            return int(outcome.partner_code == "5004")

        self._probe = probe
        return pre_settle(visit, bill(bench)), visit.continuation


def _first_half(msgid: str) -> str:
    """
    Name the message that goes before a call's last one.
    """
    return f"{msgid[:-4]}{int(msgid[-4:]) + COMPANION:04d}"


async def _arrived(bench: Bench, person: Person = ZHANG) -> Visit:
    return Visit(subject=await linked(bench, person), credential=await card(bench, person))


async def _registered(bench: Bench, person: Person = ZHANG) -> Visit:
    visit = await _arrived(bench, person)
    return await onward(bench, visit, register(bench, visit))


async def _uploaded(bench: Bench) -> Visit:
    visit = await _registered(bench)
    return await onward(bench, visit, upload(visit, bill(bench)))


async def _settlement(bench: Bench) -> tuple[Visit, Any]:
    """
    Come to the settlement, which is prepared and not performed.
    """
    visit, shown = await shown_split(bench, await _uploaded(bench))
    return visit, prepared(bench, visit, settle(visit, bill(bench), shown))


async def _settled(bench: Bench) -> Visit:
    visit, shown = await shown_split(bench, await _uploaded(bench))
    return await onward(bench, visit, settle(visit, bill(bench), shown))


async def _registering(bench: Bench) -> Wanted:
    return register(bench, await _arrived(bench)), b""


async def _closing(bench: Bench) -> Wanted:
    visit = await _registered(bench)
    return cancel_registration(visit), visit.continuation


async def _uploading(bench: Bench) -> Wanted:
    visit = await _registered(bench)
    return upload(visit, bill(bench)), visit.continuation


async def _revoking(bench: Bench) -> Wanted:
    visit = await _uploaded(bench)
    return revoke_upload(visit), visit.continuation


async def _settling(bench: Bench) -> Wanted:
    visit, shown = await shown_split(bench, await _uploaded(bench))
    return settle(visit, bill(bench), shown), visit.continuation


async def _cancelling(bench: Bench) -> Wanted:
    visit = await _settled(bench)
    return cancel_settlement(visit), visit.continuation


async def _reversing(bench: Bench) -> Wanted:
    visit, call = await _settlement(bench)
    return reverse(visit, call), visit.continuation


async def _asking(bench: Bench) -> Callable[[], Awaitable[object]]:
    visit, call = await _settlement(bench)
    await bench.integration.perform(call, bench.party)
    query = Query(prepared=call, continuation=visit.continuation, now=bench.clock())
    return partial(bench.integration.query, query, bench.party)


async def _day(bench: Bench) -> Callable[[], Awaitable[object]]:
    await _settled(bench)
    return partial(bench.integration.statement, bench.clock().date(), bench.party)


async def _closing_nothing(bench: Bench) -> object:
    visit = await _arrived(bench)
    return await performed(bench, visit, cancel_registration(visit))


async def _special_disease(bench: Bench) -> object:
    visit = await _registered(bench, LI)
    return await performed(bench, visit, upload(visit, bill(bench, med_type="14")))


async def _closing_too_early(bench: Bench) -> object:
    visit = await _uploaded(bench)
    return await performed(bench, visit, cancel_registration(visit))


async def _uploading_too_late(bench: Bench) -> object:
    visit = await _registered(bench)
    await onward(bench, visit, cancel_registration(visit))
    return await performed(bench, visit, upload(visit, bill(bench)))


async def _unknown_item(bench: Bench) -> object:
    visit = await _registered(bench)
    return await performed(bench, visit, upload(visit, bill(bench, item="NO-SUCH-ITEM")))


async def _cancelling_nothing(bench: Bench) -> object:
    visit = await _registered(bench)
    return await performed(bench, visit, cancel_settlement(visit))


async def _department_too_long(bench: Bench) -> object:
    visit = await _arrived(bench)
    return await performed(bench, visit, register(bench, visit, department="D" * 31))


async def _late_settlement(bench: Bench) -> object:
    visit, call = await _settlement(bench)
    await performed(bench, visit, reverse(visit, call))
    return await bench.integration.perform(call, bench.party)


async def _reversing_a_registration(bench: Bench) -> object:
    visit = await _arrived(bench)
    call = prepared(bench, visit, register(bench, visit))
    return await performed(bench, visit, reverse(visit, call))


async def _too_many(bench: Bench) -> object:
    visit = await _arrived(bench)
    numbers = Numbers(serial=1, sequence=LAST_SEQUENCE + 1, instant=bench.clock())
    request = register(bench, visit)
    return bench.integration.prepare(request, b"", numbers, bench.party)
