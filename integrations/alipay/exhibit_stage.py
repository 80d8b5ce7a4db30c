"""
The cases of the exhibit, played on one running sandbox.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import msgspec

from integrations.alipay.exhibit_requests import (
    HOSPITAL,
    LI,
    charge_request,
    forged,
    link_request,
    of_a_void_code,
    of_nothing,
    performed,
    prepared,
    refund_request,
    secure_request,
    validate_request,
    without_profile,
)
from integrations.conformance import (
    Bench,
    Refusal,
    Safe,
    Sandbox,
    Unsafe,
    Validation,
)
from integrations.spi import (
    CancelCharge,
    Linked,
    PartyView,
    PaymentRequest,
    Prepared,
    Query,
    ValidateRequest,
)

LIMIT_MINOR = 100_000
# What the sandbox has no rule for is answered by a fault.
ANSWERED = {
    "PAYER_REFUSED": "ACQ.BUYER_ENABLE_STATUS_FORBID",
    "MERCHANT_REFUSED": "ACQ.SELLER_BEEN_BLOCKED",
    "TRADE_CONFLICT": "ACQ.CONTEXT_INCONSISTENT",
}


@dataclass(frozen=True, repr=False)
class Merchant:
    """
    The demo merchant's application.
    """

    app_id: str
    seller_id: str
    private_key_pem: str
    alipay_public_key_pem: str


class AlipayStage:
    """
    A running sandbox and the cases played on it.
    """

    def __init__(self, merchant: Merchant, sandbox: Sandbox) -> None:
        self._merchant = merchant
        self._sandbox = sandbox
        self._subjects: list[str] = []

    @property
    def address(self) -> str:
        """
        Where the sandbox listens.
        """
        return self._sandbox.address

    def settings(self, base_url: str) -> bytes:
        """
        The demo merchant's settings.
        """
        return msgspec.json.encode(
            {
                "gateway_url": f"{base_url}/gateway.do",
                "app_id": self._merchant.app_id,
                "private_key_pem": self._merchant.private_key_pem,
                "alipay_public_key_pem": self._merchant.alipay_public_key_pem,
                "sign_page_url": f"{base_url}/gateway.do",
                "single_limit_minor": LIMIT_MINOR,
            }
        )

    def party(self, base_url: str) -> PartyView:  # noqa: ARG002 - the address is the deployment's
        """
        The demo hospital.
        """
        return PartyView(
            id="party-1",
            name=HOSPITAL,
            kind="hospital",
            profile=msgspec.json.encode({"seller_id": self._merchant.seller_id}),
        )

    def secret_keys(self) -> tuple[str, ...]:
        """
        The merchant's private key, a piece that stands on one line.
        """
        return tuple(self._merchant.private_key_pem.splitlines()[1:3])

    def personal(self) -> tuple[str, ...]:
        """
        The payer as the wallet and as Alipay know him.
        """
        numbers = [msgspec.json.decode(each)["agreement_no"] for each in self._subjects]
        partners = ("2088100000000002", "138****8001")
        return (LI.name, LI.document_number, LI.phone, *partners, *numbers)

    @property
    def validations(self) -> tuple[Validation, ...]:
        """
        Requests for a verdict.
        """

        async def stands(bench: Bench) -> ValidateRequest:
            return validate_request(bench, await self.linked(bench))

        async def ended(bench: Bench) -> ValidateRequest:
            subject = await self.linked(bench)
            await bench.integration.unlink(subject)
            return validate_request(bench, subject)

        async def unbound(bench: Bench) -> ValidateRequest:
            return validate_request(bench, "")

        return (
            Validation("", stands),
            Validation("AGREEMENT_ENDED", ended),
            Validation("NOT_BOUND", unbound),
        )

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """
        Calls that Alipay, or the integration itself, refuses.
        """
        return (
            Refusal("AMOUNT_OVER_LIMIT", self._over_limit),
            Refusal("AMOUNT_OVER_LIMIT", self._over_the_agreements_limit),
            Refusal("PARTY_NOT_SET_UP", without_profile),
            Refusal("AMOUNT_INVALID", of_nothing),
            Refusal("CODE_REJECTED", of_a_void_code),
            Refusal("BALANCE_INSUFFICIENT", self._charged_to_zhao),
            Refusal("TRADE_CLOSED", self._after_cancel),
            Refusal("TOO_LATE", self._cancelled_next_day),
            Refusal("REFUND_REFUSED", self._refunded_unpaid),
            Refusal("SIGNATURE_INVALID", forged),
            *(
                Refusal(code, partial(self._answered, says=says))
                for code, says in ANSWERED.items()
            ),
        )

    @property
    def safe(self) -> tuple[Safe, ...]:
        """
        Calls that change nothing.
        """

        async def link(bench: Bench) -> Callable[[], Awaitable[object]]:
            return partial(bench.integration.link, link_request(bench, "NEW"))

        async def unlink(bench: Bench) -> Callable[[], Awaitable[object]]:
            return partial(bench.integration.unlink, await self.linked(bench))

        async def secure(bench: Bench) -> Callable[[], Awaitable[object]]:
            return partial(
                bench.integration.secure, secure_request(bench, await self.linked(bench), 500)
            )

        async def query(bench: Bench) -> Callable[[], Awaitable[object]]:
            prepared = await self._paid(bench)
            question = Query(prepared=prepared, continuation=b"", now=bench.clock())
            return partial(bench.integration.query, question, bench.party)

        async def statement(bench: Bench) -> Callable[[], Awaitable[object]]:
            await self._paid(bench)
            day = bench.clock().date()
            bench.clock.advance(timedelta(days=1))
            return partial(bench.integration.statement, day, bench.party)

        return (
            Safe("link", link),
            Safe("unlink", unlink),
            Safe("secure", secure),
            Safe("query", query),
            Safe("statement", statement),
        )

    @property
    def unsafe(self) -> tuple[Unsafe, ...]:
        """
        Charge, cancel and refund.
        """

        async def charge(bench: Bench) -> tuple[PaymentRequest, bytes]:
            return charge_request(await self.linked(bench), 500), b""

        async def cancel(bench: Bench) -> tuple[PaymentRequest, bytes]:
            return CancelCharge(original=(await self._paid(bench)).reference), b""

        async def refund(bench: Bench) -> tuple[PaymentRequest, bytes]:
            return refund_request(await self._paid(bench), 200), b""

        unlisted = partial(self._answers, "ACQ.NOBODY_LISTED_THIS")
        return (
            Unsafe("charge", charge, self._effects, partial(unlisted, "alipay.trade.pay")),
            Unsafe(
                "cancel_charge", cancel, self._effects, partial(unlisted, "alipay.trade.cancel")
            ),
            Unsafe("refund", refund, self._effects, partial(unlisted, "alipay.trade.refund")),
        )

    async def linked(self, bench: Bench, **terms: object) -> str:
        """
        Let somebody sign an agreement; gives the subject.
        """
        reference = f"REF{len(self._subjects)}"
        signed = {"person": "li", "external_agreement_no": reference} | terms
        await self._sandbox.post("/_sandbox/agreements", signed)
        linked = await bench.integration.link(link_request(bench, reference))
        subject = linked.subject if isinstance(linked, Linked) else ""
        self._subjects.append(subject)
        return subject

    async def _over_limit(self, bench: Bench) -> object:
        subject = await self.linked(bench)
        return await bench.integration.secure(secure_request(bench, subject, LIMIT_MINOR + 1))

    async def _over_the_agreements_limit(self, bench: Bench) -> object:
        subject = await self.linked(bench, single_limit_fen=499)
        return await performed(bench, charge_request(subject, 500))

    async def _charged_to_zhao(self, bench: Bench) -> object:
        subject = await self.linked(bench, person="zhao")
        return await performed(bench, charge_request(subject, 500))

    async def _after_cancel(self, bench: Bench) -> object:
        charge = prepared(bench, charge_request(await self.linked(bench), 500))
        await performed(bench, CancelCharge(original=charge.reference))
        return await bench.integration.perform(charge, bench.party)

    async def _cancelled_next_day(self, bench: Bench) -> object:
        charge = await self._paid(bench)
        bench.clock.advance(timedelta(days=1))
        return await performed(bench, CancelCharge(original=charge.reference))

    async def _refunded_unpaid(self, bench: Bench) -> object:
        charge = prepared(bench, charge_request(await self.linked(bench), 500))
        return await performed(bench, refund_request(charge, 200))

    async def _answered(self, bench: Bench, *, says: str) -> object:
        subject = await self.linked(bench)
        await self._answers(says, "alipay.trade.pay")
        return await performed(bench, charge_request(subject, 500))

    async def _answers(self, sub_code: str, method: str) -> None:
        fault = {"kind": "answer", "operation": method, "code": sub_code, "processed": False}
        await self._sandbox.post("/_sandbox/faults", fault)

    async def _paid(self, bench: Bench) -> Prepared:
        charge = prepared(bench, charge_request(await self.linked(bench), 500))
        await bench.integration.perform(charge, bench.party)
        return charge

    async def _effects(self, call: Prepared) -> int:
        books = await self._sandbox.get("/_sandbox/books")
        if call.operation == "refund":
            numbers = [row["out_request_no"] for row in books["refunds"]]
        else:
            status = "TRADE_SUCCESS" if call.operation == "charge" else "TRADE_CLOSED"
            trades = books["trades"]
            numbers = [row["out_trade_no"] for row in trades if row["status"] == status]
        return numbers.count(call.reference)
