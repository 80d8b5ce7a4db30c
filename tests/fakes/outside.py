"""An insurer and a payment provider that live in the test, with every fault of a real one."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime

import msgspec

from integrations.spi import (
    SPI_VERSION,
    Charged,
    ChargeUndone,
    Deadlines,
    Declined,
    DidNotHappen,
    Happened,
    Manifest,
    NotSent,
    Pending,
    PollPolicy,
    Prepared,
    PreSettled,
    Refunded,
    Refused,
    Registered,
    Reversed,
    Secured,
    Settled,
    Split,
    SplitLine,
    StillPending,
    Succeeded,
    Text,
    UnavailableError,
    Undecided,
    Undone,
    Unknown,
    Uploaded,
    Valid,
)

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def manifest(id_, context):
    return Manifest(
        id=id_,
        spi_version=SPI_VERSION,
        context=context,
        title=Text(zh=id_, en=id_),
        releases={},
        refusals={},
        deadlines=Deadlines(validate_ms=300, perform_ms=300),
        poll=PollPolicy(interval_seconds=3, budget_seconds=60),
    )


class Outside:
    """
    What both have in common: faults taken in order, per operation.

    ``cut_before``: nothing happened, no answer. ``cut_after``: it happened, no answer. ``hang``
    and ``hang_before`` likewise, but slowly. ``not_sent``, ``crash``, ``wrong_type``,
    ``decline:CODE``. On ``query``: ``unavailable``.
    """

    def __init__(self, id_, context):
        self.manifest = manifest(id_, context)
        self.faults = defaultdict(list)
        self.performed = []
        self.queried = []

    def fail(self, operation, *faults):
        self.faults[operation].extend(faults)

    async def validate(self, request):
        del request
        return Valid(fields={})

    def scrub(self, transcript):
        return transcript

    async def close(self):
        pass

    async def statement(self, day, party):
        del day, party
        return ()

    def prepare(self, request, continuation, numbers, party):
        del continuation, party
        operation = request.__struct_config__.tag
        if self._take(f"prepare.{operation}") == "crash":
            raise RuntimeError("a bug")
        if (fault := self._take(f"refuse.{operation}")) is not None:
            return Refused(fault)
        return Prepared(
            operation=operation,
            reference=f"{self.manifest.id}{numbers.serial}",
            payload=msgspec.json.encode(request),
        )

    async def perform(self, prepared, party):
        del party
        self.performed.append((prepared.operation, prepared.reference))
        fault = self._take(prepared.operation) or ""
        kind, _, code = fault.partition(":")
        if kind in {"not_sent", "wrong_type", "decline", "cut_before"}:
            return {
                "not_sent": NotSent(reason="refused connection"),
                "wrong_type": "yes",
                "decline": Declined(code=code),
                "cut_before": Unknown(reason="cut"),
            }[kind]
        if kind == "crash":
            raise RuntimeError("a bug")
        if kind == "hang_before":
            await asyncio.sleep(60)
        outcome = self.do(prepared, msgspec.json.decode(prepared.payload), kind)
        if kind == "cut_after":
            return Unknown(reason="cut")
        if kind == "hang":
            await asyncio.sleep(60)
        return outcome

    def _take(self, operation):
        queue = self.faults[operation]
        return queue.pop(0) if queue else None

    def times(self, operation):
        return sum(1 for done, _ in self.performed if done == operation)


def done(result, continuation=b"c"):
    return Succeeded(result=result, continuation=continuation)


class Insurer(Outside):
    """
    Settles; `cash_percent` of a bill is the patient's, and may change before it settles.
    """

    def __init__(self, id_="insurer"):
        super().__init__(id_, "insurance")
        self.cash_percent = 30
        self.final_percent = None
        self.visits = {}
        self.uploads = set()
        self.live = {}
        self.cancelled = {}
        self.ruled_out = set()
        self.ever_settled = []

    def split(self, total, percent):
        cash = total * percent // 100
        fund = (total - cash) // 2
        account = total - cash - fund
        return Split(
            total_minor=total,
            funds=(SplitLine(code="hifp", name="统筹基金", amount_minor=fund),),
            account_minor=account,
            mutual_aid_minor=0,
            hospital_minor=0,
            cash_minor=cash,
        )

    def do(self, prepared, request, kind):
        del kind
        if prepared.reference in self.ruled_out:
            return Declined(code="REVERSED")
        return getattr(self, f"do_{prepared.operation}")(prepared.reference, request)

    def do_register(self, reference, request):
        self.visits[reference] = request["visit_number"]
        return done(Registered(visit_reference=f"M{request['visit_number']}"), b"visit")

    def do_cancel_registration(self, reference, request):
        del request
        self.visits.clear()
        self.cancelled[reference] = None
        return done(Undone())

    def do_upload(self, reference, request):
        del reference
        self.uploads.add(request["bill"]["batch"])
        return done(Uploaded(lines=len(request["bill"]["lines"])))

    def do_revoke_upload(self, reference, request):
        del reference
        self.uploads.discard(request["batch"])
        return done(Undone())

    def do_pre_settle(self, reference, request):
        del reference
        split = self.split(request["bill"]["total_minor"], self.cash_percent)
        return done(PreSettled(split=split))

    def do_settle(self, reference, request):
        if reference not in self.live:
            batch = request["bill"]["batch"]
            assert batch in self.uploads, "settled what was not uploaded"
            percent = self.cash_percent if self.final_percent is None else self.final_percent
            split = self.split(request["bill"]["total_minor"], percent)
            self.live[reference] = split
            self.ever_settled.append(batch)
        return done(self._settled(reference), f"settled {reference}".encode())

    def _settled(self, reference):
        return Settled(split=self.live[reference], settlement_reference=f"S{reference}", at=AT)

    def do_cancel_settlement(self, reference, request):
        del request
        if reference not in self.cancelled:
            for live in list(self.live):
                self.cancelled[reference] = live
                del self.live[live]
        return done(Undone())

    def do_reverse(self, reference, request):
        del reference
        original = request["original"]
        self.ruled_out.add(original)
        self.live.pop(original, None)
        return done(Reversed())

    async def query(self, query, party):
        del party
        operation, reference = query.prepared.operation, query.prepared.reference
        self.queried.append((operation, reference))
        if (fault := self._take("query")) == "unavailable":
            raise UnavailableError("no answer")
        if fault == "no":
            return DidNotHappen(code="NOT_THERE")
        if operation == "settle" and reference in self.live:
            return Happened(result=self._settled(reference), continuation=b"queried")
        if operation == "register" and reference in self.visits:
            result = Registered(visit_reference=f"M{self.visits[reference]}")
            return Happened(result=result, continuation=b"visit")
        if reference in self.cancelled:
            return Happened(result=Undone(), continuation=b"queried")
        return Undecided(reason="not there yet")


class Payer(Outside):
    """
    Charges; a reference is charged at most once, whatever is repeated.

    Faults of ``charge`` beside the common ones: ``pending`` (the payer types a password) and
    ``pay_later`` (no answer, and the money is taken only when somebody asks after a cancel).
    """

    def __init__(self, id_="payer"):
        super().__init__(id_, "payment")
        self.taken = {}
        self.given_back = {}
        self.waiting = set()
        self.late = {}
        self.closed = set()
        self.limit = 10**9
        self.secured = []

    async def secure(self, request):
        fault = self._take("secure")
        if fault == "unavailable":
            raise UnavailableError("no answer")
        if request.amount_minor > self.limit:
            return Refused("AMOUNT_OVER_LIMIT")
        self.secured.append(request.amount_minor)
        return Secured(continuation=b"secured")

    @property
    def net(self):
        return sum(self.taken.values()) - sum(self.given_back.values())

    def pay(self):
        """
        The payer types the password now.
        """
        for reference, amount in list(self.late.items()):
            self.taken[reference] = amount
            del self.late[reference]

    def do(self, prepared, request, kind):
        return getattr(self, f"do_{prepared.operation}")(prepared.reference, request, kind)

    def do_charge(self, reference, request, kind):
        if kind in {"pending", "pay_later"}:
            self.late[reference] = request["amount_minor"]
            return Pending(continuation=b"p") if kind == "pending" else Unknown(reason="cut")
        self.taken.setdefault(reference, request["amount_minor"])
        return done(self._charged(reference))

    def _charged(self, reference):
        return Charged(
            amount_minor=self.taken[reference], provider_reference=f"T{reference}", at=AT
        )

    def do_cancel_charge(self, reference, request, kind):
        del reference, kind
        original = request["original"]
        if original in self.taken:
            self.given_back[original] = self.taken[original]
            self.closed.add(original)
            return done(ChargeUndone(refunded=True))
        if self._take("late_success"):
            self.taken[original] = self.late.pop(original)
            return done(ChargeUndone(refunded=False))
        self.late.pop(original, None)
        self.closed.add(original)
        return done(ChargeUndone(refunded=False))

    def do_refund(self, reference, request, kind):
        del kind
        self.given_back.setdefault(reference, request["amount_minor"])
        return done(Refunded(amount_minor=request["amount_minor"]))

    async def query(self, query, party):
        del party
        operation, reference = query.prepared.operation, query.prepared.reference
        self.queried.append((operation, reference))
        if self._take("query") == "unavailable":
            raise UnavailableError("no answer")
        if operation == "refund":
            amount = self.given_back.get(reference)
            if amount is None:
                return Undecided(reason="not there")
            return Happened(result=Refunded(amount_minor=amount), continuation=b"")
        if reference in self.closed:
            return DidNotHappen(code="CLOSED")
        if reference in self.taken:
            return Happened(result=self._charged(reference), continuation=b"")
        if reference in self.late:
            return StillPending()
        return Undecided(reason="not there")
