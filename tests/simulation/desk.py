"""A cashier with one patient: asks, repeats what was not answered, loses patience."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from integrations.spi import Bill, BillLine, Diagnosis
from tests.simulation.offices import RIGHT, scan
from tests.simulation.partners.insured import split_of
from tests.simulation.plan import Plan
from tests.simulation.processes import NoAnswerError, Process
from tests.simulation.storage.rules import Row
from tests.simulation.virtual import START
from tests.simulation.world import PARTY, RESIDENT, TERMINAL, World
from wallet.app.money import Money
from wallet.errors import WalletError
from wallet.http.callers import TerminalCaller
from wallet.settling.opening import Reported, Wish
from wallet.settling.returns import Return
from wallet.settling.service import Confirmation, Offered
from wallet.visiting.intents import Intent
from wallet.visiting.service import Details

Ask = Callable[[Money, Intent], Awaitable[Any]]
SCOPES = frozenset({"visits:write", "settlements:write", "refunds:write"})
CALLER = TerminalCaller(party_id=PARTY, terminal_id=TERMINAL, scopes=SCOPES)
REPEATS = 12
DETAILS = Details(
    department_code="0101",
    department_name="心内科",
    doctor_code="D01",
    doctor_name="陈医生",
    operator="OP1",
)


def bill_of(amounts: tuple[int, ...]) -> Bill:
    """
    Return a bill with a line for each amount.
    """
    lines = tuple(
        BillLine(
            number=f"L{place}",
            catalogue_code=f"C{place}",
            hospital_code=f"H{place}",
            name="阿司匹林",
            quantity_e4=10_000,
            price_e6=amount * 10_000,
            amount_minor=amount,
        )
        for place, amount in enumerate(amounts, 1)
    )
    return Bill(
        batch="",
        med_type="11",
        department_code="0101",
        department_name="心内科",
        doctor_code="D01",
        doctor_name="陈医生",
        diagnoses=(Diagnosis(code="I10", name="高血压"),),
        lines=lines,
        total_minor=sum(amounts),
        operator="OP1",
        issued_at=START,
    )


class Desk:
    """
    One window.
    """

    def __init__(self, world: World, plan: Plan, server: Process) -> None:
        self.world, self.plan, self.server = world, plan, server
        self._requests = 0
        self._scans = 0
        self.tendered = 0

    async def day(self) -> None:
        """
        Open a visit and settle its bills; leave when it is done, or when nothing goes on.
        """
        handle = self._scan()
        await self._ask("opens a visit", lambda m, i: m.visiting.open(i, handle, DETAILS))
        for _ in range(self.plan.settlements):
            await self._pause()
            visit = next(iter(self.world.store.rows("visits").values()), None)
            if visit is None:
                return
            await self._settle(name("vis", visit["visit_id"]))
        if self.world.draws.below("desk cancels the visit", 4) == 1:
            await self._ask(
                "cancels the visit",
                lambda m, i: m.visiting.cancel(i, name("vis", visit["visit_id"])),
            )

    async def leave_nothing(self) -> None:
        """
        Pay out what is to be paid out at the desk.
        """
        for refund in list(self.world.store.rows("refunds").values()):
            if refund["phase"] == "payout":
                await self._pay_out(refund)

    async def _settle(self, visit: str) -> None:
        wish = self._wish()
        await self._ask("bills", lambda m, i: m.settling.open(i, visit, wish))
        for _ in range(self.plan.acts):
            await self._pause()
            rows = sorted(
                self.world.store.rows("settlements").values(),
                key=lambda row: (row["created_at"], row["settlement_id"]),
            )
            if not rows:
                return
            await self._act(self._attended(rows))

    def _attended(self, rows: list[Row]) -> Row:
        waiting = [row for row in rows if row["phase"] not in {"completed", "cancelled"}]
        return (waiting or rows)[-1]

    async def _act(self, row: Row) -> None:
        """
        Do something that a cashier may do in this phase, or something that they must not.
        """
        at, act = row["phase"], self.world.draws.below(f"desk at {row['phase']}", 12)
        if at == "awaiting_approval":
            await self._agree(row, act)
        elif at == "cash_due":
            await self._collect(row, act)
        elif at == "completed":
            await self._after(row, act)
        elif act in {1, 2}:
            await self._cancel(row)
        elif act in {3, 4}:
            await self._confirm(row, "desk")

    async def _agree(self, row: Row, act: int) -> None:
        if row["confirmed"] and act not in {1, 2}:
            await self._approve(row)
        elif act == 1:
            await self._cancel(row)
        elif act in {3, 4, 5} or not row["payment_id"]:
            await self._confirm(row, "desk")
        elif act != 11:
            await self._confirm(row, "agreement")

    async def _collect(self, row: Row, act: int) -> None:
        due = row["cash_minor"] - row["tendered_minor"]
        if act == 1:
            await self._cancel(row)
        elif act in {2, 3, 4, 5}:
            await self._tender(row, "code", due)
        elif act == 6:
            await self._tender(row, "card", due)
        elif act in {7, 8}:
            await self._tender(row, "code" if act == 7 else "cash", max(1, due // 2))
        elif act != 11:
            await self._tender(row, "cash", due)

    async def _after(self, row: Row, act: int) -> None:
        target = name("set", row["settlement_id"])
        if act == 1:
            await self._ask("returns it", lambda m, i: m.returns.give_back(i, target, Return()))
        elif act == 2:
            wish = Return(lines=frozenset({"L1"}), presentation=self._scan())
            await self._ask("returns a line", lambda m, i: m.returns.give_back(i, target, wish))
        elif act == 3:
            await self._ask("reports", lambda m, i: m.settling.invoice(i, target, "INV1"))
        await self.leave_nothing()

    async def _confirm(self, row: Row, by: Any) -> None:
        checked = self.world.draws.below("desk checks identity", 2) == 1
        said = Confirmation(cash_minor=row["cash_minor"], cash_by=by, identity_checked=checked)
        target = name("set", row["settlement_id"])
        await self._ask(f"confirms {by}", lambda m, i: m.settling.confirm(i, target, said))

    async def _approve(self, row: Row) -> None:
        audience, key = f"resident:{RESIDENT}", row["settlement_id"]
        target, version = f"set|{audience}|{RESIDENT}|{key}", row["version"]
        await self._ask(
            "has it approved",
            lambda m, _i: m.approvals.approve(RESIDENT, target, 1, version, RIGHT),
        )

    async def _cancel(self, row: Row) -> None:
        target = name("set", row["settlement_id"])
        await self._ask("cancels", lambda m, i: m.settling.cancel(i, target))

    async def _tender(self, row: Row, method: Any, amount: int) -> None:
        self.tendered += 1
        self._scans += 1
        code = f"2800{self._scans:014d}" if method == "code" else ""
        offered = Offered(method=method, amount_minor=amount, code=code)
        target = name("set", row["settlement_id"])
        await self._ask(
            f"takes {amount} by {method}", lambda m, i: m.settling.tender(i, target, offered)
        )

    async def _pay_out(self, refund: Row) -> None:
        target, what = name("set", refund["settlement_id"]), name("rfd", refund["refund_id"])
        await self._ask(
            f"pays {refund['amount_minor']} out",
            lambda m, i: m.returns.pay_out(i, target, what, "slip"),
        )

    async def _ask(self, what: str, ask: Ask) -> Any:
        """
        Ask the server until it answers, with the same key each time; give up after a while.
        """
        self._requests += 1
        intent = Intent(
            caller=CALLER, route=what, key=f"key{self._requests}", fingerprint=what.encode()
        )
        for _ in range(REPEATS):
            self.world.note("desk", what)
            try:
                return await self.server.asked(lambda services: ask(services, intent))
            except NoAnswerError:
                self.world.note("desk", "hears nothing")
            except WalletError as refusal:
                self.world.note("desk", f"is told {refusal.code}")
                if refusal.status < 500:
                    return None
            except Exception as fault:  # noqa: BLE001 - it would be a 500 at the desk
                self.world.fail(f"the desk's request ended in {fault!r}")
                return None
            await asyncio.sleep(self.world.draws.jitter("~repeat", 1.0, 20.0))
        return None

    async def _pause(self) -> None:
        await asyncio.sleep(self.world.draws.jitter("~desk", 0.2, 45.0))

    def _scan(self) -> str:
        self._scans += 1
        return scan(self._scans, insured=self.plan.insured, paying=self.plan.paying)

    def _wish(self) -> Wish:
        bill = bill_of(self.plan.bill)
        reported = None
        if self.plan.settled_by == "his":
            cash = bill.total_minor * self.plan.cash_percent // 100
            reported = Reported(
                settlement_reference="HIS1", split=split_of(bill.total_minor, cash)
            )
        return Wish(presentation=self._scan(), bill=bill, use_account=True, reported=reported)


def name(kind: str, local_id: int) -> str:
    """
    Return the id under which the party knows something.
    """
    return f"{kind}|party:{PARTY}|{RESIDENT}|{local_id}"
